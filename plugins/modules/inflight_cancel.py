#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: inflight_cancel
short_description: Stop many operations of any kind
version_added: 1.0.0
description:
  - Stops a list of operations of any kind, at any provider, in any region, with any number of accounts, in one task.
  - Reads each as a whole, stops it at once if it is in flight, reads its instances after that, and reads back what
    became of every one, side by side. Instances that are named are read before they are stopped.
  - A place that does not answer keeps no other one waiting. In check mode its targets fail with the code V(NoAnswer)
    after one O(request_timeout), once everything else was read.
  - Joins the instance ids of one invocation, reads many operations in one call where the provider can, and keeps below
    the providers' rates.
  # words: limits
  - Any number of instance ids is split into calls of 50 at Alibaba Cloud, 100 at Tencent Cloud and 50 at AWS.
  # end of words
  - What goes wrong with one target does not keep the others from being stopped. The task then fails at its end, with
    everything reported.
  - RV(ignore:changed) is true exactly when a stop was accepted for something that was in flight.
  - A run that was killed can be started again. It finds what has ended and stops the rest.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
  - cloudops.halt._attributes.action_group
  - cloudops.halt._connection
  - cloudops.halt._stop
  - cloudops.halt._bulk
  - cloudops.halt._bulk.stop
  - cloudops.halt._scopes
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
  targets:
    description:
      - What to stop, as dictionaries, or as words such as V(cloud_invocation/alibaba/cn-hangzhou/t-hz0example0001) with
        commas between them. YAML and JSON are read, too. An empty list is refused.
      - An operation that is named more than once is stopped once, on all the instances that were named for it.
      - A target without a key takes the connection of that one of O(scopes) that has its provider, region and account.
        What is still missing comes from the options of the task, then from the environment.
      - A key of the task is used for one provider only. With targets at several providers each target names its own.
    type: list
    elements: dict
    required: true
    suboptions:
      kind:
        description: What kind of operation it is.
        type: str
        required: true
        choices:
          - cloud_invocation
          - automation_execution
          - image_task
          - stack_group_operation
      id:
        description: The id of the operation.
        type: str
        required: true
      instance_ids:
        description:
          - Stop the command on these instances only. Only for O(targets[].kind=cloud_invocation).
          - If left out, the whole invocation is stopped. An empty list is refused.
          - If one of them is not part of the invocation, this target fails and nothing of it is stopped, unless
            O(ignore_not_found=true).
        type: list
        elements: str
      include_children:
        description:
          - As O(include_children), for this target only.
        type: bool
      expected_name:
        description:
          - The name that the operation must have. If its name differs, this target fails and nothing of it is stopped.
        type: str
      stack_group_name:
        description:
          - The stack group or stack set that the operation belongs to. Only for
            O(targets[].kind=stack_group_operation).
          - AWS needs to know it. If left out, all active stack sets of the region are searched for the operation.
        type: str
      call_as:
        description:
          - As what the calls act for a stack set with service-managed permissions - V(self) for the management account,
            V(delegated_admin) for a delegated administrator of the organization. If left out, V(self).
          - Only for operations of stack sets at AWS.
        type: str
        choices:
          - self
          - delegated_admin
      provider:
        description: As O(provider), for this target only.
        type: str
        # words: choices
        choices:
          - alibaba
          - tencent
          - aws
        # end of words
      account:
        description:
          - A name for the account, for results and reports. If left out, the id of the key.
        type: str
      region:
        description: As O(region), for this target only.
        type: str
      access_key_id:
        description: As O(access_key_id), for this target only.
        type: str
        aliases:
          - secret_id
          - access_key
      access_key_secret:
        description: As O(access_key_secret), for this target only.
        type: str
        aliases:
          - secret_key
      security_token:
        description: As O(security_token), for this target only.
        type: str
        aliases:
          - token
          - session_token
      profile:
        description: As O(profile), for this target only.
        type: str
      credentials:
        description: As O(credentials), for this target only.
        type: str
        choices:
          - auto
          - static
          - sdk
      endpoint_url:
        description: As O(endpoint_url), for this target only.
        type: raw
      endpoint_type:
        description: As O(endpoint_type), for this target only.
        type: str
        choices:
          - public
          - vpc
          - dualstack
          - fips
          - dualstack_fips
      allow_http:
        description: As O(allow_http), for this target only.
        type: bool
      validate_certs:
        description: As O(validate_certs), for this target only.
        type: bool
      ca_path:
        description: As O(ca_path), for this target only.
        type: path
      proxy:
        description: As O(proxy), for this target only.
        type: str
      request_timeout:
        description: As O(request_timeout), for this target only.
        type: float
      retries:
        description: As O(retries), for this target only.
        type: int
