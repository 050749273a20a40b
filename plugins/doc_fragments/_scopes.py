# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """Scopes with a connection of their own."""

    DOCUMENTATION = r"""
options:
  scopes:
    description:
      - Scopes, as dictionaries, or as text such as V(alibaba/cn-hangzhou), separated by commas. YAML and JSON are
        accepted too. An empty list is refused.
      - M(cloudops.halt.inflight_info) searches them. If left out, it searches the one region that the options of the
        task define. M(cloudops.halt.inflight_cancel) uses their connections for its targets.
      - What a scope leaves out comes from the options of the task, and then from the environment.
      - A key in the options of the task is used for one provider only. With scopes of several providers, each scope
        needs its own.
    type: list
    elements: dict
    suboptions:
      provider:
        description: As O(provider), for this scope only.
        type: str
        # words: choices
        choices:
          - alibaba
          - tencent
          - aws
        # end of words
      account:
        description:
          - A name for the account, used in results and reports. If left out, the id of the key.
        type: str
      call_as:
        description:
          - The role in which calls are made for a stack set with service-managed permissions - V(self) for the
            management account, V(delegated_admin) for a delegated administrator of the organization. The default is
            V(self).
          - Only for operations of stack sets on AWS.
        type: str
        choices:
          - self
          - delegated_admin
      region:
        description: As O(region), for this scope only.
        type: str
      access_key_id:
        description: As O(access_key_id), for this scope only.
        type: str
        aliases:
          - secret_id
          - access_key
      access_key_secret:
        description: As O(access_key_secret), for this scope only.
        type: str
        aliases:
          - secret_key
      security_token:
        description: As O(security_token), for this scope only.
        type: str
        aliases:
          - token
          - session_token
      profile:
        description: As O(profile), for this scope only.
        type: str
      credentials:
        description: As O(credentials), for this scope only.
        type: str
        choices:
          - auto
          - static
          - sdk
      endpoint_url:
        description: As O(endpoint_url), for this scope only.
        type: raw
      endpoint_type:
        description: As O(endpoint_type), for this scope only.
        type: str
        choices:
          - public
          - vpc
          - dualstack
          - fips
          - dualstack_fips
      allow_http:
        description: As O(allow_http), for this scope only.
        type: bool
      validate_certs:
        description: As O(validate_certs), for this scope only.
        type: bool
      ca_path:
        description: As O(ca_path), for this scope only.
        type: path
      proxy:
        description: As O(proxy), for this scope only.
        type: str
      request_timeout:
        description: As O(request_timeout), for this scope only.
        type: float
      retries:
        description: As O(retries), for this scope only.
        type: int
"""
