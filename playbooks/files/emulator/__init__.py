# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider emulator of cloudops.halt: the providers' APIs in one process, for tests and rehearsals.

It follows the providers' public documents. It shows agreement with the documents, not with the clouds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import Emulator

__all__ = ["Emulator"]


def __getattr__(name: str) -> Any:
    # Imported on demand, so that `python -m emulator` can say in one sentence that Werkzeug is missing.
    if name != "Emulator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .server import Emulator

    return Emulator
