# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of every run, and of two: of check mode and the run, of a run and the next, of a lane among others
and alone. Each check is named after what it holds, and fails with what it found."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from fnmatch import fnmatchcase
from functools import partial
from itertools import takewhile

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import ApiError
from ansible_collections.cloudops.halt.plugins.module_utils._core.model import Operation, Page, StopCall
from ansible_collections.cloudops.halt.plugins.module_utils._core.states import State
from ansible_collections.cloudops.halt.plugins.module_utils._core.steps import Fetch, Gate, Look, Stop
from ansible_collections.cloudops.halt.plugins.module_utils._module.many_cancel import _Order

from .provider import PAGE_SIZE
from .run import One, Run
from .world import WHOLE, Affair, StopMade, Thing, Told, is_in_flight, needs_stop

# The worst news first, as the contract has it.
OUTCOMES = (
    *("failed", "still_running", "stop_requested", "would_stop"),
    *("stopped", "finished_meanwhile", "already_finished", "not_found", "skipped"),
)
# Sums of times are not exact.
_ROUNDING = 1e-6
# Looks after a refusal that contradicts what is seen.
_DOUBTS = 4
# Errors after which the next look may well succeed.
_PASSING = ("throttled", "unreachable", "transient", "lost", "not_found", "unexpected")
# Answers to a stop that may have acted.
_DOUBTFUL = ("lost", "transient", "crash")
# Seconds before its end at which waiting has no time for another look.
_LAST_LOOK = 0.1


def ends_alone(one: One) -> tuple[State, ...]:
    """How things of this target end without a stop."""
    return ("succeeded",) if one.traits.stop_may_show_as_failed else ("succeeded", "failed")


def seen_before(one: One, key: str) -> State | None:
    """As it was when it was decided what to stop; in flight, if it was seen so later; None if not seen by then."""
    before = one.seen_before.get(key)
    if before is None or is_in_flight(before):
        return before
    later = (sight.states[key] for sight in one.seen if sight.at > one.decided_on(key) and key in sight.states)
    return next(filter(is_in_flight, later), before)


def last_seen(one: One, key: str) -> State | None:
    return next((sight.states[key] for sight in reversed(one.seen) if key in sight.states), None)


def is_plain(one: One) -> bool:
    """Whether what is read is what is true, so that the report can be held to the truth: no reading is old, and nothing
    that ended by itself looks as if it had been stopped."""
    assert one.affair
    if one.traits.lag or one.affair.whole_lag:
        return False
    alike = (thing.ends_as == "failed" or thing.state == "failed" for thing in one.affair.things.values())
    return not (one.traits.stop_may_show_as_failed and any(alike))


def has_undated_ends(one: One) -> bool:
    """Whether parts had ended before the stop that were read after it, without a word of when they ended."""
    assert one.affair
    begun = one.stops[0].begun
    late = (thing for key, thing in one.affair.parts.items() if key not in one.seen_before)
    return not one.traits.tells_ends and any(not is_in_flight(thing.at(begun)) for thing in late)


def changed_says_what_is_knowable(run: Run) -> None:
    """C(changed) is what handlers and people act on. It is true only if a stop reached something in flight, or nobody
    has looked since the provider accepted it; it is true whenever an accepted stop met something that nothing had
    stopped before, unless the next look showed that it had ended by itself (which may have been after the stop)."""
    for one in run.ones:
        if one.options.check_mode or one.affair is None:
            continue
        accepted = [made for made in one.stops if made.answer == "ok"]
        if one.report.changed:
            assert one.stops, f"{one.affair.id} changed without a stop"
            unseen = any(
                not any({*(made.ids or [WHOLE])} & sight.states.keys() for sight in one.seen_after(made))
                for made in accepted
            )
            met = any(made.met for made in one.stops)
            known = is_plain(one) and not has_undated_ends(one)
            assert met or unseen or not known, f"{one.affair.id} changed, and no stop met anything in flight"
            continue
        if one.traits.refuses_ended:
            assert not accepted, f"{one.affair.id} did not change by an accepted stop that proves it"
        if not is_plain(one):
            continue
        for made in accepted:
            for key in made.met_in_need:
                after = next((sight.states[key] for sight in one.seen_after(made) if key in sight.states), None)
                is_part = last_seen(one, key) is not None
                assert not is_part or after in ends_alone(one), f"{one.affair.id} did not change: {key!r} was stopped"


