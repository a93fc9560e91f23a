"""Every screen of the site: its name, who looks at it, its address; and what must hold on each of them.

The addresses are filled from what `tests.journeys.stage` made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("zh-hans", "en")
DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ANYBODY = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """`who` logs in before (nobody: `ANYBODY`); `then` does something on the page first; `status` is what the server answers."""

    name: str
    who: str
    address: str
    status: int = 200
    then: Callable[[Any], None] | None = None

    @property
    def of_the_cms(self) -> bool:
        return self.address.startswith("/cms/")


def room_is_ready(page: Any) -> None:
    page.wait_for_selector("[data-connection][data-state=saved]")
    page.wait_for_selector(".bubble-customer")


def wrong_password(page: Any) -> None:
    page.fill("#id_username", "trainee")
    page.fill("#id_password", "not-this-one")
    page.click("[data-login-form] > .button")
    page.wait_for_selector(".errorlist, .note-bad, [role=alert]")


def wrong_answer(page: Any) -> None:
    page.locator("#q1 [name=choice]").nth(1).check()
    page.locator("#q1 button[type=submit]").click()
    page.wait_for_selector("#q1 .verdict")


def open_notes(page: Any) -> None:
    """Unfold what a debrief keeps folded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def empty_form(page: Any) -> None:
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.locator("main form .button").first.click()
    page.wait_for_selector(".errorlist")


def lines_tab(page: Any) -> None:
    page.locator("a[role=tab]").nth(1).click()


def preview(page: Any) -> None:
    """What the editor would see beside the form, in a window of its own."""
    page.click("[data-side-panel-toggle=preview]")
    page.frame_locator("#w-preview-iframe").locator("h1").first.wait_for(state="attached")
    page.goto(page.locator("#w-preview-iframe").get_attribute("src").replace("in_preview_panel=true", ""))


