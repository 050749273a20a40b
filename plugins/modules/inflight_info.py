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
  - Lists the operations that are in flight, over all kinds, and over any number of providers, regions and accounts.
  - Reads side by side, follows all pages, and goes on where a search fails. A place that does not answer keeps no other
    one waiting.
  - A list that is shorter than the provider's own total is an error, and what has come of it is returned.
  - Its RV(operations) can be handed to M(cloudops.halt.inflight_cancel).
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
      - What to search for. If left out, every kind that a provider has.
    type: list
    elements: str
    choices:
      - cloud_invocation
      - automation_execution
      - image_task
      - stack_group_operation
  name:
    description:
      - Only operations whose name matches one of these globs, such as V(nightly-*). Upper and lower case differ. The
        name is that of the command, of the template or of the stack group, or the action of an image task.
      - A word that is exactly the name of an operation means that name alone, and is no glob then. So V(backup [prod])
        finds what is called that.
      - A list, or text with commas or line feeds between the words. Quotes hold a word together.
      - An operation without a name is never selected by one.
    type: list
    elements: str
  older_than:
    description:
      - Only operations that were started at least this long ago, written as V(90s), V(15m), V(2h) or V(1d).
      - An operation whose age is not known is left out, and RV(msg) tells how many there are.
    type: str
  instance_ids:
    description:
      - Only commands on at least one of these instances. Each id is a search of its own. An empty list is refused.
      - The instances found are in RV(operations[].instance_ids), so that a stop of what was found leaves the others
        alone.
    type: list
    elements: str
  include_children:
    description:
      - Whether RV(targets) ask for the child executions to be stopped, too.
    type: bool
    default: true
  include_scheduled:
    description:
      - Whether to list schedules, too, which start runs by themselves until they are stopped - periodic commands, and
        executions that wait for a trigger.
    type: bool
    default: false
  exclude:
    description:
      - Leave these operations out. Names, globs and ids, written as in O(name). RV(excluded) has what was left out, and
        RV(excluded_nothing) the words that exclude nothing.
    type: list
    elements: str
  max_results:
    description:
      - Return at most this many operations, the oldest. RV(total) tells how many there are.
    type: int
  scope_timeout:
    description:
      - How many seconds a place has for its first answer, in each of its searches. One that has not answered at all by
        then is told in RV(errors), with the code V(NoAnswer). What has answered goes on, page by page.
      - A place that is silent keeps no other one waiting. Where there are more searches than O(concurrency), it makes
        room before its time is over.
      - If left out, as long as one call, which is O(request_timeout) or that of the scope.
    type: float
  fail_on_error:
    description:
      - Whether to fail if a search failed. What the others have found is returned in any case.
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

- name: Find everything whose name begins with nightly and that has run for more than an hour
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

- name: Look at one application's commands, but leave the one alone that is known to be slow
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
    How many were found, and which search failed. If nothing was found, what is in flight instead. On failure the reason
    and the way out.
  returned: always
  type: str
  sample: 2 of 7 operations in flight at 3 places are selected.
operations:
  description: What was found, the oldest first.
  returned: when the options were valid
  type: list
  elements: dict
  contains:
    # words: returns kind provider region id state created finished is_schedule credentials_source
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
      sample: running
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
    credentials_source:
      description: >-
        Where the key came from: V(options), V(environment), V(profile NAME (FILE\)), or V(sdk (PROVIDER\)) with
        what the vendor's library calls its provider. After a profile that was handed to the library, both.
      returned: when credentials were found
      type: str
      sample: profile production (/home/ops/.aliyun/config.json)
    # end of words
    name:
      description: >-
        The name of its command, template or stack group, or the action of an image task. A command on AWS has its
        comment for a name, or else its document.
      type: str
      returned: always
      sample: nightly-cleanup
    status:
      description: The provider's own word.
      type: str
      returned: always
      sample: Running
    instances_total:
      description: On how many instances it runs; null for other kinds.
      type: int
      returned: always
      sample: 3
    account:
      description: The account of its scope, or the id of the key.
      type: str
      returned: always
      sample: production
    scope:
      description: The number of its scope in O(scopes), from 0.
      type: int
      returned: always
      sample: 0
    call_as:
      description: As what it was found, and is stopped.
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
    - The same operations as O(cloudops.halt.inflight_cancel#module:targets). They hold no keys; with keys in the
      scopes, use RV(operations[].scope) to add them.
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
  description: The words of O(exclude) that exclude nothing.
  returned: when the options were valid
  type: list
  elements: str
  sample: []
exclude_patterns:
  description:
    - The words of O(exclude) as globs. One that is the name or the id of an operation in flight stands for that alone.
      Hand them to O(cloudops.halt.inflight_cancel#module:exclude), and they exclude child executions, too.
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
  description: How much was found at each place, all kinds together.
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
      description: How many operations are in flight there.
      type: int
      returned: always
      sample: 7
    matched:
      description: How many of them were selected.
      type: int
      returned: always
      sample: 2
silent:
  description: The places, such as V(alibaba/cn-hangzhou), that have not answered at all.
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
        Where the key came from: V(options), V(environment), V(profile NAME (FILE\)), or V(sdk (PROVIDER\)) with
        what the vendor's library calls its provider. After a profile that was handed to the library, both.
      returned: when credentials were found
      type: str
      sample: profile production (/home/ops/.aliyun/config.json)
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
      description: The number of the scope in O(scopes), from 0.
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
      DescribeInvocations: 1
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
