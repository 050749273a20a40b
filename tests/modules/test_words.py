# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words for what is meant and what is not: names, ids, scopes and targets, as people write them and forms send them."""

from __future__ import annotations

import json

import pytest

from ..support.emulated import INFO, INFO_MANY
from ..support.emulated import cancel_many as cancel
from ..support.modules import play
from ..support.results import ids, verdicts
from .offline import MODULES
from .offline import Cloud as OfflineCloud
from .test_bad_options import ALIBABA, refused, target

EXECUTION = "cloudops.halt.automation_execution_cancel"


def info(cloud, **options):
    """A task that searches at one place."""
    return {INFO_MANY: {"scopes": [cloud.place()], "retries": 0, **options}}


def names(result, key="operations"):
    return {each["name"] for each in result[key]}


# Names. What is typed is what is meant, and a word that is somebody's name means that one alone.

RUNNING = ("backup [prod]", "backup p", "0123", "83", "nightly-cleanup", "nightly-backup", "a, b")


# How words are read, and what they mean, is shown in tests/unit.
@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("backup [prod]", {"backup [prod]"}),
        # Nobody has this name, so that it is a pattern.
        ("backup [p]", {"backup p"}),
        ("0123", {"0123"}),
        ("nightly-*, 83\n", {"nightly-cleanup", "nightly-backup", "83"}),
        ("- nightly-backup\n- 'a, b'", {"nightly-backup", "a, b"}),
        (["*"], set(RUNNING)),
    ],
)
def test_a_name_selects_and_excludes_the_same(cloud, said, meant):
    commands = {name: cloud.run(name=name).id for name in RUNNING}
    whole = [cloud.target(each) for each in commands.values()]

    selected, listed, left, preview, stopped = play(
        info(cloud, name=said),
        cloud.info(name=said),
        info(cloud, exclude=said),
        cancel(*whole, exclude=said, keywords={"check_mode": True}),
        cancel(*whole, exclude=said),
    )

    assert names(selected) == names(listed) == meant
    assert (names(left), names(left, "excluded"), left["excluded_nothing"]) == (set(RUNNING) - meant, meant, [])
    for result, outcome in ((preview, "would_stop"), (stopped, "stopped")):
        expected = {commands[name]: "skipped" if name in meant else outcome for name in RUNNING}
        assert (verdicts(result), result["failed"]) == (expected, False)
        assert result["excluded_nothing"] == []
    assert {name for name in RUNNING if cloud.status(commands[name]) == cloud.words.running} == meant


def test_a_word_without_effect_is_told(cloud):
    command = cloud.run(name="nightly")

    found, stopped = play(
        info(cloud, name=["nightly", "weekly"], exclude="nightli,zzz*"),
        cancel(cloud.target(command), exclude=["nightli", "zzz*"], keywords={"check_mode": True}),
    )

    assert ids(found) == [command.id]
    assert found["excluded_nothing"] == stopped["excluded_nothing"] == ["nightli", "zzz*"]
    for word in ("nightli", "zzz*"):
        assert f"exclude: {word} matches nothing." in found["warnings"]
        assert f"exclude: {word} matches nothing." in stopped["msg"]
    assert any("nothing in flight matches weekly" in warning for warning in found["warnings"])


def test_an_id_excludes_however_the_target_is_written(cloud):
    kept, other, named = cloud.run(name="a"), cloud.run(name="b"), cloud.run(name="c", count=2)
    targets = [
        cloud.target(f" {kept.id} "),
        cloud.target(other),
        cloud.target(f"{named.id} ", instance_ids=named.instance_ids[:1]),
    ]

    (result,) = play(cancel(*targets, exclude=f"{kept.id} , {named.id}", max_targets=1))

    assert verdicts(result) == {kept.id: "skipped", other.id: "stopped", named.id: "skipped"}
    assert (result["failed"], result["changed"], result["still_running"]) == (False, True, [])
    rows = [(each["instance_id"], each["outcome"]) for each in result["results"][2]["instances"]]
    assert rows == [(named.instance_ids[0], "skipped")]
    assert cloud.stops(kept) == cloud.stops(named) == []
    assert not cloud.requests(kept), "what its id excludes is not even read"


