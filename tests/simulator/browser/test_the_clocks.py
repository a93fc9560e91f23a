"""The clocks of a case in a real browser: the time stands still, is moved on, and what runs out is seen."""

from __future__ import annotations

import pytest

from tests.simulator.browser.test_the_room import begin, quiet, say

pytestmark = pytest.mark.browser
REGISTER = "您好，我是小王。您的投诉我已经登记了。"


def state_of(page, code: str) -> str:
    return page.locator(f"#desk-clocks [data-code={code}]").get_attribute("data-state")


def wait_for(page, code: str, state: str) -> None:
    page.wait_for_selector(f"#desk-clocks [data-code={code}][data-state={state}]")


def test_a_trainee_moves_the_time_on_and_a_limit_runs_out(browser_page):
    page = browser_page
    begin(page)
    say(page, REGISTER)
    quiet(page)
    page.click("#desk-tab-clocks")
    wait_for(page, "acknowledge", "kept")
    assert page.locator("#desk-clocks [data-step=hour]").is_disabled()
    page.click("[data-finish]")
    page.locator("dialog[open] button[value=desk]").click()
    page.wait_for_selector("#desk-clocks [data-step=hour]:enabled")
    assert state_of(page, "system_entry") == "open"
    for _ in range(2):
        before = page.locator(".clock-now strong").inner_text()
        page.click("#desk-clocks [data-step=next_working_day]")
        page.wait_for_function("before => document.querySelector('.clock-now strong').innerText !== before", arg=before)
    wait_for(page, "system_entry", "missed")


def test_a_plan_without_dates_is_refused_in_words_and_nothing_written_is_lost(browser_page):
    page = browser_page
    begin(page)
    say(page, REGISTER)
    quiet(page)
    page.click("[data-finish]")
    page.locator("dialog[open] button[value=desk]").click()
    page.click("#desk-tab-form")
    page.locator("[data-field=flags] input[value=cross_department]").check()
    page.click("#desk-tab-clocks")
    plan = page.locator("#desk-clocks form[data-duty=plan_approved]")
    plan.locator("[name=lead]").fill("信用卡中心")
    plan.locator("[name=duties]").fill("信用卡中心｜退费")
    plan.locator("button").click()
    page.wait_for_selector("[data-clock-problem]:not([hidden])")
    assert plan.locator("[name=duties]").input_value() == "信用卡中心｜退费"
    plan.locator("[name=duties]").fill("信用卡中心｜退费｜2030-01-01\n热线｜道歉｜2030-01-01")
    plan.locator("button").click()
    wait_for(page, "plan", "kept")
    page.reload()
    page.click("#desk-tab-clocks")
    wait_for(page, "plan", "kept")
