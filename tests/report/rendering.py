# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report, rendered in this process by Ansible's own engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var

ROLE = Path(__file__).resolve().parents[2] / "roles" / "bulk_cancel"


def render(name: str, data: Any) -> str:
    """What the role's task writes to this file."""
    loader = DataLoader()
    # Like the result of a module, the data is not trusted as a template.
    templar = Templar(loader, {"_bulk_cancel_report_data": wrap_var(data)})
    lookup = lookup_loader.get("ansible.builtin.template", loader=loader, templar=templar)
    (text,) = lookup.run([str(ROLE / "templates" / f"{name}.j2")], templar.available_variables)
    return str(text)
