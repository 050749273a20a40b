# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures, and writes benchmarks/results.md."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from . import at_once, goals, machine, many, one_invocation, one_stop
from .cloud import Cloud
from .report import Table
from .scene import Stage

_RESULTS = Path(__file__).with_name("results.md")
_SCENES = {
    "at-once": ("At once", at_once.tables),
    "one": ("One stop", one_stop.tables),
    "bulk": ("Many instances by name", one_invocation.tables),
    "many": ("Many operations", many.tables),
}
_HOW = """\
Every figure is a median; behind it stands the range from the least to the most. A time is the wall time of a whole
process, from its start to its end, unless the table says otherwise. The emulator runs in a process of its own on the
same machine; a stop takes effect at once, unless the line says otherwise. Latency is added before each answer, and
beside it stands what the emulator takes itself: a millisecond for a page of 100 instances, and 0.1 s for the first read
of 100,000, so that round trips are judged at 200 ms. What has to be stopped was in flight, and after each run to the
end the emulator was asked whether it has ended.

Of a whole invocation the list inside of an answer is cut at 10 instances, so that all the others must be read page by
page. Every contender reads its status, stops it, reads its status until it has ended, and reads every instance. The
first stop is timed where it arrives, and the run ends then; so does the first stop beside a dead place, which takes
connections and never answers. Pages are read side by side, at Alibaba Cloud by their numbers: the provider is about to
withdraw these, and the collection then follows its tokens, one page after the other, which takes longer. At AWS nobody
can do otherwise: each page has the token of the next one.

Of instances by name, every contender reads first, stops, and reads back. "Of the least" compares the calls made with
those that must be made: one read, the stops, and one read, joined where the provider can be asked for many ids at once;
at AWS, where a command does not show its nodes, all pages in place of each read; of a whole invocation one read, one
stop, and the pages. A single stop reads the list of its instances once, because
nothing says that the one inside of an answer is whole; the scripts do without that. The scripts on the SDK
know no rate; what is throttled they call again a second later. The emulator throttles the calls of Tencent Cloud only.
A loop is told without the start of Ansible. What is scaled says so, and on how much it was measured. Processor time is
that of all processes together, memory that of the largest.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small part, shown and not written")
    parser.add_argument("--only", choices=_SCENES, help="one scene, shown and not written")
    options = parser.parse_args()
    started, load = time.monotonic(), machine.load()
    found: dict[str, list[Table]] = {}
    with Cloud() as cloud:
        for name, (title, tables) in _SCENES.items():
            if options.only in (None, name):
                print(f"{title} ...", file=sys.stderr, flush=True)
                found[title] = tables(Stage(cloud), options.quick)
    text = _text(found, load, time.monotonic() - started)
    print(text)
    if not options.quick and not options.only:
        _RESULTS.write_text(text)
    return 0


def _text(found: dict[str, list[Table]], load: float, seconds: float) -> str:
    parts = [
        "<!--\nCopyright (c) 2026, cloudops.halt contributors\nGNU General Public License v3.0+ (see COPYING or"
        " https://www.gnu.org/licenses/gpl-3.0.txt)\nSPDX-License-Identifier: GPL-3.0-or-later\n-->\n",
        "# How fast it is\n\nWritten by `make bench`.\n",
        goals.markdown([table for tables in found.values() for table in tables]),
        f"## How it was measured\n\n{machine.described()} The load before the start was {load:.1f}; measuring took"
        f" {seconds / 60:.0f} minutes.\n\n{_HOW}",
    ]
    for title, tables in found.items():
        parts += [f"## {title}\n", *(table.markdown() for table in tables)]
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
