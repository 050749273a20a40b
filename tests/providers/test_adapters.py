# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every kind at every provider, on answers as the references write them."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from datetime import datetime

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.clock import Deadline, SystemClock
from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError, OptionError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Noted, Query, StopCall, Target
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import STATES
from ansible_collections.cloudops.halt.plugins.module_utils._http.client import ApiClient
from ansible_collections.cloudops.halt.plugins.module_utils._providers.register import check

from ..support.answers import REGION, refusal, scripted
from ..support.nonsense import ODDITIES, places, planted
from ..support.providers import having, part

KINDS = [kind for provider in having("adapters") for kind in part(provider, "adapters").KINDS]
ALL = Query(states=frozenset(STATES))
DEADLINE = Deadline(SystemClock(), 60)
UNKNOWN = {"unknown": "Hibernating rUNNING"}


def kinds(wanted=lambda kind: True):
    chosen = [kind for kind in KINDS if wanted(kind)]
    names = [f"{kind.adapter.provider}-{kind.adapter.kind}" for kind in chosen]
    return pytest.mark.parametrize("kind", chosen, ids=names)


def words(states):
    return [(word, state) for state, words in {**states, **UNKNOWN}.items() for word in [*words.split()]]


def target(kind):
    return Target(kind.id, include_children=True, within=kind.within)


def read(kind, *answers):
    adapter, _ = scripted(kind.adapter, *answers)
    return adapter.read_all(target(kind))


# Reading one operation


@kinds()
def test_an_operation_is_read_from_the_documented_nesting(kind):
    adapter, script = scripted(kind.adapter, *kind.reading(kind.item(), *kind.parts.values()))
    operation = adapter.read_all(target(kind))
    assert operation.as_result() == {
        "kind": kind.adapter.kind,
        "provider": kind.adapter.provider,
        "region": REGION,
        "id": kind.id,
        "state": "running",
        "created": "2024-01-02T03:04:05Z",
        "finished": None,
        "is_schedule": False,
        "instances_total": len(kind.parts) or None,
        **kind.shown,
    }
    assert (operation.parts, operation.within) == (kind.readings, kind.within)
    assert script.asked == kind.reads
    assert adapter.objection(operation) is None
    assert adapter.parts_key == kind.parts_key
    assert [adapter.part_id(each) for each in kind.parts][:1] == [kind.part_named] * bool(kind.parts)


@kinds()
def test_a_status_has_its_state(kind):
    for word, state in words(kind.states):
        operation = read(kind, *kind.reading(kind.item(**{kind.status: word})))
        assert (operation.status, operation.state) == (word, state)
    assert read(kind, *kind.reading(kind.item(**{kind.status: ""}))).state == "unknown"


@kinds(lambda kind: kind.parts)
def test_a_status_of_a_part_has_its_state(kind):
    (name, written), *_ = kind.parts.items()
    for word, state in words(kind.part_states):
        part = {**written, **kind.exits, kind.part_status: word}
        reading = read(kind, *kind.reading(kind.item(), part)).parts[name]
        assert (reading.status, reading.state) == (word, state)
        # An exit code counts only at an end of its own.
        assert (reading.exit_code == 0) is (bool(kind.exits) and state in ("succeeded", "failed"))


@kinds()
def test_moments_are_read_in_any_zone_and_with_minutes_only(kind):
    operation = read(kind, *kind.reading(kind.ended("2024-01-02T11:04:05+08:00", "2024-01-02T03:06Z")))
    moments = {"created": "2024-01-02T03:04:05Z", "finished": "2024-01-02T03:06:00Z"}
    for name, moment in moments.items():
        assert getattr(operation, name) == (moment if name in kind.dated else None)


@kinds(lambda kind: kind.part_ended)
def test_the_end_of_a_part_is_read_by_the_providers_clock_unless_it_is_in_flight(kind):
    (name, written), *_ = kind.parts.items()
    for moment, ended in (("2024-01-02T11:04:05+08:00", 1704164645), ("", None), ("soon", None)):
        part = {**written, **kind.part_ended(moment)}
        assert read(kind, *kind.reading(kind.item(), part)).parts[name].ended == ended
        part[kind.part_status] = written[kind.part_status]
        assert read(kind, *kind.reading(kind.item(), part)).parts[name].ended is None


