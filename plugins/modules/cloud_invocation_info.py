#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cloud_invocation_info
short_description: Show commands that run on cloud instances
version_added: 1.0.0
description:
  - Reads one invocation of a command by its id, or lists those that the filters select.
  # words: what
  - On Alibaba Cloud this is an invocation of Cloud Assistant, on Tencent Cloud an invocation of TencentCloud Automation
    Tools (TAT) and on AWS a command of Systems Manager Run Command.
  # end of words
  - Follows all pages of the provider's list.
  - Without filters, it returns every invocation that is in flight in the region.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
  - cloudops.halt._attributes.info
  - cloudops.halt._attributes.action_group
  - cloudops.halt._connection
  - cloudops.halt._select
attributes:
  # words: action_group
  action_group:
    membership:
      - cloudops.halt.all
      - cloudops.halt.alibaba
      - cloudops.halt.tencent
      - cloudops.halt.aws
  # end of words
options:
  # words: provider
  provider:
    description:
      - V(alibaba) calls C(DescribeInvocationResults) and C(DescribeInvocations) of Alibaba Cloud ECS.
      - V(tencent) calls C(DescribeInvocationTasks) and C(DescribeInvocations) of Tencent Cloud TAT.
      - V(aws) calls C(ListCommandInvocations) and C(ListCommands) of AWS SSM.
    type: str
    required: true
    choices:
      - alibaba
      - tencent
      - aws
  # end of words
  invocation_id:
    description:
      - The id of one invocation. If the provider does not know it, RV(operations) is empty.
      - Mutually exclusive with the filters.
    type: str
  name:
    description:
      - Only invocations of a command whose name matches one of these globs, such as V(nightly-*). Case-sensitive.
      - A value that is exactly the name of a command matches only that name, and is not treated as a glob.
      - On AWS the name is the comment of the command, or else that of its document.
      - A list, or text in which the items are separated by commas or newlines.
    type: list
    elements: str
  command_id:
    description:
      - Only invocations of the command with this id.
    type: str
  instance_id:
    description:
      - Only invocations on this instance.
    type: str
  is_schedule:
    description:
      - V(true) returns only schedules, which keep starting runs until they are stopped.
      - V(false) returns only single runs.
      - If left out, both are returned, and RV(operations[].is_schedule) tells them apart.
    type: bool
  include_instances:
    description:
      - Whether to return the instances of each invocation as well.
    type: bool
    default: false
seealso:
  - module: cloudops.halt.cloud_invocation_cancel
  # words: references
  - name: Alibaba Cloud DescribeInvocations
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/en/ecs/developer-reference/api-describeinvocations
  - name: Tencent Cloud DescribeInvocations
    description: Reference of the API operation.
    link: https://www.tencentcloud.com/document/product/1147/46695
  - name: AWS ListCommands
    description: Reference of the API operation.
    link: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommands.html
  # end of words
"""

EXAMPLES = r"""
- name: Show everything that is in flight in a region
  cloudops.halt.cloud_invocation_info:
    provider: alibaba
    region: cn-hangzhou

- name: Show where one command runs
  cloudops.halt.cloud_invocation_info:
    provider: tencent
    region: ap-guangzhou
    invocation_id: inv-example1
    include_instances: true

- name: Find clean-up commands that have been running for more than two hours
  cloudops.halt.cloud_invocation_info:
    provider: tencent
    region: ap-guangzhou
    name: "*cleanup*"
    older_than: 2h
    is_schedule: false
  register: stale

- name: Stop them
  cloudops.halt.cloud_invocation_cancel:
    provider: tencent
    region: ap-guangzhou
    invocation_id: "{{ item.id }}"
    expected_name: "{{ item.name }}"
  loop: "{{ stale.operations }}"
  loop_control:
    label: "{{ item.id }}"
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
      DescribeInvocations: 1
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
      sample: DescribeInvocations
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
# end of words
operations:
  description: The invocations.
  returned: success
  type: list
  elements: dict
  contains:
    # words: returns kind provider region id state created finished is_schedule
    kind:
      description: The kind of operation.
      type: str
      returned: always
      sample: cloud_invocation
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
      sample: t-hz0example0001
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
      description: The name of its command. On AWS its comment, or else the name of its document.
      type: str
      returned: always
      sample: nightly-cleanup
    status:
      description: The provider's own status.
      type: str
      returned: always
      sample: RUNNING
    instances_total:
      description: The number of instances that it runs on, as far as they were read or the provider counts them.
      type: int
      returned: always
      sample: 3
    command_id:
      description: The id of its command; on AWS the name of its document.
      type: str
      returned: always
      sample: cmd-example1
    source:
      description: What started it, as the provider describes it.
      type: str
      returned: always
      sample: USER
    status_details:
      description: The provider's more detailed status; null if there is none.
      type: str
      returned: on AWS
      sample: DeliveryTimedOut
    instances:
      description: Its instances.
      returned: if O(include_instances=true)
      type: list
      elements: dict
      contains:
        instance_id:
          description: The instance.
          type: str
          returned: always
          sample: ins-example1
        status:
          description: The provider's own status.
          type: str
          returned: always
          sample: RUNNING
        state:
          description: Its state, with the same values as that of the operation.
          type: str
          returned: always
          sample: running
        exit_code:
          description: The exit code of a command that ended by itself, if the provider reports one.
          type: int
          returned: always
          sample: 0
        error:
          description: The provider's message about its end, if there is one.
          type: str
          returned: always
          sample: "ClientNotRunning: the agent does not run"
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import run_info


def main() -> None:
    run_info("cloud_invocation")


if __name__ == "__main__":
    main()