def every_id_has_one_outcome(run: Run) -> None:
    """Who asks for a thousand instances wants to know of each, once, in the order of the question; who asks for all of
    an operation wants every instance that was ever shown."""
    for one in run.ones:
        told = [next(iter(row.values())) for row in one.report.rows]
        assert len(told) == len(set(told)), f"told twice of one of {told}"
        if one.ids:
            assert told == list(one.ids), f"asked for {one.ids}, told of {told}"
            continue
        shown = {key for sight in one.seen for key in sight.states} - {WHOLE}
        if one.is_family and not one.order.target.include_children:
            shown = set()
        assert set(told) == shown, f"shown were {shown}, told of {told}"
    counts = Counter(one.order.target.id for one in run.ones)
    assert not counts or max(counts.values()) == 1, "a target has two reports"


def looks_are_answered_by_the_operation(run: Run) -> None:
    """A reading of another operation makes every decision after it wrong; joined readings have both at hand."""
    for one in run.ones:
        for look in one.looks:
            if isinstance(look.answer, Operation):
                assert look.answer.id == one.order.target.id, f"{one.order.target.id} was shown {look.answer.id}"


def nothing_is_forgotten(run: Run) -> None:
    """What was seen in need of a stop by look after look is asked to stop, a child that came late too."""
    for one in run.ones:
        if one.options.check_mode or one.traits.lag or not may_be_stopped(one):
            continue
        calls = [call for told in one.told if isinstance(told.step, Stop) for call in told.step.calls]
        named = {key for call in calls for key in named_by(one, call)}
        for key in () if WHOLE in named and not one.is_family else must_be_named(one):
            looks = sum(needs_stop(sight.states[key]) for sight in one.seen if key in sight.states)
            assert key in named or run.excludes_part(one, key) or looks <= _DOUBTS + 2, (
                f"{one.order.target.id} {key!r}: no stop in {looks} looks"
            )


def must_be_named(one: One) -> Collection[str]:
    """What a stop is for. An instance that is listed late was stopped with the whole, or is told as still running."""
    if one.traits.shape in ("tasks", "pairs"):
        return (WHOLE,)
    if one.is_family or not one.seen:
        return one.rows
    return set(one.ids or one.rows) & one.seen_before.keys()


def named_by(one: One, call: StopCall) -> tuple[str, ...]:
    if call.instance_ids:
        return tuple(call.instance_ids)
    return (WHOLE,) if call.operation_id == one.order.target.id else (call.operation_id,)


def nothing_else_is_stopped(run: Run) -> None:
    """A call that names too much stops what nobody asked to stop, and one that names too many is refused whole."""
    for one in run.ones:
        limit = one.order.adapter.stop_limit
        for made in one.stops:
            assert not one.options.check_mode, "check mode sent a stop"
            assert not any(run.gates[: one.passed]), f"{made.operation_id} was stopped after the guard had refused"
            assert run.gate_opened is None or made.begun >= run.gate_opened, "stopped before the guard was asked"
            assert set(made.ids) <= set(one.ids), f"{made.ids} were stopped, asked for were {one.ids}"
            assert bool(made.ids) == bool(one.ids), "the whole was stopped in place of some instances"
            assert len(made.ids) <= (limit or 0), f"a call named {len(made.ids)}, and {limit} are allowed"
            assert one.affair and (made.operation_id == one.affair.id or one.order.target.include_children)
            assert one.options.expected_name in (None, one.affair.name), "what has another name was stopped"
            assert not one.affair.objection, "what must not be stopped was stopped"
            unknown = [key for key, row in one.rows.items() if row["outcome"] == "not_found"]
            assert one.options.ignore_not_found or not unknown, f"stopped, though nobody knows {unknown}"
    if run.scene.most is not None:
        stopped = [one for one in run.ones if one.stops]
        assert len(stopped) <= run.scene.most, "more operations were stopped than the guard allows"
        instances = sum(len(needy(one)) + unread(one) for one in stopped if one.traits.shape == "instances")
        assert instances <= run.scene.most, "more instances were stopped than the guard allows"


