# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role bulk_cancel makes of its variables, and of what its modules return."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.cloudops.halt.plugins.filter.bulk_cancel import whats_running
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._role.outcome import as_variables, outcome, preview
from ansible_collections.cloudops.halt.plugins.module_utils._role.page import view
from ansible_collections.cloudops.halt.plugins.module_utils._role.report import report
from ansible_collections.cloudops.halt.plugins.module_utils._role.request import PLAN_SCHEMA, VARIABLES, read_request
from ansible_collections.cloudops.halt.plugins.module_utils._role.running import running
from ansible_collections.cloudops.halt.plugins.module_utils._role.text import markdown

from ..report import scenes

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "bulk_cancel"

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z
TARGET = "cloud_invocation/alibaba/cn-hangzhou/t-1"
PLAN: dict[str, Any] = {
    "schema": PLAN_SCHEMA,
    "created": "2026-01-01T00:00:00Z",
    "selection": {"name": ["nightly-*"]},
    "exclude": ["x"],
    "scopes": ["alibaba/cn-hangzhou"],
    "targets": [{"kind": "cloud_invocation", "provider": "alibaba", "region": "cn-hangzhou", "id": "t-1", "name": "n"}],
}


def read(**given):
    return read_request(given, lambda path: json.dumps(PLAN))


# The variables


def test_the_documented_variables_and_defaults_are_those_that_are_read():
    options = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    assert {name.removeprefix("bulk_cancel_") for name in options} == set(VARIABLES)
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults
    given = {name.removeprefix("bulk_cancel_"): value for name, value in defaults.items()}
    assert read(targets=TARGET, **given) == read(targets=TARGET)


def test_the_readme_names_every_example():
    examples = {path.stem for path in (ROOT / "playbooks").glob("*.yml")} - {"drill"}
    text = (ROLE / "README.md").read_text()
    assert len(examples) >= 5 and not [name for name in examples if f"`cloudops.halt.{name}`" not in text]


def test_a_selection_is_read_from_flat_variables_as_a_form_sends_them():
    request = read(name="0123, on", older_than="1h", kinds="image_task", include_scheduled="yes", exclude='["a"]')
    assert request["mode"] == "selection" and not request["confirmed"]
    assert request["selection"] == {
        "name": ["0123", "on"],
        "older_than": "1h",
        "kinds": ["image_task"],
        "include_scheduled": True,
    }
    assert request["exclude"] == ["a"]


def test_empty_settings_are_no_answer():
    blank = dict.fromkeys(
        ("max_targets", "reason", "report", "rate", "wait", "wait_timeout", "progress", "concurrency", "confirm"), ""
    )
    assert read(targets=TARGET, **blank, scopes="", exclude="", plan="") == read(targets=TARGET)
    assert read(targets=TARGET)["max_targets"] == 1000
    assert read(targets=TARGET, max_targets="none")["max_targets"] is None
    assert read(targets=TARGET)["confirmed"], "what somebody has named needs no confirmation"


@pytest.mark.parametrize("plan", [PLAN, json.dumps(PLAN), "plan.json"], ids=["value", "text", "file"])
def test_a_plan_is_read_from_a_value_a_text_or_a_file(plan):
    request = read(plan=plan, confirm="true")
    assert (request["mode"], request["selection"], request["exclude"]) == ("plan", PLAN["selection"], ["x"])
    (target,) = request["plan"]["targets"]
    assert target == {name: value for name, value in PLAN["targets"][0].items() if name != "name"}


