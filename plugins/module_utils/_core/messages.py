# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The sentences of the flow: what happened, and the way out. Written for somebody at three in the morning."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from .adapter import Adapter
from .errors import AMBIGUOUS, ApiError, ErrorClass
from .model import Operation, Target
from .report import Report
from .selection import Selected, Selection, census
from .states import OUTCOMES, Outcome, is_in_flight
from .warnings import cut_short_list

_WAY_OUT: dict[ErrorClass, str] = {
    "auth": "Check access_key_id, access_key_secret and security_token where credentials_source says they are from.",
    "bad_input": "The same call cannot succeed: correct what the provider names.",
    "throttled": "The provider's rate limit is exceeded: wait a minute, or raise retries.",
    "transient": "The provider had a fault: run the task again, it looks before it stops.",
    "lost": "Run the task again, it looks before it stops.",
    "unreachable": "Check endpoint_url, region, proxy and the network.",
}
_WAY_OUT_BY_CODE = {
    "CertificateNotTrusted": "Name the authority's certificate in ca_path.",
    "CertificateNotValid": "ca_path does not change that: have it reissued, or check endpoint_url and proxy.",
    "NotAnAnswer": "Check endpoint_url, and whether a proxy or a login page answers instead of the provider.",
    "Redirected": "Check endpoint_url.",
    "ListCutShort": "Search again; if the result is the same, look for what is missing in the provider's console.",
    "Unreachable": "Check endpoint_url, region, proxy, ca_path and the network.",
}

# Characters of a provider's own message that a sentence repeats at most.
_REPEATED = 300
# Ids that one sentence names at most.
_NAMED = 5


def one_line(text: str) -> str:
    """The text without line feeds and whatever else a terminal would obey: names and messages are other people's."""
    return "".join(char if char.isprintable() else " " for char in text).strip()


def explain(error: ApiError, adapter: Adapter[t.Any]) -> str:
    """A failed call: who said what, and the way out."""
    if error.code == AMBIGUOUS:
        return f"{error.message}. {error.way_out}"
    said = f"{adapter.title}, {error.action}: {error.code}: {_brief(error.message).rstrip('. ')}"
    if error.request_id:
        said += f" (request id {error.request_id})"
    at_fault = error.error_class in ("throttled", "transient")
    way_out = "" if at_fault else error.way_out or _WAY_OUT_BY_CODE.get(error.code, "")
    if not way_out and error.error_class == "denied":
        way_out = f"Check that this identity has the permission {adapter.permission_for(error.action)}."
    return f"{said}. {way_out or _WAY_OUT.get(error.error_class, '')}".rstrip()


def _brief(text: str) -> str:
    """The beginning and the end of a long text: the reason often stands last."""
    half = _REPEATED // 2
    return text if len(text) <= _REPEATED else f"{text[:half]} [...] {text[-half:]}"


