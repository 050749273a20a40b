# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation says of the providers, written between markers from the register: C(make words).

C(pages) finds the markers, C(texts) knows what stands between them, and C(returns.yml) has what several modules return.
"""
