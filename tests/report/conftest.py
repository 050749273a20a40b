# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of reports, and a headless browser that looks at them. Each is made once: see test_page.py."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

from ansible_collections.cloudops.halt.plugins.action.inflight_report import files_of

from . import scenes

FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"),
    *("disable-component-update", "disable-sync", "disable-dev-shm-usage"),
)


CONTRAST = """
const light = (color) => {
  const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((each) => each / 255)
    .map((each) => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (each) => {
  while (each && getComputedStyle(each).backgroundColor === "rgba(0, 0, 0, 0)") each = each.parentElement;
  return getComputedStyle(each ?? document.body).backgroundColor;
};
const found = {};
for (const each of document.body.querySelectorAll("*")) {
  const texts = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!texts || !each.checkVisibility()) continue;
  const colors = [getComputedStyle(each).color, behind(each)];
  const [low, high] = colors.map(light).sort((a, b) => a - b);
  found[colors.join(" on ")] = (high + 0.05) / (low + 0.05);
}
return Object.entries(found);
"""


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The page of a scene, with changes to its data if there are any. The path to it has a blank."""

    @functools.cache
    def page(scene: str, **changes: Any) -> Path:
        path = tmp_path_factory.mktemp("the report") / "report.html"
        data = {**getattr(scenes, scene)(), **changes}
        files = files_of(data, data.get("plan"), path.parent, show_accounts=data.get("show_accounts", False))
        path.write_text(files["report.html"], encoding="utf-8")
        return path

    return page


class Browser:
    """A page as somebody sees it."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, page: Path, *, width: int = 1280, dark: bool = False, scripts: bool = True) -> None:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.driver.get_log("performance")
        self.address = page.as_uri()
        self.driver.get(self.address)

    def script(self, text: str, *arguments: Any) -> Any:
        return self.driver.execute_script(text, *arguments)

    def count(self, selector: str) -> int:
        return int(self.script("return document.querySelectorAll(arguments[0]).length", selector))

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

    def click(self, selector: str) -> None:
        self.driver.find_element("css selector", selector).click()

    def unfold(self) -> None:
        self.script("[...document.querySelectorAll('details')].slice(0, 20).forEach((each) => { each.open = true })")

    def printed(self) -> int:
        """Pages of A4 that it takes on paper."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69}
        pdf = base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", paper)["data"])
        return len(re.findall(rb"/Type\s*/Page\b", pdf))

    def contrasts(self) -> dict[str, float]:
        """The contrast of each colour of text with what is behind it, as WCAG defines it."""
        return dict(self.script(CONTRAST))

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
