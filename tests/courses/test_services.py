"""Enrolling, reading, answering, completing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from courses import selectors, services
from courses.errors import CoursesError
from courses.models import CheckAnswer, Completion, Enrolment, RolePlayResult
from lms.core import bus
from lms.core.contracts import CourseCompleted, ResultRecorded
from lms.core.models import Membership
from tests.courses.pages import check_block, make_course, make_lesson, make_scenario, role_play_block
from tests.factories import make_person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)


@pytest.fixture
def completed(monkeypatch: pytest.MonkeyPatch) -> list[CourseCompleted]:
    """The completions said to the other apps, in order."""
    said: list[CourseCompleted] = []
    monkeypatch.setattr(bus, "_reactions", {CourseCompleted: [said.append]})
    return said


@pytest.fixture
def course(db: None):
    make_scenario()
    course = make_course()
    make_lesson(course, "one", check_block("q1"), check_block("q2"))
    make_lesson(course, "two", role_play_block("r1"))
    return course


def lessons(course):
    return selectors.lessons_of([course])[course.pk]


def result(trainee, lesson, *, key: str = "r1", score: float = 80.0, **changes) -> ResultRecorded:
    record = ResultRecorded(
        result_id=1,
        session_id=uuid4(),
        trainee_id=trainee.pk,
        organisation_id=1,
        scenario_slug="annual-fee",
        level=2,
        context_key=f"lesson:{lesson.pk}:{key}",
        rubric_code="conversation",
        rubric_version=3,
        score=score,
        passed=True,
        recorded_at=NOON,
    )
    return replace(record, **changes)


def finish_everything_but_the_role_play(trainee, course) -> None:
    one, two = lessons(course)
    services.mark_lesson_read(trainee, one, at=NOON)
    services.answer_check(trainee, one, "q1", [0], at=NOON)
    services.answer_check(trainee, one, "q2", [0], at=NOON)
    services.mark_lesson_read(trainee, two, at=NOON)


def test_enrolling_twice_is_enrolling_once(trainee, course) -> None:
    assert services.enrol(trainee, course) == services.enrol(trainee, course)
    assert Enrolment.objects.count() == 1


def test_a_course_of_another_bank_does_not_exist_for_a_trainee(trainee, outsider, bank) -> None:
    private = make_course("private", organisations=(bank,))
    assert private in selectors.courses_open_to(trainee)
    assert private not in selectors.courses_open_to(outsider)
    with pytest.raises(CoursesError, match="not_open"):
        services.enrol(outsider, private)


def test_a_course_for_one_department_is_not_open_to_its_neighbour(bank, department) -> None:
    elsewhere = make_person("elsewhere", Membership.Role.TRAINEE, bank.get_children().first())
    course = make_course("narrow", organisations=(department,))
    assert course not in selectors.courses_open_to(elsewhere)
    assert course in selectors.courses_open_to(make_person("inside", Membership.Role.TRAINEE, department))


def test_a_draft_course_is_open_to_nobody(trainee) -> None:
    assert make_course("draft", live=False) not in selectors.courses_open_to(trainee)


def test_a_colleague_who_is_no_trainee_cannot_enrol(trainer, course) -> None:
    with pytest.raises(CoursesError, match="not_a_trainee"):
        services.enrol(trainer, course)


def test_a_lesson_whose_turn_has_not_come_is_refused(trainee, course) -> None:
    one, two = lessons(course)
    with pytest.raises(CoursesError, match="locked"):
        services.open_lesson(trainee, two)
    services.mark_lesson_read(trainee, one)
    assert services.open_lesson(trainee, two).lesson == two


def test_every_answer_is_kept_and_one_right_one_is_enough(trainee, course) -> None:
    one, _two = lessons(course)
    first = services.answer_check(trainee, one, "q1", [1])
    second = services.answer_check(trainee, one, "q1", [0], language="en")
    services.answer_check(trainee, one, "q1", [2])
    assert [first.correct, second.correct] == [False, True]
    assert first.content_hash == second.content_hash
    assert CheckAnswer.objects.count() == 3
    assert selectors.course_progress(trainee, course).right == 1


@pytest.mark.parametrize(
    ("key", "choice", "code"),
    [("q9", [0], "no_such_question"), ("q1", [], "nothing_chosen"), ("q1", [7], "no_such_answer"), ("q1", [0, 1], "no_such_answer")],
)
def test_an_answer_that_makes_no_sense_is_refused_and_not_kept(trainee, course, key, choice, code) -> None:
    with pytest.raises(CoursesError, match=code):
        services.answer_check(trainee, lessons(course)[0], key, choice)
    assert not CheckAnswer.objects.exists()


def test_the_last_condition_completes_the_course_and_says_so_once(
    trainee, course, department, completed, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        finish_everything_but_the_role_play(trainee, course)
    assert completed == []
    with django_capture_on_commit_callbacks(execute=True):
        services.mark_lesson_done(result(trainee, lessons(course)[1], score=40.0))
        services.mark_lesson_done(result(trainee, lessons(course)[1], score=82.0))
        services.mark_lesson_done(result(trainee, lessons(course)[1], score=95.0))
    assert [(said.course_id, said.trainee_id, said.organisation_id, said.score) for said in completed] == [
        (course.pk, trainee.pk, department.pk, 82.0)
    ]
    assert (completed[0].rubric_code, completed[0].rubric_version, completed[0].completed_at) == ("conversation", 3, NOON)
    assert selectors.course_progress(trainee, course).complete


def test_the_same_result_twice_is_kept_once_and_says_the_completion_again(
    trainee, course, completed, django_capture_on_commit_callbacks
) -> None:
    finish_everything_but_the_role_play(trainee, course)
    record = result(trainee, lessons(course)[1])
    with django_capture_on_commit_callbacks(execute=True):
        services.mark_lesson_done(record)
        services.mark_lesson_done(record)
    assert RolePlayResult.objects.count() == Completion.objects.count() == 1
    assert completed[0] == completed[1]


@pytest.mark.parametrize(
    "changes",
    [{"scenario_slug": "easy"}, {"level": 1}, {"context_key": ""}, {"context_key": "lesson:x:r1"}, {"context_key": "lesson:999999:r1"}],
)
def test_a_role_play_that_the_lesson_did_not_ask_for_does_not_count(trainee, course, changes) -> None:
    services.mark_lesson_done(result(trainee, lessons(course)[1], **changes))
    assert not RolePlayResult.objects.exists()


def test_a_role_play_for_a_course_of_another_bank_does_not_count(outsider, bank) -> None:
    make_scenario()
    private = make_course("private", organisations=(bank,))
    lesson = make_lesson(private, "one", role_play_block("r1"))
    services.mark_lesson_done(result(outsider, lesson))
    assert not Enrolment.objects.exists()


def test_a_completion_stays_when_the_course_grows(trainee, course) -> None:
    finish_everything_but_the_role_play(trainee, course)
    services.mark_lesson_done(result(trainee, lessons(course)[1]))
    make_lesson(course, "three", check_block("q1"))
    mine = selectors.course_progress(trainee, course)
    assert mine.complete
    assert mine.next is None


def test_the_next_step_leads_through_the_course_and_then_stops(trainee, course) -> None:
    one, two = lessons(course)
    step = selectors.next_step(trainee)
    assert (step.kind, step.lesson, step.minutes, step.url) == ("begin", one, one.minutes, one.url)
    services.mark_lesson_read(trainee, one)
    assert selectors.next_step(trainee).kind == "answer"
    services.answer_check(trainee, one, "q1", [0])
    services.answer_check(trainee, one, "q2", [0])
    assert (selectors.next_step(trainee).kind, selectors.next_step(trainee).lesson) == ("read", two)
    services.mark_lesson_read(trainee, two)
    assert selectors.next_step(trainee).kind == "role_play"
    services.mark_lesson_done(result(trainee, two))
    assert selectors.next_step(trainee) is None


def test_the_way_back_from_a_role_play_is_the_lesson(course) -> None:
    two = lessons(course)[1]
    address = selectors.lesson_at(selectors.context_key(two, "r1"))
    assert address.url == f"{two.url}#r1"
    assert selectors.lesson_at("drill:1:x") is None


def test_the_number_of_queries_does_not_grow_with_courses_and_lessons(trainee, course, django_assert_max_num_queries) -> None:
    for number in range(4):
        more = make_course(f"more-{number}")
        for lesson in range(3):
            make_lesson(more, f"l{lesson}", check_block("q1"))
        services.enrol(trainee, more)
    fresh = type(trainee).objects.get(pk=trainee.pk)
    with django_assert_max_num_queries(7):
        assert len(selectors.learning_of(fresh)) == 5


def test_figures_of_people_come_in_one_query(trainee, outsider, course, django_assert_num_queries) -> None:
    finish_everything_but_the_role_play(trainee, course)
    services.mark_lesson_done(result(trainee, lessons(course)[1]))
    with django_assert_num_queries(1):
        found = selectors.progress_by_person([trainee, outsider])
    assert (found[trainee.pk].begun, found[trainee.pk].completed, found[trainee.pk].lessons_read) == (1, 1, 2)
    assert outsider.pk not in found


def test_two_banks_share_a_course_that_is_for_everybody(trainee, outsider, course) -> None:
    assert course in selectors.courses_open_to(trainee)
    assert course in selectors.courses_open_to(outsider)
