#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: image_task_info
short_description: Show image imports and exports
version_added: 1.0.0
description:
  - Reads one task by its id, or lists those that the filters select.
  - Follows all pages of the provider's list.
  - Without filters it returns what is in flight in the region.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
  - cloudops.halt._attributes.info
  - cloudops.halt._attributes.alibaba_only
  - cloudops.halt._connection
  - cloudops.halt._select
options:
  provider:
    description:
      - V(alibaba) calls C(DescribeTasks).
    type: str
    required: true
    choices:
      - alibaba
  task_id:
    description:
      - The id of one task. If the provider does not know it, RV(operations) is empty.
      - Mutually exclusive with the filters.
    type: str
  name:
    description:
      - Only tasks whose action matches one of these globs, such as V(Export*). Upper and lower case differ.
      - A list, or text with commas or line feeds between the words.
    type: list
    elements: str
seealso:
  - module: cloudops.halt.image_task_cancel
  - name: Alibaba Cloud DescribeTasks
    description: Reference of the API operation.
    link: https://www.alibabacloud.com/help/en/ecs/developer-reference/api-describetasks
"""

EXAMPLES = r"""
- name: Show image tasks that are in flight
  cloudops.halt.image_task_info:
    provider: alibaba
    region: cn-hangzhou

- name: Show one task
  cloudops.halt.image_task_info:
    provider: alibaba
    region: cn-hangzhou
    task_id: t-bp1example0001
"""

RETURN = r"""
msg:
  description: How many were found, and how many of them are in flight; on failure the reason and the way out.
  returned: always
  type: str
  sample: "Alibaba Cloud, cn-hangzhou: 2 found, 1 of them in flight."
operations:
  description: The tasks.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: Always V(image_task).
      type: str
      returned: always
      sample: image_task
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
      sample: t-bp1example0001
    name:
      description: Its action, V(ImportImage) or V(ExportImage).
      type: str
      returned: always
      sample: ExportImage
    status:
      description: The provider's own word.
      type: str
      returned: always
      sample: Deleted
    state:
      description: >-
        Ours, the same for all providers: V(pending), V(scheduled), V(running), V(stopping), V(succeeded), V(failed),
        V(stopped), or V(unknown) for a status that this release does not know. The first four and V(unknown) count as
        in flight.
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
    instances_total:
      description: Always null; a task has no parts.
      type: int
      returned: always
      sample: null
    resource_id:
      description: The image it is about, if the provider says.
      type: str
      returned: always
      sample: m-bp1example0001
credentials_source:
  description: >-
    Where the key came from: V(options), V(environment), V(profile NAME (FILE\)), or V(sdk (PROVIDER\)) with what the
    vendor's library calls its provider. After a profile that was handed to the library, both.
  type: str
  returned: when credentials were found
  sample: profile production (/home/ops/.aliyun/config.json)
interrupted:
  description: V(true) if the task was interrupted. The other values tell what was done until then.
  returned: if it was interrupted
  type: bool
  sample: true
calls:
  description:
    - The requests that were sent, by provider and the provider's name of the call. Those without an answer count, too.
    - Those of the vendors' libraries, which may ask for credentials, are not among them.
  returned: always, unless Ansible itself refuses the options
  type: dict
  sample:
    alibaba:
      DescribeTasks: 2
error:
  description: The call that failed, as in M(cloudops.halt.image_task_cancel).
  returned: if one did
  type: dict
  sample:
    action: DescribeTasks
    class: denied
    code: Forbidden.RAM
    http_status: 403
    message: User not authorized to operate on the specified resource.
    provider: alibaba
    request_id: 6ef60bec-0242-43af-bb20-270359fb54a7
"""

from ansible_collections.cloudops.halt.plugins.module_utils._module import python  # noqa: F401 # pylint: disable=unused-import
from ansible_collections.cloudops.halt.plugins.module_utils._module.single import run_info


def main() -> None:
    run_info("image_task")


if __name__ == "__main__":
    main()
