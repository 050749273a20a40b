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
  # words: what
  - On Alibaba Cloud this is an operation of a stack group of Resource Orchestration Service (ROS) and on AWS an
    operation of a CloudFormation stack set.
  # end of words
  - Follows all pages of the provider's list.
  - Without filters, it returns everything in flight in the region.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
  - cloudops.halt._attributes.info
  - cloudops.halt._attributes.action_group
  - cloudops.halt._connection
  - cloudops.halt._call_as
  - cloudops.halt._select
attributes:
  # words: action_group
  action_group:
    membership:
      - cloudops.halt.all
      - cloudops.halt.alibaba
      - cloudops.halt.aws
  # end of words
options:
  # words: provider
  provider:
    description:
      - V(alibaba) calls C(GetStackGroupOperation), C(ListStackGroupOperationResults), C(ListStackGroupOperations) and
        C(ListStackGroups) of Alibaba Cloud ROS.
      - V(aws) calls C(DescribeStackSetOperation), C(ListStackSetOperationResults), C(ListStackSetOperations) and
        C(ListStackSets) of AWS CloudFormation.
    type: str
    required: true
    choices:
      - alibaba
      - aws
  # end of words
  operation_id:
    description:
      - The id of one operation. If the provider does not know it, RV(operations) is empty.
      - Mutually exclusive with the filters.
    type: str
  name:
    description:
      - Only operations of a stack group whose name matches one of these globs, such as V(landing-*). Case-sensitive.
      - A value that is exactly the name of a stack group matches only that name, and is not treated as a glob.
      - A list, or text in which the items are separated by commas or newlines.
    type: list
    elements: str
  stack_group_name:
    description:
      - Only operations of this stack group or stack set. If left out, those of all active ones in the region.
      - With O(operation_id), the one that the operation belongs to, as in
        O(cloudops.halt.stack_group_operation_stop#module:stack_group_name).
    type: str
  include_results_by_target:
    description:
      - Whether to return the results by account and region as well. Has an effect only with O(operation_id).
    type: bool
    default: false
seealso:
  - module: cloudops.halt.stack_group_operation_stop
  # words: references
  - name: Alibaba Cloud ListStackGroupOperations
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/en/ros/developer-reference/api-ros-2019-09-10-liststackgroupoperations
  - name: AWS ListStackSetOperations
    description: Reference of the API operation.
    link: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackSetOperations.html
  # end of words
"""

EXAMPLES = r"""
- name: Show the operations in flight in all stack groups
  cloudops.halt.stack_group_operation_info:
    provider: alibaba
    region: cn-hangzhou

- name: Show the progress of one operation
  cloudops.halt.stack_group_operation_info:
    provider: alibaba
    region: cn-hangzhou
    operation_id: 6da106ca-1784-4a6f-a7e1-000000000001
    include_results_by_target: true
"""

RETURN = r"""
# words: returns msg_of_list credentials_source interrupted calls error
msg:
  description: >-
    How many were found, and how many of them are in flight. On failure the reason, and how to solve it.
  returned: always
  type: str
  sample: "Alibaba Cloud, cn-hangzhou: 2 found, 1 of them in flight."
credentials_source:
  description: >-
    Where the key came from: V(options), V(environment), V(profile NAME (FILE\)), or V(sdk (PROVIDER\))
    where PROVIDER is the library's name for the source. If a profile was passed to the library, both are
    given.
  returned: when credentials were found
  type: str
  sample: profile production (/home/ops/.aliyun/config.json)
interrupted:
  description: V(true) if the task was interrupted. The other values show what had been done by then.
  returned: if it was interrupted
  type: bool
  sample: true
calls:
  description:
    - The number of requests sent, by provider and by the provider's name of the call, including requests
      without a response.
    - Requests by the vendors' libraries, such as those for credentials, are not included.
  returned: always, unless Ansible itself refuses the options
  type: dict
  sample:
    alibaba:
      ListStackGroupOperations: 1
error:
  description: The call that failed; if there were several, the first.
  returned: if one did
  type: dict
  contains:
    code:
      description: >-
        The provider's code, or one of the collection's own if there was no response from the provider:
        V(ConnectionLost), V(Unreachable), V(CertificateNotTrusted), V(CertificateNotValid), V(NotAnAnswer),
        V(NotUnderstood), V(Redirected), V(RateKept), V(EndlessList), V(ListCutShort), V(NotFound),
        V(Ambiguous), or V(NoAnswer), which only the modules for many operations return.
      type: str
      returned: always
      sample: Forbidden.RAM
    message:
      description: The provider's message.
      type: str
      returned: always
      sample: User not authorized to operate on the specified resource.
    class:
      description: >-
        The kind of error: V(finished), V(not_found), V(denied), V(auth), V(bad_input), V(throttled),
        V(transient), V(lost), V(unreachable) or V(unexpected).
      type: str
      returned: always
      sample: denied
    http_status:
      description: The HTTP status of the response, if there was one. Some providers report errors with 200.
      type: int
      returned: always
      sample: 403
    request_id:
      description: The provider's request id of the call.
      type: str
      returned: always
      sample: 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E
    action:
      description: The provider's name of the call.
      type: str
      returned: always
      sample: ListStackGroupOperations
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
# end of words
operations:
  description: The operations.
  returned: success
  type: list
  elements: dict
  contains:
    # words: returns kind provider region id state created finished is_schedule
    kind:
      description: The kind of operation.
      type: str
      returned: always
      sample: stack_group_operation
    provider:
      description: The provider at which it runs.
      type: str
      returned: always
      sample: alibaba
    region:
      description: The region in which it runs.
      type: str
      returned: always
      sample: cn-hangzhou
    id:
      description: Its id.
      type: str
      returned: always
      sample: 6da106ca-1784-4a6f-a7e1-000000000001
    state:
      description: >-
        Its state, with the same values for all providers: V(pending), V(scheduled), V(running), V(stopping),
        V(succeeded), V(failed), V(stopped), or V(unknown) for a status that this release does not know. The
        first four and V(unknown) count as in flight.
      type: str
      returned: always
      sample: running
    created:
      description: When it was started, in UTC.
      type: str
      returned: always
      sample: "2026-01-02T03:04:05Z"
    finished:
      description: When it ended, in UTC; null while it is in flight, or if the provider does not report it.
      type: str
      returned: always
      sample: "2026-01-02T03:09:10Z"
    is_schedule:
      description: Whether it keeps starting runs until it is stopped.
      type: bool
      returned: always
      sample: false
    # end of words
    name:
      description: The name of its stack group or stack set.
      type: str
      returned: always
      sample: landing-zone
    status:
      description: The provider's own status.
      type: str
      returned: always
      sample: STOPPED
    instances_total:
      description: The number of pairs of account and region; null if they were not read.
      type: int
      returned: always
      sample: 3
    stack_group_name:
      description: The name of its stack group or stack set.
      type: str
      returned: always
      sample: landing-zone
    call_as:
      description: As what it was found.
      type: str
      returned: at AWS
      sample: self
    action:
      description: What it does; V(CREATE), V(UPDATE), V(DELETE) or V(DETECT_DRIFT).
      type: str
      returned: always
      sample: UPDATE
    description:
      description: The description given when it was started; null if there is none, and on AWS.
      type: str
      returned: always
      sample: roll out the new baseline
    results_by_target:
      description: The result of the operation in each account and region.
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
          description: The provider's own status.
          type: str
          returned: always
          sample: STOPPED
        state:
          description: Its state, with the same values as that of the operation.
          type: str
          returned: always
          sample: stopped
        exit_code:
          description: Always null for this kind.
          type: int
          returned: always
          sample: null
        error:
          description: The provider's message about its end, if there is one.
          type: str
          returned: always
          sample: it failed
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import run_info


def main() -> None:
    run_info("stack_group_operation")


if __name__ == "__main__":
    main()
