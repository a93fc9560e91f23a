"""The whole story on a real server, in Chinese and in English: learn, face a customer, see the score, hold a certificate, be seen by HR.

Each test is one person's part of it. They share one server of a small demo bank for each language and nobody's login.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from tests.conftest import Server, free_port, log_in
from tests.journeys import stage
from tests.journeys.lines import LINES
from tests.journeys.screens import DESK, LANGUAGES, untranslated

pytestmark = pytest.mark.browser
PASSWORD = "tingsu-demo"
COURSE = yaml.safe_load((Path(__file__).parents[2] / "courses" / "content" / "complaint-handling-essentials.yaml").read_text())
TITLES = {"zh-hans": "柜台前的冷脸", "en": "Turned away at the counter"}
OTHER = {"zh-hans": "en", "en": "zh-hans"}


@dataclass
class Bank:
    """A running demo bank whose people all read `language`. `made` is what the stage made."""

    server: Server
    language: str
    made: dict[str, Any]
    browser: Any
    open_contexts: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def somebody(self, username: str = "", password: str = PASSWORD) -> Any:
        """A page in a browser of their own, logged in; without a name a passer-by."""
        context = self.browser.new_context(base_url=self.server.url, viewport=DESK)
        context.add_cookies([{"name": "django_language", "value": self.language, "url": self.server.url}])
        self.open_contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self.errors.append(f"{page.url}: {message.text}") if message.type == "error" else None)
        if username:
            log_in(page, username, password)
        return page

    def translated(self, page: Any) -> None:
        found = untranslated(page, self.language, self.made["names"])
        assert not found, (page.url, found)

    def say(self, texts: dict[str, str]) -> str:
        return texts["zh" if self.language == "zh-hans" else "en"]


@pytest.fixture(scope="module", params=LANGUAGES)
def server_of_a_language(
    request: pytest.FixtureRequest, small_demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, str, dict[str, Any]]]:
    data = tmp_path_factory.mktemp("story") / "data"
    shutil.copytree(small_demo, data)
    server = Server(data, free_port())
    made = stage.built(server.manage("shell", "-v0", "-c", f"from tests.journeys import stage; stage.build({request.param!r})"))
    server.start()
    yield server, request.param, made
    server.stop()


@pytest.fixture
def bank(server_of_a_language: tuple[Server, str, dict[str, Any]], browser: object) -> Iterator[Bank]:
    """The bank; whatever a browser complained about by the end fails the test."""
    server, language, made = server_of_a_language
    bank = Bank(server, language, made, browser)
    yield bank
    for context in bank.open_contexts:
        context.close()
    assert not bank.errors, "\n".join(bank.errors)


# --- the trainee, and HR who looks on


def test_a_trainee_learns_faces_a_customer_earns_a_certificate_and_hr_sees_it(bank: Bank) -> None:
    page = bank.somebody("trainee")
    begin_the_course_from_home(bank, page)
    answer_the_checks(bank, page, COURSE["lessons"][0])
    on_to_the_next_lesson(page, "techniques")
    room = meet_the_customer_of_the_lesson(bank, page)
    talk_until_the_customer_is_satisfied(bank, page)
    read_the_debrief_and_report_a_reading(bank, page)
    bank.server.manage("shell", "-v0", "-c", f"from tests.journeys import stage; stage.play_the_rest('trainee', {bank.language!r})")
    finish_the_course(bank, page)
    name, number = download_the_certificate(bank, page)
    hr_finds_progress_result_and_certificate(bank, name, number)
    other = bank.somebody("outsider")
    assert other.request.get(room).status == 404


def begin_the_course_from_home(bank: Bank, page: Any) -> None:
    first = bank.say(COURSE["lessons"][0]["title"])
    assert first in page.locator(".next-sentence").text_content()
    bank.translated(page)
    page.click(".next-thing a.button")
    page.wait_for_url("**/courses/complaint-handling-essentials/process-and-rules/")
    assert page.locator("h1").text_content() == first
    assert page.locator(".rule-table .fact").count() > 3
    assert page.locator(".dialogue .said").count() > 3
    bank.translated(page)


def answer_the_checks(bank: Bank, page: Any, lesson: dict[str, Any]) -> None:
    """Answer every question of the lesson rightly, as the text that ships says."""
    for check in (block["check"] for block in lesson["body"] if "check" in block):
        question = page.locator(f"#{check['key']}")
        for option in check["options"]:
            if option.get("right"):
                question.locator("label", has=page.get_by_text(bank.say(option["text"]), exact=True)).locator("input").check()
        question.locator("button[type=submit]").click()
        page.wait_for_selector(f"#{check['key']} .verdict-right")


def on_to_the_next_lesson(page: Any, slug: str) -> None:
    page.click(".lesson-end button[type=submit]")
    page.wait_for_url(f"**/{slug}/")


def meet_the_customer_of_the_lesson(bank: Bank, page: Any) -> str:
    """From the lesson over the data notice, which comes once, into the room; gives its address."""
    answer_the_checks(bank, page, COURSE["lessons"][1])
    page.click(".role-play form button")
    page.wait_for_url("**/role-plays/notice/**")
    bank.translated(page)
    page.click(".data-notice button[type=submit], .data-notice form button")
    page.wait_for_url(re.compile(r"/role-plays/[0-9a-f-]{36}/$"))
    quiet(page)
    assert page.locator(".room-title h1").text_content() == TITLES[bank.language]
    bank.translated(page)
    return page.url


def quiet(page: Any) -> None:
    """Until all is saved and the customer has had their say, or the conversation is over."""
    page.wait_for_function(
        """() => !document.querySelector('.bubble-trainee:not([data-state=saved])')
             && document.querySelector('[data-connection]').dataset.state === 'saved'
             && document.querySelector('[data-typing]').hidden
             && (!document.querySelector('[data-ended]').hidden
                 || [...document.querySelectorAll('.bubble')].at(-1)?.classList.contains('bubble-customer'))""",
        timeout=40_000,
    )


def conversation(page: Any) -> list[str]:
    return page.locator(".bubble [data-text]").all_text_contents()


def talk_until_the_customer_is_satisfied(bank: Bank, page: Any) -> None:
    """Say what a careful handler says; half-way the page is loaded again and nothing is missing or doubled."""
    for number, line in enumerate(LINES[bank.language]):
        page.fill("#say", line)
        page.press("#say", "Enter")
        quiet(page)
        if page.locator("[data-ended]").is_visible():
            break
        if number == 2:
            before = conversation(page)
            page.reload()
            quiet(page)
            assert conversation(page) == before
    assert page.locator("[data-ended]").is_visible(), conversation(page)
    assert page.locator("[data-mood-shape] use").get_attribute("href") == "#mood-calm"
    assert [said for said in conversation(page) if said in LINES[bank.language]] == list(LINES[bank.language][: number + 1])


def read_the_debrief_and_report_a_reading(bank: Bank, page: Any) -> None:
    page.click("[data-ended] a")
    page.wait_for_url("**/debrief/")
    assert page.locator(".debrief-score .badge-good").count() == 1
    assert float(page.locator(".debrief-score strong").text_content()) >= 50
    marked = page.locator("#turn-1 mark").first.evaluate("mark => mark.firstChild.textContent")
    assert marked in LINES[bank.language][0]
    assert page.locator(".criterion").count() > 10
    evidence = page.locator(".criterion details a").first
    evidence.locator("xpath=ancestor::details/summary").click()
    assert evidence.text_content().strip("“”") in " ".join(LINES[bank.language])
    bank.translated(page)
    page.locator("#turn-1 .wrong-reading summary").first.click()
    page.locator("#turn-1 .wrong-reading textarea").first.fill(stage.NOTE)
    page.locator("#turn-1 .wrong-reading button").first.click()
    page.wait_for_selector(".messages .note-good")
    trainer = bank.somebody("trainer")
    trainer.goto("/role-plays/reports/")
    assert trainer.locator(".report").first.locator("mark").text_content() == marked


def finish_the_course(bank: Bank, page: Any) -> None:
    """What is left of the lessons; the last step completes the course."""
    for lesson in COURSE["lessons"][1:]:
        page.goto(f"/courses/complaint-handling-essentials/{lesson['slug']}/")
        if lesson["slug"] != "techniques":
            answer_the_checks(bank, page, lesson)
        for play in page.locator(".role-play").all():
            assert play.locator(".badge-good").count() == 1
        page.click(".lesson-end button[type=submit]")
        page.wait_for_load_state()
    page.goto("/courses/complaint-handling-essentials/")
    assert page.locator(".badge-good").count() == 1
    bank.translated(page)


def download_the_certificate(bank: Bank, page: Any) -> tuple[str, str]:
    """The PDF holds the name in Chinese, the public page a masked one. Gives the name and the number."""
    page.goto("/certificates/")
    bank.translated(page)
    name = page.locator(".top-tools a.tool").text_content().strip()
    number = re.search(r"TS-\d{4}-\d{6}-\w", page.locator("main").text_content()).group()
    answer = page.request.get(page.locator("a[href$='/pdf/']").get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.body(), capture_output=True, check=True).stdout.decode()
    assert name in text
    assert number in text
    anybody = bank.somebody()
    anybody.goto(page.locator("a[href*='/verify/']").get_attribute("href"))
    assert anybody.locator(".badge-good").count() == 1
    told = anybody.locator("main").text_content()
    assert number in told
    assert f"{name[0]}**" in told
    assert name not in told
    bank.translated(anybody)
    return name, number


def hr_finds_progress_result_and_certificate(bank: Bank, name: str, number: str) -> None:
    page = bank.somebody("hr")
    page.goto("/people/")
    page.select_option("[name=certificate]", "valid")
    page.wait_for_url("**certificate=valid**")
    page.fill("[name=q]", name)
    page.press("[name=q]", "Enter")
    page.wait_for_url("**q=**")
    bank.translated(page)
    assert page.locator("tbody tr").count() == 1
    shown = [cell.strip() for cell in page.locator("thead th, tbody tr > *").all_text_contents()]
    head, row = [re.sub(r" [↑↓]$", "", cell) for cell in shown[: len(shown) // 2]], shown[len(shown) // 2 :]
    assert row[0] == name
    exports = {link.split("export.")[1].split("?")[0]: link for link in hrefs(page, "a[href*='export.']")}
    table = list(csv.reader(io.StringIO(page.request.get(exports["csv"]).body().decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(page.request.get(exports["xlsx"]).body())).active
    for rows in (table, [list(cells) for cells in book.iter_rows(values_only=True)]):
        assert [plain(value) for value in rows[0]] == head
        assert [[plain(value) for value in one] for one in rows[1:]] == [[plain(value) for value in row]]
    page.click(f"tbody a:has-text('{name}')")
    page.wait_for_url(re.compile(r"/people/\d+/$"))
    told = page.locator("main").text_content()
    assert number in told
    assert TITLES[bank.language] in told
    assert page.locator(".badge-good").count() >= 3
    bank.translated(page)
    page.goto("/people/overview/")
    assert page.locator(".rate-bar").count() >= 1
    bank.translated(page)


def hrefs(page: Any, selector: str) -> list[str]:
    return [link.get_attribute("href") for link in page.locator(selector).all()]


def plain(value: Any) -> str:
    """A value of the screen or of an export, written in one way: a spreadsheet knows no difference between 93 and 93.0."""
    if value is None or value == "":
        return "–"
    text = f"{value:%Y-%m-%d}" if hasattr(value, "year") else str(value)
    return f"{float(text):g}" if re.fullmatch(r"\d+(\.\d+)?", text) else text


# --- somebody of another bank


def test_an_outsider_finds_nothing_at_any_address_nor_over_the_socket(bank: Bank) -> None:
    page = bank.somebody("outsider")
    made = bank.made
    room, finished = (f"/role-plays/{session}/" for session in (made["rooms"]["annual-fee"], made["finished"]))
    hidden = [
        *(room, finished, f"{finished}debrief/"),
        *(f"/certificates/{made['certificate']}/{kind}/" for kind in ("pdf", "json", "revoke")),
        *("/people/", f"/people/{made['person']}/", f"/people/{made['person']}/edit/", "/people/overview/", "/people/export.csv"),
    ]
    assert {address: page.request.get(address).status for address in hidden} == dict.fromkeys(hidden, 404)
    closed_with = page.evaluate(
        """path => new Promise(resolve => {
             const socket = new WebSocket(location.origin.replace('http', 'ws') + path);
             socket.onclose = event => resolve(event.code);
           })""",
        f"/ws{room}",
    )
    assert closed_with == 4404


# --- an author

NEW_WORDS = {"zh-hans": "喂，听得见吗？", "en": "Hello, can you hear me?"}


def test_an_author_drafts_previews_and_publishes_while_a_role_play_keeps_its_version(bank: Bank) -> None:
    words = NEW_WORDS[bank.language]
    trainee, author = bank.somebody(bank.made["veteran"]), bank.somebody("author")
    under_way, began_with = open_a_role_play(bank, trainee)
    change_the_first_words(bank, author, words)
    assert not open_a_role_play(bank, trainee)[1].startswith(words)
    publish(author)
    assert open_a_role_play(bank, trainee)[1].startswith(words)
    trainee.goto(under_way)
    assert conversation_begins(trainee) == began_with


def open_a_role_play(bank: Bank, page: Any) -> tuple[str, str]:
    """A new role-play; gives its address and the customer's first words."""
    page.goto("/role-plays/")
    card = page.locator("#rude-counter")
    card.locator("select[name=language]").select_option(bank.language)
    card.locator("button").click()
    page.wait_for_url(re.compile(r"/role-plays/[0-9a-f-]{36}/$"))
    return page.url, conversation_begins(page)


