# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What an id tells of itself by its beginning. Ids of any other form pass: the provider knows best what it issued."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from .kinds import RUNS_ON_INSTANCES


class Form(t.NamedTuple):
    """Ids with one beginning at one provider."""

    beginning: str
    what: str
    use: str
    """Where such an id belongs, as the end of a sentence."""
    kinds: tuple[str, ...] = ()
    """The kinds whose operations have such ids."""
    is_instance: bool = False


def misplaced(identifier: str, kind: str, provider: str, forms: Sequence[tuple[str, Form]]) -> str | None:
    """Why this cannot be the id of an operation of a kind at a provider, as a sentence without its full stop.

    C(forms) are those of all providers, each with its provider's name.
    """
    like = _like(identifier, forms)
    if not like or any(owner == provider and kind in form.kinds for owner, form in like):
        return None
    form = like[0][1]
    has_no_place = form.is_instance and kind != RUNS_ON_INSTANCES
    use = f"give the id of the {kind.replace('_', ' ')} itself" if has_no_place else form.use
    return f"{identifier} is the id of {_what(like)}: {use}"


def misplaced_instance(identifier: str, provider: str, forms: Sequence[tuple[str, Form]]) -> str | None:
    """The same for the id of an instance."""
    like = _like(identifier, forms)
    if not like or any(owner == provider and form.is_instance for owner, form in like):
        return None
    return f"{identifier} is the id of {_what(like)}, and not of an instance at {provider}"


def _like(identifier: str, forms: Sequence[tuple[str, Form]]) -> list[tuple[str, Form]]:
    """The forms that this id has: a beginning may be that of several providers."""
    return [each for each in forms if identifier.startswith(each[1].beginning)]


def _what(like: Sequence[tuple[str, Form]]) -> str:
    return ", or of ".join(form.what for _owner, form in like)
