#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: inflight_info
short_description: Show everything that is in flight
version_added: 1.0.0
description:
  - Lists the operations that are in flight, of all kinds, and across any number of providers, regions and accounts.
  - Reads in parallel, follows all pages, and continues if a search fails. A region that does not respond does not hold
    up the others.
  - A list that is shorter than the total reported by the provider is an error, and what was received is returned.
  - Its RV(targets) can be passed to M(cloudops.halt.inflight_cancel).
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
  - cloudops.halt._attributes.info
  - cloudops.halt._attributes.action_group
  - cloudops.halt._connection
  - cloudops.halt._bulk
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
options:
  kinds:
    description:
      - The kinds to search for. If left out, every kind that a provider has.
    type: list
    elements: str
    choices:
      - cloud_invocation
      - automation_execution
      - image_task
      - stack_group_operation
  name:
    description:
      - Only operations whose name matches one of these globs, such as V(nightly-*). Case-sensitive. The name is that of
        the command, of the template or of the stack group, or the action of an image task.
      - A value that is exactly the name of an operation matches only that name, and is not treated as a glob. V(backup
        [prod]) therefore finds the operation with this name.
      - A list, or text in which the items are separated by commas or newlines. Use quotes around an item that contains
        a comma.
      - An operation without a name never matches.
    type: list
    elements: str
  older_than:
    description:
      - Only operations that were started at least this long ago, written as V(90s), V(15m), V(2h) or V(1d).
      - Operations of unknown age are left out, and RV(msg) says how many there are.
    type: str
  instance_ids:
    description:
      - Only commands on at least one of these instances. Each id is searched for separately. An empty list is refused.
      - The instances found are in RV(operations[].instance_ids), so stopping what was found does not affect the others.
    type: list
    elements: str
  include_children:
    description:
      - Whether RV(targets) request that child executions are stopped as well.
    type: bool
    default: true
  include_scheduled:
    description:
      - Whether to list schedules as well, which keep starting runs until they are stopped - periodic commands, and
        executions that are waiting for a trigger.
    type: bool
    default: false
  exclude:
    description:
      - Leave these operations out. Names, globs and ids, written as in O(name). RV(excluded) has what was left out, and
        RV(excluded_nothing) the values that match nothing.
    type: list
    elements: str
  max_results:
    description:
      - Return at most this many operations, the oldest ones. RV(total) is the number found.
    type: int
  scope_timeout:
    description:
      - How many seconds a scope has for its first response, in each of its searches. If it has not responded at all by
        then, it is reported in RV(errors), with the code V(NoAnswer). A search that has received a response continues
        page by page.
      - A scope that does not respond does not hold up the others. If there are more searches than O(concurrency), it
        gives way to others before its time has elapsed.
      - If left out, the time that one call may take, which is O(request_timeout) or that of the scope.
    type: float
  fail_on_error:
    description:
      - Whether to fail if a search failed. The results of the others are always returned.
    type: bool
    default: true
seealso:
  - module: cloudops.halt.inflight_cancel
"""

EXAMPLES = r"""
- name: Show everything that is in flight in three regions of two clouds
  cloudops.halt.inflight_info:
    scopes:
      - provider: alibaba
        region: cn-hangzhou
      - provider: alibaba
        region: cn-beijing
      - provider: tencent
        region: ap-guangzhou

- name: Find everything whose name begins with nightly and that has been running for more than an hour
  cloudops.halt.inflight_info:
    provider: tencent
    region: ap-guangzhou
    name: nightly-*
    older_than: 1h
  register: stale

- name: Stop it
  cloudops.halt.inflight_cancel:
    provider: tencent
    region: ap-guangzhou
    targets: "{{ stale.targets }}"
    max_targets: 100
  when: stale.targets | length > 0

- name: Find the commands of one application, except the one that is known to be slow
  cloudops.halt.inflight_info:
    provider: tencent
    region: ap-guangzhou
    kinds:
      - cloud_invocation
    name: shop-*
    exclude:
      - shop-reindex
"""

RETURN = r"""
msg:
  description: >-
    How many were found, and which search failed. If nothing was found, what is in flight instead. On failure also the
    reason, and how to solve it.
  returned: always
  type: str
  sample: 2 of 7 operations in flight in 3 scopes are selected.
