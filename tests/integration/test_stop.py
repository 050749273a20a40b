# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stop does, and what it says it did."""

from __future__ import annotations

from collections import Counter


def test_a_stop_ends_every_instance_and_a_second_run_changes_nothing(ansible, cloud):
    command = cloud.run(count=3, name="runaway")

    first, second = ansible.play(cloud.cancel(command), cloud.cancel(command)).results

    assert (first["changed"], first["outcome"], first["failed"]) == (True, "stopped", False)
    assert set(cloud.statuses(command).values()) == {cloud.words.terminated}
    assert [each["instance_id"] for each in first["instances"]] == command.instance_ids
    for each in first["instances"]:
        assert each == {
            "instance_id": each["instance_id"],
            "before": "running",
            "after": "stopped",
            "status": cloud.words.terminated,
            "outcome": "stopped",
        }
    operation = first["operation"]
    assert {name: operation[name] for name in ("kind", "provider", "region", "id", "name", "state")} == {
        "kind": "cloud_invocation",
        "provider": cloud.provider,
        "region": cloud.region,
        "id": command.id,
        "name": "runaway",
        "state": "stopped",
    }
    assert operation["instances_total"] == 3
    assert operation["created"] and operation["finished"]
    assert (first["summary"]["stopped"], first["summary"]["requested"]) == (3, 3)
    assert command.id in first["msg"] and "3 stopped" in first["msg"]

    (stop,) = cloud.stops(command)
    assert stop["ids"] == 0, "a whole invocation is stopped by its id alone"
    assert first["request_ids"] == [stop["request_id"]]
    assert first["summary"]["stop_calls"] == 1

    assert (second["changed"], second["outcome"], second["failed"]) == (False, "already_finished", False)
    assert {each["outcome"] for each in second["instances"]} == {"already_finished"}
    assert second["summary"]["stop_calls"] == 0
    assert second["request_ids"] == []
    assert "error" not in first and "error" not in second


def test_only_the_named_instances_are_stopped_once_each_and_in_the_order_given(ansible, cloud, outcomes):
    command = cloud.run(count=5)
    a, b, c, d, e = command.instance_ids

    some, rest = ansible.play(
        cloud.cancel(command, instance_ids=[d, b, d, f" {b} "]), cloud.cancel(command, instance_ids=[])
    ).results

    assert list(outcomes(some).items()) == [(d, "stopped"), (b, "stopped")]
    assert len(some["instances"]) == some["summary"]["requested"] == 2
    assert (some["changed"], some["outcome"]) == (True, "stopped")
    assert some["operation"]["state"] == "running", "the command still runs elsewhere"
    first, second = cloud.stops(command)
    assert (first["ids"], second["ids"]) == (2, 0)

    assert rest["changed"]
    assert outcomes(rest) == {
        **dict.fromkeys((a, c, e), "stopped"),
        **dict.fromkeys((b, d), "already_finished"),
    }


def test_work_that_has_not_started_is_cancelled(ansible, cloud):
    command = cloud.run(count=2, status=cloud.words.pending)

    result = ansible.play(cloud.cancel(command)).result

    assert (result["changed"], result["outcome"]) == (True, "stopped")
    assert [each["before"] for each in result["instances"]] == ["pending", "pending"]
    assert set(cloud.statuses(command).values()) == {cloud.words.cancelled}


def test_a_schedule_is_over_after_its_stop(ansible, alibaba):
    command = alibaba.run(count=2, status="Scheduled", frequency="rate(1h)")

    first, second = ansible.play(alibaba.cancel(command), alibaba.cancel(command)).results

    assert (first["changed"], first["outcome"], first["operation"]["is_schedule"]) == (True, "stopped", True)
    assert [each["before"] for each in first["instances"]] == ["scheduled", "scheduled"]
    assert (second["changed"], second["outcome"]) == (False, "already_finished")