REFUSED = [
    ({}, "Nothing is selected"),
    ({"targets": [], "scopes": "alibaba/cn-hangzhou"}, "Nothing is selected"),
    ({"kinds": "image_task"}, "would select everything: set at least one of bulk_cancel_name"),
    ({"include_scheduled": True}, "would select everything"),
    ({"name": "", "older_than": "30s"}, "bulk_cancel_name is set but empty"),
    ({"name": [], "older_than": "30s"}, "bulk_cancel_name is set but empty"),
    ({"name": "x", "instance_ids": ""}, "bulk_cancel_instance_ids is set but empty"),
    ({"name": "x", "kinds": " "}, "bulk_cancel_kinds is set but empty"),
    (
        {"name": "x", "kinds": "image-task"},
        r"bulk_cancel_kinds: there is no kind 'image-task' \(did you mean image_task",
    ),
    ({"name": "x", "older_than": "soon"}, "bulk_cancel_older_than: 'soon' is not an age"),
    ({"name": "x", "excludes": "y"}, r"no variable bulk_cancel_excludes\. Did you mean bulk_cancel_exclude\?"),
    ({"name": "x", "max_target": 3}, r"no variable bulk_cancel_max_target\. Did you mean bulk_cancel_max_targets\?"),
    ({"name": "x", "colour": {}}, r"no variable bulk_cancel_colour\."),
    ({"name": "x", "targets": TARGET}, "bulk_cancel_targets and a selection are both set"),
    ({"name": "x", "plan": PLAN, "confirm": True}, "a selection and bulk_cancel_plan are both set"),
    ({"plan": PLAN}, "bulk_cancel_plan is set without bulk_cancel_confirm=true"),
    ({"plan": "{", "confirm": True}, "bulk_cancel_plan is not JSON"),
    ({"plan": {"schema": "other"}, "confirm": True}, "bulk_cancel_plan is not a plan of this role"),
    ({"plan": {**PLAN, "targets": []}, "confirm": True}, r"bulk_cancel_plan\.targets is empty"),
    ({"targets": "t-1"}, r"bulk_cancel_targets\[0\] is 't-1': it must have the form kind/provider/region/id"),
    ({"name": "x", "scopes": "alibaba"}, r"bulk_cancel_scopes\[0\] is 'alibaba'"),
    ({"name": "x", "exclude": '"a'}, "bulk_cancel_exclude has a quote that is not closed"),
    ({"name": "x", "rate": "fast"}, "bulk_cancel_rate is 'fast': it must be a number"),
    ({"name": "x", "wait_timeout": "-1"}, "bulk_cancel_wait_timeout is '-1'"),
    ({"name": "x", "max_targets": "0"}, "bulk_cancel_max_targets is '0': it must be a whole number, 1 or more"),
    ({"name": "x", "max_targets": "1.5"}, "bulk_cancel_max_targets is '1.5'"),
    ({"name": "x", "confirm": "maybe"}, "bulk_cancel_confirm is 'maybe': it must be true or false"),
]


@pytest.mark.parametrize(("given", "says"), REFUSED, ids=repr)
def test_what_cannot_be_meant_is_refused_by_the_name_of_the_variable(given, says):
    with pytest.raises(OptionError, match=says):
        read(**given)


def test_the_request_holds_no_key():
    scope = {"provider": "alibaba", "region": "cn-hangzhou", "access_key_secret": "EXAMPLEKEY"}
    target = {**scope, "kind": "cloud_invocation", "id": "t-1"}
    for given in ({"name": "x", "scopes": [scope]}, {"targets": [target]}):
        assert "EXAMPLEKEY" not in json.dumps(read(**given))


# What is shown and said


def one(identifier, word="would_stop", name="nightly", instances=2, failed=False, **more):
    return {
        "target": {"kind": "cloud_invocation", "provider": "alibaba", "region": "r", "account": "a", "id": identifier},
        "operation": {"name": name, "created": "2025-12-31T22:55:00Z", "id": identifier},
        "outcome": word,
        "failed": failed,
        "changed": word in ("would_stop", "stopped"),
        "instances": [{"outcome": word}] * instances,
        "msg": f"{identifier}: {word}.",
        **more,
    }


def done(*results, **more):
    words = ("would_stop", "stopped", "already_finished", "failed", "skipped", "not_found", "still_running")
    outcomes = ("stop_requested", "finished_meanwhile", *words)
    counts = {word: sum(each["outcome"] == word for each in results) for word in outcomes}
    parts = {word: sum(len(each["instances"]) for each in results if each["outcome"] == word) for word in outcomes}
    summary = {**parts, "requested": sum(parts.values()), "operations": {**counts, "requested": len(results)}}
    return {
        "results": list(results),
        "summary": summary,
        "msg": "of the module",
        "changed": any(each["changed"] for each in results),
        "still_running": [each["target"] for each in results if each["outcome"] == "still_running"],
        "excluded_nothing": [],
        **more,
    }


