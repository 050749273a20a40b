# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of Acme, and what calls them."""

from __future__ import annotations

from .client import AcmeClient
from .image_task import AcmeImageTask

CLIENT = AcmeClient
ADAPTERS = (AcmeImageTask,)