def test_instances_of_somebody_else_do_not_matter_where_the_whole_is_excluded(cloud):
    command = cloud.run(name="nightly")
    own = [*command.instance_ids, cloud.words.unknown_instance]
    whole = cloud.target(command, instance_ids=own)

    (result,) = play(cancel(whole, exclude="nightly", ignore_not_found=True))

    rows = [(each["instance_id"], each["outcome"]) for each in result["results"][0]["instances"]]
    # Nobody has looked for the other one.
    assert rows == [(own[0], "skipped"), (own[1], "skipped")]
    assert cloud.stops() == []


# Empty words. A template without a value makes them, and what it would have said is unknown.

NOTHING: tuple[str | list[str], ...] = ("", " ", "\n", [], [""], ["fine", " "], "''")
FULL = {"scopes": [ALIBABA], "older_than": "30s"}


@pytest.mark.parametrize("given", NOTHING, ids=repr)
@pytest.mark.parametrize(
    ("module", "options", "option"),
    [
        *(("inflight_info", FULL, option) for option in ("name", "exclude", "instance_ids")),
        ("cloud_invocation_info", ALIBABA, "name"),
        ("automation_execution_info", ALIBABA, "name"),
        ("inflight_cancel", {"targets": [target()]}, "exclude"),
        ("cloud_invocation_cancel", {**ALIBABA, "invocation_id": "t-hz0example001"}, "instance_ids"),
    ],
)
def test_an_empty_word_is_refused(module, options, option, given):
    refused(module, {**options, option: given}, rf"^{option}(\[1\])? is (empty|an empty text)")


@pytest.mark.parametrize(
    ("module", "options", "said"),
    [
        ("inflight_info", {"scopes": ""}, "scopes is empty"),
        ("inflight_info", {"scopes": []}, "scopes is empty"),
        ("inflight_info", {**FULL, "kinds": ""}, "kinds is empty"),
        ("inflight_info", {**FULL, "older_than": ""}, "older_than is empty"),
        ("cloud_invocation_info", {**ALIBABA, "older_than": ""}, "older_than is empty"),
        ("cloud_invocation_info", {**ALIBABA, "instance_id": ""}, "instance_id is empty"),
        ("cloud_invocation_info", {**ALIBABA, "command_id": ""}, "command_id is empty"),
        ("inflight_cancel", {"targets": ""}, "targets is empty"),
        ("inflight_cancel", {"targets": [target(instance_ids=[])]}, r"targets\[0\]: instance_ids is empty"),
        # What YAML has made of words without quotes, nobody can read back.
        ("inflight_info", {**FULL, "name": [1.1]}, "name is 1.1, which is how YAML reads a value"),
        ("inflight_info", {**FULL, "name": '["nightly'}, "name starts a list that does not end"),
        ("inflight_info", {**FULL, "kinds": "image_taks"}, r"'image_taks' \(did you mean image_task\?\)"),
        ("inflight_info", {"scopes": "alibaba"}, "'alibaba': it must have the form provider/region, such as alibaba/"),
        ("inflight_cancel", {"targets": "alibaba/t-1"}, r"targets\[0\] is 'alibaba/t-1': it must have the form kind/"),
    ],
)
def test_what_cannot_be_meant_is_refused(module, options, said):
    refused(module, options, said)


# Providers


@pytest.mark.parametrize("name", MODULES)
def test_no_provider_is_ever_assumed(name):
    options = OfflineCloud().options(name)
    places = [options, *options.get("targets", []), *options.get("scopes", [])]
    for place in places:
        place.pop("provider", None)
    many = name.startswith("inflight_")
    refused(name, options, "provider is missing" if many else "missing required arguments: provider")