FOUND = {
    "msg": "3 of 7 operations in flight in 2 scopes are selected.",
    "excluded": [{"name": "nightly-backup", "id": "t-9"}],
    "excluded_nothing": ["zzz", "child"],
    "scheduled": [{"name": None, "id": "t-8"}],
    "searched": [{"place": "alibaba/r", "account": "a", "seen": 7, "matched": 3}],
    "operations": [{"name": "nightly", "id": "t-1"}],
}
SKIPPED = {"skipped": True}


def test_the_preview_is_a_table_by_name_and_place_and_says_what_is_left_alone():
    shown = done(
        one("t-1"),
        one("t-2", instances=30),
        one("t-3", name="shop\x1b[2J"),
        one("t-4", word="already_finished"),
        one("t-5", word="failed", failed=True),
    )
    lines = preview(read(name="*"), FOUND, {**shown, "excluded_nothing": ["zzz"]}, NOW)
    assert lines == [
        "3 of 7 operations in flight in 2 scopes are selected."
        " Would stop 3 operations (34 instances and children); 1 already finished, 1 failed.",
        "t-5: failed.",
        "NAME      KIND              REGION     OPERATIONS  INSTANCES  OLDEST",
        "nightly   cloud_invocation  alibaba/r  2           32         1h5m",
        "shop [2J  cloud_invocation  alibaba/r  1           2          1h5m",
        "Ids: t-1, t-2, t-3.",
        "Excluded: nightly-backup (t-9).",
        "Left alone as schedules: without a name (t-8).",
        "bulk_cancel_exclude: zzz matches nothing.",
    ]
    many = preview(read(name="*"), {}, done(*(one(f"t-{number}") for number in range(6))), NOW)
    assert len(many) == 3, "ids of many are in the plan"


def test_an_unconfirmed_selection_leaves_a_plan_and_fails():
    request = read(name="nightly*", exclude="x")
    result = outcome(request, FOUND, done(one("t-1"), one("t-2", word="already_finished")), SKIPPED, False, NOW)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "the stop has not been confirmed" in result["msg"] and "bulk_cancel_confirm=true" in result["msg"]
    plan = result["plan"]
    assert [target["id"] for target in plan["targets"]] == ["t-1"]
    assert (plan["selection"], plan["exclude"], plan["scopes"]) == ({"name": ["nightly*"]}, ["x"], ["alibaba/r"])
    assert read_request({"plan": plan, "confirm": True}, str)["mode"] == "plan"


@pytest.mark.parametrize(
    ("scopes", "kept"),
    [
        ("alibaba/r", ["alibaba/r"]),
        (
            [
                {"provider": "aws", "region": "r", "profile": "prod", "call_as": "self", "access_key_secret": "s"},
                "aws/s",
            ],
            [{"provider": "aws", "region": "r", "profile": "prod", "call_as": "self"}, "aws/s"],
        ),
        ([{"provider": "aws", "profile": "prod"}], ["alibaba/r"]),
    ],
    ids=["words", "a profile, and no key", "the region of a profile"],
)
def test_a_plan_says_where_the_keys_were_from_and_has_none(scopes, kept):
    plan = outcome(read(name="*", scopes=scopes), FOUND, done(one("t-1")), SKIPPED, False, NOW)["plan"]
    assert plan["scopes"] == kept
    assert read_request({"plan": plan, "confirm": True}, str)["has_scopes"]


def test_the_calls_of_the_search_and_the_preview_are_counted():
    shown, stopped = (
        {**done(one("t-1", word)), "calls": {"alibaba": {"A": 2, "B": 3}}} for word in ("would_stop", "stopped")
    )
    stopped["summary"]["calls"] = 5
    result = outcome(read(name="*", confirm=True), {**FOUND, "calls": {"aws": {"C": 7}}}, shown, stopped, False, NOW)
    assert result["summary"]["calls"] == 17


