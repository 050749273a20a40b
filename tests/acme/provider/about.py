# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation says of Acme."""

from __future__ import annotations

from ..about import About, AboutKind

ABOUT = About(
    kinds={
        "image_task": AboutKind(
            many="image tasks",
            one="a task that makes an image",
            id="x1",
            stop_page="https://acme.example/halt",
            list_call="List",
            list_page="https://acme.example/list",
            notes=("What Acme halts is gone.",),
        )
    },
    access_control="ACL",
    policy=lambda actions: {"allow": list(actions)},
    services={"images": "Images"},
    stated_rates={},
    own_rates={"images": "Acme states none."},
)