def listing(ids: Sequence[str]) -> str:
    """The first ids by name, the others by number."""
    more = len(ids) - _NAMED
    return ", ".join(ids[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def wrong_name(operation: Operation, expected: str) -> str:
    return (
        f"{operation.id} is named {operation.name!r}, not {expected!r} as expected_name says, so it was not"
        f" stopped: check {operation.id} and expected_name."
    )


def not_part_of(operation: Operation, missing: Sequence[str]) -> str:
    return (
        f"Not part of {operation.id}: {listing(missing)}, so it was not stopped: correct instance_ids, or set"
        " ignore_not_found=true to stop the others."
    )


def not_found(adapter: Adapter[t.Any], target: Target, report: Report) -> str:
    absent = adapter.absent(target)
    where = f"{target.id} was not found on {adapter.title} in {adapter.region}"
    where += f", since {absent}" if absent else adapter.searched_in(target)
    if not report.failed:
        return f"{where}: nothing to stop."
    options = ", ".join(adapter.identifying_options(target))
    return (
        f"{where}: check {options} and region. Providers forget operations that ended long ago;"
        " ignore_not_found=true accepts that."
    )


def unreadable(adapter: Adapter[t.Any], target: Target, report: Report) -> str:
    reason = explain(report.error, adapter) if report.error else ""
    return f"{target.id} could not be read, so it was not stopped. {reason}"


def ambiguous(adapter: Adapter[t.Any], target: Target, error: ApiError) -> str:
    return f"{target.id} was not stopped, since other operations have the same id. {explain(error, adapter)}"


def nothing_in_flight(adapter: Adapter[t.Any], target: Target, report: Report) -> str:
    if report.outcome == "not_found":
        return f"None of the instance_ids is part of {target.id}: nothing to stop."
    status = f" ({report.operation.status})" if report.operation else ""
    found = f"{target.id} is no longer running{status}: nothing to stop."
    if target.instance_ids:
        found = f"{target.id} is no longer running on any of the instance_ids: nothing to stop."
    return found + (" fail_if_not_running=true makes this a failure." if report.failed else "")


def list_cut_short(target: Target, shortfall: str, adapter: Adapter[t.Any]) -> ApiError:
    """The same as a reason not to go on."""
    return ApiError(
        cut_short_list(target.id, shortfall),
        code="ListCutShort",
        error_class="unexpected",
        provider=adapter.provider,
        action="read",
    )


def no_answer(adapter: Adapter[t.Any]) -> ApiError:
    """For a place that a preview does not wait for."""
    return ApiError(
        f"{adapter.scope} has not answered within {adapter.request_timeout:g} seconds, but all others have",
        code="NoAnswer",
        error_class="unreachable",
        provider=adapter.provider,
        action="read",
    )


def left_behind_unknown(target: Target, error: ApiError, adapter: Adapter[t.Any]) -> str:
    return f"What {target.id} has started elsewhere could not be read. {explain(error, adapter)}"


def found(adapter: Adapter[t.Any], operations: Sequence[Operation]) -> str:
    in_flight = [operation for operation in operations if is_in_flight(operation.whole.state)]
    parts = sum(max(len(operation.parts), operation.total or 0) for operation in in_flight)
    on = f" on {parts} instances" if adapter.parts_key == "instances" else ""
    where = f"{adapter.title}, {adapter.region}"
    return f"{where}: {len(operations)} found, {len(in_flight)} of them in flight{on}."


# Where the plain word would not follow a number.
_SAID = {
    "would_stop": "would be stopped",
    "stop_requested": "asked to stop",
    "results_by_target": "accounts and regions",
}


def _plain(word: str) -> str:
    return _SAID.get(word, word.replace("_", " "))


def verdict(
    adapter: Adapter[t.Any],
    target: Target,
    report: Report,
    whole: Outcome,
    still: Sequence[str],
    timeout: float | None,
    read_error: ApiError | None,
) -> str:
    """What came of the C(whole) and of the parts, by number; and where something is left, what and why. C(timeout) is
    the wait_timeout that ran out, if it did."""
    told = ", ".join(
        f"{report.summary[name]} {_plain(name)}" for name in OUTCOMES if report.rows and report.summary[name]
    )
    if adapter.parts_key != "instances":
        # Its own end and that of its parts may differ: a parent that had ended, and a child that was stopped.
        told = _plain(whole if told else report.outcome) + (
            f" ({_plain(adapter.parts_key or '')}: {told})" if told else ""
        )
    sentences = [f"{target.id}: {told or _plain(report.outcome)}."]
    refusal = report.error if report.outcome == "failed" else None
    if refusal:
        sentences.append(explain(refusal, adapter))
    if still or report.outcome == "still_running":
        seen = f"after wait_timeout={timeout:g} seconds" if timeout is not None else "at the last read"
        sentences.append(f"Still in flight {seen}: {listing(still) or target.id}.")
        sentences += _stopping_since(report)
        sentences.append(adapter.goes_on)
    if report.failed and read_error:
        sentences.append("The end could not be verified.")
        if not (refusal and refusal.code == read_error.code):
            sentences.append(explain(read_error, adapter))
    return " ".join(sentences)


def _stopping_since(report: Report) -> list[str]:
    """For how long it has been stopping, where the provider says that it is and the stop was ours."""
    since, until = report.times.stop_accepted, report.times.read_last
    if since is None or until is None or not report.operation or report.operation.state != "stopping":
        return []
    return [f"It has been stopping for {how_many(max(round(until - since), 0), 'second')}."]


def merged(repeats: int) -> str:
    again = "1 target lists" if repeats == 1 else f"{repeats} targets list"
    return f"{again} an operation that another target also lists: it was handled once, with all the listed instances."


def how_many(number: int, thing: str) -> str:
    """As in C(1 operation), C(2 operations)."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def too_many(operations: int, instances: int, most: int, what: str) -> str:
    found = f"{how_many(operations, 'operation')} and {how_many(instances, 'instance')} {what}"
    return f"{found}, and max_targets={most} allows {most} of each: select less, or raise max_targets."


def searched(
    selection: Selection,
    chosen: Selected,
    seen: Sequence[Operation],
    places: int,
    silent: int,
    most: int | None,
    searches: int,
    failed: Sequence[t.Any],
) -> str:
    """What a search has found, in numbers. Finding nothing says what there was, and what may have been meant; of places
    that are C(silent) nothing is said but that."""
    at = f"{places - silent} of {how_many(places, 'scope')}" if silent else how_many(places, "scope")
    number = len(chosen.operations)
    if silent == places:
        told = f"It is not known what is in flight in {how_many(places, 'scope')}"
    elif not seen:
        told = f"Nothing was found in flight in {at}" if failed else f"Nothing is in flight in {at}"
    elif number == len(seen):
        told = f"{how_many(number, 'operation')} in flight in {at}"
    elif number:
        verb = "is" if number == 1 else "are"
        told = f"{number} of {how_many(len(seen), 'operation')} in flight in {at} {verb} selected"
    else:
        told = _none_of(selection, chosen, seen, at)
    if most is not None and most < number:
        told += f", of which the oldest {most} {'is' if most == 1 else 'are'} shown"
    told += "."
    if not number and seen:
        told += f" In flight: {census(seen)}."
    if number and chosen.ageless:
        told += f" {ageless(selection.age, len(chosen.ageless))}"
    if failed:
        first = failed[0]
        told += (
            f" Searches that failed: {len(failed)} of {searches}, so there may be more; the first was for"
            f" {first.adapter.kind} in {first.adapter.region}: {explain(first.error, first.adapter).rstrip('. ')}."
        )
    return told


def _none_of(selection: Selection, chosen: Selected, seen: Sequence[Operation], at: str) -> str:
    """As in C(None of the 7 operations in flight in 3 scopes matches nightly (did you mean nightly*?))."""
    number = how_many(len(seen), "operation")
    none = (
        f"None of the {number} in flight in {at}" if len(seen) > 1 else f"None of what is in flight ({number} in {at})"
    )
    if chosen.excluded or chosen.scheduled or chosen.ageless:
        left = [
            f"{len(them)} {what}"
            for them, what in (
                (chosen.excluded, "excluded"),
                (chosen.scheduled, "left alone as schedules (include_scheduled=true selects them)"),
                (chosen.ageless, "without an age"),
            )
            if them
        ]
        return f"{none} is selected: {', '.join(left)}"
    asked = []
    if selection.names is not None:
        asked.append("matches " + " or ".join(f"{name}{chosen.unmatched.get(name, '')}" for name in selection.names))
    if selection.older_than is not None:
        asked.append(f"is older than {selection.age}")
    return f"{none} {' and '.join(asked)}"


def selection_warnings(selection: Selection, chosen: Selected) -> list[str]:
    """What the words of a selection did not do, where somebody may count on it."""
    warnings = [f"exclude: {word} matches nothing." for word in chosen.excluded_nothing]
    if chosen.operations:
        warnings += [f"name: nothing in flight matches {word}{hint}." for word, hint in chosen.unmatched.items()]
    if chosen.ageless:
        warnings.append(ageless(selection.age, len(chosen.ageless)))
    return warnings


def ageless(older_than: str, number: int) -> str:
    return f"older_than={older_than} leaves out {how_many(number, 'operation')} whose age is not known."


def bulk_verdict(summary: t.Mapping[str, t.Any], failures: Sequence[str], excluded_nothing: Sequence[str] = ()) -> str:
    """What came of all targets, by number, what went wrong with the first of them, and which words excluded nothing."""
    told = ", ".join(f"{summary[name]} {_plain(name)}" for name in OUTCOMES if summary[name])
    operations, parts = summary["operations"]["requested"], summary["requested"]
    counting = f" ({parts}, counting instances and children)" if parts != operations else ""
    sentence = f"{how_many(operations, 'operation')}{counting}: {told}."
    if failures:
        more = f" ({len(failures) - 1} more, see results.)" if len(failures) > 1 else ""
        sentence += f" {failures[0]}{more}"
    return " ".join([sentence, *(f"exclude: {word} matches nothing." for word in excluded_nothing)])


def excluded(target: Target, operation: Operation | None) -> str:
    name = f" ({operation.name})" if operation and operation.name else ""
    return f"{target.id}{name} is excluded, so it was left alone."


def children_go_on(living: Sequence[str]) -> str:
    verb = "is" if len(living) == 1 else "are"
    who = how_many(len(living), "child execution")
    return f"{who} {verb} still running: {listing(living)}. Set include_children=true to stop them as well."


def cut_short(target: Target, report: Report) -> str:
    """What is known of a target when the task was interrupted."""
    if report.operation is None:
        return f"{target.id} was not read before the interruption."
    told = ", ".join(f"{report.summary[name]} {_plain(name)}" for name in OUTCOMES if report.summary[name])
    return f"{target.id}, when it was interrupted: {told}."


def interrupted(stops_sent: int) -> str:
    if not stops_sent:
        return "Interrupted before the end. No stop was sent."
    sent = how_many(stops_sent, "stop call")
    return (
        f"Interrupted before the end. Already sent: {sent}, which may have worked. Run it again to stop what is left."
    )
