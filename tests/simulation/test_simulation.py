# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulation, as far as it is played with the other tests; make simulate plays more of it."""

from __future__ import annotations

from collections import Counter

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.part import Part

from .invariants import OUTCOMES
from .play import Broken, Play, play
from .provider import CLASSES
from .trace import trace

_CHUNK = 1_000


@pytest.mark.parametrize("first", range(0, 8_000, _CHUNK))
def test_no_seed_breaks_an_invariant(first):
    tally: Counter[str] = Counter()
    for seed in range(first, first + _CHUNK):
        play(seed, tally)
    # A space that shrinks unnoticed would prove less and less.
    for outcome in OUTCOMES:
        assert tally[f"outcome: {outcome}"] > _CHUNK / 20, outcome
    for what in ("operations", "children"):
        assert tally[f"excluded {what}"] > _CHUNK / 20, what
    for error_class in (*CLASSES, "auth"):
        assert tally[f"fault: {error_class}"] > 0, error_class


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_is_played_the_same_every_time(seed):
    def lines() -> list[str]:
        game = Play(seed)
        game.play()
        return list(trace(game))

    assert lines() == lines()


def test_a_mistake_is_found_and_found_again(monkeypatch):
    """The simulation itself can fail, and names the seed with which it does."""
    monkeypatch.setattr(Part, "changed", property(lambda part: part.accepted))
    with pytest.raises(Broken) as found:
        for seed in range(2_000):
            play(seed, Counter())
    with pytest.raises(Broken) as again:
        Play(found.value.seed).play()
    assert str(again.value) == str(found.value)
    assert found.value.invariant == "changed_says_what_is_knowable"