def test_ten_thousand_instances_in_one_task(ansible, cloud):
    cloud.settings(rate_limit=20)
    command = cloud.run(count=10_000)

    result = ansible.play(cloud.cancel(command, instance_ids=command.instance_ids, wait_timeout=120)).result

    assert (result["changed"], result["outcome"]) == (True, "stopped")
    stops = cloud.stops(command)
    accepted = [each for each in stops if each["code"] is None]
    assert len(accepted) == 10_000 // cloud.words.limit
    assert result["summary"]["stop_calls"] == len(stops)
    assert {each["ids"] for each in stops} == {cloud.words.limit}, "no call is over the limit, and none wastes room"
    assert [each["instance_id"] for each in result["instances"]] == command.instance_ids
    assert {each["outcome"] for each in result["instances"]} == {"stopped"}
    assert {each["request_id"] for each in accepted} <= set(result["request_ids"])
    refused = [each["code"] for each in cloud.requests() if each["code"]]
    # On a machine that stumbles, calls may arrive closer together than they were sent.
    assert set(refused) <= {cloud.words.throttled} and len(refused) < 5, "the client keeps the provider's pace"
    assert set(cloud.statuses(command).values()) == {cloud.words.terminated}


def test_more_instances_than_one_call_takes_are_split_and_the_others_left_alone(ansible, cloud):
    limit = cloud.words.limit
    command = cloud.run(count=2 * limit + 4)
    first, *named, last, very_last = command.instance_ids

    result = ansible.play(cloud.cancel(command, instance_ids=named)).result

    assert sorted(each["ids"] for each in cloud.stops(command)) == [1, limit, limit]
    assert [each["instance_id"] for each in result["instances"]] == named
    assert result["summary"]["stopped"] == 2 * limit + 1
    assert cloud.statuses(command) == {
        **dict.fromkeys((first, last, very_last), cloud.words.running),
        **dict.fromkeys(named, cloud.words.terminated),
    }


def test_a_large_invocation_is_reported_whole_even_if_the_embedded_list_is_cut(ansible, cloud):
    cloud.settings(embedded_instances=50)
    command = cloud.run(count=230)

    stopped, shown = ansible.play(
        cloud.cancel(command), cloud.info(invocation_id=command.id, include_instances=True)
    ).results

    assert Counter(each["outcome"] for each in stopped["instances"]) == {"stopped": 230}
    assert sorted(each["instance_id"] for each in stopped["instances"]) == sorted(command.instance_ids)
    assert len(shown["operations"][0]["instances"]) == 230


def test_without_waiting_the_stop_is_only_requested(ansible, cloud):
    command = cloud.run(count=2, stopping_seconds=60)

    result = ansible.play(cloud.cancel(command, wait=False)).result

    assert (result["changed"], result["outcome"], result["failed"]) == (True, "stop_requested", False)
    assert {each["outcome"] for each in result["instances"]} == {"stop_requested"}
    assert [each["code"] for each in cloud.stops(command)] == [None]


def test_alibaba_runs_that_go_on_are_still_running_and_the_task_says_why(ansible, alibaba):
    """The documented reading of StopInvocation: one-off runs that have started are not interrupted."""
    alibaba.settings(started_runs="go-on")
    command = alibaba.run_in_states("Running", "Pending", "Success")
    running, pending, finished = command.instance_ids

    result = ansible.play(alibaba.cancel(command, wait_timeout=1)).result

    assert (result["failed"], result["changed"], result["outcome"]) == (True, True, "still_running")
    assert {each["instance_id"]: (each["outcome"], each["after"]) for each in result["instances"]} == {
        running: ("still_running", "running"),
        pending: ("stopped", "stopped"),
        finished: ("already_finished", "succeeded"),
    }
    assert "runs that had already started go on after StopInvocation" in result["msg"]
    assert running in result["msg"] and pending not in result["msg"]
    assert len(alibaba.stops(command)) == 1


def test_a_tencent_instance_that_is_offline_stays_cancelling(ansible, tencent):
    command = tencent.run(
        instances=[
            {"instance_id": "ins-online01", "status": "RUNNING"},
            {"instance_id": "ins-offline1", "status": "RUNNING", "online": False},
        ]
    )

    result = ansible.play(tencent.cancel(command, wait_timeout=1)).result

    assert (result["failed"], result["changed"], result["outcome"]) == (True, True, "still_running")
    assert {each["instance_id"]: (each["outcome"], each["status"]) for each in result["instances"]} == {
        "ins-online01": ("stopped", "TERMINATED"),
        "ins-offline1": ("still_running", "CANCELLING"),
    }
    assert "agent is offline" in result["msg"] and "ins-offline1" in result["msg"]


