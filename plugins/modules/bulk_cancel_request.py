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
  - The first task of the role P(cloudops.halt.bulk_cancel#role). It has no use without the role.
  - Reads the role's variables on the controller, refuses invalid ones, and creates the folder of the report.
  - Returns every variable as it was read, under its name without C(bulk_cancel_), except for those that may contain
    keys.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
attributes:
  check_mode:
    support: full
    details: The folder of the report is also created in check mode.
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
- name: Check the variables
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
  description: What must not be stopped.
  returned: success
  type: list
  elements: str
  sample:
    - nightly-backup
plan:
  description: The plan that was passed; null if there is none.
  returned: success
  type: dict
  sample: null
confirmed:
  description: Whether a stop may be sent. Targets need no confirmation.
  returned: success
  type: bool
  sample: false
report:
  description: The absolute path of the report's folder; empty if no report was requested, or if it cannot be written.
  returned: success
  type: str
  sample: /home/ops/halt-report
"""
