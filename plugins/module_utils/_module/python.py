# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""Refuses a Python that is too old. Every module imports this before anything that such a Python cannot import."""

from __future__ import annotations

import json
import sys

# ansible-core runs modules on older ones, too.
if sys.version_info < (3, 10):  # noqa: UP036
    here = ".".join(map(str, sys.version_info[:3]))
    said = (
        f"cloudops.halt needs Python 3.10 or later on the host that runs the module, here {here} ({sys.executable}):"
        " set ansible_python_interpreter to a later one, or run the task on the controller with delegate_to=localhost."
    )
    sys.stdout.write(json.dumps({"failed": True, "changed": False, "msg": said}) + "\n")
    raise SystemExit(1)