def conversation_begins(page: Any) -> str:
    page.wait_for_selector("[data-connection][data-state=saved]")
    page.wait_for_selector(".bubble-customer")
    return conversation(page)[0]


def change_the_first_words(bank: Bank, page: Any, words: str) -> None:
    """Whatever the customer begins with, they say `words` before; saved as a draft and seen in the preview."""
    page.goto("/cms/snippets/simulator/scenario/")
    page.click("a:has-text('柜台前的冷脸')")
    page.locator("a[role=tab]").nth(1).click()
    fields = page.locator(f"textarea[name^=lines__open__][name$='__{bank.language}']")
    assert fields.count() >= 1
    for line in fields.all():
        line.fill("\n".join(words + before for before in line.input_value().splitlines()))
    save_draft(page)
    page.click("[data-side-panel-toggle=preview]")
    page.frame_locator("#w-preview-iframe").get_by_text(words).first.wait_for(state="attached")


def save_draft(page: Any) -> None:
    """Save as the button does, and wait for the answer; the editor also saves drafts by itself."""
    with page.expect_response(lambda response: response.request.method == "POST" and "/edit/" in response.url):
        page.locator("footer button[type=submit]:not([name])").first.click()
    page.wait_for_load_state()


def publish(page: Any) -> None:
    page.locator("footer [data-w-dropdown-target=toggle]").first.click()
    with page.expect_navigation():
        page.locator("[name=action-publish]").first.click()


