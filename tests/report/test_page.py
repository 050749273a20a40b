# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the report, looked at in a browser."""

from __future__ import annotations

import pytest

from . import scenes

SCENES = ["mixed", "preview", "hostile", "nulls", "empty", "many_operations"]


def numbers(browser):
    """The big numbers, by outcome."""
    found = browser.script(
        "return [...document.querySelectorAll('.numbers li')].map((each) =>"
        " [each.dataset.outcome, each.querySelector('strong').textContent])"
    )
    return {outcome: int(text.replace(",", "")) for outcome, text in found}


@pytest.mark.parametrize("scene", ["mixed", "preview", "many_operations", "ten_thousand"])
def test_the_numbers_are_those_of_the_data(browser, written, scene):
    summary = getattr(scenes, scene)()["summary"]
    browser.open(written(scene))

    counted = numbers(browser)
    assert counted == {word: summary[word] for word in counted}
    assert {word for word in scenes.OUTCOMES if summary[word]} <= set(counted)
    for caption in ("By kind", "By region", "By account"):
        table = browser.script(
            "return [...document.querySelectorAll('.totals')]"
            ".filter((each) => each.caption.textContent === arguments[0])"
            ".map((each) => [...each.rows].map((row) => [...row.cells].map((one) => one.textContent)))[0]",
            caption,
        )
        header, *rows = table
        sums = {
            word.replace(" ", "_"): sum(int(row[column].replace(",", "")) for row in rows)
            for column, word in enumerate(header[2:], start=2)
        }
        assert sums == {word: summary[word] for word in scenes.OUTCOMES if summary[word]}, caption


def test_the_headline_says_what_happened(browser, written):
    browser.open(written("mixed"))

    assert browser.text("h1") == (
        "1,202 instances and operations were stopped, 1 was asked to stop, 1 was over before,"
        " 1 ended by itself meanwhile, 2 are still running, 1 failed, 1 was not found, 1 was skipped."
        " 1 search failed, so not everything was seen."
    )


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        ({}, "Nothing was found to stop."),
        ({"failed": True}, "Nothing was stopped."),
        ({"check_mode": True}, "Preview: nothing was found to stop."),
    ],
)
def test_an_empty_run_has_a_headline_too(browser, write, changes, headline):
    browser.open(write({**scenes.empty(), **changes}))

    assert browser.text("h1") == headline


def test_what_needs_attention_comes_first_with_its_reason(browser, written):
    browser.open(written("mixed"))

    error = scenes.error()
    text = browser.text(".attention")
    assert browser.texts(".attention h3") == [
        *("still running", "failed", "not found", "skipped", "Not searched", "Warnings")
    ]
    for reason in (
        *(error["code"], error["message"], error["action"], error["request_id"]),
        *("i-bp1stuck001", "i-bp1refused1", "Left alone: its name is another.", "t-hz0gone0001"),
    ):
        assert reason in text
    assert "i-bp1good0001" not in text


def test_a_preview_says_so(browser, written):
    browser.open(written("preview"))

    assert browser.texts(".banner") == ["This is a preview (check mode). Nothing was stopped."]
    assert browser.text("h1") == "Preview: 2 instances would be stopped."
    assert numbers(browser) == {"would_stop": 2, "still_running": 0, "failed": 0}


def test_only_a_preview_says_so(browser, written):
    browser.open(written("mixed"))

    assert not browser.shown(".banner")


def test_hostile_texts_are_texts(browser, written):
    browser.open(written("hostile"))
    browser.script("document.querySelectorAll('details').forEach((each) => { each.open = true })")

    assert browser.script("return window.__pwned") is None
    assert browser.script("return document.querySelectorAll('img, iframe, script:not([nonce])').length") == 0
    assert browser.script("return document.scripts.length") == 1
    whole = browser.script("return document.body.textContent")
    for text in scenes.HOSTILE:
        assert text.replace("\r\n", "\n").replace("\r", "\n") in whole.replace("\r\n", "\n").replace("\r", "\n")
    browser.find("script")
    assert browser.script("return window.__pwned") is None


