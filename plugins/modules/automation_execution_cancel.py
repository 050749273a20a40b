#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: automation_execution_cancel
short_description: Stop an automation execution
version_added: 1.0.0
description:
  - Stops one automation execution, and on request its child executions.
  # words: what
  - On Alibaba Cloud this is an execution of CloudOps Orchestration Service (OOS) and on AWS an execution of a runbook
    of Systems Manager Automation.
  # end of words
  - Reads the execution first, stops only what is still in flight, and then verifies the result.
  - RV(ignore:changed) is V(true) if, and only if, a stop was accepted for something that was in flight.
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
      - V(alibaba) calls C(CancelExecution) of Alibaba Cloud OOS.
      - V(aws) calls C(StopAutomationExecution) of AWS SSM.
    type: str
    required: true
    choices:
      - alibaba
      - aws
  # end of words
  execution_id:
    description:
      - The id of the execution.
      # words: id
      - For example V(exec-example0001) on Alibaba Cloud or V(11111111-2222-3333-4444-555555555555) on AWS.
      # end of words
    type: str
    required: true
  include_children:
    description:
      - Whether to stop child executions as well, at all levels.
      - They are read after the execution itself has been stopped, and those still in flight are then stopped one by
        one.
      - Children that appear while the module is waiting are stopped as well.
      - The children of a child that has ended by itself are not read, because a trigger keeps a child for each of its
        runs.
    type: bool
    default: false
notes:
  - An execution that is waiting for an approval, or in a debug step, counts as V(running). One that is waiting for its
    trigger is V(scheduled).
  # words: notes
  - On Alibaba Cloud, an execution with a trigger (a timer, an event or an alarm) is a schedule. Stopping it prevents
    further runs. The runs that it has started are its child executions.
  - Alibaba Cloud does not document what happens to child executions and to Cloud Assistant commands that the execution
    has started. The module returns those that it finds in RV(children) and RV(invocations).
  - On AWS, an execution is stopped with C(Type=Cancel). If a step defines clean-up steps for this case, it may take a
    long time to end.
  - AWS does not document whether a stop also reaches child executions, and commands that steps have started. The module
    returns those that it finds in RV(children) and RV(invocations). Children in other accounts and regions cannot be
    seen from here.
  # end of words
  - What is said here about the providers comes from their documentation. The collection is tested against an emulator
    that was written from the same documentation, not on live clouds.
seealso:
  - module: cloudops.halt.automation_execution_info
  # words: references
  - name: Alibaba Cloud CancelExecution
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/doc-detail/120776.htm
  - name: AWS StopAutomationExecution
    description: Reference of the API operation.
    link: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StopAutomationExecution.html
  # end of words
"""

EXAMPLES = r"""
- name: Stop an automation that loops
  cloudops.halt.automation_execution_cancel:
    provider: alibaba
    region: cn-hangzhou
    execution_id: exec-example0001

- name: Stop it with its child executions, but only if it is the right template
  cloudops.halt.automation_execution_cancel:
    provider: alibaba
    region: cn-hangzhou
    execution_id: exec-example0001
    include_children: true
    expected_name: restart-fleet

- name: See what would be stopped
  cloudops.halt.automation_execution_cancel:
    provider: alibaba
    region: cn-hangzhou
    execution_id: exec-example0001
    include_children: true
  check_mode: true
  diff: true
"""

RETURN = r"""
# words: returns msg_of_stop outcome summary request_ids credentials_source interrupted calls error
msg:
  description: What happened, in a sentence or two. On failure also the reason, and how to solve it.
  returned: always
  type: str
  sample: "exec-example0001: stopped."
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
      CancelExecution: 1
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
      sample: CancelExecution
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
# end of words
operation:
  description: The execution, as last read.
  returned: when the options were valid; null if it could not be read
  type: dict
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
  description: The result for each child execution.
  returned: when the options were valid; empty without O(include_children=true)
  type: list
  elements: dict
  contains:
    execution_id:
      description: The child execution.
      type: str
      returned: always
      sample: exec-example0002
    before:
      description: >-
        Its state when it was read before the stop; null if it was not, because the stop of the execution itself is sent
        first.
      type: str
      returned: always
      sample: running
    status:
      description: The provider's own status, as last read.
      type: str
      returned: always
      sample: Cancelled
    error:
      description: Why it could not be stopped, or the provider's message about its end.
      type: str
      returned: if there is one
      sample: step failed
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
living_children:
  description: The ids of the child executions that are still in flight and were left alone.
  returned: without O(include_children), if the execution could be read
  type: list
  elements: str
  sample: []
invocations:
  description:
    - The command invocations that tasks of the execution have started, and that may keep running.
    - Stop them with M(cloudops.halt.cloud_invocation_cancel).
  returned: if something was in flight and they could be read
  type: list
  elements: dict
  contains:
    invocation_id:
      description: The id of the invocation.
      type: str
      returned: always
      sample: t-hz0example0001
    region:
      description: Its region.
      type: str
      returned: always
      sample: cn-hangzhou
    status:
      description: Its status, as the provider reported it.
      type: str
      returned: always
      sample: Running
    task_name:
      description: The task that started it.
      type: str
      returned: always
      sample: runCommand
diff:
  description:
    - The states of the execution and its children, before and after. For more than 100 children, the number in each
      state.
    - Anything that was not read after the stop is shown in the state that the stop should lead to.
  returned: in diff mode, when the options were valid
  type: dict
  sample:
    after:
      state: stopped
    after_header: automation_execution exec-example0001
    before:
      state: running
    before_header: automation_execution exec-example0001
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import run_stop


def main() -> None:
    run_stop("automation_execution")


if __name__ == "__main__":
    main()
