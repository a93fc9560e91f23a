"""Pure: what counts as done, and what comes next.

A lesson is done when it has been read, each of its questions answered (rightly or not) and each of its role-plays
passed. A course is complete when every lesson is done and enough questions have been answered rightly at least once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Place(NamedTuple):
    """A question or role-play: the lesson it stands in, and its key there."""

    lesson: int
    key: str


class Score(NamedTuple):
    """The best role-play so far. `passed` is the rubric's word; a crossed red line makes it False at any score."""

    passed: bool
    score: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a lesson asks for: keys of its questions, and the score to reach in each of its role-plays."""

    id: int
    checks: tuple[str, ...] = ()
    role_plays: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Course:
    """Lessons in order. With `in_order`, a lesson opens when the one before it has been read."""

    lessons: tuple[Lesson, ...]
    check_pass_percent: int = 80
    in_order: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """What a person has done in a course."""

    read: frozenset[int] = frozenset()
    answered: frozenset[Place] = frozenset()
    right: frozenset[Place] = frozenset()
    scores: Mapping[Place, Score] = field(default_factory=dict)


class State(StrEnum):
    DONE = "done"
    NOW = "now"
    OPEN = "open"
    LOCKED = "locked"


class Task(StrEnum):
    """What is still to do in a lesson, in the order in which it is best done."""

    READ = "read"
    ANSWER = "answer"
    ROLE_PLAY = "role_play"
    ANSWER_AGAIN = "answer_again"


def role_play_passed(lesson: Lesson, key: str, done: Done) -> bool:
    best = done.scores.get(Place(lesson.id, key))
    return best is not None and best.passed and best.score >= lesson.role_plays[key]


def tasks(lesson: Lesson, done: Done) -> tuple[Task, ...]:
    """What is still to do in `lesson`; empty when it is done."""
    answered = all(Place(lesson.id, key) in done.answered for key in lesson.checks)
    played = all(role_play_passed(lesson, key, done) for key in lesson.role_plays)
    left = ((Task.READ, lesson.id in done.read), (Task.ANSWER, answered), (Task.ROLE_PLAY, played))
    return tuple(task for task, finished in left if not finished)


def states(course: Course, done: Done) -> tuple[State, ...]:
    """The state of every lesson. At most one is `NOW`: the first open one that is not done."""
    found: list[State] = []
    open_ = True
    for lesson in course.lessons:
        if not tasks(lesson, done):
            found.append(State.DONE)
        elif not open_:
            found.append(State.LOCKED)
        else:
            found.append(State.OPEN if State.NOW in found else State.NOW)
        if course.in_order:
            open_ = open_ and lesson.id in done.read
    return tuple(found)


def questions(course: Course) -> tuple[Place, ...]:
    return tuple(Place(lesson.id, key) for lesson in course.lessons for key in lesson.checks)


def right_percent(course: Course, done: Done) -> float:
    """Share of the questions answered rightly at least once; 100 where there is none."""
    asked = questions(course)
    return 100.0 * sum(place in done.right for place in asked) / len(asked) if asked else 100.0


def is_complete(course: Course, done: Done) -> bool:
    """Whether every condition is met. A course without lessons is never complete."""
    lessons_done = bool(course.lessons) and all(not tasks(lesson, done) for lesson in course.lessons)
    return lessons_done and right_percent(course, done) >= course.check_pass_percent


def next_task(course: Course, done: Done) -> tuple[int, Task] | None:
    """The lesson to go to and what to do there; None when the course is complete or empty."""
    for lesson, state in zip(course.lessons, states(course, done), strict=True):
        if state is State.NOW:
            return lesson.id, tasks(lesson, done)[0]
    if right_percent(course, done) < course.check_pass_percent:
        return next(place.lesson for place in questions(course) if place not in done.right), Task.ANSWER_AGAIN
    return None


def course_score(course: Course, done: Done) -> float:
    """The score on a certificate: the mean of the best role-plays, or of the questions where there is no role-play."""
    best = [
        done.scores[place].score
        for lesson in course.lessons
        for key in lesson.role_plays
        if (place := Place(lesson.id, key)) in done.scores
    ]
    return sum(best) / len(best) if best else right_percent(course, done)
