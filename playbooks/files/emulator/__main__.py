# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m emulator: serve until SIGTERM, SIGINT or --stop-after."""

from __future__ import annotations

import sys

try:
    import werkzeug  # noqa: F401  # pylint: disable=unused-import
except ImportError:
    sys.exit("The emulator needs Werkzeug: python3 -m pip install 'werkzeug>=3,<4'")

import argparse
import json
import shlex
import signal
import threading
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from .control import NOTE
from .providers import all_providers
from .server import Emulator
from .settings import Settings


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulator", description="The provider emulator of cloudops.halt.")
    parser.add_argument("--port", type=int, default=8899, help="port on 127.0.0.1; 0 takes any free one (%(default)s)")
    parser.add_argument("--cert", metavar="FILE", help="serve TLS with this certificate")
    parser.add_argument("--key", metavar="FILE", help="the certificate's private key")
    parser.add_argument("--shell", action="store_true", help="print lines to paste into a shell, in place of JSON")
    parser.add_argument("--stop-after", type=float, metavar="SECONDS", help="end without being told to")
    _add_settings(parser.add_argument_group("settings"), Settings)
    for provider in all_providers():
        if provider.settings:
            _add_settings(parser.add_argument_group(f"settings of {provider.name}"), provider.settings)
    arguments = parser.parse_args()
    if bool(arguments.cert) != bool(arguments.key):
        parser.error("--cert and --key go together")
    return arguments


def _add_settings(group: argparse._ArgumentGroup, table: type[Any]) -> None:
    """An option for each, which is among the arguments only if it is given."""
    hints = get_type_hints(table)
    for each in fields(table):
        words = [word for word in get_args(hints[each.name]) if isinstance(word, str)]
        default = each.default if words else json.dumps(each.default)
        group.add_argument(
            f"--{each.name.replace('_', '-')}",
            default=argparse.SUPPRESS,
            help=f"{each.metadata['meaning']} ({default})".replace("%", "%%"),
            **({"choices": words} if words else {"type": json.loads, "metavar": "N"}),
        )


def _for_a_shell(environment: dict[str, str]) -> str:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    return "\n".join(["# Paste these lines into another shell. Ctrl-C here ends the emulator.", *lines])


def main() -> int:
    arguments = vars(_arguments())
    port, stop_after, shell = (arguments.pop(name) for name in ("port", "stop_after", "shell"))
    certificate, key = arguments.pop("cert"), arguments.pop("key")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        emulator = Emulator(port, certificate=certificate, certificate_key=key, **arguments)
    except (OSError, OverflowError, ValueError) as error:
        sys.stderr.write(f"The emulator cannot start on port {port}: {error}\n")
        return 1
    with emulator:
        # What a playbook needs to know of the providers, so that none has to name them.
        scopes = [f"{name}/{keys['region']}" for name, keys in emulator.keys.items()]
        about = {"scopes": scopes, "environment": emulator.environment, "note": NOTE}
        ready = json.dumps({"url": emulator.url, **emulator.keys, **about})
        print(_for_a_shell(emulator.environment) if shell else ready, flush=True)
        ended.wait(stop_after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
