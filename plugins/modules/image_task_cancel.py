#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: image_task_cancel
short_description: Stop an image import or export
version_added: 1.0.0
description:
  - Stops one task that imports or exports an image.
  # words: what
  - On Alibaba Cloud this is a task of ECS that imports or exports an image, and on AWS a task of VM Import/Export that
    imports an image or a snapshot, or exports an image or an instance.
  # end of words
  - Reads the task first, stops it only if it is still in flight, and then verifies the result.
  - RV(ignore:changed) is V(true) if, and only if, a stop was accepted for a task that was in flight.
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
      - V(alibaba) calls C(CancelTask) of Alibaba Cloud ECS.
      - V(aws) calls C(CancelImportTask) and C(CancelExportTask) of AWS EC2.
    type: str
    required: true
    choices:
      - alibaba
      - aws
  # end of words
  task_id:
    description:
      - The id of the task.
      # words: id
      - For example V(t-bp1example0001) on Alibaba Cloud or V(import-ami-example0001) on AWS.
      # end of words
    type: str
    required: true
notes:
  # words: notes
  - On Alibaba Cloud, only tasks of the actions C(ImportImage) and C(ExportImage) can be cancelled. Any other task is
    refused, and no stop call is sent.
  - Alibaba Cloud does not document which status a cancelled task has. After an accepted cancel, a task that is read
    back as V(Deleted) or V(Failed) counts as stopped.
  - Alibaba Cloud does not document whether a cancelled task leaves part of an image or of a file in OSS behind.
  - On AWS, the prefix of the id determines the type of the task and therefore the call. It is V(import-ami-),
    V(import-snap-), V(export-ami-) or V(export-i-).
  - AWS refuses to cancel an export that is complete or is transferring its final disk image. According to AWS, a
    cancelled export leaves nothing behind. What happens to the snapshots of a cancelled import is not documented.
  - On AWS, a failed import may have the status C(deleted), as a cancelled one does. After an accepted cancel it counts
    as stopped. If it had that status before, it counts as failed if it has a message.
  - AWS reports no times for these tasks, so C(older_than) leaves them out, with a warning.
  # end of words
  - What is said here about the providers comes from their documentation. The collection is tested against an emulator
    that was written from the same documentation, not on live clouds.
seealso:
  - module: cloudops.halt.image_task_info
  # words: references
  - name: Alibaba Cloud CancelTask
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/tc/doc-detail/25624.htm
  - name: AWS CancelImportTask
    description: Reference of the API operation.
    link: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelImportTask.html
  - name: AWS CancelExportTask
    description: Reference of the API operation.
    link: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelExportTask.html
  # end of words
"""

EXAMPLES = r"""
- name: Stop an image export that was started by mistake
  cloudops.halt.image_task_cancel:
    provider: alibaba
    region: cn-hangzhou
    task_id: t-bp1example0001

- name: Stop it only if it is an export
  cloudops.halt.image_task_cancel:
    provider: alibaba
    region: cn-hangzhou
    task_id: t-bp1example0001
    expected_name: ExportImage
"""

RETURN = r"""
# words: returns msg_of_stop outcome summary request_ids credentials_source interrupted calls error
msg:
  description: What happened, in a sentence or two. On failure also the reason, and how to solve it.
  returned: always
  type: str
  sample: "t-bp1example0001: stopped."
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
      CancelTask: 1
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
      sample: CancelTask
    provider:
      description: The provider.
      type: str
      returned: always
      sample: alibaba
# end of words
operation:
  description: The task, as last read.
  returned: when the options were valid; null if it could not be read
  type: dict
  contains:
    # words: returns kind provider region id state created finished is_schedule
    kind:
      description: The kind of operation.
      type: str
      returned: always
      sample: image_task
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
      sample: t-bp1example0001
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
        Its action, V(ImportImage) or V(ExportImage); on AWS also V(ImportSnapshot) or V(CreateInstanceExportTask).
      type: str
      returned: always
      sample: ExportImage
    status:
      description: The provider's own status.
      type: str
      returned: always
      sample: Deleted
    instances_total:
      description: Always null; a task has no parts.
      type: int
      returned: always
      sample: null
    resource_id:
      description: The image or instance concerned, if the provider reports it.
      type: str
      returned: always
      sample: m-bp1example0001
    progress:
      description: The progress in percent; null if the provider does not report it.
      type: str
      returned: on AWS
      sample: "42"
    status_message:
      description: The provider's message about its status; null if there is none.
      type: str
      returned: on AWS
      sample: converting
diff:
  description:
    - The states before and after.
    - Anything that was not read after the stop is shown in the state that the stop should lead to.
  returned: in diff mode, when the options were valid
  type: dict
  sample:
    after:
      state: stopped
    after_header: image_task t-example0001
    before:
      state: running
    before_header: image_task t-example0001
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import run_stop


def main() -> None:
    run_stop("image_task")


if __name__ == "__main__":
    main()
