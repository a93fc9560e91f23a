"""Every screen of a demo bank, in both languages, on a desk and on a telephone: no error, nothing untranslated, nothing cut off."""

from __future__ import annotations

from itertools import groupby

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import Server, log_in
from tests.journeys import stage
from tests.journeys.screens import ANYBODY, DESK, LANGUAGES, TELEPHONE, Screen, screens, untranslated

pytestmark = pytest.mark.browser
GRAVE = ("serious", "critical")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_in_one_language_fits_a_telephone_and_is_open_to_everybody(
    browser: object, tingsu_server: Server, language: str
) -> None:
    made = stage.built(tingsu_server.manage("shell", "-v0", "-c", f"from tests.journeys import stage; stage.build('{language}')"))
    problems: list[str] = []
    for who, theirs in groupby(sorted(screens(made), key=lambda screen: screen.who), key=lambda screen: screen.who):
        context = browser.new_context(base_url=tingsu_server.url, viewport=DESK, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(15_000)
        context.add_cookies([{"name": "django_language", "value": language, "url": tingsu_server.url}])
        if who != ANYBODY:
            log_in(page, who)
        for screen in theirs:
            problems += [f"{screen.name}: {problem}" for problem in look_at(page, screen, language, made["names"])]
        context.close()
    assert not problems, "\n".join(problems)


def look_at(page: object, screen: Screen, language: str, names: list[str]) -> list[str]:
    """What is wrong with one screen, in words."""
    found: list[str] = []
    listeners = {
        "pageerror": lambda error: found.append(f"error in a script: {error}"),
        "console": lambda message: found.append(f"on the console: {message.text}") if message.type == "error" else None,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    page.set_viewport_size(DESK)
    answer = page.goto(screen.address)
    if answer.status != screen.status:
        found.append(f"status {answer.status}, not {screen.status}")
    if screen.then:
        screen.then(page)
    if not screen.of_the_cms:
        found += [f"not in {language}: {text!r}" for text in untranslated(page, language, names)]
        if language == LANGUAGES[0]:
            found += grave_barriers(page)
    page.set_viewport_size(TELEPHONE)
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > TELEPHONE["width"]:
        found.append(f"{wide} pixels wide on a telephone")
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    # A browser logs the refusal that the screen is about.
    return [problem for problem in found if not (screen.status >= 400 and "Failed to load resource" in problem)]


def grave_barriers(page: object) -> list[str]:
    """What keeps people with other eyes, ears or hands out, as axe finds it."""
    violations = [one for one in Axe().run(page).response["violations"] if one["impact"] in GRAVE]
    return [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]
