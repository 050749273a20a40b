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
import signal
import threading

from .control import NOTE
from .server import Emulator


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulator", description="The provider emulator of cloudops.halt.")
    parser.add_argument("--port", type=int, default=8899, help="port on 127.0.0.1; 0 takes any free one (%(default)s)")
    parser.add_argument(
        "--started-runs",
        choices=("go-on", "end"),
        default="go-on",
        help="what StopInvocation does to one-off runs that have started (%(default)s)",
    )
    parser.add_argument("--rate-limit", type=int, default=20, metavar="N", help="TAT calls/s per action; 0 is off")
    parser.add_argument("--cert", metavar="FILE", help="serve TLS with this certificate")
    parser.add_argument("--key", metavar="FILE", help="the certificate's private key")
    parser.add_argument("--stop-after", type=float, metavar="SECONDS", help="end without being told to")
    arguments = parser.parse_args()
    if bool(arguments.cert) != bool(arguments.key):
        parser.error("--cert and --key go together")
    return arguments


def main() -> int:
    arguments = _arguments()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        emulator = Emulator(
            arguments.port,
            certificate=arguments.cert,
            certificate_key=arguments.key,
            started_runs=arguments.started_runs,
            rate_limit=arguments.rate_limit,
        )
    except (OSError, OverflowError, ValueError) as error:
        sys.stderr.write(f"The emulator cannot start on port {arguments.port}: {error}\n")
        return 1
    with emulator:
        print(json.dumps({"url": emulator.url, **emulator.keys, "note": NOTE}), flush=True)
        ended.wait(arguments.stop_after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
