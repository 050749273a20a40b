# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the report, looked at in a browser."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.states import OUTCOMES

from . import scenes

# One process gets them all, so that the browser starts once.
pytestmark = pytest.mark.xdist_group("browser")

SCENES = ["mixed", "preview", "hostile", "nulls", "empty", "five_hundred"]


@pytest.mark.parametrize("scene", ["mixed", "preview", "five_hundred", "all_well", "all_failed", "ten_thousand"])
def test_the_numbers_are_those_of_the_data(browser, page, scene):
    results = getattr(scenes, scene)()["results"]
    operations = Counter(one["outcome"] for one in results)
    parts = Counter(part["outcome"] for one in results for key in scenes.PARTS[:2] for part in one.get(key) or ())
    browser.open(page(scene))

    cards = browser.texts(".cards li")
    assert len(cards) == len(operations | parts)
    for word, card in zip(filter((operations | parts).get, OUTCOMES), cards, strict=True):
        numbers = [f"{number:,}" for number in (operations[word], parts[word]) if number]
        assert [each for each in card.split() if each[0].isdigit()] == numbers and word.replace("_", " ") in card


FIRST = {
    ("mixed",): "1 operation could not be stopped, 1 is still running and 1 region could not be searched."
    " 2 were stopped, 1 was asked to stop, 1 was not found and 1 was left alone.",
    ("five_hundred",): "10 operations could not be stopped and 25 are still running. 465 were stopped.",
    ("all_well",): "All 500 operations were stopped.",
    ("ten_thousand",): "All 10,000 instances were stopped.",
    ("preview",): "Preview: 2 instances would be stopped. Nothing has been stopped.",
    ("empty",): "Nothing was found to stop. What came of it all.",
    ("empty", "failed"): "Nothing was stopped. What came of it all.",
    ("empty", "check_mode"): "Preview: nothing was found to stop. Nothing has been stopped. What came of it all.",
}


@pytest.mark.parametrize("case", FIRST)
def test_the_first_line_says_what_is_left_and_the_next_what_was_stopped(browser, page, case):
    scene, *changes = case
    browser.open(page(scene, **dict.fromkeys(changes, True)))

    assert " ".join(browser.texts("h1, .second")) == FIRST[case]


def test_what_needs_attention_is_told_once_for_each_cause_with_the_next_step(browser, page):
    browser.open(page("five_hundred"))

    assert browser.texts(".attention h3") == ["failed · 10 operations", "still running · 25 operations"]
    text = browser.text(".attention")
    for told in ("t-hz0many0007", "403", "StopInvocation", "REQUEST-7", "t-hz0many0003", "and 20 more"):
        assert told in text
    assert "t-hz0many0000" not in text and not browser.count(".more")
    (command,) = browser.texts("pre")
    assert command.startswith("ansible localhost -m cloudops.halt.inflight_cancel") and "report.json" in command
    browser.open(page("mixed"))
    headings = [each.split(" ·")[0] for each in browser.texts(".attention h3")]
    assert headings == ["failed", "still running", "not found", "skipped", "not searched", "Warnings"]
    assert "The exclusion nightly-backpu matches nothing." in browser.text(".attention")
    browser.open(page("preview", plan="there"))
    assert browser.texts("#attention") == ["Next step"]
    assert browser.text("pre").startswith("ansible-playbook cloudops.halt.stop_plan -e plan=")


def test_a_page_says_who_ran_it_why_where_and_when(browser, page):
    browser.open(page("mixed"))
    browser.unfold()

    assert browser.texts(".places tr") == [
        "Region Account In flight Selected",
        "alibaba/cn-hangzhou prod 1,234 7",
        "tencent/ap-guangzhou prod 1 1",
        "tencent/ap-shanghai not searched",
    ]
    text = browser.text(".run")
    for told in ("alice", "42 (Stop many)", "deletes what it should keep", "name: nightly-*; older than: 15m"):
        assert told in text
    assert "2026-01-02 03:04:05 UTC" in text and "2026-01-02 03:05:05 UTC (after 1 min)" in text
    assert "1 operation excluded on request keep t-bp1left" in text
    assert "1 schedule left alone every-night exec-timer1" in text


def test_nothing_is_said_where_there_is_nothing_to_say(browser, page):
    browser.open(page("all_well", selection=None))

    assert not browser.count(".attention, .places, .run details, td:has(details)")
    assert browser.count(".chart") == 1
    browser.open(page("ten_thousand"))
    assert not browser.count(".chart")


def test_accounts_are_masked_unless_asked_for(browser, page):
    browser.open(page("mixed"))
    assert "1512666876910000" not in browser.script("return document.body.textContent")
    browser.open(page("five_hundred"))
    assert "LTAI…0001" in browser.text("main") and "LTAI5tEXAMPLE0001" not in browser.text("main")
    browser.open(page("five_hundred", show_accounts=True))
    assert "LTAI5tEXAMPLE0001" in browser.text("main")