@kinds()
def test_the_whole_is_one_call_and_the_deadline_is_handed_to_it_and_to_every_page(kind):
    adapter, script = scripted(kind.adapter, *kind.long_reading)
    operation = adapter.read(target(kind), DEADLINE)
    assert operation.id == kind.id
    assert [*map(script.asked[-1][1].get, kind.reads[0][1])] == [*kind.reads[0][1].values()]
    pages = adapter.pages(operation)
    while operation.parts_are_listed and (cursors := pages.next()):
        for cursor in cursors:
            pages.add(cursor, adapter.page(operation, cursor, DEADLINE))
    assert script.how == [(True, DEADLINE)] * len(kind.long_reading)
    assert pages.shortfall is None


@kinds(lambda kind: kind.counts)
@pytest.mark.parametrize(("written", "total"), [(500, 500), (2, 2), (1, None), (None, None), ("many", None)])
def test_one_page_tells_how_many_parts_there_are_unless_it_shows_more_itself(kind, written, total):
    answers = kind.reading(kind.item(), *kind.parts.values())
    for holder in (answers[1], answers[1].get("Invocation", {})):
        holder["TotalCount"] = written
    adapter, script = scripted(kind.adapter, *answers)
    operation = adapter.read(target(kind))
    (first,) = adapter.pages(operation).next()
    page = adapter.page(operation, first, DEADLINE)
    assert (page.parts, page.total) == (kind.readings, total)
    assert script.asked[1:] == [kind.counts]
    assert script.how[1:] == [(True, DEADLINE)]


# What is not there


# The answer about one stack group operation repeats no list.
@kinds(lambda kind: kind.adapter.kind != "stack_group_operation")
def test_an_answer_about_something_else_is_not_the_target(kind):
    for other in ("another", kind.id.upper(), None, [kind.id]):
        assert read(kind, *kind.reading(kind.item(other))[:1]) is None
    assert read(kind, {}) is None


@kinds()
def test_only_an_error_that_says_not_found_is_nothing(kind):
    assert scripted(kind.adapter, refusal("not_found"))[0].look_up(target(kind)) is None
    error = refusal("denied")
    with pytest.raises(ApiError) as caught:
        scripted(kind.adapter, error)[0].look_up(target(kind))
    assert caught.value is error


@kinds()
def test_any_other_error_is_passed_on(kind):
    error = refusal("denied")
    operation = read(kind, *kind.reading(kind.item()))
    adapter, _ = scripted(kind.adapter, lambda *_: error)
    ways = [
        lambda: list(adapter.find(Query())),
        lambda: adapter.stop(StopCall(kind.id, within=kind.within), Noted()),
        *[lambda: adapter.read_many([Target(kind.id)], None)] * bool(kind.glances),
        *[lambda: adapter.page(operation, adapter.pages(operation).next()[0])] * bool(kind.parts),
    ]
    for way in ways:
        with pytest.raises(ApiError) as caught:
            way()
        assert caught.value is error


of_groups = kinds(lambda kind: kind.groups)


@of_groups
def test_an_answer_without_the_operation_that_was_asked_for_is_not_taken_for_not_found(kind):
    """An unknown id is an error of its own there."""
    answer = kind.reading(kind.item())[0]
    (key,) = (name for name in answer if name != "RequestId")
    for found in ({}, {key: None}, {key: ""}, {key: [kind.item()]}):
        with pytest.raises(ApiError) as caught:
            scripted(kind.adapter, {"RequestId": "r-1", **found})[0].look_up(target(kind))
        assert (caught.value.code, caught.value.error_class) == ("NotAnAnswer", "lost")
    # And it needs no id in the answer.
    assert scripted(kind.adapter, {key: kind.item(None)})[0].read(target(kind)).id == kind.id


# Children


@kinds(lambda kind: kind.parts_key == "children")
@pytest.mark.parametrize(("state", "asked"), [("succeeded", False), ("failed", False), ("stopped", True)])
def test_what_a_child_had_started_is_asked_for_unless_it_has_ended_by_itself(kind, state, asked):
    child = kind.item("child", **kind.has_children, **{kind.status: kind.states[state].split()[0]})
    adapter, script = scripted(kind.adapter, *kind.reading(kind.item(**kind.has_children), child))
    assert list(adapter.read_all(target(kind)).parts) == ["child"]
    assert ["child" in str(parameters) for _, parameters in script.asked[1:]] == [False, *[True] * asked]


# Listing


