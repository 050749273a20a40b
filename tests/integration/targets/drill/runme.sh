#!/usr/bin/env bash
# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The drill: both clouds, every kind, the role. It checks its own results.
set -eu

ansible-playbook cloudops.halt.drill -e drill_report="$OUTPUT_DIR/report" "$@"
test -s "$OUTPUT_DIR/report/report.html"
