"""The room in a real browser at a real server: nothing is lost, whatever happens to the page, the line or the server."""

from __future__ import annotations

import pytest

from tests.conftest import log_in

pytestmark = pytest.mark.browser

LISTEN = "您好，我是投诉专员小王。这件事确实让人着急，您慢慢说，我在记。"
ASK = "请问是哪一天扣的，一共扣了多少钱？"
OWN = "对不起，是我们没有跟进。我现在就去核对这两笔扣款。"


def begin(page, scenario: str = "annual-fee") -> str:
    """Log in as the trainee, choose a Chinese customer and wait for the first words; gives the address of the room."""
    log_in(page, "trainee")
    page.goto("/role-plays/")
    card = page.locator(f"#{scenario}")
    card.locator("select[name=language]").select_option("zh-hans")
    card.locator("button").click()
    if "/notice/" in page.url:
        page.locator(".data-notice button").click()
    arrived(page)
    return page.url


def arrived(page) -> None:
    page.wait_for_selector("[data-connection][data-state=saved]")
    page.wait_for_selector(".bubble-customer")
    quiet(page)


def quiet(page) -> None:
    """Wait until everything is saved, and the customer has had the last word and stopped writing."""
    page.wait_for_function(
        """() => !document.querySelector('.bubble-trainee:not([data-state=saved])')
             && document.querySelector('[data-connection]').dataset.state === 'saved'
             && document.querySelector('[data-typing]').hidden
             && [...document.querySelectorAll('.bubble')].at(-1)?.classList.contains('bubble-customer')""",
        timeout=40_000,
    )


def say(page, text: str) -> None:
    page.fill("#say", text)
    page.press("#say", "Enter")


def transcript(page) -> list[list[str]]:
    """Who said what, in the order of the screen, with the position in the log."""
    return page.eval_on_selector_all(
        ".bubble", "all => all.map(b => [b.className, b.dataset.position, b.querySelector('[data-text]').textContent])"
    )


def words_of_the_trainee(page) -> list[str]:
    return [text for sort, _position, text in transcript(page) if "trainee" in sort]


def test_a_turn_is_saved_and_the_customer_answers(browser_page):
    begin(browser_page)
    before = browser_page.locator(".bubble-customer").count()
    say(browser_page, LISTEN)
    browser_page.wait_for_selector(".bubble-trainee[data-state=saved]")
    quiet(browser_page)
    assert browser_page.locator(".bubble-customer").count() > before
    assert words_of_the_trainee(browser_page) == [LISTEN]
    assert browser_page.locator("[data-mood-shape] use").get_attribute("href") in (
        "#mood-calm",
        "#mood-uneasy",
        "#mood-angry",
        "#mood-furious",
    )
    assert browser_page.input_value("#say") == ""


def test_a_reload_brings_back_the_same_conversation_and_the_draft(browser_page):
    begin(browser_page)
    say(browser_page, LISTEN)
    quiet(browser_page)
    browser_page.fill("#say", "还没写完")
    before = transcript(browser_page)
    browser_page.reload()
    arrived(browser_page)
    assert transcript(browser_page) == before
    assert browser_page.input_value("#say") == "还没写完"


def test_a_second_tab_stays_in_step(browser_page):
    address = begin(browser_page)
    other = browser_page.context.new_page()
    other.goto(address)
    arrived(other)
    say(browser_page, LISTEN)
    quiet(browser_page)
    say(other, ASK)
    quiet(other)
    quiet(browser_page)
    browser_page.wait_for_function("count => document.querySelectorAll('.bubble').length === count", arg=len(transcript(other)))
    assert transcript(browser_page) == transcript(other)
    assert words_of_the_trainee(other) == [LISTEN, ASK]


def test_words_written_offline_are_kept_and_sent_once(browser_page, tingsu_server):
    """The server dies without a word while the trainee goes on writing, even through a lost page, and comes back."""
    begin(browser_page)
    say(browser_page, LISTEN)
    quiet(browser_page)
    said = transcript(browser_page)
    tingsu_server.kill()
    browser_page.wait_for_selector("[data-connection][data-state=offline]")
    say(browser_page, ASK)
    say(browser_page, OWN)
    assert browser_page.locator(".bubble-trainee[data-state=offline]").count() == 2
    tingsu_server.start()
    quiet(browser_page)
    assert words_of_the_trainee(browser_page) == [LISTEN, ASK, OWN]
    assert transcript(browser_page)[: len(said)] == said
    before = transcript(browser_page)
    browser_page.reload()
    arrived(browser_page)
    assert transcript(browser_page) == before