def test_the_policy_of_the_page_stops_a_script_that_gets_in(chromium, written):
    chromium.open(written("mixed"))
    chromium.script(
        "const script = document.createElement('script'); script.textContent = 'window.__pwned = 1';"
        "document.body.append(script);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"http://192.0.2.1/x.png\">')"
    )

    assert chromium.script("return window.__pwned") is None
    assert any("Content Security Policy" in each for each in chromium.complaints())


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_does_not_move_sideways(browser, written, scene, width):
    browser.open(written(scene), width=width)
    assert browser.overflow() == 0

    browser.script("[...document.querySelectorAll('details')].slice(0, 20).forEach((each) => { each.open = true })")
    assert browser.overflow() == 0


def test_one_instance_is_found_among_ten_thousand(browser, written):
    browser.open(written("ten_thousand"))
    assert not browser.shown(".op tbody tr")

    assert browser.find("BP100007777") == "1 match in 1 operation"
    assert browser.texts(".op tbody tr th") == ["i-bp100007777"]
    assert not browser.shown("h1") and not browser.shown(".attention")

    assert browser.find("i-bp10000777") == "10 matches in 1 operation"
    assert len(browser.texts(".op tbody tr")) == 10

    assert browser.find("i-bp1") == "10,000 matches in 1 operation"
    assert not browser.shown(".op tbody tr")  # too many to open

    assert browser.find("i-nobody") == "Nothing matches."
    assert not browser.shown(".op")

    assert browser.find("") == ""
    assert browser.shown("h1") and browser.shown(".op") and not browser.shown(".op tbody tr")


def test_operations_are_found_by_id_and_name(browser, written):
    browser.open(written("many_operations"))

    assert browser.find("t-hz0many0123") == "1 match in 1 operation"
    assert browser.texts(".op summary .id") == ["t-hz0many0123"]
    assert browser.texts(".op tbody tr th") == ["i-0123a", "i-0123b"]
    assert browser.find("Nightly") == "500 matches in 500 operations"
    assert browser.find("i-0042b") == "1 match in 1 operation"
    assert browser.texts(".op tbody tr th") == ["i-0042b"]


def test_a_link_opens_its_operation(browser, written):
    browser.open(written("many_operations"))
    browser.driver.find_element("css selector", ".attention a").click()

    assert browser.texts(".op[open] summary .id") == ["t-hz0many0000"]


def test_many_operations_are_drawn_as_lines(browser, written):
    browser.open(written("many_operations"))

    assert browser.script("return document.querySelectorAll('.chart path').length") == 2
    assert "stops accepted: 500 operations" in browser.text("section:has(.chart)")
    assert "read back as ended: 450 operations" in browser.text("section:has(.chart)")


def test_the_times_of_few_operations_are_told_one_by_one(browser, written):
    browser.open(written("mixed"))

    assert browser.texts(".timeline li p")[0] == "first look at 1 s, no stop accepted, last look at 25 s"
    assert "first look at 1 s, stop accepted at 3 s, last look at 25 s" in browser.texts(".timeline li p")


def test_print_has_the_list_and_the_totals_and_no_search(browser, written):
    browser.open(written("mixed"), medium="print")

    assert browser.shown(".attention li") and browser.shown(".totals") and browser.shown(".op summary")
    assert browser.texts(".print") == ["What is closed here is not printed. report.csv has every instance."]
    assert not browser.shown(".search")


def test_without_scripts_everything_is_there_but_the_search(browser, written):
    browser.open(written("mixed"), scripts=False)
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert browser.script("return document.querySelector('.search').hidden")
    assert not browser.shown(".search") and browser.shown("h1") and browser.shown(".attention li")
    browser.driver.find_element("css selector", ".op summary").click()
    assert len(browser.texts(".op[open] tbody tr")) == 1204


@pytest.mark.parametrize("scene", SCENES)
def test_the_page_is_accessible_in_the_small_things(browser, written, scene):
    browser.open(written(scene))

    assert browser.script("return document.documentElement.lang") == "en"
    assert browser.script("return [...document.querySelectorAll('table')].filter((each) => !each.caption).length") == 0
    assert browser.script("return document.querySelectorAll('th:not([scope])').length") == 0
    assert browser.script("return document.getElementById('search').labels.length") == 1
    ids = browser.script("return [...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_the_legend_explains_every_outcome(browser, written):
    browser.open(written("empty"))

    legend = browser.text(".legend")
    assert [word for word in scenes.OUTCOMES if word.replace("_", " ") not in legend] == []
    assert "The stop was accepted; nobody has looked since." in legend
    assert "Ended by itself before or while it was being stopped." in legend