@of_groups
def test_operations_are_listed_over_all_active_groups_but_those_that_are_deleted_meanwhile(kind):
    _, operations = kind.listing(kind.item())
    adapter, script = scripted(kind.adapter, kind.groups("gone", "landing-zone"), refusal("not_found"), operations)
    assert [operation.id for operation in adapter.find(Query())] == [kind.id]
    groups, of_one = kind.group_lists
    assert (script.actions, script.asked[0][1]["Status"]) == ([groups, of_one, of_one], "ACTIVE")
    assert ["landing-zone" in parameters.values() for _, parameters in script.asked] == [False, False, True]


@of_groups
def test_operations_of_one_group_need_no_list_of_groups_and_it_must_be_there(kind):
    query = Query(details={"stack_group_name": "landing-zone"})
    adapter, script = scripted(kind.adapter, kind.listing(kind.item())[1])
    assert [operation.id for operation in adapter.find(query)] == [kind.id]
    assert script.actions == [kind.group_lists[1]] and "landing-zone" in script.asked[0][1].values()
    with pytest.raises(ApiError, match="no"):
        list(scripted(kind.adapter, refusal("not_found"))[0].find(query))


@kinds()
def test_a_list_has_each_operation_once_though_it_shifts_while_it_is_paged(kind):
    first = kind.listing(kind.item("one"), kind.item(None), kind.item("two"), more=True)
    *_, second = kind.listing(kind.item("two"), kind.item("three"))
    pages = iter([*first, second])

    def answer(_action, asked):
        page = dict(next(pages, {}))
        # The total counts the rows before an offset, too.
        return {**page, "TotalCount": asked["Offset"] + 2} if asked.get("Offset") else page

    adapter, _ = scripted(kind.adapter, answer)
    assert [operation.id for operation in adapter.find(ALL)] == ["one", "two", "three"]


@kinds()
def test_listing_is_lazy(kind):
    answers = kind.listing(kind.item("one"), more=True)
    # Which of those in flight belong to another one is known at the end only.
    for query in (ALL, *[Query()] * (not kind.adapter.parts_are_operations)):
        adapter, script = scripted(kind.adapter, *answers)
        assert next(iter(adapter.find(query))).id == "one"
        assert len(script.asked) == len(answers)


@kinds()
def test_a_list_without_end_ends_with_an_error(kind, monkeypatch):
    numbers = itertools.count()
    adapter, script = scripted(kind.adapter, lambda *_: kind.endless(next(numbers)))
    client = sys.modules[type(adapter._client).__module__]
    # Room for the largest lists: Alibaba Cloud keeps 100,000 records.
    assert ApiClient.most_pages * client.PAGE_SIZE >= 100_000
    monkeypatch.setattr(ApiClient, "most_pages", 7)
    with pytest.raises(ApiError, match="do not end") as caught:
        list(adapter.find(ALL))
    assert (caught.value.code, caught.value.error_class) == ("EndlessList", "unexpected")
    # A list that has no row of those that its total says is asked to go on before it is given up.
    assert len({str(asked) for asked in script.asked}) >= 7 and len(script.asked) <= 35


# Many at once


def listed(kind, *ids):
    inside = kind.inside("part") if kind.inside else {}
    return kind.listing(*[kind.item(each, **inside) for each in ids])


@kinds(lambda kind: kind.glances)
def test_many_are_read_in_a_few_calls_and_each_is_asked_for_once(kind):
    adapter, script = scripted(kind.adapter, *listed(kind, "one", "other", "three", "ONE"))
    targets = [*map(Target, ("one", "two", "three", "one"))]
    assert {key: operation.id for key, operation in adapter.read_many(targets, DEADLINE).items()} == {
        "one": "one",
        "three": "three",
    }
    assert script.asked == kind.glances
    assert script.how == [(True, DEADLINE)] * len(kind.glances)
    assert len(kind.glances) < adapter.read_many_least <= adapter.read_many_limit
    assert adapter.read_many_limit >= 100


@kinds(lambda kind: kind.glances)
def test_no_more_pages_are_read_for_many_than_one_by_one(kind):
    numbers = itertools.count()
    adapter, script = scripted(kind.adapter, lambda *_: kind.endless(next(numbers)))
    adapter.read_many([Target(f"wanted-{number}") for number in range(12)], None)
    assert len(script.asked) in (len(kind.glances), 12)


@kinds(lambda kind: not kind.glances)
def test_what_no_list_shows_can_only_be_read_one_by_one(kind):
    adapter, script = scripted(kind.adapter, {})
    assert (adapter.read_many_limit, adapter.read_many([Target("one")], None)) == (0, {})
    assert script.asked == []