def test_an_author_changes_a_lesson_and_readers_see_it_when_it_is_published(bank: Bank) -> None:
    words = {"zh-hans": "刚改过的一句话介绍。", "en": "An introduction changed just now."}[bank.language]
    reader, author = bank.somebody(bank.made["veteran"]), bank.somebody("author")
    lesson = "/courses/complaint-handling-essentials/techniques/"
    author.goto(f"/cms/pages/{bank.made['lesson']}/edit/")
    if bank.language == "en":
        author.locator("a[role=tab]").nth(1).click()
    author.fill({"zh-hans": "#id_intro", "en": "#id_intro_en"}[bank.language], words)
    save_draft(author)
    reader.goto(lesson)
    assert words not in reader.content()
    publish(author)
    reader.reload()
    assert words in reader.content()


# --- a trainer


def test_a_trainer_watches_live_and_the_trainee_sees_who(bank: Bank) -> None:
    line = stage.WORDS["zh-hans"][0]
    trainee, trainer = bank.somebody(bank.made["veteran"]), bank.somebody("trainer")
    room = f"/role-plays/{bank.made['rooms']['annual-fee']}/"
    trainee.goto(room)
    quiet(trainee)
    assert not trainee.locator("[data-watching]").is_visible()
    trainer.goto("/role-plays/running/")
    bank.translated(trainer)
    trainer.click(f"a[href='{room}']")
    trainer.wait_for_selector("[data-connection][data-state=saved]")
    assert trainer.locator("#say").count() == 0
    trainee.wait_for_selector("[data-watching]:not([hidden])")
    assert trainer.locator(".top-tools a.tool").text_content().strip() in trainee.locator("[data-watching]").text_content()
    before = trainer.locator(".bubble-trainee").count()
    trainee.fill("#say", line)
    trainee.press("#say", "Enter")
    trainer.wait_for_function("count => document.querySelectorAll('.bubble-trainee').length > count", arg=before)
    assert trainer.locator(".bubble-trainee [data-text]").last.text_content() == line
    trainer.goto("/")
    trainee.wait_for_selector("[data-watching]", state="hidden")