def nothing_that_was_excluded_is_stopped(run: Run) -> None:
    """Somebody who excludes a backup counts on it: by its id and by its name, as an operation and as a child, whenever
    it comes. A word that is somebody's name or id keeps that one alone, so that what is said to be left alone must have
    been meant; and a word without effect is told."""
    for one in run.ones:
        names = {key: one.affair.part_names.get(key) for key in one.affair.parts} if one.affair else {}
        for made in one.stops:
            whole = one.affair and made.operation_id == one.affair.id
            name = one.affair.name if one.affair and whole else names.get(made.operation_id)
            assert not run.excludes(made.operation_id, name), f"{made.operation_id} ({name}) was excluded and stopped"
        if is_left_alone(one):
            seen_as = one.affair.name if one.affair and one.seen else None
            assert run.excludes(one.order.target.id, seen_as), f"{one.order.target.id} was excluded by nobody"
        elif may_be_stopped(one):
            spared = {key for key, row in one.rows.items() if row["outcome"] == "skipped"}
            assert all(run.excludes_part(one, key) for key in spared), f"{spared} were excluded by nobody"
    if run.ones and run.scene.exclude:
        keys = {key for one in run.ones for key in one.keys_until(None)}
        nothing = [word for word in run.scene.exclude if not any(key == word or fnmatchcase(key, word) for key in keys)]
        assert run.result["excluded_nothing"] == nothing


def is_left_alone(one: One) -> bool:
    """Whether somebody wanted it left alone, which is no failure as other refusals are."""
    return one.report.outcome == "skipped" and not one.report.failed


def needy(one: One) -> list[str]:
    """The parts that needed a stop when they were seen first."""
    first = {key: state for key, state in one.seen_before.items() if key != WHOLE}
    return [key for key in one.ids or first if key in first and needs_stop(first[key])]


def unread(one: One) -> int:
    """The parts of a whole that nobody had read when it was decided to stop it, though the provider counts them."""
    totals = [page.total or 0 for told in one.told if told.ended <= one.decided for page in pages_of(told)]
    known = len(one.seen_before.keys() - {WHOLE})
    return 0 if one.ids or not totals else max(totals[-1] - known, 0)


def pages_of(told: Told) -> list[Page]:
    return [page for page in told.answer if isinstance(page, Page)] if isinstance(told.step, Fetch) else []


def the_whole_is_stopped_at_once(run: Run) -> None:
    """The first stop is what people wait for. What calls for it by its own status is stopped before its parts are read;
    where the guard must know how many there are, one page tells."""
    for one in run.ones:
        told = list(takewhile(lambda each: not isinstance(each.step, Stop), one.told))
        shown = [each.answer.state for each in told if isinstance(each.answer, Operation)]
        if one.ids or not one.stops or not shown or not needs_stop(shown[0]):
            continue
        pages = [page for each in told if isinstance(each.step, Fetch) for page in each.answer]
        counts = run.scene.most is not None and not run.is_previewed
        # Words are compared with the names of children, too.
        children_first = one.is_family and (counts or bool(run.scene.exclude)) and not run.is_previewed
        if children_first or any(isinstance(page, ApiError) for page in pages):
            continue
        assert len(pages) <= counts, f"{one.order.target.id} was stopped after {len(pages)} pages"


def named_instances_are_stopped_as_they_are_read(run: Run) -> None:
    """Who names thousands waits for the first stop as long as it takes to read some, and not for all."""
    for one in run.ones:
        pages = [told for told in one.told if isinstance(told.step, Fetch) and told.ended <= one.decided]
        whole = next((told.answer for told in one.told if isinstance(told.answer, Operation)), None)
        flows = one.options.ignore_not_found or run.is_previewed
        if one.ids and one.stops and flows and whole and is_in_flight(whole.state):
            assert not pages, f"{one.order.target.id} was stopped after pages were read"
        named = {key for made in one.stops for key in made.ids}
        due: set[str] = {key for key in named if needs_stop(one.seen_before[key])}
        due &= {key for sight in one.seen if sight.at <= one.decided for key in sight.states}
        for told in one.flowing:
            if isinstance(told.step, Stop):
                due -= {key for call in told.step.calls for key in call.instance_ids}
            else:
                assert not due, f"{one.order.target.id}: pages were read before {due} were stopped"
                due = {key for key in keys_shown(told) if key in named and needs_stop(one.seen_before[key])}
                due -= {key for made in one.stops if made.begun <= told.begun for key in made.ids}


