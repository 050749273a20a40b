# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of profiles in a home of their own, and what is found or said of them."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.errors import OptionError


class Home:
    """A user's home, and one provider's code that looks for profiles there."""

    def __init__(self, profiles: ModuleType, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.profiles = profiles
        self.path = path
        # Where there is a file for the whole machine, it is another one.
        monkeypatch.setattr(profiles, "_SHARED", path / "etc" / "credentials", raising=False)

    def put(self, path: str, content: Any) -> Path:
        """A file of profiles. What is no text is written as JSON."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return file

    def read(self, name: str | None = None, **environ: str) -> Any:
        return self.profiles.find_profile(name, {"HOME": str(self.path), **environ})

    def found(self, name: str | None = None, **environ: str) -> Any:
        """The id of the key that is found."""
        profile = self.read(name, **environ)
        return profile and profile.credentials and profile.credentials.access_key_id

    def refusal(self, name: str | None = None) -> str:
        with pytest.raises(OptionError) as caught:
            self.read(name)
        said = str(caught.value)
        assert said.endswith(".") and "\n" not in said
        assert "hidden-key" not in said
        return said
