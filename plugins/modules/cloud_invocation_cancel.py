#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cloud_invocation_cancel
short_description: Stop a command that runs on cloud instances
version_added: 1.0.0
description:
  - Stops one invocation of a command, on all of its instances or on some.
  # words: what
  - On Alibaba Cloud this is an invocation of Cloud Assistant, on Tencent Cloud an invocation of TencentCloud Automation
    Tools (TAT) and on AWS a command of Systems Manager Run Command.
  # end of words
  - Reads the invocation, or the instances that are listed, stops only what is still in flight, and then verifies the
    result for every instance.
  - RV(ignore:changed) is V(true) if, and only if, a stop was accepted for something that was in flight.
  # words: limits
  - Takes any number of instance ids, and splits them into calls of 50 on Alibaba Cloud, 100 on Tencent Cloud and 50 on
    AWS.
  # end of words
  - The calls are kept below the provider's published rate.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
  - cloudops.halt._attributes.action_group
  - cloudops.halt._connection
  - cloudops.halt._stop
  - cloudops.halt._stop.name
attributes:
  # words: action_group
  action_group:
    membership:
      - cloudops.halt.all
      - cloudops.halt.alibaba
      - cloudops.halt.tencent
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
      - V(alibaba) calls C(StopInvocation) of Alibaba Cloud ECS.
      - V(tencent) calls C(CancelInvocation) of Tencent Cloud TAT.
      - V(aws) calls C(CancelCommand) of AWS SSM.
    type: str
    required: true
    choices:
      - alibaba
      - tencent
      - aws
  # end of words
  invocation_id:
    description:
      - The id of the invocation.
      # words: id
      - For example V(t-hz0example0001) on Alibaba Cloud, V(inv-example1) on Tencent Cloud or
        V(11111111-2222-3333-4444-555555555555) on AWS.
      # end of words
    type: str
    required: true
  instance_ids:
    description:
      - Stop the command on these instances only. Duplicate ids count once.
      - If left out, the invocation is stopped on all of its instances. An empty list is refused.
      - If one of them is not part of the invocation, the task fails and nothing is stopped, unless
        O(ignore_not_found=true).
    type: list
    elements: str
notes:
  # words: notes
  - Alibaba Cloud documents that runs of a one-off command that have already started continue after C(StopInvocation).
    In practice they may end as C(Terminated). This module promises neither. It returns V(still_running) for an instance
    until a read shows that its run has ended.
  - Stopping a periodic invocation of Alibaba Cloud ends its schedule.
  - Stopping an invocation that a TAT invoker has started does not disable the invoker. The module warns about this.
  - A command on AWS has no name of its own. Its comment is used as its name, or else the name of its document, such as
    C(AWS-RunShellScript).
  - AWS only attempts to cancel a command, and promises neither that it ends nor that its processes end. What happens on
    a node whose agent is offline is not documented.
  - Cancelling a command on AWS does not prevent a State Manager association or a maintenance window from starting the
    next one, and the command does not show which of them started it.
  # end of words
  - What is said here about the providers comes from their documentation. The collection is tested against an emulator
    that was written from the same documentation, not on live clouds.
seealso:
  - module: cloudops.halt.cloud_invocation_info
  # words: references
  - name: Alibaba Cloud StopInvocation
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/en/ecs/developer-reference/api-stopinvocation
  - name: Tencent Cloud CancelInvocation
    description: Reference of the API operation.
    link: https://www.tencentcloud.com/document/product/1147/46703
  - name: AWS CancelCommand
    description: Reference of the API operation.
    link: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CancelCommand.html
  # end of words
"""

EXAMPLES = r"""
- name: Stop a runaway command on all of its instances
  cloudops.halt.cloud_invocation_cancel:
    provider: alibaba
    region: cn-hangzhou
    invocation_id: t-hz0example0001

- name: See what would be stopped
  cloudops.halt.cloud_invocation_cancel:
    provider: tencent
    region: ap-guangzhou
    invocation_id: inv-example1
  check_mode: true
  diff: true

- name: Stop it on two instances only, and make sure that it is the right command
  cloudops.halt.cloud_invocation_cancel:
    provider: tencent
    region: ap-guangzhou
    invocation_id: inv-example1
    instance_ids:
      - ins-example1
      - ins-example2
    expected_name: nightly-cleanup

- name: Ask for the stop and go on, without waiting for the end
  cloudops.halt.cloud_invocation_cancel:
    provider: alibaba
    region: cn-hangzhou
    invocation_id: t-hz0example0001
    wait: false

- name: Stop, and keep going if some instances could not be stopped in a minute
  block:
    - name: Stop within a minute
      cloudops.halt.cloud_invocation_cancel:
        provider: alibaba
        region: cn-hangzhou
        invocation_id: t-hz0example0001
        wait_timeout: 60
      register: stop
  rescue:
    - name: Show where the command is still running
      ansible.builtin.debug:
        msg: "{{ stop.instances | selectattr('outcome', 'eq', 'still_running') | map(attribute='instance_id') }}"
"""

RETURN = r"""
# words: returns msg_of_stop outcome summary request_ids credentials_source interrupted calls error
msg:
  description: What happened, in a sentence or two. On failure also the reason, and how to solve it.
  returned: always
  type: str
  sample: "t-hz0example0001: stopped."
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
      StopInvocation: 1
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
      sample: StopInvocation
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
# end of words
operation:
  description: The invocation, as last read.
  returned: when the options were valid; null if it could not be read
  type: dict
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
      description: The name of its command. On AWS its comment, or else the name of its document.
      type: str
      returned: always
      sample: nightly-cleanup
    status:
      description: The provider's own status.
      type: str
      returned: always
      sample: Stopped
    instances_total:
      description: The number of instances that it runs on, as far as they were read or the provider counts them.
      type: int
      returned: always
      sample: 3
    command_id:
      description: The id of its command; on AWS the name of its document.
      type: str
      returned: always
      sample: c-hz0example0001
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
  description: The result for each instance. Every requested id appears exactly once, in the order given.
  returned: when the options were valid
  type: list
  elements: dict
  contains:
    instance_id:
      description: The instance.
      type: str
      returned: always
      sample: i-bp1example0001
    before:
      description: >-
        Its state when it was read before the stop; null if it was not. If the entire invocation is stopped, the stop is
        sent before the instances are read, except for those that the provider returns together with the invocation.
      type: str
      returned: always
      sample: running
    status:
      description: The provider's own status, as last read.
      type: str
      returned: always
      sample: Terminated
    exit_code:
      description: The exit code of a command that ended by itself.
      type: int
      returned: if the provider gives one
      sample: 0
    error:
      description: Why it could not be stopped, or the provider's message about its end.
      type: str
      returned: if there is one
      sample: "ClientNotRunning: the agent does not run"
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
    - The states of the operation and its instances, before and after. For more than 100 instances, the number in each
      state.
    - Anything that was not read after the stop is shown in the state that the stop should lead to.
  returned: in diff mode, when the options were valid
  type: dict
  sample:
    after:
      instances:
        i-bp1example0001: stopped
        i-bp1example0002: succeeded
      state: stopped
    after_header: cloud_invocation t-hz0example0001
    before:
      instances:
        i-bp1example0001: running
        i-bp1example0002: succeeded
      state: running
    before_header: cloud_invocation t-hz0example0001
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import run_stop


def main() -> None:
    run_stop("cloud_invocation")


if __name__ == "__main__":
    main()