OUTCOMES = {
    "stopped": (done(one("t-1", "stopped")), False, (True, False)),
    "failed": (done(one("t-1", "failed", failed=True)), False, (False, True)),
    "check mode": (SKIPPED, True, (True, False)),
    "refused": ({"failed": False, "msg": "rate is wrong."}, False, (False, True)),
    "interrupted": (done(one("t-1", "stopped"), interrupted=True, msg="Interrupted."), False, (True, True)),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_the_outcome_is_that_of_the_stop_or_of_the_preview(case):
    stopped, check, expected = OUTCOMES[case]
    request = read(name="*", confirm=True)
    result = outcome(request, {**FOUND, "errors": []}, done(one("t-1")), stopped, check, NOW)
    assert (result["changed"], result["failed"]) == expected
    assert result["msg"] and result["markdown"].startswith("**")


def test_finding_nothing_is_no_failure_and_a_failed_search_is_one():
    request = read(name="*")
    searched: dict[str, list[Any]] = {"operations": [], "errors": []}
    empty = {"msg": "Nothing is in flight in 1 scope.", **searched}
    nothing = outcome(request, empty, SKIPPED, SKIPPED, False, NOW)
    assert (nothing["failed"], nothing["msg"]) == (False, "Nothing is in flight in 1 scope.")
    # As Ansible registers a failure that must not end the play.
    wrong = {"failed": False, "failed_when_result": False, "msg": "scopes: wrong."}
    for found in (wrong, {"msg": "Failed: 1 of 2.", **searched, "errors": [{}]}):
        assert outcome(request, found, SKIPPED, SKIPPED, False, NOW)["failed"]


@pytest.mark.parametrize(("scopes", "hint"), [({}, True), ({"scopes": "alibaba/r"}, False)])
def test_a_search_without_scopes_that_broke_is_told_where_they_are_set(scopes, hint):
    wrong = {"failed": False, "msg": "region is missing."}
    result = outcome(read(name="*", **scopes), wrong, SKIPPED, SKIPPED, False, NOW)
    assert ("bulk_cancel_scopes says where to search" in result["msg"]) == hint


def test_the_report_is_the_outcome_with_what_was_asked():
    request = {**read(name="*", exclude="x"), "started": "2026-01-01T00:00:00Z"}
    warned = {**FOUND, "warnings": ["exclude: x matches nothing.", "name: nothing in flight matches x."]}
    shown = done(one("t-1"), warnings=["rate=2 is slow."])
    result = outcome(request, warned, shown, SKIPPED, False, NOW)
    data = report(result, {"selection": request["selection"]}, NOW)
    assert data["warnings"] == [
        "bulk_cancel_name: nothing in flight matches x.",
        "bulk_cancel_rate=2 is slow.",
    ]
    assert (data["check_mode"], data["reason"], data["selection"]) == (True, None, {"name": ["*"]})
    assert (data["finished"], data["results"]) == ("2026-01-01T00:00:00Z", shown["results"])
    assert data.keys() == scenes.report().keys()


SINGLE: dict[str, Any] = {
    **{"changed": False, "outcome": "failed", "failed": True, "msg": "t-1: failed.", "calls": {"alibaba": {"Stop": 2}}},
    "operation": {"kind": "image_task", "provider": "alibaba", "region": "r", "id": "t-1", "name": None},
}
LISTED = {"msg": "1 operation in flight.", "operations": [{**SINGLE["operation"], "state": "running"}], "errors": []}


@pytest.mark.parametrize(
    ("given", "words", "said"),
    [
        (SINGLE, ["failed"], "**1 operation could not be stopped.**\n- failed: `t-1` (image task, alibaba/r)"),
        ({"results": [SINGLE, {**SINGLE, "outcome": "stopped"}]}, ["failed", "stopped"], "**1 operation could not be"),
        (LISTED, [None], "**1 operation is in flight.**"),
        ([SINGLE, LISTED], ["failed", None], "**1 operation could not be stopped.** 1 operation is in flight."),
        ({"failed": True, "msg": "region is wrong."}, [], "**Nothing was stopped.** region is wrong."),
    ],
    ids=["one module", "a loop", "a search", "a list", "a refusal"],
)
def test_any_registered_result_makes_a_report(given, words, said):
    data = report(given, {"started": "2026-01-02T03:04:05Z"}, 1767323050.0)

    assert [one.get("outcome") for one in data["results"]] == words
    assert data["summary"]["failed"] == words.count("failed") and data["summary"]["requested"] == len(words)
    assert [each["id"] for each in data["still_running"]] == ["t-1"] * words.count("failed")
    assert markdown(data).startswith(said)
    assert view(data, {})["first"]


def test_what_is_left_of_a_stack_set_is_named_so_that_it_can_be_stopped_again():
    place = {"kind": "stack_group_operation", "provider": "aws", "region": "r", "id": "op-1"}
    own = {"stack_group_name": "landing-zone", "call_as": "delegated_admin"}
    data = report({**SINGLE, "operation": {**place, **own, "name": None}}, {}, 0.0)

    assert data["still_running"] == [{**place, **own, "account": None}]
    command = next(each["command"] for each in view(data, {})["attention"] if each["command"])
    for name, value in {**place, **own}.items():
        assert f'"{name}": "{value}"' in command


def test_the_text_names_a_place_that_could_not_be_searched_once():
    errors = [
        {"provider": "alibaba", "region": "r", "kind": kind, "error": {"code": "NoAnswer"}}
        for kind in ("cloud_invocation", "image_task")
    ]
    text = markdown({**scenes.report(), "errors": errors})
    assert text.count("not searched") == 1 and "alibaba/r, cloud invocation, image task: NoAnswer" in text
    assert "1 region could not be searched" in text
    some = {"place": "alibaba/r", "seen": 2, "kinds": ["automation_execution"], "not_searched": ["image_task"]}
    data = {**scenes.report(), "errors": [*errors, {**errors[0], "region": "s"}], "searched": [some]}
    assert "1 region could not be searched and 1 was searched only in part" in markdown(data)
    assert [each["seen"] for (each,) in view(data, {})["places"]["chunks"]] == ["2 (in part)"]


@pytest.mark.parametrize("name", ["{{ 7 * 7 }}", "{% if x %}", "{# x #}", "a\u202eb"])
def test_no_command_to_copy_has_what_ansible_or_a_terminal_would_obey(name):
    failed = {"provider": "alibaba", "region": "s", "kind": "image_task"}
    data = {**scenes.report(), "errors": [failed], "selection": {"name": [name]}}
    (step,) = view(data, {})["attention"]
    assert (step["command"], step["label"]) == ("", "not searched")


def test_causes_beyond_the_first_ten_are_counted():
    results = [one(f"t-{number}", "failed", failed=True, error={"code": f"Code{number}"}) for number in range(12)]
    causes = view({**scenes.report(), "results": results}, {})["attention"]
    assert len(causes) == 10 and causes[-1]["more"].endswith("2 operations with other causes are in the table.")


@pytest.mark.parametrize(("account", "is_told"), [("a", False), ("b", True)])
def test_a_command_that_lacks_the_keys_of_several_accounts_says_so(account, is_told):
    searched = [{"place": "alibaba/r", "account": "a"}, {"place": "aws/r", "account": "c"}]
    failed = {"provider": "alibaba", "region": "s", "account": account, "kind": "image_task"}
    (step,) = view({**scenes.report(), "searched": searched, "errors": [failed]}, {})["attention"]
    assert ("scopes with the profile of each" in step["say"]) == is_told


def test_what_was_left_alone_on_request_needs_no_attention():
    results = [one("t-1", "skipped", failed=True), one("t-2", "skipped"), one("t-3", "not_found")]
    (cause,) = view({**scenes.report(), "results": results}, {})["attention"]
    assert [each["id"] for each in cause["operations"]] == ["t-1"]


@pytest.mark.parametrize(("key", "unit"), [("instances", "2 instances"), ("children", "2 children")])
def test_a_card_calls_parts_by_their_name(key, unit):
    part = {"outcome": "stopped", "instance_id": "i-1", "execution_id": "exec-1"}
    given = {**SINGLE, "outcome": "stopped", key: [part, part]}
    (card,) = view(report(given, {}, 0.0), {})["cards"]
    assert (card["unit"], card["below"]) == ("operation", unit)


def test_the_text_is_short_and_says_what_is_left():
    text = markdown(scenes.five_hundred())

    assert text.startswith(
        "**10 operations could not be stopped and 25 are still running.** 465 were stopped.\n- failed: "
    )
    assert len(text) < 2000 and len(text.splitlines()) < 16
    assert text.endswith(
        "Run: Stop the nightly clean-up · Reason: The nightly clean-up deletes what it should keep."
        " · Started by: alice · Job: 42 (Stop many)"
    )


def test_what_has_come_or_gone_since_a_plan_is_said():
    request = read(plan=PLAN, confirm=True)
    found = {**FOUND, "operations": [{"name": "nightly-new", "id": "t-7"}]}
    stopped = done(one("t-1", "already_finished"))
    result = outcome(request, found, stopped, stopped, False, NOW)
    assert "Since the plan, 1 operation appeared and will not be stopped: nightly-new (t-7)." in result["msg"]
    assert "Since the plan, 1 operation ended: t-1." in result["msg"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "max_targets=5 allows 5: raise max_targets.",
            "bulk_cancel_max_targets=5 allows 5: raise bulk_cancel_max_targets.",
        ),
        ("exclude: x matches nothing", "bulk_cancel_exclude: x matches nothing"),
        ("scopes[1]: region is missing", "bulk_cancel_scopes[1]: region is missing"),
        ("The name of the targets is no option", "The name of the targets is no option"),
        ("bulk_cancel_wait_timeout stays", "bulk_cancel_wait_timeout stays"),
    ],
)
def test_messages_name_the_variables_of_the_role(text, said):
    assert as_variables(text) == said


