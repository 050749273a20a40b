# Copyright (c) 2026, cloudops.halt contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the report, looked at in a browser."""

from __future__ import annotations

import pytest

from ansible_collections.cloudops.halt.plugins.module_utils._core.states import OUTCOMES

from . import scenes

# One process gets them all, so that the browser starts once.
pytestmark = pytest.mark.xdist_group("browser")

SCENES = ["mixed", "preview", "hostile", "nulls", "empty", "many_operations"]


def number(text):
    return int(text.replace(",", ""))


def numbers(browser):
    """The big numbers, by outcome."""
    found = browser.script(
        "return [...document.querySelectorAll('.numbers li')].map((each) =>"
        " [each.dataset.outcome, each.querySelector('strong').textContent])"
    )
    return {outcome: number(text) for outcome, text in found}


def tables(browser):
    """The tables of totals, by their captions."""
    return browser.script(
        "return Object.fromEntries([...document.querySelectorAll('.totals')].map((each) =>"
        " [each.caption.textContent, [...each.rows].map((row) => [...row.cells].map((cell) => cell.textContent))]))"
    )


@pytest.mark.parametrize("scene", ["mixed", "preview", "many_operations", "ten_thousand"])
def test_the_numbers_are_those_of_the_data(browser, page, scene):
    summary = getattr(scenes, scene)()["summary"]
    occurred = {word: summary[word] for word in OUTCOMES if summary[word]}
    browser.open(page(scene))

    counted = numbers(browser)
    assert counted == {word: summary[word] for word in counted} and set(occurred) <= set(counted)
    assert set(tables(browser)) == {"By kind", "By region", "By account"}
    for (_kind, _operations, *words), *rows in tables(browser).values():
        columns = zip(*(row[2:] for row in rows), strict=True)
        sums = [sum(map(number, column)) for column in columns]
        assert dict(zip((word.replace(" ", "_") for word in words), sums, strict=True)) == occurred


@pytest.mark.parametrize(
    ("scene", "changes", "headline"),
    [
        (
            "mixed",
            {},
            "1,202 instances and operations were stopped, 1 was asked to stop, 1 was over before,"
            " 1 ended by itself meanwhile, 2 are still running, 1 failed, 1 was not found, 1 was skipped."
            " 1 search failed, so not everything was seen.",
        ),
        ("preview", {}, "Preview: 2 instances would be stopped."),
        ("empty", {}, "Nothing was found to stop."),
        ("empty", {"failed": True}, "Nothing was stopped."),
        ("empty", {"check_mode": True}, "Preview: nothing was found to stop."),
    ],
    ids=["mixed", "preview", "empty", "failed", "empty preview"],
)
def test_the_headline_says_what_happened(browser, page, scene, changes, headline):
    browser.open(page(scene, **changes))

    assert browser.text("h1") == headline
    banner = ["This is a preview. Nothing was stopped."]
    assert browser.texts(".banner") == (banner if headline.startswith("Preview") else [])


def test_what_needs_attention_comes_first_with_its_reason(browser, page):
    browser.open(page("mixed"))

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


def test_what_was_searched_and_left_alone_is_told(browser, page):
    browser.open(page("mixed"))
    browser.unfold()

    assert browser.texts(".searched tr") == [
        "Place Account in flight selected",
        "alibaba/cn-hangzhou prod 1,234 7",
        "tencent/ap-guangzhou prod 1 1",
    ]
    text = browser.text("[aria-labelledby=selection]")
    assert "The word nightly-backpu excludes nothing." in text
    assert "1 excluded on request keep t-bp1left image task" in text
    assert "1 left alone as schedules every-night exec-timer1 automation execution" in text


def test_a_page_of_given_targets_has_no_table_of_places(browser, page):
    browser.open(page("preview", selection=None))

    assert browser.count(".searched") == 0
    assert "The targets were given." in browser.text("[aria-labelledby=selection]")


def test_hostile_texts_are_texts(browser, page):
    browser.open(page("hostile"))
    browser.unfold()

    assert browser.count("img, iframe, script:not([nonce])") == 0 and browser.count("script") == 1
    whole = browser.script("return document.body.textContent")
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
    for width in (360, 1200):
        browser.open(page(scene), width=width)
        folded = browser.overflow()
        browser.unfold()
        assert (folded, browser.overflow()) == (0, 0), width

    assert browser.script("return document.documentElement.lang") == "en"
    assert browser.count("table") == browser.count("table > caption") and browser.count("th:not([scope])") == 0
    assert browser.script("return document.getElementById('search').labels.length") == 1
    ids = browser.script("return [...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_one_instance_is_found_among_ten_thousand(browser, page):
    browser.open(page("ten_thousand"))
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


def test_operations_are_found_by_id_and_name(browser, page):
    browser.open(page("many_operations"))

    assert browser.find("t-hz0many0123") == "1 match in 1 operation"
    assert browser.texts(".op summary .id") == ["t-hz0many0123"]
    assert browser.texts(".op tbody tr th") == ["i-0123a", "i-0123b"]
    assert browser.find("Nightly") == "250 matches in 250 operations"
    assert browser.find("i-0042b") == "1 match in 1 operation"
    assert browser.texts(".op tbody tr th") == ["i-0042b"]


def test_a_link_opens_its_operation(browser, page):
    browser.open(page("many_operations"))
    browser.click(".attention a")

    assert browser.texts(".op[open] summary .id") == ["t-hz0many0000"]


def test_the_times_are_told_one_by_one_or_as_numbers_if_there_are_many(browser, page):
    browser.open(page("mixed"))
    few = browser.text("main")
    browser.open(page("many_operations"))
    many = browser.text("main")

    assert "first look at 1 s, no stop accepted, last look at 25 s" in few
    assert "first look at 1 s, stop accepted at 3 s, last look at 25 s" in few
    assert "stops accepted: 250 operations, from 3 s to 3 s" in many
    assert "read back as ended: 225 operations, from 25 s to 25 s" in many


def test_print_has_the_list_and_the_totals_and_no_search(browser, page):
    browser.open(page("mixed"), medium="print")

    assert browser.shown(".attention li") and browser.shown(".totals") and browser.shown(".op summary")
    assert browser.texts(".print") == ["What is closed here is not printed. report.csv has every instance."]
    assert not browser.shown(".search")


def test_without_scripts_everything_is_there_but_the_search(browser, page):
    browser.open(page("mixed"), scripts=False)
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert not browser.shown(".search") and browser.shown("h1") and browser.shown(".attention li")
    browser.click(".op summary")
    assert len(browser.texts(".op[open] tbody tr")) == 1204


def test_the_legend_explains_every_outcome(browser, page):
    browser.open(page("empty"))

    legend = browser.text(".legend")
    assert [word for word in OUTCOMES if word.replace("_", " ") not in legend] == []
    assert "The stop was accepted; nobody has looked since." in legend
    assert "Ended by itself before or while it was being stopped." in legend
