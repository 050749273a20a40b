#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: stack_group_operation_stop
short_description: Stop a stack group operation
version_added: 1.0.0
description:
  - Stops one operation of a stack group.
  # words: what
  - On Alibaba Cloud this is an operation of a stack group of Resource Orchestration Service (ROS) and on AWS an
    operation of a CloudFormation stack set.
  # end of words
  - Reads the operation first, stops it only if it is still in flight, then verifies the result in each account and
    region.
  - RV(ignore:changed) is V(true) if, and only if, a stop was accepted for an operation that was in flight.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
  - cloudops.halt._attributes.action_group
  - cloudops.halt._connection
  - cloudops.halt._call_as
  - cloudops.halt._stop
  - cloudops.halt._stop.name
attributes:
  # words: action_group
  action_group:
    membership:
      - cloudops.halt.all
      - cloudops.halt.alibaba
      - cloudops.halt.aws
  # end of words
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  # words: provider
  provider:
    description:
      - V(alibaba) calls C(StopStackGroupOperation) of Alibaba Cloud ROS.
      - V(aws) calls C(StopStackSetOperation) of AWS CloudFormation.
    type: str
    required: true
    choices:
      - alibaba
      - aws
  # end of words
  operation_id:
    description:
      - The id of the operation.
      # words: id
      - For example V(6da106ca-1784-4a6f-a7e1-000000000001) on Alibaba Cloud or V(11111111-2222-3333-4444-555555555555)
        on AWS.
      # end of words
    type: str
    required: true
  stack_group_name:
    description:
      - The stack group or stack set that the operation belongs to. Operations of others are not found.
      - AWS needs the name. If left out, all active stack sets of the region are searched for the operation. If several
        of them have an operation with this id, nothing is stopped, and the message lists them.
    type: str
notes:
  - O(region) is the region of the stack group, not of its stacks.
  # words: notes
  - Alibaba Cloud documents neither whether stacks that are being worked on are finished or interrupted by a stop, nor
    whether anything is rolled back. See RV(results_by_target).
  - After a stop, AWS starts no further stacks and waits for those that are being worked on. This may take as long as
    the update of a stack.
  # end of words
  - What is said here about the providers comes from their documentation. The collection is tested against an emulator
    that was written from the same documentation, not on live clouds.
seealso:
  - module: cloudops.halt.stack_group_operation_info
  # words: references
  - name: Alibaba Cloud StopStackGroupOperation
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/en/ros/developer-reference/api-ros-2019-09-10-stopstackgroupoperation
  - name: AWS StopStackSetOperation
    description: Reference of the API operation.
    link: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StopStackSetOperation.html
  # end of words
"""

EXAMPLES = r"""
- name: Stop a roll-out that is going wrong
  cloudops.halt.stack_group_operation_stop:
    provider: alibaba
    region: cn-hangzhou
    operation_id: 6da106ca-1784-4a6f-a7e1-000000000001
    expected_name: landing-zone
  register: stop

- name: Show where it was done before it was stopped
  ansible.builtin.debug:
    msg: "{{ stop.results_by_target | selectattr('after', 'eq', 'succeeded') }}"
"""

RETURN = r"""
# words: returns msg_of_stop outcome summary request_ids credentials_source interrupted calls error
msg:
  description: What happened, in a sentence or two. On failure also the reason, and how to solve it.
  returned: always
  type: str
  sample: "6da106ca-1784-4a6f-a7e1-000000000001: stopped."
outcome:
  description:
    - The result for the target. If it has several parts, the first in this list that applies to any of
      them.
    - V(failed) - a call failed, and the error says why.
    - V(still_running) - the stop was accepted, but the target had not ended at the last read.
    - V(stop_requested) - the stop was accepted; the end has not been verified.
    - V(would_stop) - only in check mode, a run would stop it.
    - V(stopped) - it was in flight, and a later read shows that the stop has ended it.
    - V(finished_meanwhile) - it was in flight and ended by itself.
    - V(already_finished) - it was no longer in flight.
    - V(not_found) - the provider does not know it.
    - V(skipped) - an exclusion, or a safeguard such as the expected name, prevented the stop.
  returned: when the options were valid
  type: str
  sample: stopped
summary:
  description:
    - The number of instances, child executions or other parts with each outcome, under the name of the
      outcome. An operation without parts counts as one.
    - C(requested) is the total, C(calls) the number of requests sent, C(stop_calls) how many of them were
      stop calls, C(seconds) the time taken, and C(seconds_to_first_stop) the time until the first stop call
      was sent.
  returned: when the options were valid
  type: dict
  sample:
    already_finished: 1
    calls: 5
    failed: 0
    finished_meanwhile: 0
    not_found: 0
    requested: 3
    seconds: 2.214
    seconds_to_first_stop: 0.214
    skipped: 0
    still_running: 0
    stop_calls: 1
    stop_requested: 0
    stopped: 2
    would_stop: 0
request_ids:
  description: The provider's request ids of all stop calls, for its support and for audits.
  returned: when the options were valid
  type: list
  elements: str
  sample:
    - 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E
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
      StopStackGroupOperation: 1
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
      sample: StopStackGroupOperation
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
# end of words
operation:
  description: The operation, as last read.
  returned: when the options were valid; null if it could not be read
  type: dict
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
      sample: stopped
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
  description: The result of the stop in each account and region.
  returned: when the options were valid
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
    before:
      description: >-
        Its state when it was read before the stop; null if it was not, because the stop is sent before the pairs are
        read.
      type: str
      returned: always
      sample: running
    status:
      description: The provider's own status, as last read.
      type: str
      returned: always
      sample: STOPPED
    error:
      description: Why it could not be stopped, or the provider's message about its end.
      type: str
      returned: if there is one
      sample: stack creation failed
    # words: returns after outcome_of_part
    after:
      description: Its state at the last read; null if it was not read again after the first time.
      type: str
      returned: always
      sample: stopped
    outcome:
      description: Its outcome, with the same values as that of the target.
      type: str
      returned: always
      sample: stopped
    # end of words
diff:
  description:
    - The states of the operation, in total and in each account and region, before and after. For more than 100 pairs,
      the number in each state.
    - Anything that was not read after the stop is shown in the state that the stop should lead to.
  returned: in diff mode, when the options were valid
  type: dict
  sample:
    after:
      results_by_target:
        1234567890123456/cn-beijing: stopped
      state: stopped
    after_header: stack_group_operation 6da106ca-1784-4a6f-a7e1-000000000001
    before:
      results_by_target:
        1234567890123456/cn-beijing: running
      state: running
    before_header: stack_group_operation 6da106ca-1784-4a6f-a7e1-000000000001
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import run_stop


def main() -> None:
    run_stop("stack_group_operation")


if __name__ == "__main__":
    main()
