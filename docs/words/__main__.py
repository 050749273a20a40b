# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write anew what stands between the markers: C(make words)."""

from __future__ import annotations

from .pages import ROOT, pages
from .texts import Texts, register


def main() -> None:
    for path, content in pages(Texts(register())).items():
        if path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