# What is running


def flight(region, name, created, **more):
    place = {"kind": "cloud_invocation", "provider": "alibaba", "region": region}
    return {**place, "name": name, "created": created, "instances_total": 2, **more}


RUNNING = {
    "msg": "4 operations in flight in 2 scopes.",
    "errors": [],
    "operations": [
        flight("r-2", "old\x1b[2J", "2025-12-30T00:00:00Z"),
        flight("r-1", None, None, kind="image_task", instances_total=None),
        flight("r-1", "young", "2025-12-31T23:59:00Z"),
        flight("r-1", "young", "2025-12-31T23:00:00Z"),
    ],
}


def test_what_is_running_is_told_by_place_and_name_the_oldest_of_a_place_first():
    told = running(RUNNING, None, None, NOW)
    assert told["lines"] == [
        "4 operations in flight in 2 scopes.",
        "REGION       NAME     KIND              OPERATIONS  INSTANCES  OLDEST",
        "alibaba/r-1  young    cloud_invocation  2           4          1h0m",
        "alibaba/r-1  -        image_task        1           -          -",
        "alibaba/r-2  old [2J  cloud_invocation  1           2          2d0h",
    ]
    assert (told["failed"], told["msg"], told["started"]) == (False, RUNNING["msg"], "2026-01-01T00:00:00Z")
    assert running({**RUNNING, "operations": []}, 0, "1s", NOW)["lines"] == [RUNNING["msg"]]
    many = [flight(f"r-{number}", "x", None) for number in range(50)]
    assert running({**RUNNING, "operations": many}, None, None, NOW)["lines"][-1] == "and 10 more names and regions"


