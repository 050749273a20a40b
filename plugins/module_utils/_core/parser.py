# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What people write: words, URLs and structures, as lists, as dictionaries or as the text of a form. Pure.

Every function takes a value and what the user calls it, and raises OptionError with that name. Text stays text:
C(0123), C(on) and C(1.10) are what was typed.
"""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches

from .errors import OptionError

_ITEM = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|((?!["'\s])[^,]*))\s*(,|$)""")
# An access key has longer pieces than the words that are expected, and must not be repeated in a message.
_LONGEST_PIECE = 20


def words(value: t.Any, option: str) -> list[str] | None:
    """Names, globs and ids: a list, or text with commas or line feeds between them, JSON, or YAML dashes. Quotes hold a
    word together. None if there is no value.

    Raises OptionError, also for a value without any word: a template without a value makes one, and what it would have
    said is unknown.
    """
    if value is None:
        return None
    if isinstance(value, str):
        items: Sequence[t.Any] = _split(value, option)
    elif isinstance(value, (list, tuple)):
        items = value
    else:
        items = [value]
    found = [_word(item, f"{option}[{number}]" if len(items) > 1 else option) for number, item in enumerate(items)]
    if not found:
        raise OptionError(f"{option} is empty: leave it out, or give it a value.")
    return list(dict.fromkeys(found))


def endpoints(value: t.Any, option: str, services: Sequence[str]) -> str | dict[str, str] | None:
    """Where services are called: one URL for all of them, or a URL for each, by its name. None if there is no value."""
    if isinstance(value, str) and value.strip().startswith("{"):
        value = structure(value, option)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise OptionError(f"{option} is a {type(value).__name__}: write one URL, or a dictionary of URLs by service.")
    found: dict[str, str] = {}
    for name, url in value.items():
        service = str(name).strip().lower()
        known(service, services, "service", option)
        if url is not None and not isinstance(url, str):
            raise OptionError(f"{option}.{service} is a {type(url).__name__}: write a URL.")
        if url:
            found[service] = url
    return found or None


def near(word: str, known: Collection[str]) -> str | None:
    """The known word that was probably meant."""
    by_case = {each.casefold(): each for each in known}
    found = get_close_matches(word.casefold(), by_case, n=1, cutoff=0.7)
    return by_case[found[0]] if found else None


def suggestion(word: str, known: Collection[str]) -> str:
    """As in C( (did you mean nightly?)); empty if nothing is near."""
    meant = near(word, known)
    return f" (did you mean {meant}?)" if meant else ""


def _split(text: str, option: str) -> list[t.Any]:
    text = text.strip()
    if text.startswith("["):
        with suppress(ValueError):
            # Figures and words such as true stay as they were typed.
            found = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
            return [json.dumps(item) if isinstance(item, bool) or item is None else item for item in found]
    if _is_one_list(text):
        return _split_line(text[1:-1].replace("\n", " "), option)
    if text[:2] in ('["', "['"):
        raise OptionError(f"{option} starts a list that does not end: {shown(text)}.")
    items: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line == "-":
            continue
        if line.startswith("- "):
            # As in YAML, the rest of the line is one word.
            items.append(_unquoted(line[2:].strip(), option))
        else:
            items += _split_line(line, option)
    return items


def _is_one_list(text: str) -> bool:
    """Whether brackets hold the whole text, and not only its first and its last word."""
    if not (text.startswith("[") and text.endswith("]")):
        return False
    depth = 0
    for position, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if depth == 0:
            return position == len(text) - 1
    return False


def _split_line(line: str, option: str) -> list[str]:
    items, position = [], 0
    while position < len(line):
        match = _ITEM.match(line, position)
        if not match:
            raise OptionError(f"{option} has a quote that is not closed, or text after one: {shown(line)}.")
        item = _item(match)
        # Nothing between two commas is no word; quotes with nothing between them are an empty one.
        if item or match[3] is None:
            items.append(item)
        position = match.end()
    return items


def _unquoted(item: str, option: str) -> str:
    if item[:1] not in ("'", '"'):
        return item
    match = _ITEM.fullmatch(item)
    if not match:
        raise OptionError(f"{option} has a quote that is not closed, or text after one: {shown(item)}.")
    return _item(match)


def _item(match: re.Match[str]) -> str:
    if match[1] is not None:
        return re.sub(r"\\(.)", r"\1", match[1])
    return match[2].replace("''", "'") if match[2] is not None else match[3].strip()


def _word(item: t.Any, where: str) -> str:
    if isinstance(item, (bool, float)):
        raise OptionError(f"{where} is {item}, which is how YAML reads a value without quotes: put it in quotes.")
    if not isinstance(item, (str, int)):
        raise OptionError(
            f"{where} is neither a name nor an id: write names and ids separated by commas, or as a list."
        )
    word = str(item).strip()
    if not word:
        raise OptionError(f"{where} is an empty text, as from a template without a value: leave it out.")
    return word


def known(word: str, words: Sequence[str], what: str, option: str) -> None:
    """Raise OptionError unless the word is one of these."""
    if word not in words:
        hint = suggestion(word, words)
        raise OptionError(f"{option}: there is no {what} {shown(word)}{hint}. One of: {', '.join(words)}.")


def shown(word: str) -> str:
    """The word in quotes, unless it may be a key that somebody has put in the wrong place."""
    longest = max(map(len, re.split(r"[^0-9A-Za-z]+", word)))
    return repr(word) if longest <= _LONGEST_PIECE else "a value that may be a key and is not repeated here"


def structure(text: str, option: str) -> t.Any:
    """The lists and dictionaries of a text that is JSON or YAML; the words of any other."""
    text = text.strip()
    if text[:1] in ("[", "{"):
        with suppress(ValueError):
            return json.loads(text)
    if not re.search(r"[{\[]|:(\s|$)", text):
        # YAML dashes and quotes, too.
        return [word for item in _split(text, option) for word in str(item).split()]
    try:
        import yaml
    except ImportError:
        raise OptionError(f"{option} is YAML, and the module's Python has no PyYAML: write JSON or text.") from None
    try:
        # Text stays text, and no tag makes anything else of it.
        return yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        # Where, but not what: the text may hold a key.
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise OptionError(f"{option} is neither YAML nor JSON{where}.") from None
