"""A class in real browsers: the lobby, the start, the grid; and the replay."""

from __future__ import annotations

import pytest

from tests.conftest import log_in
from tests.simulator.browser.test_the_room import arrived, quiet, say

pytestmark = pytest.mark.browser
RUDE = "你有病吧，闭嘴，活该。"


def confirm_notice(page) -> None:
    if "/notice/" in page.url:
        page.locator(".data-notice button").click()


def plan(page) -> str:
    """As the trainer, plan a class for the whole bank; gives the address of its page."""
    page.goto("/role-plays/classes/new/")
    page.select_option("#id_scenario", "annual-fee")
    page.select_option("#id_language", "zh-hans")
    page.fill("#id_minutes", "10")
    page.click("main .card button.button")
    page.wait_for_selector("[data-class]")
    return page.url


def test_a_class_meets_in_the_lobby_starts_together_and_is_watched_in_the_grid(browser_page, browser, tingsu_server):
    trainer = browser_page
    log_in(trainer, "trainer", language="en")
    address = plan(trainer)
    context = browser.new_context(base_url=tingsu_server.url)
    trainee = context.new_page()
    log_in(trainee, "trainee", language="en")
    trainee.goto(address)
    trainee.wait_for_selector("[data-waiting]")
    trainer.wait_for_selector("[data-lobby] [data-here=yes]")
    trainer.get_by_role("button", name="Start for everybody").click()
    trainee.wait_for_url(lambda url: "/classes/" not in url)
    confirm_notice(trainee)
    arrived(trainee)
    assert trainee.locator("[data-time-left]").is_visible()
    tile = trainer.locator("[data-tile]")
    tile.wait_for()
    assert "turn 0" in tile.locator("[data-facts]").inner_text()
    say(trainee, RUDE)
    trainer.wait_for_selector("[data-tile] .tile-needs:not([hidden])")
    assert "Red line" in tile.locator(".tile-needs").inner_text()
    assert "turn 1" in tile.locator("[data-facts]").inner_text()
    trainer.get_by_role("button", name="End the class").first.click()
    trainer.locator("dialog[open] .button-bad").click()
    trainee.wait_for_selector("[data-ended]:not([hidden])")
    trainer.wait_for_selector("#results")
    context.close()


def test_the_replay_goes_step_by_step_with_the_keyboard_and_plays(browser_page):
    page = browser_page
    page.emulate_media(reduced_motion="reduce")
    log_in(page, "trainee")
    page.goto("/role-plays/")
    card = page.locator("#annual-fee")
    card.locator("select[name=language]").select_option("zh-hans")
    card.locator("button").click()
    confirm_notice(page)
    arrived(page)
    say(page, "您好，我在听，请您慢慢说。")
    quiet(page)
    page.click("[data-finish]")
    page.click("[data-finish-dialog] button[value=finish]")
    page.wait_for_selector("[data-ended]:not([hidden])")
    page.click("[data-ended] a")
    page.locator("a[href$='/replay/']").click()
    lines = page.locator("[data-step]")
    all_lines = lines.count()
    assert all_lines >= 3
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    assert page.locator("[data-step]:visible").count() == all_lines - 1
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-step]:visible").count() == all_lines
    page.locator("[name=speed][value='4']").check()
    page.click("[data-play]")
    assert page.locator("[data-step]:visible").count() < all_lines
    page.wait_for_function("all => document.querySelectorAll('[data-step]:not([hidden])').length === all", arg=all_lines, timeout=40_000)
    page.get_by_role("button", name="1", exact=False).and_(page.locator(".link-button")).first.click()
    page.wait_for_selector("[data-room]")
    assert page.locator(".room-facts .badge").is_visible()
