"""A lesson in a real browser, with its script and without."""

from __future__ import annotations

import pytest

from tests.conftest import Server, log_in

pytestmark = pytest.mark.browser
LESSON = "/courses/complaint-handling-essentials/process-and-rules/"


def answer(page, number: int) -> None:
    page.locator("#q1 [name=choice]").nth(number).check()
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator("#q1 button[type=submit]").click()


def test_a_check_question_is_answered_in_place(browser_page) -> None:
    log_in(browser_page, "trainee", language="en")
    browser_page.goto(LESSON)
    browser_page.evaluate("window.stillHere = true")
    answer(browser_page, 1)
    browser_page.wait_for_selector("#q1 .verdict-wrong >> text=Not quite")
    answer(browser_page, 0)
    browser_page.wait_for_selector("#q1 .verdict-right")
    assert browser_page.evaluate("window.stillHere && document.activeElement.id") == "q1"
    assert "#" not in browser_page.url


def test_a_lesson_fits_a_telephone(browser_page) -> None:
    log_in(browser_page, "trainee")
    browser_page.set_viewport_size({"width": 390, "height": 844})
    for address in (LESSON, "/courses/complaint-handling-essentials/", "/courses/"):
        browser_page.goto(address)
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_lesson_works_without_scripts(browser, tingsu_server: Server) -> None:
    context = browser.new_context(base_url=tingsu_server.url, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(15_000)
    log_in(page, "trainee", language="en")
    page.goto(LESSON)
    answer(page, 0)
    page.wait_for_url(f"**{LESSON}#q1")
    assert page.locator("#q1 .verdict-right").count() == 1
    context.close()


def test_an_author_changes_a_line_of_a_scenario_in_the_editor(browser_page) -> None:
    log_in(browser_page, "author", language="en")
    browser_page.goto("/cms/snippets/simulator/scenario/")
    browser_page.click("a:has-text('说好免的年费')")
    browser_page.click("a[role=tab]:has-text('What the customer says')")
    browser_page.locator("details.scenario-act:has(strong:text-is('vent')) > summary").click()
    lines = browser_page.locator("[name=lines__vent__angry__zh-hans]")
    assert lines.count() == 1
    lines.fill("改过的第一句。\n改过的第二句。")
    with browser_page.expect_response(lambda response: response.request.method == "POST" and "/scenario/edit/" in response.url):
        browser_page.click("button:has-text('Save draft')")
    browser_page.wait_for_load_state()
    browser_page.reload()
    assert lines.input_value().splitlines() == ["改过的第一句。", "改过的第二句。"]