notes:
  - What the stop of each kind does, and what is not documented about it, is said at the module for that kind.
seealso:
  - module: cloudops.halt.inflight_info
  - module: cloudops.halt.cloud_invocation_cancel
  - module: cloudops.halt.automation_execution_cancel
  - module: cloudops.halt.image_task_cancel
  - module: cloudops.halt.stack_group_operation_stop
"""

EXAMPLES = r"""
- name: Stop an invocation at one cloud, some instances of an invocation at another, and an execution
  cloudops.halt.inflight_cancel:
    targets:
      - kind: cloud_invocation
        provider: tencent
        region: ap-guangzhou
        id: inv-example1
        expected_name: nightly-cleanup
      - kind: cloud_invocation
        provider: alibaba
        region: cn-hangzhou
        id: t-hz0example0001
        instance_ids:
          - i-bp1example0001
          - i-bp1example0002
      - kind: automation_execution
        provider: alibaba
        region: cn-hangzhou
        id: exec-example0001
        include_children: true

- name: Stop two invocations that are written as words, unless one is the backup
  cloudops.halt.inflight_cancel:
    targets: cloud_invocation/tencent/ap-guangzhou/inv-example1, cloud_invocation/tencent/ap-guangzhou/inv-example2
    exclude: nightly-backup

- name: Stop what was found, and try again with what could not be stopped
  block:
    - name: Stop it, if it is not more than a thousand
      cloudops.halt.inflight_cancel:
        targets: "{{ found.targets }}"
        max_targets: 1000
        wait_timeout: 120
      register: stopped
  rescue:
    - name: Try again with what still runs
      cloudops.halt.inflight_cancel:
        targets: "{{ stopped.still_running }}"
"""

RETURN = r"""
msg:
  description: What became of the targets, in numbers; on failure also what went wrong first, and the way out.
  returned: always
  type: str
  sample: "3 operations (5, counting instances and children): 4 stopped, 1 already finished."
