# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What is asked of the role bulk_cancel: its variables, checked before anything else. Pure.

Raises OptionError, with the variable as the user wrote it.
"""

from __future__ import annotations

import json
import math
import typing as t
from collections.abc import Callable, Iterable, Mapping

from .._core import parser
from .._core.errors import OptionError
from .._core.kinds import OWN_OPTIONS, OWN_PLACE_OPTIONS
from .._core.times import parse_age
from .._module import words

PREFIX = "bulk_cancel_"
PLAN_SCHEMA = "cloudops.halt.plan/1"
PLAN_TARGET = ("kind", "provider", "region", "account", "id", "instance_ids", "include_children", *OWN_OPTIONS)
"""What a plan keeps of a target."""
PLAN_SCOPE = ("provider", "region", "account", "profile", *OWN_PLACE_OPTIONS)
"""What a plan keeps of a scope: everything that is no key, and whatever says where keys are."""
_MOST_TARGETS = 1000

# What narrows a selection, and what only goes with it.
_NARROW = ("name", "older_than", "instance_ids")
_SELECTION = (*_NARROW, "kinds", "include_scheduled")
_WHERE = ("targets", "scopes", "exclude", "plan")
_SETTINGS = (
    *("confirm", "max_targets", "include_children", "reason", "report", "show_accounts", "stats"),
    *("wait", "wait_timeout", "wait_interval", "fail_if_not_running", "ignore_not_found", "concurrency", "rate"),
    "progress",
)
VARIABLES = (*_SELECTION, *_WHERE, *_SETTINGS)
# What the role leaves behind.
_FACTS = ("result", "still_running")

_WORDS_OF_BOOL = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def read_request(given: Mapping[str, t.Any], read_file: Callable[[str], str]) -> dict[str, t.Any]:
    """What the variables ask for, by their names without C(bulk_cancel_). It holds no key, so that it may be shown.

    RV(mode) is C(selection), C(targets) or C(plan).
    """
    _check_names(given)
    selection = _selection(given)
    targets = None if _is_blank(given.get("targets")) else words.targets(given["targets"], PREFIX + "targets")
    plan = _plan(given, read_file)
    mode = _mode(selection, targets, plan)
    scopes = [] if _is_blank(given.get("scopes")) else words.scopes(given["scopes"], PREFIX + "scopes") or []
    confirmed = _setting(given, "confirm", _bool, False)
    if plan and not confirmed:
        raise OptionError(
            f"{PREFIX}plan is set without {PREFIX}confirm=true, which says that somebody has approved it."
        )
    return {
        "mode": mode,
        "selection": plan["selection"] if plan else selection,
        # What was excluded when a plan was made stays so, and more may have been thought of since.
        "exclude": list(dict.fromkeys([*(plan["exclude"] if plan else []), *_exclude(given)])),
        "plan": plan,
        "has_scopes": bool(scopes or (plan and plan.get("scopes"))),
        "scopes": [{name: scope[name] for name in PLAN_SCOPE if scope.get(name)} for scope in scopes],
        "confirmed": confirmed or mode == "targets",
        "reason": str(given.get("reason") or ""),
        "report": str(given.get("report") or ""),
        "show_accounts": _setting(given, "show_accounts", _bool, False),
        "stats": _setting(given, "stats", _bool, False),
        "max_targets": _setting(given, "max_targets", _most, _MOST_TARGETS),
        "include_children": _setting(given, "include_children", _bool, True),
        "wait": _setting(given, "wait", _bool, True),
        "wait_timeout": _setting(given, "wait_timeout", _seconds, 300.0),
        "wait_interval": _setting(given, "wait_interval", _seconds, 2.0),
        "fail_if_not_running": _setting(given, "fail_if_not_running", _bool, False),
        "ignore_not_found": _setting(given, "ignore_not_found", _bool, False),
        "concurrency": _setting(given, "concurrency", _number, 16),
        "rate": _setting(given, "rate", _seconds, None),
        "progress": _setting(given, "progress", _seconds, 5.0),
    }


def _check_names(given: Iterable[str]) -> None:
    for name in given:
        if name not in (*VARIABLES, *_FACTS):
            meant = parser.near(name, VARIABLES)
            hint = f" Did you mean {PREFIX}{meant}?" if meant else ""
            raise OptionError(f"There is no variable {PREFIX}{name}.{hint}")


def _is_blank(value: t.Any) -> bool:
    """Whether a question of a form has no answer."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def _selection(given: Mapping[str, t.Any]) -> dict[str, t.Any] | None:
    chosen = {name: given[name] for name in _SELECTION if given.get(name) is not None}
    for name, value in chosen.items():
        if _is_blank(value):
            raise OptionError(f"{PREFIX}{name} is set but empty: leave it out, or give it a value.")
    readers: dict[str, Callable[[t.Any, str], t.Any]] = {
        "name": parser.words,
        "instance_ids": parser.words,
        "kinds": words.kinds,
        "older_than": _age,
        "include_scheduled": _bool,
    }
    read = {name: readers[name](value, PREFIX + name) for name, value in chosen.items()}
    if not read or read == {"include_scheduled": False}:
        return None
    if not read.keys() & set(_NARROW):
        narrow = ", ".join(PREFIX + name for name in _NARROW)
        raise OptionError(f"This would select everything: set at least one of {narrow}.")
    return read