def the_gate_waits_no_longer_than_its_patience(run: Run) -> None:
    """A place that does not answer must not keep the others from being stopped, nor, after a preview, any other."""
    for one in run.ones:
        for told in one.told:
            if isinstance(told.step, Gate):
                patience = 0.0 if run.is_previewed else run.scene.patience
                late = told.ended - max(told.begun, run.begun + patience)
                assert late <= _ROUNDING, f"{one.order.target.id} waited {late} s too long at the gate"


def ends_are_told_from_stops(run: Run) -> None:
    """Where parts are read only after the stop, the provider's account of their ends tells which of them it met,
    whatever its clock shows: what ended before is already finished, and what ended after is not. Whole seconds and the
    way of the answer are in doubt."""
    for one in run.ones:
        if not one.traits.tells_ends or one.traits.lag or not one.affair or one.options.check_mode:
            continue
        whole = [made for made in one.stops if made.operation_id == one.affair.id and not made.ids]
        accepted = next((made for made in whole if made.answer == "ok"), None)
        if not accepted or accepted.acted_at is None or any(made.answer in _DOUBTFUL for made in whole):
            continue
        surely_before = accepted.begun - one.traits.latency - 2.0
        for key, row in one.rows.items():
            first = next(told for told in one.told if key in keys_shown(told))
            ended = one.affair.parts[key].ended_at(run.scene.clock.now)
            if row["before"] is not None or not pages_of(first) or first.begun < accepted.begun:
                continue
            told = f"{one.affair.id} {key!r} is {row['outcome']}, ended at {ended}, stopped at {accepted.acted_at}"
            if row["outcome"] == "already_finished":
                assert ended is not None and ended <= accepted.acted_at, told
            elif ended is not None:
                assert ended > surely_before, told


def keys_shown(told: Told) -> Collection[str]:
    if isinstance(told.answer, Operation):
        return told.answer.parts.keys()
    return {key for page in pages_of(told) for key in page.parts}


def deadlines_are_kept(run: Run) -> None:
    """A task that is told to wait a minute must not wait an hour. A request takes its time-out at most, and with a
    deadline it never goes past it; so a target whose calls need not wait for a free hand is done one request after its
    C(wait_timeout) at the latest, with all that is told of it."""
    for provider in run.scene.providers:
        for made in provider.exchanges[run.first_exchange[provider.name] :]:
            assert made.ended - made.begun <= max(0.0, made.allowed) + _ROUNDING, f"{made.action} took too long"
    for one in filter(partial(has_free_hands, run), run.ones):
        over = waits_until(one)
        if over is None:
            continue
        late = one.told[-1].ended - over - one.order.adapter.request_timeout
        assert late <= _ROUNDING, f"{one.order.target.id} ended {late} s too late"


def waits_until(one: One) -> float | None:
    """When waiting must end, which begins when the first stops have been answered, those too that were sent while
    others were read, or with the first look."""
    stops = [told.ended for told in one.told if isinstance(told.step, Stop) and told.step.calls]
    timed = [told.begun for told in one.told if isinstance(told.step, Look) and told.left is not None]
    begun = one.flowing[-1].ended if one.flowing else min([*stops[:1], *timed[:1]], default=None)
    return begun + one.options.wait_timeout if begun is not None and one.options.wait else None


def has_free_hands(run: Run, one: One) -> bool:
    """Whether its calls begin at once."""
    beside = [other for other in run.ones if other.order.adapter is one.order.adapter]
    calls = sum(
        max(
            1,
            math.ceil(len(other.ids) / (other.traits.stop_limit or 1)),
            len(other.rows) if other.is_family else 0,
            math.ceil(len(other.affair.parts) / PAGE_SIZE) if other.affair else 0,
        )
        for other in beside
    )
    return calls <= run.scene.concurrency or len(run.ones) == 1


