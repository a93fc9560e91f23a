"""Trainee, trainer and observer in one room, each in a browser of their own: who speaks for the customer, and who reads what."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import log_in
from tests.simulator.browser.test_the_room import ASK, LISTEN, arrived, begin, quiet, say, transcript, words_of_the_trainee

pytestmark = pytest.mark.browser
OBSERVER = """
from lms.core.models import User
from simulator.models import Participant, Session
session = Session.objects.get(id="{session}")
Participant.objects.create(session=session, person=User.objects.get(username="author"), seat="observer")
"""
FROM_THE_SEAT = "我打车就花了88块！"


@pytest.fixture
def visitor(browser, tingsu_server) -> Iterator[Callable]:
    """Opens the room at an address as somebody else, in a browser profile of their own."""
    contexts, errors = [], []

    def enter(username: str, address: str, width: int = 1280):
        context = browser.new_context(base_url=tingsu_server.url, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        log_in(page, username, language="zh-hans")
        page.goto(address)
        arrived(page)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not errors, errors


def observe(tingsu_server, address: str) -> None:
    """Give the author of the demo bank a seat to watch from."""
    tingsu_server.manage("shell", "-c", OBSERVER.format(session=address.rstrip("/").rsplit("/", 1)[1]))


def take_the_seat(trainer) -> None:
    trainer.click("[data-lever=take_seat]")
    trainer.wait_for_selector("[data-seat-composer]:not([hidden])")


def test_the_seat_is_taken_and_handed_back(browser_page, visitor, tingsu_server):
    address = begin(browser_page)
    observe(tingsu_server, address)
    trainer, observer = visitor("trainer", address), visitor("author", address)
    take_the_seat(trainer)
    assert trainer.locator("[data-room]").get_attribute("data-driver") == "trainer"
    say(browser_page, ASK)
    trainer.wait_for_selector("[data-offer-list] li")
    assert 1 <= trainer.locator("[data-offer-list] li").count() <= 3
    before = browser_page.locator(".bubble-customer").count()
    trainer.fill("#say-as-customer", FROM_THE_SEAT)
    trainer.press("#say-as-customer", "Enter")
    browser_page.get_by_text(FROM_THE_SEAT).first.wait_for()
    observer.get_by_text(FROM_THE_SEAT).first.wait_for()
    assert browser_page.locator(".bubble-customer").count() == before + 1
    assert trainer.locator(".understood [aria-pressed=true]").count() >= 1
    assert observer.locator("[data-levers]").count() == 0
    assert "seat" not in (browser_page.locator(".bubble-customer").last.get_attribute("data-source") or "")
    assert browser_page.locator("[data-room]").get_attribute("data-driver") is None
    trainer.click("[data-seat-banner] [data-lever=hand_back]")
    trainer.wait_for_selector("[data-seat-composer]", state="hidden")
    say(browser_page, LISTEN)
    quiet(browser_page)
    assert browser_page.locator(".bubble-customer").count() > before + 1


def test_an_offered_line_is_sent_as_it_is_or_edited(browser_page, visitor):
    address = begin(browser_page)
    trainer = visitor("trainer", address)
    take_the_seat(trainer)
    before = trainer.locator("[data-offer-list]").inner_text()
    say(browser_page, ASK)
    answered = "before => { const now = document.querySelector('[data-offer-list]').innerText; return now && now !== before }"
    trainer.wait_for_function(answered, arg=before)
    first = trainer.locator("[data-offer-list] li").first
    words = first.locator("[data-text]").inner_text()
    first.locator("[data-edit]").click()
    assert trainer.input_value("#say-as-customer") == words
    trainer.fill("#say-as-customer", "")
    trainer.locator("[data-offer-list] [data-send]").first.click()
    trainer.wait_for_selector("[data-offers]", state="hidden")
    quiet(browser_page)
    assert words[:6] in "".join(text for _sort, _position, text in transcript(browser_page)[-2:])


def test_what_was_misunderstood_is_ticked_off(browser_page, visitor):
    address = begin(browser_page)
    trainer = visitor("trainer", address)
    take_the_seat(trainer)
    trainer.fill("#say-as-customer", FROM_THE_SEAT)
    trainer.press("#say-as-customer", "Enter")
    claim = trainer.locator(".understood [data-chip^='claim:']")
    claim.wait_for()
    assert claim.get_attribute("aria-pressed") == "true"
    claim.click()
    trainer.wait_for_selector(".understood [data-chip^='claim:'][aria-pressed=false]")
    trainer.reload()
    arrived(trainer)
    trainer.wait_for_selector(".understood [data-chip^='claim:'][aria-pressed=false]")
    assert trainer.locator("[data-room]").get_attribute("data-driver") == "trainer"
    assert trainer.locator("[data-seat-composer]").is_visible()


def test_a_whisper_is_read_by_one_and_a_bookmark_by_trainers(browser_page, visitor, tingsu_server):
    address = begin(browser_page)
    observe(tingsu_server, address)
    trainer, observer = visitor("trainer", address), visitor("author", address)
    trainer.fill("#whisper", "先听他说完。")
    trainer.click("[data-lever-form=whisper] button")
    browser_page.get_by_text("先听他说完。").first.wait_for()
    trainer.fill("#bookmark", "开头没有问候")
    trainer.click("[data-lever-form=bookmark] button")
    trainer.get_by_text("开头没有问候").first.wait_for()
    assert trainer.input_value("#whisper") == trainer.input_value("#bookmark") == ""
    say(browser_page, LISTEN)
    observer.get_by_text(LISTEN).first.wait_for()
    assert "先听他说完" not in observer.content()
    assert "开头没有问候" not in observer.content() + browser_page.content()
    browser_page.reload()
    arrived(browser_page)
    assert browser_page.get_by_text("先听他说完。").count() >= 1


def test_what_is_written_in_a_pause_is_sent_when_it_is_over(browser_page, visitor):
    address = begin(browser_page)
    trainer = visitor("trainer", address)
    trainer.click("[data-lever=pause]")
    browser_page.wait_for_selector("[data-pause-note]:not([hidden])")
    say(browser_page, LISTEN)
    browser_page.wait_for_selector(".bubble-trainee[data-state=paused]")
    trainer.click("[data-lever=resume]")
    quiet(browser_page)
    assert words_of_the_trainee(browser_page) == [LISTEN]
    assert [text for _sort, _position, text in transcript(browser_page)].count(LISTEN) == 1


def test_the_console_fits_a_telephone(browser_page, visitor):
    address = begin(browser_page)
    trainer = visitor("trainer", address, width=390)
    assert not trainer.locator("#sheet-signs").is_visible()
    trainer.click("[data-sheet=signs]")
    trainer.click("[data-lever=take_seat]")
    trainer.keyboard.press("Escape")
    trainer.wait_for_selector("#say-as-customer")
    assert trainer.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_trainer_ends_it_and_the_trainee_goes_to_the_debrief(browser_page, visitor):
    address = begin(browser_page)
    trainer = visitor("trainer", address)
    trainer.click("[data-end]")
    trainer.click("[data-end-dialog] button[value='']")
    assert not browser_page.locator("[data-ended]").is_visible()
    trainer.click("[data-end]")
    trainer.click("[data-end-dialog] button[value=end]")
    browser_page.wait_for_selector("[data-ended]:not([hidden])")
    assert browser_page.locator("[data-outcome=closed_by_trainer]").is_visible()