def test_the_time_to_wait_is_not_overrun(ansible, cloud):
    command = cloud.run(count=2, stopping_seconds=600)

    result = ansible.play(cloud.cancel(command, wait_timeout=1.5, wait_interval=1)).result

    assert (result["failed"], result["changed"], result["outcome"]) == (True, True, "still_running")
    assert {each["after"] for each in result["instances"]} == {"stopping"}
    assert 0.4 <= result["summary"]["seconds"] < 6
    assert "wait_timeout=1.5" in result["msg"]


def test_options_that_say_what_counts_as_a_failure(ansible, cloud, outcomes):
    finished = cloud.run(count=2, status=cloud.words.succeeded)
    failed = cloud.run(count=1, status=cloud.words.failed)
    running = cloud.run(count=2)
    stranger = cloud.words.unknown_instance
    unknown = cloud.words.unknown_id

    strict, also_strict, lenient, lost, accepted, partly, nothing_of_it = ansible.play(
        cloud.cancel(finished, fail_if_not_running=True),
        cloud.cancel(failed, fail_if_not_running=True),
        cloud.cancel(failed),
        cloud.cancel(unknown),
        cloud.cancel(unknown, ignore_not_found=True),
        cloud.cancel(running, instance_ids=[running.instance_ids[1], stranger], ignore_not_found=True),
        cloud.cancel(running, instance_ids=[stranger], ignore_not_found=True),
    ).results

    for result in (strict, also_strict):
        assert (result["failed"], result["changed"], result["outcome"]) == (True, False, "already_finished")
        assert "fail_if_not_running" in result["msg"]
    assert (lenient["failed"], lenient["changed"], lenient["outcome"]) == (False, False, "already_finished")
    assert cloud.stops(finished) == cloud.stops(failed) == []

    assert (lost["failed"], lost["changed"], lost["outcome"]) == (True, False, "not_found")
    assert unknown in lost["msg"] and "ignore_not_found" in lost["msg"]
    assert lost["operation"] is None
    assert (accepted["failed"], accepted["changed"], accepted["outcome"]) == (False, False, "not_found")

    assert (partly["failed"], partly["changed"]) == (False, True)
    assert outcomes(partly) == {running.instance_ids[1]: "stopped", stranger: "not_found"}
    assert (nothing_of_it["failed"], nothing_of_it["changed"]) == (False, False)
    assert outcomes(nothing_of_it) == {stranger: "not_found"}
    (stop,) = cloud.stops(running)
    assert stop["ids"] == 1
    assert cloud.statuses(running)[running.instance_ids[0]] == cloud.words.running


def test_a_provider_that_answers_an_unknown_id_with_an_error_makes_no_difference(ansible, cloud):
    """The documents leave open whether a read of an unknown id is empty or an error."""
    cloud.settings(unknown_id="error")
    unknown = cloud.words.unknown_id

    failed, accepted, shown = ansible.play(
        cloud.cancel(unknown), cloud.cancel(unknown, ignore_not_found=True), cloud.info(invocation_id=unknown)
    ).results

    assert (failed["failed"], failed["changed"], failed["outcome"]) == (True, False, "not_found")
    assert (accepted["failed"], accepted["changed"], accepted["outcome"]) == (False, False, "not_found")
    assert (shown["failed"], shown.get("operations")) == (False, [])