def test_a_provider_has_the_names_that_people_type(cloud):
    command = cloud.run()
    about = {**cloud.connection, "retries": 0}
    nowhere = {name: value for name, value in about.items() if name not in ("provider", "region")}
    for alias in cloud.words.aliases:
        one, many, preview = play(
            {INFO: {**about, "provider": f" {alias} "}},
            {INFO_MANY: {**nowhere, "scopes": f"{alias}/{cloud.region}"}},
            cancel(f"cloud_invocation/{alias}/{cloud.region}/{command.id}", keywords={"check_mode": True}, **nowhere),
        )
        assert ids(one) == ids(many) == [command.id]
        assert one["operations"][0]["provider"] == many["operations"][0]["provider"] == cloud.provider
        assert verdicts(preview) == {command.id: "would_stop"}


def test_a_key_in_the_text_of_a_form_is_a_secret(cloud):
    """The runner checks that no secret is shown; here it comes as text, which Ansible cannot know to be one."""
    place = cloud.place()
    command = cloud.run()

    found, broken = play(
        {INFO_MANY: {"scopes": json.dumps([place]), "retries": 0}},
        {INFO_MANY: {"scopes": json.dumps([place])[:-2]}},
    )

    assert ids(found) == [command.id]
    assert broken["failed"] and "scopes is neither YAML nor JSON" in broken["msg"]


# The keys of scopes are those of the targets in them


def test_scopes_lend_their_connection_to_the_targets_in_them(alibaba, tencent):
    commands = {cloud: cloud.run(name="nightly") for cloud in (alibaba, tencent)}
    scopes = [cloud.place() for cloud in commands]

    (found,) = play({INFO_MANY: {"scopes": scopes}})
    assert not [each for each in found["targets"] if "access_key_id" in each]
    (stopped,) = play(cancel(*found["targets"], scopes=scopes))

    assert verdicts(stopped) == dict.fromkeys((each.id for each in commands.values()), "stopped")
    accounts = {cloud.provider: cloud.keys["default"]["access_key_id"] for cloud in commands}
    assert {each["target"]["provider"]: each["target"]["account"] for each in stopped["results"]} == accounts


def test_the_account_says_which_of_several_scopes_a_target_is_in(cloud):
    command = cloud.run()
    scopes = [cloud.place("denied", account="blue"), cloud.place(account="green")]
    about = {"kind": "cloud_invocation", "provider": cloud.provider, "region": cloud.region, "id": command.id}

    unclear, wrong, right = play(
        cancel(about, scopes=scopes),
        cancel({**about, "account": "blue"}, scopes=scopes),
        cancel({**about, "account": "green"}, scopes=scopes),
    )

    assert unclear["failed"] and "several scopes have this provider and region" in unclear["msg"]
    assert (verdicts(wrong), wrong["error"]["class"]) == ({command.id: "failed"}, "denied")
    assert verdicts(right) == {command.id: "stopped"}


# Families


@pytest.fixture
def family(alibaba):
    """An execution with three running children that its stop leaves alone, by name."""
    alibaba.settings(children_on_cancel="live")
    parent = alibaba.start("automation_execution", name="restart-fleet")
    children = {
        name: alibaba.start("automation_execution", name=name, parent=parent) for name in ("drain", "reboot", "check")
    }
    return {"parent": parent, **children}


def statuses(alibaba, family):
    return {name: alibaba.status(each) for name, each in family.items()}