def outcomes_rest_on_what_was_read(run: Run) -> None:
    """ "Stopped" is a promise that somebody looked. Nothing is called ended that was seen in flight last, nor running
    that was seen ended, and what an accepted stop has ended is not said to have ended by itself."""
    for one in run.ones:
        accepted = {key for made in one.stops if made.answer == "ok" for key in made.ids or (WHOLE,)}
        for key, row in one.rows.items():
            check_outcome(one, key, row["outcome"], was_accepted=key in accepted)
            before = seen_before(one, key)
            # An old reading may bring back what a newer one has shown to be over.
            revived = before is None and one.traits.lag > 0 and is_in_flight(row["before"] or "stopped")
            assert revived or row["before"] == before, f"{key} before: {row['before']}, seen as {before}"
            assert row["after"] in (None, last_seen(one, key)), f"{key} after: {row['after']}"
        if not one.rows and one.seen:
            check_outcome(one, WHOLE, one.report.outcome, was_accepted=WHOLE in accepted)
        overall = OUTCOMES.index(one.report.outcome)
        rows = [row["outcome"] for row in one.rows.values() if row["outcome"] not in ("not_found", "skipped")]
        assert all(overall <= OUTCOMES.index(outcome) for outcome in rows), "the outcome hides what became of a part"
        if one.report.outcome in ("stopped", "finished_meanwhile", "already_finished"):
            keys = [key for key, row in one.rows.items() if row["outcome"] not in ("not_found", "skipped")]
            keys = [WHOLE] if one.traits.shape == "pairs" else keys or [WHOLE]
            living = [key for key in keys if is_in_flight(last_seen(one, key) or "stopped")]
            assert not living, f"{one.report.outcome}, and {living} were seen in flight"


def nothing_unread_is_called_ended(run: Run) -> None:
    """An end of the whole is told only if all of its parts were read that there are by the provider's own account."""
    for one in run.ones:
        if one.ids or (one.is_family and not one.order.target.include_children):
            continue
        if one.traits.lag or one.report.outcome not in ("stopped", "finished_meanwhile"):
            continue
        is_listed = any(isinstance(told.answer, Operation) and told.answer.parts_are_listed for told in one.told)
        totals = [page.total or 0 for told in one.told for page in pages_of(told)]
        assert totals or not is_listed, f"{one.order.target.id} is {one.report.outcome}, and nobody has read its parts"
        assert not totals or totals[-1] <= len(one.rows), f"{totals[-1]} parts, and {len(one.rows)} were read"


def check_outcome(one: One, key: str, outcome: str, *, was_accepted: bool) -> None:
    first, last = seen_before(one, key), last_seen(one, key)
    told = f"{one.order.target.id} {key!r} is {outcome}, seen as {first} and then {last}"
    if outcome == "already_finished" and one.traits.shape == "pairs" and is_in_flight(last or "unknown"):
        # Once the whole is over, so is what only shows how far it is, whatever that shows.
        key, first, last = WHOLE, seen_before(one, WHOLE), last_seen(one, WHOLE)
    if outcome in ("stopped", "finished_meanwhile", "already_finished"):
        assert last and not is_in_flight(last), told
        assert first is None or is_in_flight(first) == (outcome != "already_finished"), told
    if outcome == "stopped":
        assert last not in ends_alone(one), told
    if outcome == "finished_meanwhile":
        assert last in ends_alone(one) or not was_accepted, told
    if outcome == "still_running":
        assert last and is_in_flight(last) and one.options.wait, told
        assert has_waited(one), f"{told}, and nobody waited for it"
    if outcome == "failed" and one.decided == math.inf:
        # Not enough could be read to decide.
        return
    if outcome in ("failed", "would_stop") or (outcome == "stop_requested" and key != WHOLE):
        assert last is None or is_in_flight(last), told
    if outcome == "would_stop":
        assert one.options.check_mode, told


def has_waited(one: One) -> bool:
    """Whether all of the time to wait was used, or no look could be hoped for."""
    over = waits_until(one)
    read = next(told.answer for told in reversed(one.told) if isinstance(told.step, (Look, Fetch)))
    errors = (answer for answer in (read if isinstance(read, list) else [read]) if isinstance(answer, ApiError))
    lost = any(error.error_class not in _PASSING for error in errors)
    return lost or over is None or one.told[-1].ended >= over - _LAST_LOOK - _ROUNDING


