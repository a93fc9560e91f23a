"""What counts as done, and what comes next: pure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress import (
    Course,
    Done,
    Lesson,
    Place,
    Score,
    State,
    Task,
    course_score,
    is_complete,
    next_task,
    right_percent,
    states,
    tasks,
)

KEYS = ("q1", "q2", "q3")
lessons = st.lists(
    st.tuples(st.sets(st.sampled_from(KEYS)), st.dictionaries(st.sampled_from(("r1", "r2")), st.integers(0, 100))), max_size=5
).map(lambda found: tuple(Lesson(number, tuple(sorted(checks)), plays) for number, (checks, plays) in enumerate(found, start=1)))
courses = st.builds(Course, lessons=lessons, check_pass_percent=st.integers(0, 100), in_order=st.booleans())


@st.composite
def a_course_and_what_was_done(draw: st.DrawFn) -> tuple[Course, Done]:
    course = draw(courses)
    places = [Place(lesson.id, key) for lesson in course.lessons for key in lesson.checks]
    plays = [Place(lesson.id, key) for lesson in course.lessons for key in lesson.role_plays]
    answered = draw(st.sets(st.sampled_from(places))) if places else set()
    right = draw(st.sets(st.sampled_from(sorted(answered)))) if answered else set()
    read = draw(st.sets(st.sampled_from([lesson.id for lesson in course.lessons]))) if course.lessons else set()
    chosen = draw(st.sets(st.sampled_from(plays))) if plays else set()
    scores = {place: Score(draw(st.booleans()), draw(st.floats(0, 100))) for place in sorted(chosen)}
    return course, Done(frozenset(read), frozenset(answered), frozenset(right), scores)


@given(a_course_and_what_was_done())
def test_a_course_with_lessons_is_complete_exactly_when_nothing_is_left_to_do(case: tuple[Course, Done]) -> None:
    course, done = case
    if course.lessons and course.in_order and any(state is State.LOCKED for state in states(course, done)):
        assert next_task(course, done) is not None
    if course.lessons:
        assert is_complete(course, done) == (next_task(course, done) is None)
    else:
        assert not is_complete(course, done)


@given(a_course_and_what_was_done())
def test_there_is_at_most_one_lesson_to_do_now_and_it_is_the_first_open_one(case: tuple[Course, Done]) -> None:
    found = states(*case)
    assert found.count(State.NOW) <= 1
    if State.NOW in found:
        assert all(state is State.DONE for state in found[: found.index(State.NOW)])


@given(a_course_and_what_was_done(), st.data())
def test_doing_more_never_takes_anything_back(case: tuple[Course, Done], data: st.DataObject) -> None:
    course, done = case
    if not course.lessons:
        return
    lesson = data.draw(st.sampled_from(course.lessons))
    places = {Place(lesson.id, key) for key in lesson.checks}
    more = replace(
        done,
        read=done.read | {lesson.id},
        answered=done.answered | places,
        right=done.right | places,
        scores={**done.scores, **{Place(lesson.id, key): Score(True, 100.0) for key in lesson.role_plays}},
    )
    assert not tasks(lesson, more)
    assert right_percent(course, more) >= right_percent(course, done)
    before, after = states(course, done), states(course, more)
    assert all(then is State.DONE for now, then in zip(before, after, strict=True) if now is State.DONE)
    assert after.count(State.LOCKED) <= before.count(State.LOCKED)
    assert is_complete(course, more) or not is_complete(course, done)


def test_a_lesson_opens_when_the_one_before_it_has_been_read() -> None:
    course = Course((Lesson(1, ("q1",)), Lesson(2), Lesson(3)))
    assert states(course, Done()) == (State.NOW, State.LOCKED, State.LOCKED)
    assert states(course, Done(read=frozenset({1}))) == (State.NOW, State.OPEN, State.LOCKED)
    assert states(replace(course, in_order=False), Done()) == (State.NOW, State.OPEN, State.OPEN)


@pytest.mark.parametrize(("score", "passed"), [(Score(True, 60), True), (Score(True, 59.9), False), (Score(False, 100), False)])
def test_a_role_play_is_passed_with_the_score_and_no_red_line(score: Score, *, passed: bool) -> None:
    lesson = Lesson(1, role_plays={"r1": 60})
    done = Done(read=frozenset({1}), scores={Place(1, "r1"): score})
    assert (tasks(lesson, done) == ()) is passed


def test_too_few_right_answers_send_the_person_back_to_the_first_wrong_one() -> None:
    course = Course((Lesson(1, ("q1",)), Lesson(2, ("q1",))), check_pass_percent=80)
    places = {Place(1, "q1"), Place(2, "q1")}
    done = Done(frozenset({1, 2}), frozenset(places), frozenset({Place(1, "q1")}))
    assert not is_complete(course, done)
    assert next_task(course, done) == (2, Task.ANSWER_AGAIN)
    assert is_complete(course, replace(done, right=frozenset(places)))


def test_the_score_of_a_course_is_the_mean_of_its_best_role_plays_else_of_its_questions() -> None:
    course = Course((Lesson(1, ("q1", "q2"), {"r1": 50}), Lesson(2, role_plays={"r1": 50})))
    done = Done(right=frozenset({Place(1, "q1")}), scores={Place(1, "r1"): Score(True, 80.0), Place(2, "r1"): Score(True, 70.0)})
    assert course_score(course, done) == 75.0
    assert course_score(course, replace(done, scores={})) == 50.0
