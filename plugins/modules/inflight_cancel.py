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
  - Stops a list of operations in one task, of any kind, and with any number of providers, regions and accounts.
  - Works on all operations in parallel. Reads each one, stops it immediately if it is in flight, and then reads its
    instances to verify the result. Instances that are listed are read before they are stopped.
  - A region that does not respond does not hold up the others. In check mode, its targets fail with the code
    V(NoAnswer) after one O(request_timeout), once everything else has been read.
  - Combines the instance ids of one invocation, reads many operations in one call where the provider supports it, and
    stays below the providers' rate limits.
  # words: limits
  - Takes any number of instance ids, and splits them into calls of 50 on Alibaba Cloud, 100 on Tencent Cloud and 50 on
    AWS.
  # end of words
  - An error with one target does not prevent the others from being stopped. The task fails at the end, and reports
    everything.
  - RV(ignore:changed) is V(true) if, and only if, a stop was accepted for something that was in flight.
  - If a run was killed, it can be started again. It finds out what has ended, and stops the rest.
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
      - What to stop, as dictionaries, or as text such as V(cloud_invocation/alibaba/cn-hangzhou/t-hz0example0001),
        separated by commas. YAML and JSON are accepted too. An empty list is refused.
      - An operation that is listed more than once is stopped once, on all the instances that are listed for it.
      - A target without a key uses the connection of the scope in O(scopes) that has its provider, region and account.
        Anything still missing comes from the options of the task, and then from the environment.
      - A key in the options of the task is used for one provider only. With targets of several providers, each target
        needs its own.
    type: list
    elements: dict
    required: true
    suboptions:
      kind:
        description: The kind of operation.
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
          - If left out, the invocation is stopped on all of its instances. An empty list is refused.
          - If one of them is not part of the invocation, this target fails and is not stopped, unless
            O(ignore_not_found=true).
        type: list
        elements: str
      include_children:
        description:
          - As O(include_children), for this target only.
        type: bool
      expected_name:
        description:
          - The name that the operation must have. If its name differs, this target fails and is not stopped.
        type: str
      stack_group_name:
        description:
          - The stack group or stack set that the operation belongs to. Only for
            O(targets[].kind=stack_group_operation).
          - AWS needs to know it. If left out, all active stack sets of the region are searched for the operation.
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
          - A name for the account, used in results and reports. If left out, the id of the key.
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
  - What a stop does for each kind, and what is not documented about it, is described in the module for that kind.
seealso:
  - module: cloudops.halt.inflight_info
  - module: cloudops.halt.cloud_invocation_cancel
  - module: cloudops.halt.automation_execution_cancel
  - module: cloudops.halt.image_task_cancel
  - module: cloudops.halt.stack_group_operation_stop
"""

EXAMPLES = r"""
- name: Stop an invocation on one cloud, some instances of an invocation on another, and an execution
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

- name: Stop two invocations that are given as text, except the backup
  cloudops.halt.inflight_cancel:
    targets: cloud_invocation/tencent/ap-guangzhou/inv-example1, cloud_invocation/tencent/ap-guangzhou/inv-example2
    exclude: nightly-backup

- name: Stop what was found, and try again with what could not be stopped
  block:
    - name: Stop it, unless there is more than expected
      cloudops.halt.inflight_cancel:
        targets: "{{ found.targets }}"
        max_targets: 1000
        wait_timeout: 120
      register: stopped
  rescue:
    - name: Try again with what is still running
      cloudops.halt.inflight_cancel:
        targets: "{{ stopped.still_running }}"
"""

RETURN = r"""
msg:
  description: The results in numbers; on failure also the first error, and how to solve it.
  returned: always
  type: str
  sample: "3 operations (5, counting instances and children): 4 stopped, 1 already finished."
results:
  description: The result for each target, in the order given. Targets for the same operation are combined.
  returned: when the options were valid
  type: list
  elements: dict
  contains:
    # words: returns outcome
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
    # end of words
    target:
      description:
        - What was to be stopped. Contains no key.
        - It also has O(targets[].stack_group_name) and O(targets[].call_as), for kinds and providers that use them.
        - Its C(credentials_source) says where the key came from, as
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
      description: The result; on failure also the reason, and how to solve it.
      type: str
      returned: always
      sample: "inv-example1: 2 stopped, 1 already finished."
    operation:
      description: >-
        The operation, as last read. It also has the keys that are specific to its kind, as documented in the module for
        that kind.
      returned: always; null if it could not be read
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
          description: >-
            The name of its command, template or stack group, or the action of an image task.
          type: str
          returned: always
          sample: nightly-cleanup
        status:
          description: The provider's own status.
          type: str
          returned: always
          sample: Stopped
        instances_total:
          description: >-
            The number of instances that it runs on, or of its other parts, as far as they were read or the provider
            counts them; null if there are none.
          type: int
          returned: always
          sample: 3
    instances:
      description: >-
        The result for each instance; empty for kinds without instances. Every requested id appears exactly once.
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
            Its state when it was read before the stop; null if it was not. If the entire operation is stopped, the stop
            is sent before its parts are read, except for those that the provider returns together with it.
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
        When it was first read (C(read)), when a stop was first accepted (C(stop_accepted)), and when it was last read
        (C(read_last)), in UTC; null for what did not happen.
      type: dict
      returned: always
      sample:
        read: "2026-01-02T03:04:05Z"
        read_last: "2026-01-02T03:04:12Z"
        stop_accepted: "2026-01-02T03:04:06Z"
    summary:
      description:
        - The number of instances with each outcome, under the name of the outcome. For kinds without instances, the
          number of their other parts, or one for the operation itself.
        - C(requested) is the total, C(seconds) the time that this target took, and C(seconds_to_first_stop) the time
          until its first stop call was sent.
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
    - The number of results with each outcome, under the name of the outcome. Every instance and child execution counts;
      any other operation counts as one.
    - C(requested) is the total, C(operations) has the same counts for operations, C(merged) is the number of targets
      for an operation that another target also lists, C(calls) the number of requests sent, C(stop_calls) how many of
      them were stop calls, C(seconds) the time taken, and C(seconds_to_first_stop) the time until the first stop call
      was sent.
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
    - What could not be verified as ended, because it was still running, was not read, or because a call failed. It can
      be used as O(targets) for another attempt; if only some instances are left, it has O(targets[].instance_ids). It
      contains no keys.
  returned: when the options were valid
  type: list
  elements: dict
  sample: []
excluded_nothing:
  description: The values of O(exclude) that match nothing.
  returned: when the options were valid
  type: list
  elements: str
  sample: []
preview:
  description: >-
    The value for O(preview) of a run that follows immediately: the time, what was counted for each target that could be
    read, and which values of O(exclude) are not the name or id of any operation.
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
    - The states before and after of each target that could be read. With more than 100 targets and instances, one line
      for each target.
    - Anything that was not read after the stop is shown in the state that the stop should lead to.
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
  description: The provider's request ids of all stop calls, for its support and for audits.
  returned: when the options were valid
  type: list
  elements: str
  sample:
    - 473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E
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
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.many_cancel import run_inflight_cancel


def main() -> None:
    run_inflight_cancel()


if __name__ == "__main__":
    main()