def calls_have_a_bound(run: Run) -> None:
    """What goes wrong must not multiply calls without end: they cost the provider's limit, which is shared.

    A stop is sent once and C(retries) times again, or once more with less; finding one refused id by halves takes two
    calls a halving. Looks are one at first, one after each round of refused stops and four where those are doubtful,
    and while waiting one at once, some soon after, one each interval, and some that come closer together at the end.
    Each is made of two requests and a joined one at most, and each request is tried again as often as the client may.
    """
    requests: Counter[str] = Counter()
    for one in run.ones:
        limit = one.order.adapter.stop_limit or 1
        sent = [told.step for told in one.told if isinstance(told.step, Stop) and told.step.calls]
        stops = sum(len(step.calls) for step in sent)
        # While instances are read, the last batch of some pages may be a small one.
        targets = math.ceil(len(one.ids) / limit) + len(one.flowing)
        targets = targets or 1 + len(one.rows) * one.order.target.include_children
        halvings = math.ceil(math.log2(limit)) + 1 if one.ids else 0
        most = targets * (1 + one.options.retries + (1 + 2 * halvings if one.ids else 0))
        assert stops <= most, f"{one.order.target.id}: {stops} stops, {most} allowed"
        timeout, interval = one.options.wait_timeout, one.options.wait_interval
        soon = math.log2(max(interval / 0.25, 1)) + 1
        waits = 2 + soon + timeout / interval + math.log2(max(2 * interval, 1) / 0.1) + 1
        most_looks = 1 + len(sent) * (1 + _DOUBTS) + one.order.target.include_children + waits
        assert len(one.looks) <= most_looks, f"{one.order.target.id}: {len(one.looks)} looks, {most_looks} allowed"
        # Some pages are asked for twice, and one after the last.
        pages = sum(2 * len(told.step.cursors) + 1 for told in one.told if isinstance(told.step, Fetch))
        requests[one.lane] += stops + 2 * len(one.looks) + pages + 1
    for provider in run.scene.providers:
        made = len(provider.exchanges) - run.first_exchange[provider.name]
        assert made <= requests[provider.name] * (1 + provider.traits.retries), f"{made} requests at {provider.name}"


def stops_are_tried_again_as_often_as_allowed(run: Run) -> None:
    """C(retries) is the number of times that a stop is sent again. Of some instances it may go once more without those
    that have ended, and then by halves."""
    for one in run.ones:
        most = 1 + one.options.retries
        if one.ids:
            most += 2 + math.ceil(math.log2(one.order.adapter.stop_limit or 1))
        sent = Counter((made.operation_id, key) for made in one.stops for key in made.ids or (WHOLE,))
        many = {key: times for key, times in sent.items() if times > most}
        assert not many, f"{one.order.target.id}: {many} stops, and {most} are allowed"


def no_stop_is_repeated_blindly(run: Run) -> None:
    """A stop that may have acted is a reason to look, not to stop again; and what no look has shown in need of a stop
    gets none."""
    for one in run.ones:
        doubtful: set[str] = set()
        seen: dict[str, State] = {}
        for each in one.log:
            if isinstance(each, Told):
                if isinstance(each.answer, Operation):
                    doubtful.clear()
                seen.update(next((sight.states for sight in one.seen if sight.at == each.ended), {}))
                continue
            keys = {*each.ids} or {each.operation_id}
            assert not keys & doubtful, f"{each.operation_id} {each.ids} was stopped again without a look"
            if each.answer in _DOUBTFUL:
                doubtful |= keys
            idle = [key for key in meant(one, each, seen) if not needs_stop(seen[key])]
            assert seen and not idle, f"{each.operation_id} {idle} was stopped, and was seen not to need it"


def meant(one: One, made: StopMade, seen: dict[str, State]) -> list[str]:
    """What this stop is for, as far as it was seen; of a whole any part may need it."""
    if made.ids:
        return [key for key in made.ids if key in seen]
    if one.affair and made.operation_id != one.affair.id:
        return [made.operation_id] if made.operation_id in seen else []
    if one.traits.shape == "instances" and any(map(needs_stop, seen.values())):
        return []
    return [WHOLE] if seen else []


