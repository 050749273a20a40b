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
  - Reads the operation first, stops it only if it is still in flight, and reads back what became of it in each
    account and region.
  - RV(ignore:changed) is true exactly when a stop was accepted for an operation that was in flight.
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
      - The stack group or stack set that the operation belongs to. An operation of another one is not found.
      - AWS needs to know it. If left out, all active stack sets of the region are searched for the operation. If
        several of them have one with this id, nothing is stopped, and they are named.
    type: str
notes:
  - O(region) is the region of the stack group, not of its stacks.
  # words: notes
  - Alibaba Cloud documents neither whether stacks that are being worked on are finished or cut off by a stop, nor
    whether anything is rolled back. See RV(results_by_target).
  - After a stop, AWS starts no further stacks and waits for those that are being worked on. This may take as long as
    the update of a stack.
  # end of words
  - What is said here of the providers comes from their documents. The collection is tested against an emulator that was
    written from the same documents, not against the live clouds.
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
- name: Stop a rollout that goes wrong
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
  description: What happened, in a sentence or two. On failure it names the reason and the way out.
  returned: always
  type: str
  sample: "6da106ca-1784-4a6f-a7e1-000000000001: stopped."
outcome:
  description:
    - What became of the target as a whole. The first that applies of the list, from top to bottom.
    - V(failed) - a call failed, and the error says why.
    - V(still_running) - the stop was accepted, but the end was not read back in time.
    - V(stop_requested) - the stop was accepted; nobody has looked since.
    - V(would_stop) - check mode, a run would stop it.
    - V(stopped) - was in flight and was read back as ended by the stop.
    - V(finished_meanwhile) - was in flight and ended by itself.
    - V(already_finished) - was not in flight any more.
    - V(not_found) - the provider does not know it.
    - V(skipped) - an exclusion, or a guard such as the expected name, kept it.
  returned: when the options were valid
  type: str
  sample: stopped
summary:
  description:
    - How many instances, child executions or other parts had each outcome, under the name of the outcome.
      Without parts, the operation itself counts as one.
    - C(requested) is their number, C(calls) the number of requests sent, C(stop_calls) how many of them were
      stop calls, C(seconds) the time that it took, and C(seconds_to_first_stop) the time until the first
      stop call was sent.
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
  description: The provider's ids of all stop calls, for its support and for audits.
  returned: when the options were valid
  type: list
  elements: str
  sample:
    - 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E
credentials_source:
  description: >-
    Where the key came from: V(options), V(environment), V(profile NAME (FILE\)), or V(sdk (PROVIDER\)) with
    what the vendor's library calls its provider. After a profile that was handed to the library, both.
  returned: when credentials were found
  type: str
  sample: profile production (/home/ops/.aliyun/config.json)
interrupted:
  description: V(true) if the task was interrupted. The other values tell what was done until then.
  returned: if it was interrupted
  type: bool
  sample: true
calls:
  description:
    - The requests that were sent, by provider and the provider's name of the call. Those without an answer
      count, too.
    - Those of the vendors' libraries, which may ask for credentials, are not among them.
  returned: always, unless Ansible itself refuses the options
  type: dict
  sample:
    alibaba:
      StopStackGroupOperation: 1
error:
  description: The call that failed; of several, the first.
  returned: if one did
  type: dict
  contains:
    code:
      description: >-
        The provider's code, or one of ours where no answer of the provider came: V(ConnectionLost),
        V(Unreachable), V(CertificateNotTrusted), V(CertificateNotValid), V(NotAnAnswer), V(NotUnderstood),
        V(Redirected), V(RateKept), V(EndlessList), V(ListCutShort), V(NotFound), V(Ambiguous),
        or V(NoAnswer), which only modules for many operations return.
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
      description: The HTTP status of the answer, if there was one. Some providers report errors with 200.
      type: int
      returned: always
      sample: 403
    request_id:
      description: The provider's id of the call.
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
  description: The operation as it was read last.
  returned: when the options were valid; null if it could not be read
  type: dict
  contains:
    # words: returns kind provider region id state created finished is_schedule
    kind:
      description: What kind of operation it is.
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
    state:
      description: >-
        Ours, the same for all providers: V(pending), V(scheduled), V(running), V(stopping), V(succeeded),
        V(failed), V(stopped), or V(unknown) for a status that this release does not know. The first four and
        V(unknown) count as in flight.
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
    # end of words
    name:
      description: The name of its stack group or stack set.
      type: str
      returned: always
      sample: landing-zone
    status:
      description: The provider's own word.
      type: str
      returned: always
      sample: STOPPED
    instances_total:
      description: On how many pairs of account and region it works; null if they were not read.
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
      description: The description that was given when it was started; null if none was, and on AWS.
      type: str
      returned: always
      sample: roll out the new baseline
results_by_target:
  description: What became of the operation in each account and region.
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
        Its state when it was read before the stop; null if it was not, since the stop is sent before the pairs are
        read.
      type: str
      returned: always
      sample: running
    status:
      description: The provider's own word, as read last.
      type: str
      returned: always
      sample: STOPPED
    error:
      description: Why it could not be stopped, or what the provider says about its end.
      type: str
      returned: if there is one
      sample: stack creation failed
    # words: returns after outcome_of_part
    after:
      description: Its state when it was read last; null if nobody looked after the first time.
      type: str
      returned: always
      sample: stopped
    outcome:
      description: What became of it, in the words for the outcome of the whole.
      type: str
      returned: always
      sample: stopped
    # end of words
diff:
  description:
    - The states before and after, of the operation and in each account and region. Of more than 100 pairs it tells
      how many are in each state.
    - What was not read after the stop has the state that the stop is to bring about.
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
