"""The courses that ship: complete in both languages, resting on known facts, loaded without harm."""

from __future__ import annotations

import re

import pytest
import yaml
from django.core.management import call_command
from wagtail.rich_text import RichText

from courses import outline, shipped
from courses.facts import known_facts, split_ids
from courses.models import CoursePage, LessonPage
from lms.core.models import User
from simulator.models import Scenario

FILES = sorted(shipped.CONTENT.glob("*.yaml"))
LESSONS = [
    pytest.param(document["slug"], lesson, id=f"{document['slug']}/{lesson['slug']}")
    for document in (yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES)
    for lesson in document["lessons"]
]


def strings(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, path)
    elif isinstance(value, str):
        yield path, value


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_every_text_stands_in_both_languages(slug, lesson) -> None:
    chinese = [(path[:-1], words) for path, words in strings(lesson) if path[-1] == "zh"]
    english = [(path[:-1], words) for path, words in strings(lesson) if path[-1] == "en"]
    assert [path for path, _words in chinese] == [path for path, _words in english]
    assert all(re.search("[\u4e00-\u9fff]", words) for _path, words in chinese)
    assert not any(re.search("[\u4e00-\u9fff]", words) for _path, words in english)


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_every_cited_fact_is_known(slug, lesson) -> None:
    cited = [fact for path, words in strings(lesson) if path[-1] in ("fact_id", "fact_ids") for fact in split_ids(words)]
    assert set(cited) <= set(known_facts())
    assert all(known_facts()[fact].words(language) for fact in cited for language in ("zh-hans", "en"))
    assert cited


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_both_languages_ask_the_same_and_pass_the_editor_s_checks(slug, lesson, db) -> None:
    for name in ("rude-counter", "annual-fee", "frozen-account"):
        Scenario.objects.get_or_create(slug=name, defaults={"title_zh": name})
    bodies = {language: shipped.stored_body(lesson["body"], language) for language in ("zh", "en")}
    page = LessonPage(title="x", body=bodies["zh"], body_en=bodies["en"])
    page.clean()
    for body in (page.body, page.body_en):
        cleaned = body.stream_block.clean(body)
        assert len(cleaned) == len(lesson["body"])


@pytest.mark.parametrize(("slug", "lesson"), LESSONS)
def test_a_lesson_can_be_read_in_the_minutes_it_says(slug, lesson) -> None:
    """Reading at 350 characters a minute, half a minute a question; role-plays are played besides."""
    read = sum(len(re.sub("<[^>]+>", "", words)) for path, words in strings(lesson["body"]) if path[-1] == "zh")
    minutes = read / 350 + 0.5 * sum("check" in block for block in lesson["body"])
    assert minutes <= lesson["minutes"] <= 10
    assert lesson["minutes"] >= 5


def test_the_first_course_teaches_the_four_areas_plays_three_scenarios_and_ends_with_a_test(db) -> None:
    document = yaml.safe_load((shipped.CONTENT / "complaint-handling-essentials.yaml").read_text(encoding="utf-8"))
    teaching, final = document["lessons"][:-1], document["lessons"][-1]
    assert len(teaching) == 4
    kinds = [{kind for block in lesson["body"] for kind in block} for lesson in teaching]
    assert all({"text", "rule_table", "dialogue", "do_dont", "check"} <= kind for kind in kinds)
    played = {block["role_play"]["scenario"] for lesson in teaching for block in lesson["body"] if "role_play" in block}
    assert played == {"rude-counter", "annual-fee", "frozen-account"}
    assert sum("check" in block for block in final["body"]) >= 8


def test_loading_twice_changes_nothing(db) -> None:
    first = shipped.load_all()
    revisions = {lesson.slug: lesson.live_revision_id for lesson in LessonPage.objects.all()}
    assert len(first.created) == len(FILES) + len(LESSONS)
    second = shipped.load_all()
    assert (second.created, second.updated, second.drafted) == ([], [], [])
    assert {lesson.slug: lesson.live_revision_id for lesson in LessonPage.objects.all()} == revisions


def small(version: int, words: str) -> dict:
    text = {"zh": words, "en": words}
    lesson = {"slug": "one", "minutes": 5, "title": text, "intro": text, "body": [{"text": text}]}
    return {"slug": "small", "version": version, "title": {"zh": "小课", "en": "Small"}, "intro": text, "lessons": [lesson]}


def words_of(lesson: LessonPage) -> str:
    (block,) = lesson.body
    assert isinstance(block.value, RichText)
    return block.value.source


def test_a_new_release_updates_a_page_that_nobody_has_edited(db) -> None:
    index = shipped.prepare_cms()
    shipped.load(index, small(1, "<p>一</p>"), shipped.Report())
    report = shipped.Report()
    shipped.load(index, small(2, "<p>二</p>"), report)
    assert words_of(LessonPage.objects.get()) == "<p>二</p>"
    assert CoursePage.objects.get().version == 2
    assert (len(report.updated), report.drafted) == (2, [])


def test_a_new_release_lies_as_a_draft_beside_what_an_author_wrote(db, author: User) -> None:
    index = shipped.prepare_cms()
    shipped.load(index, small(1, "<p>一</p>"), shipped.Report())
    lesson = LessonPage.objects.get()
    lesson.title = "作者的题目"
    lesson.save_revision(user=author).publish()
    report = shipped.Report()
    shipped.load(index, small(2, "<p>二</p>"), report)
    lesson = LessonPage.objects.get()
    assert (lesson.title, words_of(lesson), lesson.has_unpublished_changes) == ("作者的题目", "<p>一</p>", True)
    assert words_of(lesson.get_latest_revision_as_object()) == "<p>二</p>"
    assert len(report.drafted) == 1
    again = shipped.Report()
    shipped.load(index, small(2, "<p>二</p>"), again)
    assert again == shipped.Report()


def test_the_command_loads_what_ships(db, capsys) -> None:
    call_command("load_courses")
    assert "0 left as drafts" in capsys.readouterr().out
    assert outline.outline(LessonPage.objects.get(slug="final-check").body.raw_data).checks