def screens(made: dict[str, Any]) -> list[Screen]:
    """All of them; `made` is what the stage made."""
    course = "/courses/complaint-handling-essentials/"
    room = {slug: f"/role-plays/{session}/" for slug, session in made["rooms"].items()}
    finished, person, veteran = f"/role-plays/{made['finished']}/", f"/people/{made['person']}/", made["veteran"]
    return [
        Screen("login", ANYBODY, "/login/"),
        Screen("login-refused", ANYBODY, "/login/", then=wrong_password),
        Screen("verify-valid", ANYBODY, f"/verify/{made['code']}/"),
        Screen("verify-revoked", ANYBODY, f"/verify/{made['revoked_code']}/"),
        Screen("verify-unknown", ANYBODY, "/verify/AAAAAAAAAAAAAAAAAAAAAA/", 404),
        Screen("verify-file", ANYBODY, "/verify/"),
        Screen("home-trainee-new", "trainee", "/"),
        Screen("home-trainee", veteran, "/"),
        Screen("home-trainer", "trainer", "/"),
        Screen("home-author", "author", "/"),
        Screen("home-hr", "hr", "/"),
        Screen("home-admin", "admin", "/"),
        Screen("home-manager", made["manager"], "/"),
        Screen("home-outsider", "outsider", "/"),
        Screen("courses", veteran, "/courses/"),
        Screen("courses-new", "trainee", "/courses/"),
        Screen("course-new", "trainee", course),
        Screen("course", veteran, course),
        Screen("lesson-rules", veteran, f"{course}process-and-rules/"),
        Screen("lesson-techniques", veteran, f"{course}techniques/"),
        Screen("lesson-service", veteran, f"{course}service-and-communication/"),
        Screen("lesson-teamwork", veteran, f"{course}teamwork/"),
        Screen("lesson-final-check", veteran, f"{course}final-check/"),
        Screen("check-wrong", veteran, f"{course}final-check/", then=wrong_answer),
        Screen("lesson-reading-along", "hr", f"{course}techniques/"),
        Screen("notice", "trainee", "/role-plays/notice/"),
        Screen("role-plays-new", "trainee", "/role-plays/"),
        Screen("role-plays", veteran, "/role-plays/"),
        Screen("room-under-way", veteran, room["annual-fee"], then=room_is_ready),
        Screen("room-ended", veteran, finished, then=room_is_ready),
        Screen("debrief", veteran, f"{finished}debrief/"),
        Screen("debrief-open", veteran, f"{finished}debrief/", then=open_notes),
        Screen("debrief-of-a-running-one", veteran, f"{room['annual-fee']}debrief/"),
        Screen("debrief-for-the-trainer", "trainer", f"{finished}debrief/"),
        Screen("running", "trainer", "/role-plays/running/"),
        Screen("watching", "trainer", room["rude-counter"], then=room_is_ready),
        Screen("watching-english", "trainer", room["frozen-account"], then=room_is_ready),
        Screen("reports", "trainer", "/role-plays/reports/"),
        Screen("rubric", veteran, "/assessment/rubrics/conversation/"),
        Screen("certificates", veteran, "/certificates/"),
        Screen("certificates-none", "trainee", "/certificates/"),
        Screen("certificate-revoked-pdf", "hr", f"/certificates/{made['revoked']}/pdf/", 410),
        Screen("certificate-revoke", "hr", f"/certificates/{made['certificate']}/revoke/"),
        Screen("certificate-was-revoked", "hr", f"/certificates/{made['revoked']}/revoke/"),
        Screen("people", "hr", "/people/"),
        Screen("people-filtered", "hr", "/people/?certificate=expiring"),
        Screen("people-none", "hr", "/people/?q=nobody-of-this-name"),
        Screen("people-of-a-manager", made["manager"], "/people/"),
        Screen("person", "hr", person),
        Screen("overview", "hr", "/people/overview/"),
        Screen("people-admin", "admin", "/people/?role="),
        Screen("person-new", "admin", "/people/new/"),
        Screen("person-new-refused", "admin", "/people/new/", then=empty_form),
        Screen("organisations", "admin", "/people/organisations/"),
        Screen("person-edit", "admin", f"{person}edit/"),
        Screen("person-reset", "admin", f"{person}password/"),
        Screen("person-deactivate", "admin", f"{person}deactivate/"),
        Screen("account", veteran, "/account/"),
        Screen("password", veteran, "/account/password/"),
        Screen("forbidden", "trainee", "/role-plays/running/", 403),
        Screen("cms", "author", "/cms/"),
        Screen("cms-lesson", "author", f"/cms/pages/{made['lesson']}/edit/"),
        Screen("cms-scenarios", "author", "/cms/snippets/simulator/scenario/"),
        Screen("cms-scenario", "author", f"/cms/snippets/simulator/scenario/edit/{made['scenario']}/"),
        Screen("cms-scenario-lines", "author", f"/cms/snippets/simulator/scenario/edit/{made['scenario']}/", then=lines_tab),
        Screen("cms-scenario-preview", "author", f"/cms/snippets/simulator/scenario/edit/{made['scenario']}/", then=preview),
        Screen("cms-lesson-preview", "author", f"/cms/pages/{made['lesson']}/edit/", then=preview),
    ]


HAN = re.compile(r"[\u3400-\u9fff]")
# A sentence of the English interface: three words of letters in a row.
ENGLISH = re.compile(r"[A-Za-z][a-z’']*(?:[ ,]+[A-Za-z][a-z’']+){2,}")
# Texts as they are seen, each with the language that its nearest marked element declares.
VISIBLE_TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const place = node.parentElement;
    if (!text || ['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'].includes(place.tagName)) continue;
    if (place.closest('option') ? false : !place.checkVisibility()) continue;
    found.push([place.closest('[lang]').lang.toLowerCase(), text]);
  }
  for (const one of document.querySelectorAll('[aria-label], [title], [placeholder]'))
    for (const name of ['aria-label', 'title', 'placeholder'])
      if (one.getAttribute(name)) found.push([one.closest('[lang]').lang.toLowerCase(), one.getAttribute(name)]);
  return found;
}"""


def untranslated(page: Any, language: str, names: Iterable[str] = ()) -> list[str]:
    """Texts of the page that claim to be in `language` and are not. `names`, and what people wrote themselves, may be in any."""
    found = []
    for declared, text in page.evaluate(VISIBLE_TEXTS):
        if declared != language:
            continue
        for name in names:
            text = text.replace(name, "")
        wrong = ENGLISH.search(text) if language.startswith("zh") else HAN.search(text)
        if wrong:
            found.append(text)
    return found
