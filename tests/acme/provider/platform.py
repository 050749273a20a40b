# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acme before any call."""

from __future__ import annotations

import re
import typing as t

from ..._core.ids import Form
from ..._credentials.platform import Platform, ProfileFiles


def _profiles() -> ProfileFiles:
    """Its users keep none."""
    from . import profiles

    return t.cast(ProfileFiles, profiles)


ACME = Platform(
    name="acme",
    title="Acme",
    region_env=("ACME_REGION",),
    access_key_id_env=("ACME_ID",),
    access_key_secret_env=("ACME_SECRET",),
    security_token_env=(),
    endpoint_url_env=("ACME_URL",),
    load_profiles=_profiles,
    services=("images",),
    own_host=re.compile(r"(?P<service>images)\.(?P<region>[a-z]+)\.acme\.example"),
    ids=(Form("x", "an image task of Acme", "use image_task_cancel with provider=acme", kinds=("image_task",)),),
)