def test_children_that_are_left_alone_are_named_and_found_afterwards(alibaba, family):
    parent, *children = family.values()
    alone = {EXECUTION: {**alibaba.connection, "execution_id": parent, "wait_interval": 0.1}}

    preview, one, again, found = play({**alone, "check_mode": True}, alone, alone, info(alibaba))

    for result in (preview, one, again):
        assert sorted(result["living_children"]) == sorted(children)
        assert "3 child executions are still running: " in result["msg"] and "include_children=true" in result["msg"]
        assert all(child in result["msg"] for child in children)
    assert (one["outcome"], again["outcome"]) == ("stopped", "already_finished")
    assert sorted(ids(found)) == sorted(children)

    (many,) = play(cancel(*found["targets"], scopes=[alibaba.place()]))
    assert set(statuses(alibaba, family).values()) == {"Cancelled"}
    assert set(verdicts(many).values()) == {"stopped"}


def test_a_task_for_many_warns_of_children_that_go_on(alibaba, family):
    parent = alibaba.target(family["parent"], "automation_execution")
    (left,) = play(cancel(parent))
    assert any("3 child executions are still running: " in warning for warning in left["warnings"])
    (all_,) = play(cancel(parent, include_children=True))
    assert (verdicts(all_), all_["changed"]) == ({family["parent"]: "stopped"}, True)
    assert set(statuses(alibaba, family).values()) == {"Cancelled"}


@pytest.mark.parametrize("by", ["id", "name", "pattern"])
def test_a_child_that_is_excluded_is_left_alone(alibaba, family, by):
    word = {"id": family["drain"], "name": "drain", "pattern": "dr*n"}[by]
    parent = alibaba.target(family["parent"], "automation_execution", include_children=True)

    preview, done = play(cancel(parent, exclude=[word], keywords={"check_mode": True}), cancel(parent, exclude=[word]))

    assert statuses(alibaba, family) == {**dict.fromkeys(family, "Cancelled"), "drain": "Running"}
    for result, outcome in ((preview, "would_stop"), (done, "stopped")):
        children = {each["execution_id"]: each["outcome"] for each in result["results"][0]["children"]}
        expected = {**dict.fromkeys(family.values(), outcome), family["drain"]: "skipped"}
        assert children == {key: value for key, value in expected.items() if key != family["parent"]}
        assert (verdicts(result), result["failed"]) == ({family["parent"]: outcome}, False)
        assert result["excluded_nothing"] == []


@pytest.mark.parametrize("strict", [False, True])
def test_where_only_what_is_excluded_lives_on_nothing_is_in_flight(alibaba, family, strict):
    parent = alibaba.target(family["parent"], "automation_execution", include_children=True)
    play(cancel(parent, exclude="drain"))

    (again,) = play(cancel(parent, exclude="drain", fail_if_not_running=strict))

    assert (verdicts(again), again["failed"]) == ({family["parent"]: "already_finished"}, strict)
    assert alibaba.status(family["drain"]) == "Running"


@pytest.mark.parametrize("children_on_cancel", ["live", "cancelled"])
def test_the_runs_of_a_trigger_are_found_and_stopped_with_it(alibaba, children_on_cancel):
    alibaba.settings(children_on_cancel=children_on_cancel)
    trigger = alibaba.start("automation_execution", name="every-hour", category="TimerTrigger")
    run = alibaba.start("automation_execution", name="nightly-run", parent=trigger)

    runs, both, each_apart = play(
        info(alibaba),
        info(alibaba, include_scheduled=True),
        info(alibaba, include_scheduled=True, include_children=False),
    )
    assert (ids(runs), [each["id"] for each in runs["scheduled"]]) == ([run], [trigger])
    assert ids(both) == [trigger], "its run is stopped with it"
    assert sorted(ids(each_apart)) == sorted([trigger, run])

    (first,) = play(cancel(*runs["targets"], scopes=[alibaba.place()]))
    assert (verdicts(first), alibaba.status(trigger)) == ({run: "stopped"}, "Waiting")
    second_run = alibaba.start("automation_execution", name="nightly-run", parent=trigger)
    (second,) = play(cancel(*both["targets"], scopes=[alibaba.place()]))
    assert verdicts(second) == {trigger: "stopped"}
    assert alibaba.status(trigger) == alibaba.status(second_run) == "Cancelled"
