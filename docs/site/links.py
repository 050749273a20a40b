# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the links of the built site: docs/site/links.py FOLDER

Links inside of the site must lead to a file, and to a place in it. Links out of it must be whole and encrypted; they
are counted and listed, and not called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The links of a page, and the places in it that links may lead to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value for name, value in attrs if value is not None}
        self.places.update(found[name] for name in ("id", "name") if name in found)
        self.links += [found[name] for name in ("href", "src") if name in found]


def mistakes(folder: Path, pages: dict[Path, Page]) -> Iterator[str]:
    """What is wrong with the links, a sentence for each."""
    for path, page in pages.items():
        for link in dict.fromkeys(page.links):
            parts = urlsplit(link)
            name = path.relative_to(folder)
            if parts.scheme in ("data", "mailto"):
                continue
            if parts.scheme or parts.netloc:
                if parts.scheme != "https" or "." not in (parts.hostname or "") or " " in link:
                    yield f"{name}: {link} is not a whole https address"
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                yield f"{name}: {link} leads to no file"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
                yield f"{name}: {link} leads to no place in that file"


def main(folder: Path) -> int:
    pages = {path: Page(path) for path in sorted(folder.resolve().rglob("*.html"))}
    links = [link for page in pages.values() for link in page.links]
    outside = sorted({link for link in links if link.startswith(("http:", "https:"))})
    wrong = list(mistakes(folder.resolve(), pages))
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if not pages:
        print(f"{folder} has no pages.", file=sys.stderr)
    if wrong or not pages:
        return 1
    (folder.parent / "links.txt").write_text("".join(f"{link}\n" for link in outside), encoding="utf-8")
    print(
        f"Links: {len(links) - sum(link in outside for link in links)} inside of {len(pages)} pages lead somewhere;"
        f" {len(outside)} lead out, are well formed, and were not called (see {folder.parent / 'links.txt'})."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