results:
  description: What became of each target, in the order given. Targets that name the same operation are one.
  returned: when the options were valid
  type: list
  elements: dict
  contains:
    # words: returns outcome
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
    # end of words
    target:
      description:
        - What was to be stopped. It holds no key.
        - It has O(targets[].stack_group_name) and O(targets[].call_as), too, for kinds and providers that use them.
        - Its C(credentials_source) is where the key came from, as
          RV(cloudops.halt.cloud_invocation_cancel#module:credentials_source).
      type: dict
      returned: always
      sample:
        account: production
        credentials_source: environment
        expected_name: nightly-cleanup
        id: inv-example1
        include_children: false
        instance_ids: []
        kind: cloud_invocation
        provider: tencent
        region: ap-guangzhou
    changed:
      description: Whether a stop was accepted for something that was in flight.
      type: bool
      returned: always
      sample: true
    failed:
      description: Whether this target makes the task fail.
      type: bool
      returned: always
      sample: false
    msg:
      description: What became of it, and on failure the reason and the way out.
      type: str
      returned: always
      sample: "inv-example1: 2 stopped, 1 already finished."
    operation:
      description: >-
        The operation as it was read last, with what is particular to its kind as at the module for that kind.
      returned: always; null if it could not be read
      type: dict
      contains:
        # words: returns kind provider region id state created finished is_schedule
        kind:
          description: What kind of operation it is.
          type: str
          returned: always
          sample: cloud_invocation
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
          sample: t-hz0example0001
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
          description: >-
            The name of its command, template or stack group, or the action of an image task.
          type: str
          returned: always
          sample: nightly-cleanup
        status:
          description: The provider's own word.
          type: str
          returned: always
          sample: Stopped
        instances_total:
          description: >-
            On how many instances it runs, or how many other parts it has, as far as they were read or the provider
            counts them; null without any.
          type: int
          returned: always
          sample: 3
    instances:
      description: >-
        What became of each instance; empty for kinds without instances. Every id asked for appears exactly once.
      returned: always
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
            Its state when it was read before the stop; null if it was not. The stop of a whole operation is sent
            before its parts are read, except for those that the provider shows along with it.
          type: str
          returned: always
          sample: running
        status:
          description: The provider's own word, as read last.
          type: str
          returned: always
          sample: Terminated
        exit_code:
          description: The exit code of a command that ended by itself.
          type: int
          returned: if the provider gives one
          sample: 0
        error:
          description: Why it could not be stopped, or what the provider says about its end.
          type: str
          returned: if there is one
          sample: "ClientNotRunning: the agent does not run"
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
    children:
      description: As RV(cloudops.halt.automation_execution_cancel#module:children).
      type: list
      elements: dict
      returned: for automation executions
    results_by_target:
      description: As RV(cloudops.halt.stack_group_operation_stop#module:results_by_target).
      type: list
      elements: dict
      returned: for stack group operations
    living_children:
      description: As RV(cloudops.halt.automation_execution_cancel#module:living_children).
      type: list
      elements: str
      returned: for automation executions without O(include_children)
    invocations:
      description: As RV(cloudops.halt.automation_execution_cancel#module:invocations).
      type: list
      elements: dict
      returned: for automation executions
    times:
      description: >-
        When it was read first (C(read)), when the first stop was accepted (C(stop_accepted)), and when it was read last
        (C(read_last)), in UTC; null for what did not happen.
      type: dict
      returned: always
      sample:
        read: "2026-01-02T03:04:05Z"
        read_last: "2026-01-02T03:04:12Z"
        stop_accepted: "2026-01-02T03:04:06Z"
    summary:
      description:
        - How many instances had each outcome, under the name of the outcome; of kinds without instances, how many of
          what they have in their place, or the operation itself.
        - C(requested) is their number, C(seconds) the time that this target took, and
          C(seconds_to_first_stop) the time until its first stop call was sent.
      type: dict
      returned: always
      sample:
        already_finished: 1
        failed: 0
        finished_meanwhile: 0
        not_found: 0
        requested: 3
        seconds: 2.214
        seconds_to_first_stop: 0.214
        skipped: 0
        still_running: 0
        stop_requested: 0
        stopped: 2
        would_stop: 0
    request_ids:
      description: The provider's ids of its stop calls.
      type: list
      elements: str
      returned: always
      sample:
        - 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E
    error:
      description: The call that failed, as RV(error).
      type: dict
      returned: if one did
summary:
  description:
    - How many had each outcome, under the name of the outcome. Instances and child executions count each, any other
      operation counts as one.
    - C(requested) is their number, C(operations) has the same counts over whole operations, C(merged) is how many
      targets named an operation that another one names, too, C(calls) the number of requests sent, C(stop_calls) how
      many of them were stop calls, C(seconds) the time that it took, and
      C(seconds_to_first_stop) the time until the first stop call was sent.
  returned: when the options were valid
  type: dict
  sample:
    already_finished: 1
    calls: 9
    failed: 0
    finished_meanwhile: 0
    merged: 0
    not_found: 0
    operations:
      already_finished: 1
      failed: 0
      finished_meanwhile: 0
      not_found: 0
      requested: 3
      skipped: 0
      still_running: 0
      stop_requested: 0
      stopped: 2
      would_stop: 0
    requested: 5
    seconds: 2.214
    seconds_to_first_stop: 0.214
    skipped: 0
    still_running: 0
    stop_calls: 2
    stop_requested: 0
    stopped: 4
    would_stop: 0
still_running:
  description:
    - What was not read back as ended, because it still ran, was not looked at, or because a call failed. It can be
      used as O(targets) for another try, with O(targets[].instance_ids) where only some instances are left. It holds no
      keys.
  returned: when the options were valid
  type: list
  elements: dict
  sample: []
excluded_nothing:
  description: The words of O(exclude) that exclude nothing.
  returned: when the options were valid
  type: list
  elements: str
  sample: []
preview:
  description: >-
    What O(preview) of a run that follows at once takes: the time, what was counted of each target that could be read,
    and which words of O(exclude) are nobody's name or id.
  returned: in check mode, if something would be stopped
  type: dict
  sample:
    exclude_patterns: []
    targets:
      - account: production
        has_all_named: true
        id: inv-example1
        instances: 3
        kind: cloud_invocation
        operations: 1
        provider: tencent
        region: ap-guangzhou
    time: "2026-01-02T03:04:05Z"
diff:
  description:
    - The states before and after of each target that could be read. If these and their instances are more than 100,
      one line for each target.
    - What was not read after the stop has the state that the stop is to bring about.
  returned: in diff mode, when the options were valid
  type: dict
  sample:
    after:
      image_task t-hz0example0002 (alibaba, cn-hangzhou):
        state: stopped
    before:
      image_task t-hz0example0002 (alibaba, cn-hangzhou):
        state: running
# words: returns request_ids interrupted calls error
request_ids:
  description: The provider's ids of all stop calls, for its support and for audits.
  returned: when the options were valid
  type: list
  elements: str
  sample:
    - 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E
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
      StopInvocation: 1
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
      sample: StopInvocation
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
# end of words
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.many_cancel import run_inflight_cancel


def main() -> None:
    run_inflight_cancel()


if __name__ == "__main__":
    main()