def _exclude(given: Mapping[str, t.Any]) -> list[str]:
    if _is_blank(given.get("exclude")):
        return []
    return parser.words(given["exclude"], PREFIX + "exclude") or []


def _mode(selection: t.Any, targets: t.Any, plan: t.Any) -> str:
    asked = {f"{PREFIX}targets": targets, "a selection": selection, f"{PREFIX}plan": plan}
    found = [name for name, value in asked.items() if value is not None]
    if not found:
        raise OptionError(
            f"Nothing is selected: name what to stop in {PREFIX}targets, or how to find it, as in"
            f" {PREFIX}name=nightly-*."
        )
    if len(found) > 1:
        raise OptionError(f"{' and '.join(found)} are both set: leave one of them out.")
    return {f"{PREFIX}targets": "targets", "a selection": "selection"}.get(found[0], "plan")


def _plan(given: Mapping[str, t.Any], read_file: Callable[[str], str]) -> dict[str, t.Any] | None:
    """A plan that an earlier run has left, as a dictionary, as its text, or as the path of its file."""
    plan = given.get("plan")
    option = f"{PREFIX}plan"
    if _is_blank(plan):
        return None
    if isinstance(plan, str):
        text = plan if plan.lstrip().startswith("{") else read_file(plan.strip())
        try:
            plan = json.loads(text)
        except ValueError:
            raise OptionError(f"{option} is not JSON: it takes a file plan.json, or its content.") from None
    if not isinstance(plan, Mapping) or plan.get("schema") != PLAN_SCHEMA:
        raise OptionError(f"{option} is not a plan of this role: use the plan.json that an earlier run has left.")
    targets = [
        {name: target[name] for name in PLAN_TARGET if target.get(name) is not None}
        for target in words.targets(plan.get("targets"), f"{option}.targets") or ()
    ]
    return {**plan, "selection": plan.get("selection"), "exclude": plan.get("exclude") or [], "targets": targets}


# Settings, of which empty text is no answer


def _setting(given: Mapping[str, t.Any], name: str, read: Callable[[t.Any, str], t.Any], default: t.Any) -> t.Any:
    value = given.get(name)
    return default if _is_blank(value) else read(value, PREFIX + name)


def _age(value: t.Any, name: str) -> str:
    try:
        parse_age(str(value))
    except ValueError as error:
        raise OptionError(f"{name}: {error}.") from None
    return str(value)


def _bool(value: t.Any, name: str) -> bool:
    word = str(value).strip().lower()
    if word not in _WORDS_OF_BOOL:
        raise OptionError(f"{name} is {value!r}: it must be true or false.")
    return _WORDS_OF_BOOL[word]


def _seconds(value: t.Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise OptionError(f"{name} is {value!r}: it must be a number, 0 or more.")
    return number


def _number(value: t.Any, name: str) -> int:
    number = _seconds(value, name)
    if number != int(number) or number < 1:
        raise OptionError(f"{name} is {value!r}: it must be a whole number, 1 or more.")
    return int(number)


def _most(value: t.Any, name: str) -> int | None:
    return None if str(value).strip().lower() == "none" else _number(value, name)