def test_expected_name_keeps_a_wrong_command_running(ansible, cloud, outcomes):
    command = cloud.run(count=2, name="nightly-cleanup")

    wrong, right = ansible.play(
        cloud.cancel(command, expected_name="nightly-backup"),
        cloud.cancel(command, expected_name="nightly-cleanup", instance_ids=command.instance_ids[:1]),
    ).results

    assert (wrong["failed"], wrong["changed"], wrong["outcome"]) == (True, False, "skipped")
    assert set(outcomes(wrong).values()) == {"skipped"}
    assert "nightly-cleanup" in wrong["msg"] and "nightly-backup" in wrong["msg"]
    assert (right["failed"], right["changed"], right["outcome"]) == (False, True, "stopped")
    (stop,) = cloud.stops(command)
    assert stop["request_id"] in right["request_ids"] and wrong["request_ids"] == []


def test_what_ends_between_read_and_stop_is_finished_meanwhile(ansible, cloud):
    command = cloud.run(count=2)
    cloud.fault("finish_first", status=cloud.words.succeeded)

    result = ansible.play(cloud.cancel(command)).result

    assert (result["failed"], result["changed"], result["outcome"]) == (False, False, "finished_meanwhile")
    assert [(each["before"], each["after"]) for each in result["instances"]] == [("running", "succeeded")] * 2
    assert [each["exit_code"] for each in result["instances"]] == [0, 0]


def test_a_refusal_because_it_ended_meanwhile_is_not_a_failure(ansible, alibaba):
    alibaba.settings(stop_of_finished="forbidden")
    command = alibaba.run(count=2)
    alibaba.fault("finish_first")

    result = ansible.play(alibaba.cancel(command)).result

    assert [each["code"] for each in alibaba.stops(command)] == ["Operation.Forbidden"]
    assert (result["failed"], result["changed"], result["outcome"]) == (False, False, "finished_meanwhile")


def test_an_unknown_status_counts_as_in_flight_and_is_warned_about(ansible, cloud):
    command = cloud.run_in_states("Hibernating", cloud.words.running)
    strange, running = command.instance_ids

    run = ansible.play(cloud.cancel(command, wait_timeout=1))
    result = run.result

    assert (result["failed"], result["changed"], result["outcome"]) == (True, True, "still_running")
    assert {each["instance_id"]: (each["after"], each["status"], each["outcome"]) for each in result["instances"]} == {
        strange: ("unknown", "Hibernating", "still_running"),
        running: ("stopped", cloud.words.terminated, "stopped"),
    }
    assert "reported the status 'Hibernating', which this release does not know" in run.words


def test_what_is_stopping_already_is_awaited_without_another_stop(ansible, cloud):
    command = cloud.run(count=2, status=cloud.words.stopping, stopping_seconds=600)

    with cloud.finish_after_reads(command, cloud.words.terminated, reads=5):
        result = ansible.play(cloud.cancel(command)).result

    assert (result["failed"], result["changed"], result["outcome"]) == (False, False, "stopped")
    assert [each["before"] for each in result["instances"]] == ["stopping", "stopping"]
    assert cloud.stops() == []


def test_an_overall_status_that_is_ahead_of_the_instances_is_not_believed(ansible, tencent):
    """PARTIAL_FAILED may show while tasks still run."""
    tencent.settings(partial_status_early=True)
    command = tencent.run_in_states("FAILED", "RUNNING", "SUCCESS")
    failed, running, finished = command.instance_ids

    result = ansible.play(tencent.cancel(command)).result

    assert (result["failed"], result["changed"], result["outcome"]) == (False, True, "stopped")
    assert {each["instance_id"]: each["outcome"] for each in result["instances"]} == {
        failed: "already_finished",
        running: "stopped",
        finished: "already_finished",
    }


def test_a_run_of_an_invoker_warns_that_its_schedule_goes_on(ansible, tencent):
    command = tencent.run(source="INVOKER")

    run = ansible.play(tencent.cancel(command))

    assert run.result["outcome"] == "stopped"
    assert f"[WARNING]: {command.id} is one run of a schedule" in run.words


def test_fields_without_a_value_do_no_harm(ansible, cloud):
    cloud.settings(nullable=True)
    command = cloud.run(count=2)

    stopped, shown = ansible.play(cloud.cancel(command), cloud.info(invocation_id=command.id)).results

    assert (stopped["changed"], stopped["outcome"]) == (True, "stopped")
    assert shown["operations"][0]["state"] == "stopped"
