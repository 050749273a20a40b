# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays many seeds on all processors and counts what happened, or plays one and shows it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from .play import Broken, Play, play
from .trace import trace

_CHUNK = 500


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200_000, help="how many to play")
    parser.add_argument("--seed", type=int, help="play this one, and show every call and step")
    options = parser.parse_args()
    return _show(options.seed) if options.seed is not None else _count(options.seeds)


def _show(seed: int) -> int:
    game, broken = Play(seed), None
    try:
        game.play()
    except Broken as found:
        broken = found
    for line in trace(game):
        print(line)
    print(f"\n{broken or 'No invariant is broken.'}")
    return 1 if broken else 0


def _count(seeds: int) -> int:
    begun, total = time.monotonic(), Counter[str]()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        chunks = [range(first, min(first + _CHUNK, seeds)) for first in range(0, seeds, _CHUNK)]
        # In their order, so that the first seed that breaks something is always the same.
        for tally, broken in pool.map(_chunk, chunks):
            total += tally
            if broken:
                print(broken)
                pool.shutdown(cancel_futures=True)
                return 1
    for name in sorted(total):
        print(f"{name:30}{total[name]:12,}")
    print(f"{'seconds':30}{time.monotonic() - begun:12,.0f}")
    return 0


def _chunk(seeds: range) -> tuple[Counter[str], str | None]:
    tally = Counter[str]()
    try:
        for seed in seeds:
            play(seed, tally)
    except Broken as broken:
        return tally, str(broken)
    return tally, None


if __name__ == "__main__":
    sys.exit(main())
