"""A whole case in a real browser: talk, register, classify, look into it, answer, call back, hand in; and nothing typed is lost."""

from __future__ import annotations

import pytest

from tests.conftest import log_in

pytestmark = pytest.mark.browser

CASES = {
    "zh-hans": {
        "say": "您好，我是投诉专员小王。让您白等了两个小时，换谁都会难受。对不起，我现在就请人给您优先办理。",
        "matter": "老年客户等候两个小时，号码只呼叫一次就跳过，没有办成就被劝离",
        "reason": "没有按规定呼叫三遍，老年客户优先没有执行",
        "demand": "把业务办好，并且道歉",
        "why": "等候两个小时，属于办理效率问题，不影响其他使用",
        "measure": "每天由主管抽查叫号记录并通报",
        "officer": "小王",
        "answer": "您好。您反映排队两个小时、号码被跳过的事已有结果：我们走绿色通道当场为您办好业务，支行负责人向您道歉。"
        "我们调取了叫号记录，询问了引导员，确实只叫了一次。支行已重新培训叫号的规矩。感谢您告诉我们。您如不认可，可以拨打12378反映。",
        "call": "您好，我来回访，请问您对处理结果满意吗？",
        "opinion": "表示感谢，希望以后按规矩叫号",
    },
    "en": {
        "say": "Good morning, my name is Wang. Two hours for nothing would upset anybody. I am sorry; I will have you served at once.",
        "matter": "Elderly customer waited two hours, the number was skipped after one call, and he was sent away unserved",
        "reason": "The number was not called three times as the rule asks, and nobody rang back",
        "demand": "To be served and given an apology",
        "why": "Two hours of waiting is a matter of efficiency; normal use is not affected",
        "measure": "The supervisor checks the queue log every day",
        "officer": "Wang",
        "answer": "Dear customer. About the two hours and the skipped number: you will be served on the spot through the fast lane, and "
        "the head of the branch apologises to you. We went through the queue log and asked the usher; the number was skipped after one "
        "call. The staff have been trained again on calling numbers. Thank you for telling us. If you do not accept this, you may turn to "
        "the regulator.",
        "call": "Hello, I am calling back. Are you satisfied with how this was settled?",
        "opinion": "Grateful, hopes that numbers are called properly",
    },
}


def begin(page, language: str) -> None:
    log_in(page, "trainee", language=language)
    page.goto("/role-plays/")
    card = page.locator("#two-hour-queue")
    card.locator("select[name=language]").select_option(language)
    card.locator("[name=whole_case]").check()
    card.locator("button").click()
    if "/notice/" in page.url:
        page.locator(".data-notice button").click()
    arrived(page)


def arrived(page) -> None:
    page.wait_for_selector("[data-connection][data-state=saved]")
    page.wait_for_selector(".bubble-customer")


def saved(page) -> None:
    """Everything typed at the desk is on the server's disk."""
    page.wait_for_function(
        """() => document.querySelector('[data-desk-saved]').dataset.state === 'saved'
             && !Object.keys(localStorage).some(key => key.startsWith('tingsu:unsaved:'))""",
        timeout=60_000,
    )


def finish(page) -> None:
    page.click("[data-finish]")
    page.click("[data-finish-dialog] button[value=finish]")
    page.wait_for_selector("[data-hand-in-head]:visible")


def fill(page, values: dict[str, str]) -> None:
    for field, value in values.items():
        place = page.locator(f"#field-{field}")
        if place.evaluate("place => place.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
            place.dispatch_event("change")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_service_complaint_from_the_first_word_to_the_debrief(browser_page, language: str):
    page, words = browser_page, CASES[language]
    begin(page, language)
    page.fill("#say", words["say"])
    page.press("#say", "Enter")
    page.wait_for_selector(".bubble-trainee[data-state=saved]")
    page.click("#desk-tab-form")
    assert page.inner_text("[data-complaint-no]").startswith("TS-")
    fill(page, {"matter": words["matter"], "reason": words["reason"], "demand": words["demand"], "channel": "branch_counter"})
    fill(page, {"nature": "service", "sub_code": "efficiency", "channel_group": "on_site", "urgency": "general", "severity": "3"})
    fill(page, {"difficulty": "2", "priority": "P3", "preventive_measure": words["measure"], "classification_reason": words["why"]})
    page.locator("[data-field=flags] input[value=vulnerable]").check()
    saved(page)
    page.reload()
    arrived(page)
    page.click("#desk-tab-form")
    page.wait_for_function("words => document.querySelector('#field-matter').value === words", arg=words["matter"])
    assert page.input_value("#field-nature") == "service"
    assert page.locator("[data-field=flags] input[value=vulnerable]").is_checked()
    page.click("#desk-tab-documents")
    page.locator("[data-document=queue_log] [data-ask]").click()
    finish(page)
    page.wait_for_selector("[data-document=queue_log] [data-document-text]:visible")
    page.click("#desk-tab-answer")
    form = page.locator("[data-answer-form]")
    form.locator("[name=channel]").select_option("phone")
    form.locator("textarea").fill(words["answer"])
    form.locator("button").click()
    page.wait_for_selector("[data-answer-sent]:visible")
    page.click("[data-call-back]")
    page.wait_for_selector("#say:visible")
    page.fill("#say", words["call"])
    page.press("#say", "Enter")
    page.wait_for_selector("[data-mark]:visible", timeout=30_000)
    mark = page.inner_text("[data-mark-words]")[0]
    if page.locator("[data-finish]").is_visible():
        finish(page)
    fill(page, {"satisfaction": mark, "customer_opinion": words["opinion"]})
    saved(page)
    page.click("[data-hand-in-head]")
    assert page.locator("[data-incomplete]").is_visible()
    page.click("[data-hand-in-dialog] button[value=hand-in]")
    page.wait_for_selector("[data-ended]:visible")
    page.click("[data-ended] a.button")
    assert words["matter"] in page.inner_text("#case-matter")
    assert "100" in page.inner_text("#case-nature")
    assert page.locator("#case-answer ~ .case-parts li[data-sort=good]").count() >= 5


def test_what_is_typed_while_the_server_is_dead_is_saved_when_it_is_back(browser_page, tingsu_server):
    begin(browser_page, "zh-hans")
    browser_page.click("#desk-tab-form")
    fill(browser_page, {"matter": "先写一句"})
    saved(browser_page)
    tingsu_server.kill()
    browser_page.wait_for_selector("[data-connection][data-state=offline]")
    fill(browser_page, {"matter": "等候两个小时", "nature": "service"})
    browser_page.wait_for_selector("[data-desk-saved][data-state=offline]")
    tingsu_server.start()
    saved(browser_page)
    other = browser_page.context.new_page()
    other.goto(browser_page.url)
    arrived(other)
    other.wait_for_function("() => document.querySelector('#field-matter').value === '等候两个小时'")
    assert other.input_value("#field-nature") == "service"
