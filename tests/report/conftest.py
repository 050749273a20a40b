# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports, written by a real `ansible-playbook` run of the role's own tasks, and looked at in a headless browser.

A run takes seconds, so each scene is written once and read by all tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

from . import scenes

ROLES = Path(__file__).resolve().parents[2] / "roles"
FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"),
    *("disable-component-update", "disable-sync", "disable-dev-shm-usage"),
)

PLAY = {
    # Nobody answers there: everything must happen on the controller, and without privileges.
    "hosts": "192.0.2.1",
    "become": True,
    "become_user": "nobody",
    "gather_facts": False,
    "tasks": [
        {
            # Like the result of a module, this is not trusted as a template.
            "ansible.builtin.set_fact": {
                "_bulk_cancel_report_data": "{{ lookup('ansible.builtin.file', data) | from_json }}",
                "_bulk_cancel_report_folder": "{{ folder }}",
            },
            "no_log": True,
        },
        {"ansible.builtin.include_role": {"name": "bulk_cancel", "tasks_from": "report"}},
    ],
}

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes the report of some data, and gives its folder."""

    def write(data: scenes.Data, *flags: str) -> Path:
        folder = tmp_path_factory.mktemp("report")
        (folder / "data.json").write_text(json.dumps(data))
        (folder / "play.json").write_text(json.dumps([PLAY]))
        variables = {"data": str(folder / "data.json"), "folder": str(folder / "made" / "report")}
        done = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("ansible-playbook")), "-i", "192.0.2.1,", *flags),
                *("-e", json.dumps(variables), str(folder / "play.json")),
            ],
            env={
                "PATH": os.defpath,
                "HOME": str(folder),
                "LC_ALL": "C.UTF-8",
                "ANSIBLE_HOME": str(folder / "ansible"),
                "ANSIBLE_ROLES_PATH": str(ROLES),
                "ANSIBLE_NOCOLOR": "true",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "changed=0" in done.stdout, done.stdout
        return folder / "made" / "report"

    return write


@pytest.fixture(scope="session")
def written(write: Write) -> Callable[[str], Path]:
    """The folder with the report of a scene."""
    folders: dict[str, Path] = {}

    def written(scene: str) -> Path:
        if scene not in folders:
            folders[scene] = write(getattr(scenes, scene)())
        return folders[scene]

    return written


class Browser:
    """A page as somebody sees it."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, folder: Path, *, width: int = 1200, medium: str = "screen", scripts: bool = True) -> None:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium})
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.driver.get_log("performance")
        self.address = (folder / "report.html").as_uri()
        self.driver.get(self.address)

    def script(self, text: str, *arguments: Any) -> Any:
        return self.driver.execute_script(text, *arguments)

    def text(self, selector: str) -> str:
        """The text of the first that is selected, whether it is shown or not."""
        return " ".join(self.script("return document.querySelector(arguments[0]).textContent", selector).split())

    def texts(self, selector: str) -> list[str]:
        """What is shown of all that are selected."""
        found = self.script(
            "return [...document.querySelectorAll(arguments[0])].filter((each) => each.checkVisibility())"
            ".map((each) => each.innerText)",
            selector,
        )
        return [" ".join(each.split()) for each in found]

    def shown(self, selector: str) -> bool:
        return bool(self.texts(selector))

    def find(self, text: str) -> str:
        """Type into the search box, and read what it says."""
        box = self.driver.find_element("id", "search")
        box.send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.BACKSPACE, text)
        return self.text("output")

    def overflow(self) -> int:
        """How many pixels the page can be moved sideways."""
        root = "document.documentElement"
        return int(self.script(f"return {root}.scrollWidth - {root}.clientWidth"))

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that the page has asked for."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [each["params"] for each in messages if each["method"] == "Network.requestWillBeSent"]
        return [each["request"]["url"] for each in sent]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("The page is not looked at: install the packages chromium and chromium-driver.")
    options = ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    running = Chrome(options=options, service=Service(driver))
    try:
        yield Browser(running)
    finally:
        with contextlib.suppress(WebDriverException):
            running.quit()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The browser. Whatever a test does, no page may ask for anything or complain."""
    chromium.complaints()
    yield chromium
    assert chromium.complaints() == []
    assert set(chromium.requests()) <= {chromium.address}