def test_the_table_has_every_operation_once_with_the_worst_first_and_fifty_open(browser, page):
    for scene in ("five_hundred", "many_names", "all_well", "all_failed"):
        browser.open(page(scene))
        ids = browser.script("return [...document.querySelectorAll('.ops tr[id] th .id')].map((id) => id.textContent)")
        assert sorted(ids) == [f"t-hz0many{number:04}" for number in range(500)], scene
        words = browser.script("return [...document.querySelectorAll('.ops tr[id] .badge')].map((each) =>"
                               " ['failed', 'still running'].includes(each.textContent))")  # fmt: skip
        assert words == sorted(words, reverse=True), scene
        assert 0 < len(browser.texts(".ops tr[id]")) <= 50, scene


def test_hostile_texts_are_texts(browser, page):
    browser.open(page("hostile"))
    browser.unfold()

    assert browser.count("img, iframe, script:not([nonce])") == 0 and browser.count("script") == 1
    assert browser.script("return [...document.links].every((each) => /^(https|file):/.test(each.protocol))")
    whole = browser.script("return document.documentElement.textContent")
    for text in scenes.HOSTILE:
        assert text.replace("\r\n", "\n").replace("\r", "\n") in whole.replace("\r\n", "\n").replace("\r", "\n")
    browser.find("script")
    assert browser.script("return window.__pwned") is None


def test_the_policy_of_the_page_stops_a_script_that_gets_in(chromium, page):
    chromium.open(page("mixed"))
    chromium.script(
        "const script = document.createElement('script'); script.textContent = 'window.__pwned = 1';"
        "document.body.append(script);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"http://192.0.2.1/x.png\">')"
    )

    assert chromium.script("return window.__pwned") is None
    assert any("Content Security Policy" in each for each in chromium.complaints())


@pytest.mark.parametrize("scene", SCENES)
def test_the_page_fits_every_screen_and_is_accessible(browser, page, scene):
    for width in (360, 1280):
        browser.open(page(scene), width=width, dark=width == 360)
        folded = browser.overflow()
        browser.unfold()
        assert (folded, browser.overflow()) == (0, 0), width
        faint = {colors: contrast for colors, contrast in browser.contrasts().items() if contrast < 4.5}
        assert browser.contrasts() and faint == {}

    assert browser.script("return document.documentElement.lang") == "en"
    assert browser.count("h1") == 1 and browser.count("section") == browser.count("section[aria-labelledby] h2")
    assert browser.count("table") == browser.count("table > caption") and browser.count("th:not([scope])") == 0
    ids = browser.script("return [...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_one_instance_is_found_among_ten_thousand(browser, page):
    begun = time.monotonic()
    browser.open(page("ten_thousand"))
    assert time.monotonic() - begun < 5 and not browser.shown(".ids")

    assert browser.find("BP100007777") == "1 match in 1 operation"
    assert browser.texts(".ids bdi") == ["i-bp100007777"]
    assert not browser.shown("h1") and not browser.shown(".run")

    assert browser.find("i-bp1") == "10,000 matches in 1 operation"
    assert not browser.shown(".ids")  # too many to open

    assert browser.find("i-nobody") == "Nothing matches."
    assert not browser.shown(".ops tr[id]")

    assert browser.find("") == ""
    assert browser.shown("h1") and browser.shown(".ops tr[id]") and not browser.shown(".ids")


def test_operations_are_found_by_id_and_name_from_twenty_on(browser, page):
    browser.open(page("five_hundred"))
    assert browser.find("t-hz0many0400") == "1 match in 1 operation"
    assert browser.texts(".ops tr[id] th .id") == ["t-hz0many0400"]
    assert browser.find("I-0042B") == "1 match in 1 operation"
    assert browser.find("job-7") == "62 matches in 62 operations"
    assert len(browser.texts(".ops tr[id]")) == 62
    browser.open(page("preview"))
    assert not browser.count(".search")


def test_a_link_opens_its_operation_and_a_key_copies_its_id(browser, page):
    browser.open(page("many_names"))
    browser.script("document.querySelectorAll('.group').forEach((each) => { each.open = false })")
    browser.click(".attention li a[href^='#']")
    assert "t-hz0many0007" in browser.texts(".ops th .id")

    clipboard = "{value: {writeText: async (text) => { window.copied = text; }}}"
    browser.script(f"Object.defineProperty(navigator, 'clipboard', {clipboard})")
    browser.script("document.querySelector('#op-8 button').focus()")
    browser.driver.switch_to.active_element.send_keys(" ")
    assert browser.script("return window.copied") == "t-hz0many0007"
    assert browser.text(".live") == "Copied."


@pytest.mark.parametrize("scene", ["five_hundred", "many_names", "all_well", "all_failed"])
def test_on_paper_it_is_four_pages_unless_all_is_asked_for(browser, page, scene):
    browser.open(page(scene))

    assert browser.printed() <= 4
    browser.click("#tools button")
    assert browser.printed() > 4


def test_without_scripts_everything_is_there_but_the_search(browser, page):
    browser.open(page("mixed"), scripts=False)
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert not browser.shown(".search, button") and browser.shown("h1") and browser.shown(".attention li")
    browser.click(".more summary")
    assert len(browser.texts(".ids bdi")) == 1204