def test_a_dropped_connection_is_said_and_mended(browser_page):
    begin(browser_page)
    browser_page.evaluate("dispatchEvent(new Event('offline'))")
    assert browser_page.locator("[data-connection]").get_attribute("data-state") == "offline"
    say(browser_page, LISTEN)
    browser_page.evaluate("dispatchEvent(new Event('online'))")
    quiet(browser_page)
    assert words_of_the_trainee(browser_page) == [LISTEN]


def test_enter_that_chooses_a_candidate_does_not_send(browser_page):
    begin(browser_page)
    browser_page.focus("#say")
    keyboard = browser_page.context.new_cdp_session(browser_page)
    keyboard.send("Input.imeSetComposition", {"text": "nin hao", "selectionStart": 7, "selectionEnd": 7})
    for pressed in ({"key": "Enter"}, {"key": "Enter", "isComposing": True}):
        browser_page.eval_on_selector("#say", "(field, pressed) => field.dispatchEvent(new KeyboardEvent('keydown', pressed))", pressed)
    keyboard.send("Input.insertText", {"text": "您好"})
    # Safari ends the composition first and reports the Enter that ended it as key code 229.
    browser_page.eval_on_selector("#say", "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229}))")
    assert browser_page.locator(".bubble-trainee").count() == 0
    browser_page.keyboard.press("Shift+Enter")
    browser_page.keyboard.type("我是小王")
    assert browser_page.input_value("#say") == "您好\n我是小王"
    browser_page.keyboard.press("Enter")
    quiet(browser_page)
    assert words_of_the_trainee(browser_page) == ["您好\n我是小王"]


def test_a_finished_conversation_leads_to_the_debrief(browser_page):
    begin(browser_page)
    say(browser_page, LISTEN)
    quiet(browser_page)
    browser_page.click("[data-finish]")
    browser_page.click("[data-finish-dialog] button[value='']")
    assert browser_page.locator("#say").is_visible()
    browser_page.click("[data-finish]")
    browser_page.click("[data-finish-dialog] button[value=finish]")
    browser_page.wait_for_selector("[data-ended]:not([hidden])")
    assert not browser_page.locator("#say").is_visible()
    browser_page.click("[data-ended] a")
    words = browser_page.eval_on_selector(
        "#turn-1 .said-trainee", "p => { p.querySelectorAll('sup').forEach(n => n.remove()); return p.textContent }"
    )
    assert words == LISTEN
    assert browser_page.locator(".curve-point").count() >= 1
    assert browser_page.locator("#turn-1 mark").count() >= 1


def test_the_trainee_sees_the_name_of_whoever_watches(browser_page, browser, tingsu_server):
    address = begin(browser_page)
    assert not browser_page.locator("[data-watching]").is_visible()
    context = browser.new_context(base_url=tingsu_server.url)
    watcher = context.new_page()
    log_in(watcher, "trainer")
    watcher.goto("/role-plays/running/")
    watcher.locator(f"a[href='{address.removeprefix(tingsu_server.url)}']").click()
    arrived(watcher)
    browser_page.wait_for_selector("[data-watching]:not([hidden])")
    assert watcher.locator("#say").count() == 0
    say(browser_page, LISTEN)
    watcher.wait_for_selector(".bubble-trainee")
    assert words_of_the_trainee(watcher) == [LISTEN]
    context.close()
    browser_page.wait_for_selector("[data-watching]", state="hidden")


def test_on_a_narrow_screen_the_side_columns_are_sheets(browser_page):
    browser_page.set_viewport_size({"width": 390, "height": 844})
    begin(browser_page)
    assert not browser_page.locator("#sheet-record").is_visible()
    browser_page.click("[data-sheet=record]")
    assert browser_page.locator("#sheet-record").is_visible()
    browser_page.locator("#sheet-record [role=tab]").first.click()
    assert browser_page.locator("#sheet-record [role=tabpanel]").first.is_visible()
    browser_page.keyboard.press("Escape")
    assert not browser_page.locator("#sheet-record").is_visible()
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 390
