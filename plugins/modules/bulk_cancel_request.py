#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bulk_cancel_request
short_description: Check the variables of the role bulk_cancel
version_added: 1.0.0
description:
  - The first task of the role P(cloudops.halt.bulk_cancel#role). It is of no use without the role.
  - Reads the role's variables on the controller, refuses what cannot be meant, and makes the folder of the report.
  - Returns every variable as it was read, by its name without C(bulk_cancel_), but for those that may hold keys.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
attributes:
  check_mode:
    support: full
    details: The folder of the report is made in check mode, too.
  diff_mode:
    support: none
  idempotent:
    support: full
notes:
  - It has no options; the variables of the role are its input.
seealso:
  - module: cloudops.halt.inflight_cancel
"""

EXAMPLES = r"""
- name: Look at what was asked
  cloudops.halt.bulk_cancel_request:
  vars:
    bulk_cancel_name: nightly-*
    bulk_cancel_scopes: alibaba/cn-hangzhou, tencent/ap-guangzhou
  register: request
"""

RETURN = r"""
mode:
  description: How the role was told what to stop.
  returned: success
  type: str
  choices:
    - selection
    - targets
    - plan
  sample: selection
selection:
  description: What is searched for; null if there is no search.
  returned: success
  type: dict
  sample:
    name:
      - nightly-*
exclude:
  description: Words for what must go on.
  returned: success
  type: list
  elements: str
  sample:
    - nightly-backup
plan:
  description: The plan that was handed over; null if there is none.
  returned: success
  type: dict
  sample: null
confirmed:
  description: Whether a stop may be sent. Targets need no confirmation.
  returned: success
  type: bool
  sample: false
report:
  description: The folder of the report, whole; empty if there is to be none, or if it cannot be written.
  returned: success
  type: str
  sample: /home/ops/halt-report
"""
