"""The pages of courses, as a trainee, a colleague and somebody of another bank see them."""

from __future__ import annotations

import json
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses import services
from courses.models import CheckAnswer, Enrolment, LessonVisit
from lms.core.models import User
from tests.courses.pages import check_block, make_course, make_lesson, make_scenario, role_play_block, text_block

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(bank):
    make_scenario()
    course = make_course(organisations=(bank,))
    table = {"caption": "时限", "rows": [{"fact_id": "T-03", "rule": "反馈结果", "limit": "5 个工作日"}]}
    english = {"caption": "Limits", "rows": [{"fact_id": "T-03", "rule": "Give the result", "limit": "5 working days"}]}
    make_lesson(
        course,
        "one",
        {"type": "rule_table", "value": table},
        check_block("q1", question="哪个"),
        body_en=json.dumps([{"type": "rule_table", "value": english}, check_block("q1")]),
    )
    make_lesson(course, "two", role_play_block("r1"))
    return course


@pytest.fixture
def page(client: Client, trainee: User) -> Client:
    client.force_login(trainee)
    return client


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_a_visitor_is_sent_to_the_login(client, course) -> None:
    for address in ("/courses/", course.url, f"{course.url}one/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response.url.startswith("/login/")


def test_another_bank_sees_neither_the_course_nor_its_lessons(client, outsider, course) -> None:
    client.force_login(outsider)
    assert course.title not in text(client.get("/courses/"))
    for method, address in (("get", course.url), ("post", course.url), ("get", f"{course.url}one/"), ("post", f"{course.url}one/")):
        assert getattr(client, method)(address).status_code == 404, (method, address)
    assert not Enrolment.objects.exists()


def test_begin_leads_to_the_first_lesson(page, course) -> None:
    assert "Begin" in text(page.get(course.url))
    assert page.post(course.url).url == f"{course.url}one/"
    assert Enrolment.objects.count() == 1


def test_a_locked_lesson_sends_back_to_the_path_which_says_why(page, course) -> None:
    assert "Opens when you have read “Lesson one”." in text(page.get(course.url))
    response = page.get(f"{course.url}two/", follow=True)
    assert response.redirect_chain == [(course.url, 302)]
    assert "This lesson opens when the one before it has been read." in text(response)


def test_a_lesson_is_in_the_language_of_the_reader_and_cites_its_facts(page, trainee, course) -> None:
    english = text(page.get(f"{course.url}one/"))
    assert "Give the result" in english
    assert re.search(r'<abbr class="fact"[^>]*>T-03</abbr>', english)
    User.objects.filter(pk=trainee.pk).update(language="zh-hans")
    chinese = text(page.get(f"{course.url}one/"))
    assert "反馈结果" in chinese
    assert "Give the result" not in chinese


def test_a_lesson_without_english_is_read_in_chinese(page, course) -> None:
    make_lesson(course, "three", text_block("<p>只有中文</p>"))
    course.in_order = False
    course.save()
    assert "只有中文" in text(page.get(f"{course.url}three/"))


def test_reading_is_noted_and_opens_the_next_lesson(page, course) -> None:
    text(page.get(f"{course.url}one/"))
    assert LessonVisit.objects.filter(read_at__isnull=True).count() == 1
    assert page.post(f"{course.url}one/", {"action": "read"}).url == f"{course.url}two/"
    assert "Start the role-play" in text(page.get(f"{course.url}two/"))
    assert page.post(f"{course.url}two/", {"action": "read"}).url == course.url


def test_an_answer_without_a_script_comes_back_as_the_page_with_its_note(page, course) -> None:
    response = page.post(f"{course.url}one/", {"action": "answer", "key": "q1", "choice": "1"}, follow=True)
    assert response.redirect_chain == [(f"{course.url}one/#q1", 302)]
    shown = text(response)
    assert "Not quite." in shown
    assert "note 1" in shown
    assert "note 2" not in shown
    page.post(f"{course.url}one/", {"action": "answer", "key": "q1", "choice": "0"})
    assert "That is right." in text(page.get(f"{course.url}one/"))
    assert list(CheckAnswer.objects.values_list("correct", flat=True)) == [False, True]


def test_an_answer_sent_by_the_script_comes_back_as_the_question_alone(page, course) -> None:
    sent = {"action": "answer", "key": "q1", "choice": "0"}
    shown = text(page.post(f"{course.url}one/", sent, headers={"X-Requested-With": "fetch"}))
    assert shown.strip().startswith("<section")
    assert "That is right." in shown
    refused = page.post(f"{course.url}one/", {"action": "answer", "key": "q1"}, headers={"X-Requested-With": "fetch"})
    assert refused.status_code == 422
    assert "Choose an answer first." in refused.content.decode()


def test_the_right_answer_is_nowhere_in_the_page_before_it_is_given(page, course) -> None:
    shown = text(page.get(f"{course.url}one/"))
    assert "note 0" not in shown
    assert "option-right" not in shown


def test_the_role_play_block_says_what_to_open_and_for_which_lesson(page, trainee, course) -> None:
    page.post(f"{course.url}one/", {"action": "read"})
    shown = text(page.get(f"{course.url}two/"))
    lesson = course.get_children().last()
    assert 'action="/role-plays/"' in shown
    for name, value in (("scenario", "annual-fee"), ("level", "2"), ("context_key", f"lesson:{lesson.pk}:r1"), ("language", "en")):
        assert f'name="{name}" value="{value}"' in shown


def test_a_scenario_that_is_not_published_is_said_to_be_away(page, course) -> None:
    scenario = make_scenario()
    scenario.live = False
    scenario.save()
    page.post(f"{course.url}one/", {"action": "read"})
    shown = text(page.get(f"{course.url}two/"))
    assert "not published at the moment" in shown
    assert "Start the role-play" not in shown


def test_a_colleague_reads_and_nothing_is_recorded(client, trainer, course) -> None:
    client.force_login(trainer)
    assert "nothing is recorded" in text(client.get(course.url))
    assert "nothing is recorded" in text(client.get(f"{course.url}two/"))
    client.post(f"{course.url}one/", {"action": "answer", "key": "q1", "choice": "0"})
    client.post(f"{course.url}one/", {"action": "read"})
    assert not Enrolment.objects.exists()


def test_a_draft_lesson_is_not_on_the_path_and_not_at_its_address(page, course) -> None:
    make_lesson(course, "draft", live=False)
    assert "Lesson draft" not in text(page.get(course.url))
    assert page.get(f"{course.url}draft/").status_code == 404


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        text(client.get(address))
    return len(counted)


@pytest.mark.parametrize("address", ["{course}", "{course}one/", "/courses/"])
def test_a_page_of_a_course_needs_few_queries_and_no_more_with_more_in_it(page, trainee, course, address) -> None:
    services.enrol(trainee, course)
    address = address.format(course=course.url)
    text(page.get(address))  # the site's own caches are warm
    cache.clear()
    small = queries(page, address)
    for number in range(3, 9):
        make_lesson(course, f"l{number}", text_block(), check_block("q1"), check_block("q2"), text_block())
    lesson = course.get_children().first().specific
    lesson.body = lesson.body.stream_block.to_python(
        [*lesson.body.get_prep_value(), *[text_block() for _ in range(10)], *[check_block(f"x{n}") for n in range(8)]]
    )
    lesson.body_en = "[]"
    lesson.save_revision().publish()
    cache.clear()
    cold = queries(page, address)
    warm = queries(page, address)
    assert warm <= cold <= small <= 12
