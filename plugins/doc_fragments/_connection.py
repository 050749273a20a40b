# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """How to reach a provider."""

    DOCUMENTATION = r"""
options:
  region:
    description:
      - The region in which the operation runs, such as V(cn-hangzhou) or V(ap-guangzhou).
      - An operation is only visible in the region in which it was started.
      - If left out, the environment variable E(ALIBABA_CLOUD_REGION_ID) or E(TENCENTCLOUD_REGION) is used.
        One of the two is required.
    type: str
  access_key_id:
    description:
      - The id of the access key.
      - If neither it nor O(access_key_secret) is set, the environment variables E(ALIBABA_CLOUD_ACCESS_KEY_ID) and
        E(ALIBABA_CLOUD_ACCESS_KEY_SECRET), or E(TENCENTCLOUD_SECRET_ID) and E(TENCENTCLOUD_SECRET_KEY) are used.
    type: str
    aliases:
      - secret_id
  access_key_secret:
    description:
      - The secret of the access key.
    type: str
    aliases:
      - secret_key
  security_token:
    description:
      - The session token that belongs to a temporary access key.
      - If the key comes from the environment, so does the token, from E(ALIBABA_CLOUD_SECURITY_TOKEN),
        or from E(TENCENTCLOUD_TOKEN) or E(TENCENTCLOUD_SECURITY_TOKEN).
      - A token is never used with a key from elsewhere.
    type: str
    aliases:
      - token
  endpoint_url:
    description:
      - The URL to call instead of the provider's public one for the region, such as
        V(https://ecs-vpc.cn-hangzhou.aliyuncs.com), V(https://tat.intl.tencentcloudapi.com) or an emulator's V(http://127.0.0.1:8899).
      - If left out, the environment variable E(ALIBABA_CLOUD_ENDPOINT_URL) or E(TENCENTCLOUD_ENDPOINT_URL) is used.
    type: str
  validate_certs:
    description:
      - Whether to check the provider's TLS certificate. Turn it off for tests only.
    type: bool
    default: true
  ca_path:
    description:
      - A file or folder with the certificates of the authorities to trust, instead of the usual ones.
    type: path
  proxy:
    description:
      - The URL of an HTTP proxy, such as V(http://proxy.example.com:3128).
      - If left out, the variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) of the environment are honoured.
    type: str
  request_timeout:
    description:
      - Seconds to wait for a connection, and for each part of an answer.
    type: float
    default: 10.0
  retries:
    description:
      - How often a call is sent again after throttling, a fault at the provider or a lost connection.
      - The pauses grow from a fraction of a second to eight seconds.
      - A stop call of which nobody knows whether it arrived is only sent again after its target was read.
    type: int
    default: 5
notes:
  - The module runs where the task runs, usually on the controller. It needs the Python library C(requests) there.
requirements:
  - requests
"""
