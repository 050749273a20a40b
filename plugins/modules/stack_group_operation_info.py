#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: stack_group_operation_info
short_description: Show stack group operations
version_added: 1.0.0
description:
  - Reads one operation by its id, or lists those that the filters select.
  - Follows all pages of the provider's list.
  - Without filters it returns what is in flight in the region.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
  - cloudops.halt._attributes.info
  - cloudops.halt._attributes.alibaba_only
  - cloudops.halt._connection
  - cloudops.halt._select
options:
  provider:
    description:
      - V(alibaba) calls C(GetStackGroupOperation), C(ListStackGroups), C(ListStackGroupOperations) and
        C(ListStackGroupOperationResults).
    type: str
    required: true
    choices:
      - alibaba
  operation_id:
    description:
      - The id of one operation. If the provider does not know it, RV(operations) is empty.
      - Mutually exclusive with the filters.
    type: str
  name:
    description:
      - Only operations of a stack group whose name matches one of these globs, such as V(landing-*). Upper and
        lower case differ.
      - A word that is exactly the name of a stack group means that name alone, and is no glob then.
      - A list, or text with commas or line feeds between the words.
    type: list
    elements: str
  stack_group_name:
    description:
      - Only operations of this stack group. Without it, those of all active stack groups of the region.
    type: str
  include_results_by_target:
    description:
      - Whether to return the results by account and region, too. Only of use with O(operation_id).
    type: bool
    default: false
seealso:
  - module: cloudops.halt.stack_group_operation_stop
  - name: Alibaba Cloud ListStackGroupOperations
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/en/ros/developer-reference/api-ros-2019-09-10-liststackgroupoperations
"""

EXAMPLES = r"""
- name: Show the operations in flight of all stack groups
  cloudops.halt.stack_group_operation_info:
    provider: alibaba
    region: cn-hangzhou

- name: Show how far one operation is
  cloudops.halt.stack_group_operation_info:
    provider: alibaba
    region: cn-hangzhou
    operation_id: 6da106ca-1784-4a6f-a7e1-000000000001
    include_results_by_target: true
"""

RETURN = r"""
msg:
  description: How many were found, and how many of them are in flight; on failure the reason and the way out.
  returned: always
  type: str
  sample: "Alibaba Cloud, cn-hangzhou: 2 found, 1 of them in flight."
operations:
  description: The operations.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: Always V(stack_group_operation).
      type: str
      returned: always
      sample: stack_group_operation
    provider:
      description: Where it runs.
      type: str
      returned: always
      sample: alibaba
    region:
      description: In which region it runs.
      type: str
      returned: always
      sample: cn-hangzhou
    id:
      description: Its id.
      type: str
      returned: always
      sample: 6da106ca-1784-4a6f-a7e1-000000000001
    name:
      description: The name of its stack group.
      type: str
      returned: always
      sample: landing-zone
    status:
      description: The provider's own word.
      type: str
      returned: always
      sample: STOPPED
    state:
      description: >-
        Ours, the same for all providers: V(pending), V(scheduled), V(running), V(stopping), V(succeeded), V(failed),
        V(stopped), or V(unknown) for a status that this release does not know. The first four and V(unknown) count as
        in flight.
      type: str
      returned: always
      sample: stopped
    created:
      description: When it was started, in UTC.
      type: str
      returned: always
      sample: "2026-01-02T03:04:05Z"
    finished:
      description: When it ended, in UTC; null while it is in flight or if the provider does not say.
      type: str
      returned: always
      sample: "2026-01-02T03:09:10Z"
    is_schedule:
      description: Whether it starts runs again by itself until it is stopped.
      type: bool
      returned: always
      sample: false
    instances_total:
      description: On how many pairs of account and region it works; null if they were not read.
      type: int
      returned: always
      sample: 3
    stack_group_name:
      description: The name of its stack group.
      type: str
      returned: always
      sample: landing-zone
    action:
      description: What it does; V(CREATE), V(UPDATE), V(DELETE) or V(DETECT_DRIFT).
      type: str
      returned: always
      sample: UPDATE
    description:
      description: The description that was given when it was started; null if none was.
      type: str
      returned: always
      sample: roll out the new baseline
    results_by_target:
      description: What it has come to in each account and region.
      returned: if O(include_results_by_target=true)
      type: list
      elements: dict
      contains:
        account_id:
          description: The account.
          type: str
          returned: always
          sample: "1234567890123456"
        region_id:
          description: The region.
          type: str
          returned: always
          sample: cn-beijing
        status:
          description: The provider's own word.
          type: str
          returned: always
          sample: STOPPED
        state:
          description: Ours.
          type: str
          returned: always
          sample: stopped
        exit_code:
          description: Always null for this kind.
          type: int
          returned: always
          sample: null
        error:
          description: What the provider says about its end, if it says something.
          type: str
          returned: always
          sample: it failed
credentials_source:
  description: >-
    Where the key came from: V(options), V(environment), V(profile NAME (FILE\)), or V(sdk (PROVIDER\)) with what the
    vendor's library calls its provider. After a profile that was handed to the library, both.
  type: str
  returned: when credentials were found
  sample: profile production (/home/ops/.aliyun/config.json)
interrupted:
  description: V(true) if the task was interrupted. The other values tell what was done until then.
  returned: if it was interrupted
  type: bool
  sample: true
calls:
  description:
    - The requests that were sent, by provider and the provider's name of the call. Those without an answer count, too.
    - Those of the vendors' libraries, which may ask for credentials, are not among them.
  returned: always, unless Ansible itself refuses the options
  type: dict
  sample:
    alibaba:
      ListStackGroupOperations: 1
      ListStackGroups: 1
error:
  description: The call that failed, as in M(cloudops.halt.stack_group_operation_stop).
  returned: if one did
  type: dict
  sample:
    action: GetStackGroupOperation
    class: denied
    code: Forbidden.RAM
    http_status: 403
    message: User not authorized to operate on the specified resource.
    provider: alibaba
    request_id: 6ef60bec-0242-43af-bb20-270359fb54a7
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import run_info


def main() -> None:
    run_info("stack_group_operation")


if __name__ == "__main__":
    main()
