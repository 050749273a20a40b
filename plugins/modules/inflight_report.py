#!/usr/bin/python

# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: inflight_report
short_description: Write a report of what was stopped or found
version_added: 1.0.0
description:
  - Writes what the modules of this collection have returned as a web page (C(report.html)), as text for a chat or a
    ticket (C(report.md)), as a table (C(report.csv)) and as data (C(report.json)).
  - The files are written on the controller, and only their owner and group can read them. The role
    P(cloudops.halt.bulk_cancel#role) writes its report with this module.
author:
  - cloudops.halt contributors (@cloudops-halt)
extends_documentation_fragment:
  - cloudops.halt._attributes
attributes:
  check_mode:
    support: full
    details: Writes nothing.
  diff_mode:
    support: none
  idempotent:
    support: none
    details: A report contains the time at which it was written.
options:
  result:
    description:
      - The registered result of a task with a module of this collection, also in a loop, or the fact
        C(bulk_cancel_result).
      - Or a list of these, which are combined into one report.
    type: raw
    required: true
  path:
    description: The folder of the report. It is created if it does not exist. If left out, nothing is written.
    type: path
  title:
    description: The title of the report. If left out, the name of the play.
    type: str
  reason:
    description: Why this was done.
    type: str
  started:
    description: When the run started, such as V(2026-01-02T03:04:05Z). Times in the report are relative to this.
    type: str
  selection:
    description: What was searched for, by the names of the options of M(cloudops.halt.inflight_info).
    type: dict
  show_accounts:
    description:
      - Whether C(report.html) shows the ids of accounts and keys in full. If not, all but their first and last
        characters are masked.
      - C(report.csv) and C(report.json) always have them in full.
    type: bool
    default: false
  stats:
    description:
      - Whether to pass the results on as C(set_stats) does, as C(halt_summary), C(halt_still_running), C(halt_plan) and
        C(halt_text). The next nodes of a workflow receive them as variables.
    type: bool
    default: false
seealso:
  - module: cloudops.halt.inflight_cancel
  - module: cloudops.halt.inflight_info
"""

EXAMPLES = r"""
- name: Stop a command and write a report
  block:
    - name: Stop it
      cloudops.halt.cloud_invocation_cancel:
        provider: tencent
        region: ap-guangzhou
        invocation_id: inv-example1
      register: stop
  always:
    - name: Write the report
      cloudops.halt.inflight_report:
        result: "{{ stop }}"
        path: /var/reports/incident
        reason: a command that never ends
"""

RETURN = r"""
path:
  description: The path of the page.
  returned: with O(path)
  type: str
  sample: /var/reports/incident/report.html
files:
  description: The paths of all files.
  returned: with O(path)
  type: list
  elements: str
  sample:
    - /var/reports/incident/report.html
    - /var/reports/incident/report.md
    - /var/reports/incident/report.csv
    - /var/reports/incident/report.json
markdown:
  description: What happened, in a few lines for a chat, an email or a ticket.
  returned: success
  type: str
  sample: "**1 operation was stopped.**"
"""