def reports_add_up(run: Run) -> None:
    """A report is read by people in a hurry and by programs: its numbers agree, it fails when it must and only then,
    and a failure says why."""
    for one in run.ones:
        report, options = one.report, one.options
        told = f"{one.order.target.id} is {report.outcome}, failed={report.failed}"
        counts = Counter(row["outcome"] for row in report.rows) or Counter([report.outcome])
        assert {name: report.summary[name] for name in OUTCOMES if report.summary[name]} == counts
        assert report.summary["requested"] == sum(counts.values()) and report.msg.strip()
        assert report.failed == (
            report.outcome in ("failed", "still_running")
            or (report.outcome == "skipped" and not is_left_alone(one))
            or (report.outcome == "stop_requested" and options.wait and not options.check_mode)
            or (report.outcome == "not_found" and not options.ignore_not_found)
            or (report.outcome == "already_finished" and options.fail_if_not_running)
        ) or (report.failed and has_unread_children(one)), told
        assert report.outcome != "failed" or report.error, f"{told}, and no error says why"
        assert not report.failed or not report.error or report.error.action
        assert len(report.request_ids) >= sum(made.answer == "ok" for made in one.stops)
        assert report.diff.keys() == {"before", "after"}
    if not run.ones:
        return
    summary, reports = run.result["summary"], [one.report for one in run.ones]
    assert run.result["changed"] == any(report.changed for report in reports) and run.result["msg"].strip()
    assert summary["operations"]["requested"] == len(reports)
    assert all(summary["operations"][name] == sum(r.outcome == name for r in reports) for name in OUTCOMES)
    assert sum(summary[name] for name in OUTCOMES) == summary["requested"]
    left = {one.order.target.id for one in run.ones if one.report.outcome in OUTCOMES[:3]}
    assert {target["id"] for target in run.result["still_running"]} == left
    assert ("error" in run.result) == any(report.failed and report.error for report in reports)


def has_unread_children(one: One) -> bool:
    """Whether there may be children that were to be stopped and that nobody has seen."""
    pages = [page for told in one.told if isinstance(told.step, Fetch) for page in told.answer]
    unread = not pages or any(isinstance(page, ApiError) for page in pages)
    unread = unread or one.traits.page_cut_at is not None or one.traits.lag > 0
    # One that comes while they are listed moves the others.
    unread = unread or any((page.total or 0) > len(one.rows) for page in pages if isinstance(page, Page))
    return one.is_family and one.order.target.include_children and may_be_stopped(one) and unread


def may_be_stopped(one: One) -> bool:
    """Whether the guards of the target let it be stopped."""
    return one.report.outcome not in ("skipped", "not_found")


EVERY_RUN: Sequence[Callable[[Run], None]] = (
    changed_says_what_is_knowable,
    every_id_has_one_outcome,
    looks_are_answered_by_the_operation,
    nothing_is_forgotten,
    nothing_else_is_stopped,
    nothing_that_was_excluded_is_stopped,
    the_whole_is_stopped_at_once,
    named_instances_are_stopped_as_they_are_read,
    the_gate_waits_no_longer_than_its_patience,
    ends_are_told_from_stops,
    deadlines_are_kept,
    outcomes_rest_on_what_was_read,
    nothing_unread_is_called_ended,
    calls_have_a_bound,
    stops_are_tried_again_as_often_as_allowed,
    no_stop_is_repeated_blindly,
    reports_add_up,
)


def an_interrupted_run_tells_what_it_knew(run: Run) -> None:
    """Who interrupts a run has to know what it has done. Nothing is called ended that was not seen so, nor asked to
    stop without an answer that says so, and a stop after which nobody has looked is a change."""
    for one in run.ones:
        report, name = one.report, one.order.target.id
        accepted = [
            (told, call)
            for told in one.told
            if isinstance(told.step, Stop)
            for call, sent in zip(told.step.calls, told.answer, strict=True)
            if not sent.error
        ]
        assert one.stops or not report.changed, f"{name} changed without a stop"
        for told, _call in accepted:
            was_seen = any(sight.at > told.ended for sight in one.seen)
            assert report.changed or was_seen, f"{name} did not change by an accepted stop"
        for key, row in one.rows.items() or [(WHOLE, {"outcome": report.outcome})]:
            outcome = row["outcome"]
            last = [last_seen(one, key)]
            if outcome == "already_finished" and one.traits.shape == "pairs":
                # Once the whole is over, so is what only shows how far it is.
                last.append(last_seen(one, WHOLE))
            if outcome in ("stopped", "finished_meanwhile", "already_finished"):
                assert any(each and not is_in_flight(each) for each in last), f"{name} {key!r} is {outcome}: {last}"
            # Somebody else may have stopped it, or the whole that decides for it.
            leads = [*last, last_seen(one, WHOLE)] if one.traits.shape == "pairs" else last
            was_asked = one.stops or "stopping" in leads
            assert was_asked or outcome != "stop_requested", f"{name} {key!r} is {outcome}, and nobody has asked"