@kinds(lambda kind: kind.inside)
def test_a_list_inside_of_a_list_is_whole_only_for_whoever_knows_which_parts_there_must_be(kind):
    for way in (
        lambda adapter: adapter.read(Target("one")),
        lambda adapter: adapter.read_many([Target("one")], None)["one"],
    ):
        operation = way(scripted(kind.adapter, *listed(kind, "one"))[0])
        assert list(operation.parts) == ["part"]
        tells = [operation.tells(parts) for parts in (("part",), ("part", "another"), ("another",), ())]
        assert tells == [True, False, False, False]


# Stopping


@kinds()
def test_a_stop_names_the_operation_and_is_never_repeated_blindly(kind):
    adapter, script = scripted(kind.adapter, {"RequestId": "r-9"}, {"RequestId": "r-10"})
    noted = Noted(["r-8"])
    adapter.stop(StopCall(kind.id, within=kind.within), noted)
    action = kind.stop or adapter.stop_actions[0]
    expected = [(action, kind.stops)]
    if kind.stops_some:
        adapter.stop(StopCall(kind.id, ("x-1", "x-2")), noted)
        expected.append((action, kind.stops_some))
    assert script.asked == expected
    assert script.how == [(False, None)] * len(expected)
    assert noted.request_ids == ["r-8", "r-9", "r-10"][: 1 + len(expected)]
    assert adapter.stop_limit == kind.stop_limit


@kinds()
def test_an_id_of_something_else_is_refused_before_any_call(kind):
    adapter, script = scripted(kind.adapter, {})

    def checked(option, each):
        check(Target(each) if option == adapter.id_option else Target(kind.id, ("fine", each)), adapter)

    for option, each in _pairs(kind.own):
        checked(option, each)
    for option, each in _pairs(kind.foreign):
        with pytest.raises(OptionError, match=f"^{option}: {each} is .+[a-z]\\.$") as caught:
            checked(option, each)
        assert kind.foreign[option][each] in str(caught.value)
    assert script.asked == []


def _pairs(ids_by_option):
    return [(option, each) for option, ids in ids_by_option.items() for each in ids]


# Nonsense


@kinds()
def test_nonsense_in_any_place_of_any_answer_does_no_harm(kind):
    reading = kind.reading(kind.ended("2024-01-02T03:04:05Z", "2024-01-02T03:06:00Z"), *kind.parts.values())
    listing = listed(kind, kind.id)
    whole = read(kind, *reading)
    for answers, way in (
        (reading, lambda adapter: [adapter.read_all(target(kind))]),
        (listing, lambda adapter: adapter.find(ALL)),
        (listing, lambda adapter: adapter.read_many([Target(kind.id)], None).values()),
        *[(reading[1:], lambda adapter: _counted(adapter, whole))] * bool(kind.counts),
    ):
        for number, answer in enumerate(answers):
            for place, other in itertools.product(places(answer), ODDITIES):
                spoilt = [*answers[:number], planted(answer, place, other), *answers[number + 1 :]]
                adapter, _ = scripted(kind.adapter, *spoilt)
                try:
                    found = [*way(adapter)]
                except ApiError as error:
                    assert error.code in ("EndlessList", "ListCutShort", "NotAnAnswer")
                else:
                    for operation in filter(None, found):
                        _check(adapter, operation)


def _counted(adapter, operation):
    page = adapter.page(operation, adapter.pages(operation).next()[0])
    assert page.total is None or page.total >= page.rows >= len(page.parts)
    return [replace(operation, parts=page.parts)]


def _check(adapter, operation):
    shown = operation.as_result()
    assert shown["state"] in STATES and operation.whole.state in STATES
    assert isinstance(shown.pop("is_schedule"), bool)
    assert isinstance(shown.pop("instances_total"), (int, type(None)))
    assert all(isinstance(value, (str, type(None))) for value in shown.values())
    for moment in filter(None, (operation.created, operation.finished)):
        datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ")
    assert isinstance(adapter.objection(operation), (str, type(None)))
    for name, reading in operation.parts.items():
        assert name and isinstance(name, str)
        assert all(isinstance(value, str) for value in adapter.part_id(name).values())
        assert isinstance(reading.status, str) and reading.state in STATES
        assert isinstance(reading.exit_code, (int, type(None)))
        assert isinstance(reading.error, (str, type(None)))
        assert isinstance(reading.ended, (float, type(None)))
