#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: automation_execution_info
short_description: Show automation executions
version_added: 1.0.0
description:
  - Reads one execution by its id, or lists those that the filters select.
  # words: what
  - On Alibaba Cloud this is an execution of CloudOps Orchestration Service (OOS) and on AWS an execution of a runbook
    of Systems Manager Automation.
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
      - V(alibaba) calls C(ListExecutions) of Alibaba Cloud OOS.
      - V(aws) calls C(DescribeAutomationExecutions) and C(GetAutomationExecution) of AWS SSM.
    type: str
    required: true
    choices:
      - alibaba
      - aws
  # end of words
  execution_id:
    description:
      - The id of one execution. If the provider does not know it, RV(operations) is empty.
      - Mutually exclusive with the filters.
    type: str
  name:
    description:
      - Only executions of a template whose name matches one of these globs, such as V(restart-*). Case-sensitive.
      - A value that is exactly the name of a template matches only that name, and is not treated as a glob.
      - A list, or text in which the items are separated by commas or newlines.
    type: list
    elements: str
  parent_execution_id:
    description:
      - Only child executions of this execution. Without it, child executions are left out.
    type: str
  is_schedule:
    description:
      - V(true) returns only triggers, which keep starting runs until they are stopped.
      - V(false) returns only single runs.
      - If left out, both are returned, and RV(operations[].is_schedule) tells them apart.
    type: bool
  include_children:
    description:
      - Whether to return the child executions as well. Has an effect only with O(execution_id).
    type: bool
    default: false
seealso:
  - module: cloudops.halt.automation_execution_cancel
  # words: references
  - name: Alibaba Cloud ListExecutions
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/en/operation-orchestration-service/latest/listexecutions
  - name: AWS DescribeAutomationExecutions
    description: Reference of the API operation.
    link: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeAutomationExecutions.html
  # end of words
"""

EXAMPLES = r"""
- name: Show what is in flight in a region
  cloudops.halt.automation_execution_info:
    provider: alibaba
    region: cn-hangzhou

- name: Show one execution with its children
  cloudops.halt.automation_execution_info:
    provider: alibaba
    region: cn-hangzhou
    execution_id: exec-example0001
    include_children: true

- name: Find executions that have been running for more than a day, without triggers
  cloudops.halt.automation_execution_info:
    provider: alibaba
    region: cn-hangzhou
    older_than: 1d
    is_schedule: false
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
      ListExecutions: 1
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
      sample: ListExecutions
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
# end of words
operations:
  description: The executions.
  returned: success
  type: list
  elements: dict
  contains:
    # words: returns kind provider region id state created finished is_schedule
    kind:
      description: The kind of operation.
      type: str
      returned: always
      sample: automation_execution
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
      sample: exec-example0001
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
      description: The name of its template; on AWS of its runbook.
      type: str
      returned: always
      sample: restart-fleet
    status:
      description: The provider's own status.
      type: str
      returned: always
      sample: Cancelled
    instances_total:
      description: The number of child executions that were read; null without O(include_children=true).
      type: int
      returned: always
      sample: 3
    category:
      description: V(TimerTrigger), V(EventTrigger) or V(AlarmTrigger) for a trigger, V(Other) for the rest.
      type: str
      returned: always
      sample: Other
    parent_execution_id:
      description: The execution that started it; null if there is none.
      type: str
      returned: always
      sample: exec-example0000
    status_message:
      description: The provider's message about its status.
      type: str
      returned: always
      sample: waiting for an approval
    current_action:
      description: The action of the current step; null if there is none.
      type: str
      returned: on AWS
      sample: aws:runCommand
    children:
      description: Its child executions, at all levels.
      returned: if O(include_children=true)
      type: list
      elements: dict
      contains:
        execution_id:
          description: The child execution.
          type: str
          returned: always
          sample: exec-example0002
        status:
          description: The provider's own status.
          type: str
          returned: always
          sample: Cancelled
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
    run_info("automation_execution")


if __name__ == "__main__":
    main()