KILLED_RUN: Sequence[Callable[[Run], None]] = (
    an_interrupted_run_tells_what_it_knew,
    nothing_else_is_stopped,
    no_stop_is_repeated_blindly,
)


# Of two runs


def check_mode_predicts_the_run(predicted: Run, done: Run) -> None:
    """Check mode is what people decide on. In a world that stands still it says what the run does."""
    assert predicted.was_refused == done.was_refused
    for before, after in zip(predicted.ones, done.ones, strict=True):
        name = before.order.target.id
        told = f"{name}: predicted {before.report.outcome}, came {after.report.outcome}"
        assert before.report.changed == after.report.changed, told
        if done.is_previewed and (is_left_alone(before) or is_left_alone(after)):
            # By its name, or by what was seen of it: the run knows from its first look on what the words mean.
            continue
        assert before.report.failed == after.report.failed, told
        # The children of what is left alone are only read where somebody counts them.
        is_left = done.is_previewed and after.report.outcome == "skipped" and not after.rows
        assert before.rows.keys() == after.rows.keys() or is_left, told
        for key, row in before.rows.items() if not is_left else ():
            came = after.rows[key]["outcome"]
            if row["outcome"] == "would_stop":
                asked_only = (came, after.options.wait) == ("stop_requested", False)
                assert came == "stopped" or asked_only, f"{name} {key}: {came}"
            else:
                # A child that is left alone may end with its parent all the same.
                with_parent = row["outcome"] == "skipped" and came in ("stopped", "finished_meanwhile")
                same = row["outcome"] == came or with_parent or (row["outcome"], came) == ("stop_requested", "stopped")
                assert same, f"{name} {key}: predicted {row['outcome']}, came {came}"


def work_is_ended(run: Run, needed: dict[str, set[str]]) -> None:
    """Whatever was left by a run that failed or was killed, the next one ends it, and says that it changed something
    exactly where something still needed a stop."""
    now = run.scene.clock.now
    for one in filter(may_be_stopped, run.ones):
        assert one.affair
        left = [key for key, thing in asked_of(one.order, one.affair).items() if is_in_flight(thing.at(now))]
        left = [key for key in left if not run.excludes_part(one, key)]
        assert not left, f"{one.affair.id} was left with {left}"
        assert not one.report.failed or one.report.outcome == "already_finished", one.report.msg
        needy = {key for key in needed[one.affair.id] if not run.excludes_part(one, key)}
        assert one.report.changed == bool(needy), f"{one.affair.id} changed={one.report.changed}"


def nothing_is_left_to_do(run: Run) -> None:
    """Running a task again is always safe: it makes no stop call and changes nothing."""
    for one in run.ones:
        assert not one.stops and not one.report.changed, f"{one.order.target.id} was stopped again"
        assert one.report.outcome == "already_finished" or not may_be_stopped(one)


def asked_of(order: _Order, affair: Affair) -> dict[str, Thing]:
    """The things that a target is."""
    if order.target.instance_ids:
        return {key: affair.parts[key] for key in order.target.instance_ids if key in affair.parts}
    # What can only be stopped as a whole is no more than that, and children may have been left out.
    if affair.whole and not (affair.parts_are_operations and order.target.include_children):
        return {WHOLE: affair.whole}
    return affair.things


def a_lane_is_as_well_off_alone(together: Run, alone: Run) -> None:
    """One provider's trouble neither delays nor hides what becomes of the others: each lane has the reports that it has
    alone, and its first stops are sent as soon."""
    found = {(one.lane, one.order.target.id): one.report for one in together.ones}
    for one in alone.ones:
        beside = found[one.lane, one.order.target.id]
        for name in ("outcome", "changed", "failed", "rows"):
            mine, theirs = getattr(one.report, name), getattr(beside, name)
            assert mine == theirs, f"{one.order.target.id}, {name}: alone {mine}, beside others {theirs}"
        late = (beside.times.first_stop or 0) - (one.report.times.first_stop or 0)
        assert late <= _ROUNDING, f"{one.order.target.id} was stopped {late} s later than alone"