operations:
  description: What was found, the oldest first.
  returned: when the options were valid
  type: list
  elements: dict
  contains:
    # words: returns kind provider region id state created finished is_schedule credentials_source
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
    credentials_source:
      description: >-
        Where the key came from: V(options), V(environment), V(profile NAME (FILE\)), or V(sdk (PROVIDER\))
        where PROVIDER is the library's name for the source. If a profile was passed to the library, both are
        given.
      returned: when credentials were found
      type: str
      sample: profile production (/home/ops/.aliyun/config.json)
    # end of words
    name:
      description: >-
        The name of its command, template or stack group, or the action of an image task. For a command on AWS, its
        comment or else its document.
      type: str
      returned: always
      sample: nightly-cleanup
    status:
      description: The provider's own status.
      type: str
      returned: always
      sample: Running
    instances_total:
      description: The number of instances that it runs on; null for other kinds.
      type: int
      returned: always
      sample: 3
    account:
      description: The account of its scope, or the id of the key.
      type: str
      returned: always
      sample: production
    scope:
      description: The index of its scope in O(scopes), starting at 0.
      type: int
      returned: always
      sample: 0
    call_as:
      description: The role in which it was found, and will be stopped.
      type: str
      returned: for operations of stack sets on AWS
      sample: self
    instance_ids:
      description: Those of O(instance_ids) that it runs on.
      type: list
      elements: str
      returned: with O(instance_ids)
      sample:
        - i-bp1example0001
targets:
  description:
    - The same operations, for use as O(cloudops.halt.inflight_cancel#module:targets). They contain no keys; if the
      scopes have keys, use RV(operations[].scope) to add them.
  returned: when the options were valid
  type: list
  elements: dict
  sample:
    - account: production
      id: t-hz0example0001
      kind: cloud_invocation
      provider: alibaba
      region: cn-hangzhou
excluded:
  description: What O(exclude) has left out, in the form of RV(operations).
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
exclude_patterns:
  description:
    - The values of O(exclude) as globs. One that is the name or id of an operation in flight matches only that. Pass
      them to O(cloudops.halt.inflight_cancel#module:exclude) to exclude child executions as well.
  returned: when the options were valid
  type: list
  elements: str
  sample:
    - nightly-b*
scheduled:
  description: Schedules that were selected and left out, in the form of RV(operations).
  returned: when the options were valid
  type: list
  elements: dict
  sample: []
searched:
  description: How much was found in each scope, for all kinds together.
  returned: when the options were valid
  type: list
  elements: dict
  contains:
    place:
      description: The provider and the region.
      type: str
      returned: always
      sample: alibaba/cn-hangzhou
    account:
      description: The account of its scope, or the id of the key.
      type: str
      returned: always
      sample: production
    seen:
      description: How many operations were found in flight there.
      type: int
      returned: always
      sample: 7
    matched:
      description: How many of them were selected.
      type: int
      returned: always
      sample: 2
    kinds:
      description: The kinds that were searched for there.
      type: list
      elements: str
      returned: always
      sample:
        - cloud_invocation
        - automation_execution
    not_searched:
      description: The kinds for which the search failed, so that more of them may be in flight. RV(errors) says why.
      type: list
      elements: str
      returned: always
      sample: []
silent:
  description: The regions, such as V(alibaba/cn-hangzhou), that have not responded at all.
  returned: when the options were valid
  type: list
  elements: str
  sample: []
total:
  description: How many were found.
  returned: when the options were valid
  type: int
  sample: 2
errors:
  description: The searches that failed.
  returned: when the options were valid
  type: list
  elements: dict
  contains:
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
    region:
      description: The region.
      type: str
      returned: always
      sample: cn-hangzhou
    # words: returns credentials_source error
    credentials_source:
      description: >-
        Where the key came from: V(options), V(environment), V(profile NAME (FILE\)), or V(sdk (PROVIDER\))
        where PROVIDER is the library's name for the source. If a profile was passed to the library, both are
        given.
      returned: when credentials were found
      type: str
      sample: profile production (/home/ops/.aliyun/config.json)
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
    account:
      description: The account of the scope, or the id of the key.
      type: str
      returned: always
      sample: production
    scope:
      description: The index of the scope in O(scopes), starting at 0.
      type: int
      returned: always
      sample: 0
    kind:
      description: The kind that was searched for.
      type: str
      returned: always
      sample: image_task
# words: returns interrupted calls error
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
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.many_info import run_inflight_info


def main() -> None:
    run_inflight_info()


if __name__ == "__main__":
    main()
