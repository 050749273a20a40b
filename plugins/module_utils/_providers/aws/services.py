# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""The services of AWS: how each is called, and at which rates.

Source: the service models of botocore; "Request throttling for the Amazon EC2 API".
"""

from __future__ import annotations

import typing as t

from ..._http.client import Service
from ..._http.pacing import Rate

# Where the hosts of a region end, plainly and with IPv6, by how its name begins. All others are of the first partition.
_PUBLIC = ("amazonaws.com", "api.aws")
_GOV = "us-gov-"
_SUFFIXES = {
    _GOV: _PUBLIC,
    "cn-": ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "eusc-": ("amazonaws.eu", "api.amazonwebservices.eu"),
    "us-iso-": ("c2s.ic.gov", "api.aws.ic.gov"),
    "us-isob-": ("sc2s.sgov.gov", "api.aws.scloud"),
    "us-isof-": ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    "eu-isoe-": ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
}


class AwsService(Service):
    """One of the services of AWS, and how its calls are written."""

    protocol: t.ClassVar[t.Literal["json", "query", "ec2"]] = "query"
    target: t.ClassVar[str] = ""
    """What comes before the name of a call, where that is in a header."""

    def endpoint(self, region: str, endpoint_type: str = "public") -> str:
        plain, dual_stack = next(
            (found for beginning, found in _SUFFIXES.items() if region.startswith(beginning)), _PUBLIC
        )
        kinds = endpoint_type.split("_")
        suffix = dual_stack if "dualstack" in kinds else plain
        # In the regions of the US government the plain hosts are the validated ones.
        is_named = "fips" in kinds and not (suffix == plain and region.startswith(_GOV))
        return f"https://{self.name}{'-fips' if is_named else ''}.{region}.{suffix}"


class _SystemsManager(AwsService):
    protocol = "json"
    target = "AmazonSSM"


class _ComputeCloud(AwsService):
    protocol = "ec2"


# No rates of these calls are published.
SSM = _SystemsManager("ssm", "2014-11-06", rates={})

_READS = (
    "DescribeImportImageTasks",
    "DescribeImportSnapshotTasks",
    "DescribeExportImageTasks",
    "DescribeExportTasks",
)
# What buckets are refilled with; how much they hold at first would only help once.
EC2 = _ComputeCloud(
    "ec2",
    "2016-11-15",
    rates={**dict.fromkeys(_READS, Rate(20)), "CancelImportTask": Rate(5), "CancelExportTask": Rate(5)},
)

# No rates of these calls are published.
CLOUDFORMATION = AwsService("cloudformation", "2010-05-15", rates={})