LIMITS = [
    (4, "3d", ["The age of 1 operation is unknown."]),
    (3, None, ["4 operations are in flight, and the limit is 3."]),
    (4, "30m", ["2 operations have been in flight for longer than 30m.", "The age of 1 operation is unknown."]),
    (0, "2h", ["and the limit is 0.", "1 operation has been in flight for longer than 2h.", "The age of"]),
]


@pytest.mark.parametrize(("most", "oldest", "said"), LIMITS)
def test_a_limit_that_is_passed_is_a_failure_that_says_which(most, oldest, said):
    told = running(RUNNING, most, oldest, NOW)
    assert told["failed"]
    assert all(sentence in told["msg"] for sentence in said)
    assert said[-1] in told["lines"][-1], "the limits are told below the table"


def test_a_limit_that_cannot_be_read_is_refused_by_its_name():
    for limits, said in (
        (("many",), "max_operations is 'many': it must be"),
        ((None, "old"), "max_age: 'old' is not an"),
    ):
        with pytest.raises(AnsibleFilterError, match=said):
            whats_running(RUNNING, *limits)


def test_what_could_not_be_searched_is_a_failure_without_any_limit():
    assert running({**RUNNING, "errors": [{"region": "r-3"}]}, None, None, NOW)["failed"]
    refused = running({"msg": "scopes is wrong."}, None, None, NOW)
    assert (refused["failed"], refused["lines"]) == (True, ["scopes is wrong."])
