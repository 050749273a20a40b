# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to cloudops.halt: nothing here is promised to other collections, and it may change in any release.

"""A module whose options may also be words or the text of a form. They are read before Ansible checks them, so that it
sees the lists and dictionaries that the specs describe, and knows every secret among them as one."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from ansible.module_utils.basic import AnsibleModule

from .._core import parser
from .._core.errors import OptionError
from .._http.connection import url_secrets
from . import words
from .argspec import ArgumentSpec
from .exit import exit_module

_READERS: dict[str, Callable[[t.Any, str], t.Any]] = {
    "targets": words.targets,
    "scopes": words.scopes,
    "kinds": words.kinds,
    "name": parser.words,
    "exclude": parser.words,
    "instance_ids": parser.words,
}


class Module(AnsibleModule):  # type: ignore[misc]
    """One run of a module with these options; it has check mode, as all of them do."""

    def __init__(self, spec: ArgumentSpec) -> None:
        self._unreadable: OptionError | None = None
        super().__init__(**spec.as_kwargs(), supports_check_mode=True)
        if self._unreadable:
            exit_module(self, (), msg=str(self._unreadable), failed=True)

    def _load_params(self) -> None:
        super()._load_params()
        if "provider" in self.params:
            self.params["provider"] = words.provider(self.params["provider"])
        for name in _READERS.keys() & self.argument_spec.keys() & self.params.keys():
            try:
                self.params[name] = _READERS[name](self.params[name], name)
            except OptionError as error:
                self._unreadable = error
                # What cannot be read is not shown either: it may hold a key. Ansible sees an option that is fine.
                self.params[name] = []
        # Should Ansible refuse any of it, it shows all of it.
        for place in (self.params, *(self.params.get("scopes") or ()), *(self.params.get("targets") or ())):
            self.no_log_values.update(url_secrets(place))
