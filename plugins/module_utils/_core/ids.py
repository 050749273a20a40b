# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""What an id tells of itself by its beginning. Ids of any other form pass: the provider knows best what it issued."""

from __future__ import annotations

import typing as t


class Form(t.NamedTuple):
    """Ids with one beginning."""

    beginning: str
    what: str
    use: str
    """Where such an id belongs, as the end of a sentence."""
    kinds: tuple[str, ...] = ()
    """The kinds, each with its provider, whose operations have such ids."""
    instances_of: tuple[str, ...] = ()
    """The providers whose instances have such ids."""


_FORMS = (
    Form(
        "t-",
        "a Cloud Assistant invocation or an image task of Alibaba Cloud",
        "use cloud_invocation_cancel or image_task_cancel with provider=alibaba",
        kinds=("cloud_invocation/alibaba", "image_task/alibaba"),
    ),
    Form(
        "exec-",
        "an OOS execution of Alibaba Cloud",
        "use automation_execution_cancel with provider=alibaba",
        kinds=("automation_execution/alibaba",),
    ),
    Form(
        "inv-",
        "a TAT invocation of Tencent Cloud",
        "use cloud_invocation_cancel with provider=tencent",
        kinds=("cloud_invocation/tencent",),
    ),
    Form("invt-", "one instance's part of a TAT invocation", "name the invocation, inv-..., and the instance"),
    Form("c-", "a Cloud Assistant command of Alibaba Cloud", "cloud_invocation_info lists its runs with command_id"),
    Form("cmd-", "a TAT command of Tencent Cloud", "cloud_invocation_info lists its runs with command_id"),
    Form("i-", "an instance of Alibaba Cloud", "instances go into instance_ids", instances_of=("alibaba",)),
    Form("ins-", "an instance of Tencent Cloud", "instances go into instance_ids", instances_of=("tencent",)),
    Form("lhins-", "an instance of Tencent Cloud", "instances go into instance_ids", instances_of=("tencent",)),
)


def misplaced(identifier: str, kind: str, provider: str) -> str | None:
    """Why this cannot be the id of an operation of a kind at a provider, as a sentence without its full stop."""
    form = _form_of(identifier)
    if form is None or f"{kind}/{provider}" in form.kinds:
        return None
    return f"{identifier} is the id of {form.what}: {form.use}"


def misplaced_instance(identifier: str, provider: str) -> str | None:
    """The same for the id of an instance."""
    form = _form_of(identifier)
    if form is None or provider in form.instances_of:
        return None
    return f"{identifier} is the id of {form.what}, and not of an instance at {provider}"


def _form_of(identifier: str) -> Form | None:
    return next((form for form in _FORMS if identifier.startswith(form.beginning)), None)