# --- one's own account


def test_a_person_changes_language_text_size_and_password(bank: Bank) -> None:
    page = bank.somebody(bank.made["manager"])
    page.goto("/account/")
    bank.translated(page)
    page.check(f"input[name=language][value={OTHER[bank.language]}]")
    page.check("input[name=text_size][value=larger]")
    page.click("main form .button")
    page.wait_for_selector(f"html[lang={OTHER[bank.language]}][data-text-size=larger]")
    page.click(f"button[name=language][value={bank.language}]")
    page.wait_for_selector(f"html[lang={bank.language}]")
    change_password(page, PASSWORD, "seven green windows")
    page.wait_for_url("**/account/")
    page.click("form[action='/logout/'] button")
    page.wait_for_url("**/login/**")
    page.fill("#id_username", bank.made["manager"])
    page.fill("#id_password", PASSWORD)
    page.click("[data-login-form] > .button")
    page.wait_for_selector(".errorlist")
    log_in(page, bank.made["manager"], "seven green windows")


def change_password(page: Any, old: str, new: str) -> None:
    page.goto("/account/password/")
    page.fill("#id_old_password", old)
    page.fill("#id_new_password1", new)
    page.fill("#id_new_password2", new)
    page.click("main form .button")


# --- an administrator


def test_an_administrator_adds_a_person_and_resets_a_password(bank: Bank) -> None:
    page = bank.somebody("admin")
    page.goto("/people/new/")
    bank.translated(page)
    page.fill("#id_full_name", "Robin Zhu")
    page.fill("#id_username", "robin")
    page.select_option("#id_organisation", index=3)
    page.select_option("#id_language", bank.language)
    page.locator("main form .button").first.click()
    first = page.locator("code.secret").nth(1).text_content()
    newcomer = bank.somebody("robin", first)
    assert newcomer.url.endswith("/account/password/")
    newcomer.goto("/courses/")
    assert newcomer.url.endswith("/account/password/")
    change_password(newcomer, first, "a wall of quiet paper")
    newcomer.goto("/")
    assert newcomer.locator(".next-thing").count() == 1
    bank.translated(newcomer)
    page.locator("main a.button").first.click()
    page.click("a[href$='/password/']")
    page.wait_for_url("**/password/")
    page.locator("main form .button").first.click()
    second = page.locator("code.secret").nth(1).text_content()
    assert second != first
    newcomer.goto("/")
    assert "/login/" in newcomer.url
    log_in(newcomer, "robin", second)
    assert newcomer.url.endswith("/account/password/")
