# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""AWS before any call: its names, variables, hosts and ids."""

from __future__ import annotations

import re

from ..._core.ids import Form
from ..._credentials.platform import Platform, ProfileFiles

_IMAGE_TASK = ("use image_task_cancel with provider=aws", ("image_task",))
_CONVERSION = "such a task is not cancelled here, and CancelConversionTask does it"
_INSTANCE = "instances go into instance_ids"


def _profiles() -> ProfileFiles:
    from . import profiles

    return profiles


AWS = Platform(
    name="aws",
    title="AWS",
    # In the order of the command line. The library, which reads the second alone, is told.
    region_env=("AWS_REGION", "AWS_DEFAULT_REGION"),
    access_key_id_env=("AWS_ACCESS_KEY_ID",),
    access_key_secret_env=("AWS_SECRET_ACCESS_KEY",),
    # Only the library and what builds on it knows the second, older name.
    security_token_env=("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"),
    endpoint_url_env=("AWS_ENDPOINT_URL",),
    service_url_env="AWS_ENDPOINT_URL_{service}",
    ca_path_env=("AWS_CA_BUNDLE",),
    endpoint_types=("public", "dualstack", "fips", "dualstack_fips"),
    switches={
        "dualstack": "AWS_USE_DUALSTACK_ENDPOINT",
        "fips": "AWS_USE_FIPS_ENDPOINT",
        "no_urls": "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    },
    load_profiles=_profiles,
    aliases=("amazon",),
    region_example="eu-central-1",
    id_example="11111111-2222-3333-4444-555555555555",
    services=("ssm", "ec2", "cloudformation", "sts"),
    own_host=re.compile(
        r"(?:vpce-[a-z0-9-]+\.)?(?P<service>[a-z0-9]+)(?:-fips)?(?:\.(?P<region>[a-z]+(?:-[a-z]+)+-[0-9]+))?(?:\.vpce)?"
        r"\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)"
    ),
    ids=(
        Form("import-ami-", "an image import of AWS", *_IMAGE_TASK),
        Form("import-snap-", "a snapshot import of AWS", *_IMAGE_TASK),
        Form("export-ami-", "an image export of AWS", *_IMAGE_TASK),
        Form("export-i-", "an instance export of AWS", *_IMAGE_TASK),
        Form("import-vol-", "a volume import of AWS", _CONVERSION),
        Form("import-i-", "an instance import of AWS", _CONVERSION),
        Form("i-", "an instance of AWS", _INSTANCE, is_instance=True),
        Form("mi-", "a managed node of AWS", _INSTANCE, is_instance=True),
    ),
)
