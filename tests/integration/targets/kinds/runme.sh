#!/usr/bin/env bash
# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The modules of single kinds. pytest runs the same playbook, with an emulator that it starts itself.
set -eu

ansible-playbook with_emulator.yml -e folder="$OUTPUT_DIR" -e checkout="${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/cloudops/halt" "$@"
