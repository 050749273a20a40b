# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that the emulator knows: made up, constant, and worth nothing anywhere else.

The name of a key says what becomes of its calls; each provider has its own words for that (see the auth modules).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    name: str
    access_key_id: str
    access_key_secret: str
    security_token: str | None = None

    def as_dict(self) -> dict[str, str]:
        shown = {"access_key_id": self.access_key_id, "access_key_secret": self.access_key_secret}
        return shown | ({"security_token": self.security_token} if self.security_token else {})


def find(keys: tuple[Key, ...], access_key_id: str) -> Key | None:
    return next((key for key in keys if key.access_key_id == access_key_id), None)
