"""What a person may see of the courses, and how far they have come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from courses import outline, progress
from courses.models import CheckAnswer, Completion, CoursePage, Enrolment, LessonPage, LessonVisit, RolePlayResult, english_first
from courses.progress import Place, State, Task
from lms.core import access
from lms.core.models import Organisation, User

CONTEXT = "lesson"


def courses_open_to(user: User) -> QuerySet[CoursePage]:
    """The published courses for everybody, and those for an organisation in which `user` is, or for one above it."""
    if not user.is_authenticated:
        return CoursePage.objects.none()
    paths = {m.organisation.path[:end] for m in access.memberships_of(user) for end in _ends(m.organisation.path)}
    if not paths:
        return CoursePage.objects.none()
    for_them = Q(organisations__isnull=True) | Q(organisations__path__in=paths)
    return CoursePage.objects.live().filter(for_them).distinct().order_by("path")


def _ends(path: str) -> range:
    return range(Organisation.steplen, len(path) + 1, Organisation.steplen)


def is_trainee(user: User) -> bool:
    """Whether the progress of `user` is kept. Everybody else only reads."""
    return access.has_role(user, access.Role.TRAINEE)


def lessons_of(courses: Iterable[CoursePage]) -> dict[int, list[LessonPage]]:
    """The published lessons of each course, in order; one query."""
    by_path = {course.path: course.pk for course in courses}
    found: dict[int, list[LessonPage]] = {pk: [] for pk in by_path.values()}
    if by_path:
        condition = Q()
        for path in by_path:
            condition |= Q(path__startswith=path)
        for lesson in LessonPage.objects.live().filter(condition).order_by("path"):
            found[by_path[lesson.path[: -LessonPage.steplen]]].append(lesson)
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """A lesson on the path: where it stands for one person, and what is left to do in it."""

    lesson: LessonPage
    outline: outline.Outline
    state: State
    tasks: tuple[Task, ...]
    waits_for: LessonPage | None = None

    @property
    def is_open(self) -> bool:
        return self.state is not State.LOCKED


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """One person's way through one course. `opened` are the lessons they have looked into, `results` those of its role-plays."""

    course: CoursePage
    enrolment: Enrolment | None
    completion: Completion | None
    asks: progress.Course
    done: progress.Done
    opened: frozenset[int]
    results: tuple[RolePlayResult, ...]
    steps: tuple[Step, ...]

    @property
    def complete(self) -> bool:
        return self.completion is not None

    @property
    def lessons_done(self) -> int:
        return sum(step.state is State.DONE for step in self.steps)

    @property
    def lessons_percent(self) -> int:
        return 100 * self.lessons_done // len(self.steps) if self.steps else 0

    @property
    def minutes(self) -> int:
        return sum(step.lesson.minutes for step in self.steps)

    @property
    def minutes_left(self) -> int:
        return sum(step.lesson.minutes for step in self.steps if step.state is not State.DONE)

    @property
    def questions(self) -> int:
        return len(progress.questions(self.asks))

    @property
    def right(self) -> int:
        return sum(place in self.done.right for place in progress.questions(self.asks))

    @property
    def right_percent(self) -> int:
        return int(progress.right_percent(self.asks, self.done))

    @property
    def role_plays(self) -> int:
        return sum(len(lesson.role_plays) for lesson in self.asks.lessons)

    @property
    def role_plays_passed(self) -> int:
        return sum(progress.role_play_passed(lesson, key, self.done) for lesson in self.asks.lessons for key in lesson.role_plays)

    @property
    def next(self) -> tuple[Step, Task] | None:
        """Where to go on and what to do there; None when the course is complete."""
        found = None if self.complete else progress.next_task(self.asks, self.done)
        return (next(step for step in self.steps if step.lesson.pk == found[0]), found[1]) if found else None

    def step(self, lesson: LessonPage) -> Step | None:
        return next((step for step in self.steps if step.lesson.pk == lesson.pk), None)


def learning_of(user: User, courses: Iterable[CoursePage] | None = None) -> list[CourseProgress]:
    """How far `user` has come in `courses` (all that are open to them); the number of queries does not depend on how many."""
    courses = list(courses_open_to(user) if courses is None else courses)
    lessons = lessons_of(courses)
    enrolments = {e.course_id: e for e in Enrolment.objects.filter(user=user, course__in=courses).select_related("completion")}
    kept = _kept(enrolments.values())
    return [_course_progress(course, lessons[course.pk], enrolments.get(course.pk), kept) for course in courses]


def course_progress(user: User, course: CoursePage) -> CourseProgress:
    """How far `user` has come in `course`."""
    return learning_of(user, [course])[0]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of one enrolment."""

    done: progress.Done = field(default_factory=progress.Done)
    opened: frozenset[int] = frozenset()
    results: tuple[RolePlayResult, ...] = ()


def _kept(enrolments: Iterable[Enrolment]) -> dict[int, _Kept]:
    """What has been opened, answered and played under each enrolment; three queries."""
    ids = [enrolment.pk for enrolment in enrolments]
    opened, read, answered, right = defaultdict(set), defaultdict(set), defaultdict(set), defaultdict(set)
    scores: dict[int, dict[Place, progress.Score]] = defaultdict(dict)
    results: dict[int, list[RolePlayResult]] = defaultdict(list)
    if ids:
        for enrolment_id, lesson, read_at in LessonVisit.objects.filter(enrolment__in=ids).values_list("enrolment", "lesson", "read_at"):
            opened[enrolment_id].add(lesson)
            if read_at is not None:
                read[enrolment_id].add(lesson)
        answers = CheckAnswer.objects.filter(enrolment__in=ids).order_by()
        for enrolment_id, lesson, key, correct in answers.values_list("enrolment", "lesson", "key", "correct").distinct():
            answered[enrolment_id].add(Place(lesson, key))
            if correct:
                right[enrolment_id].add(Place(lesson, key))
        for result in RolePlayResult.objects.filter(enrolment__in=ids):
            results[result.enrolment_id].append(result)
            place, score = Place(result.lesson_id, result.key), progress.Score(result.passed, result.score)
            mine = scores[result.enrolment_id]
            mine[place] = max(mine.get(place, score), score)
    return {
        pk: _Kept(
            progress.Done(frozenset(read[pk]), frozenset(answered[pk]), frozenset(right[pk]), scores[pk]),
            frozenset(opened[pk]),
            tuple(results[pk]),
        )
        for pk in ids
    }


def _course_progress(
    course: CoursePage, lessons: list[LessonPage], enrolment: Enrolment | None, kept_by_enrolment: dict[int, _Kept]
) -> CourseProgress:
    outlines = {lesson.pk: outline.outline(lesson.body.raw_data) for lesson in lessons}
    asks = progress.Course(
        lessons=tuple(
            progress.Lesson(
                lesson.pk,
                tuple(check.key for check in outlines[lesson.pk].checks),
                {role_play.key: role_play.pass_score for role_play in outlines[lesson.pk].role_plays},
            )
            for lesson in lessons
        ),
        check_pass_percent=course.check_pass_percent,
        in_order=course.in_order,
    )
    kept = kept_by_enrolment.get(enrolment.pk, _Kept()) if enrolment else _Kept()
    done = kept.done
    steps, before = [], None
    for lesson, asked, state in zip(lessons, asks.lessons, progress.states(asks, done), strict=True):
        waits_for = before if state is State.LOCKED else None
        steps.append(Step(lesson, outlines[lesson.pk], state, progress.tasks(asked, done), waits_for))
        before = lesson
    completion = getattr(enrolment, "completion", None) if enrolment else None
    return CourseProgress(course, enrolment, completion, asks, done, kept.opened, kept.results, tuple(steps))


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next: `sentence` says it, `button` is the label of the way there."""

    kind: str
    course: CoursePage
    lesson: LessonPage
    minutes: int
    url: str

    @property
    def sentence(self) -> str:
        sentences = {
            "begin": _("Begin “%(course)s” with the lesson “%(lesson)s”."),
            Task.READ: _("Go on with “%(lesson)s” in “%(course)s”."),
            Task.ANSWER: _("Go on with “%(lesson)s” in “%(course)s”."),
            Task.ROLE_PLAY: _("Play the role-play of “%(lesson)s”."),
            Task.ANSWER_AGAIN: _("Answer some questions of “%(lesson)s” once more to complete “%(course)s”."),
        }
        return sentences[self.kind] % {"course": self.course.title_here, "lesson": self.lesson.title_here}

    @property
    def button(self) -> str:
        return _("Begin") if self.kind == "begin" else _("Go on")


def next_step(user: User, learning: list[CourseProgress] | None = None) -> NextStep | None:
    """What `user` should do next: go on in a course they have begun, else begin one. None when all is done.

    A page that has already asked for `learning_of(user)` hands it in and saves the queries.
    """
    learning = learning_of(user) if learning is None else learning
    begun_first = sorted(learning, key=lambda one: one.enrolment is None)
    for one in begun_first:
        if found := one.next:
            step, task = found
            kind = "begin" if one.enrolment is None else task
            return NextStep(kind, one.course, step.lesson, step.lesson.minutes, step.lesson.url)
    return None


@dataclass(frozen=True, slots=True)
class LessonAddress:
    """Where a role-play was opened from."""

    lesson: LessonPage
    key: str

    @property
    def title(self) -> str:
        return self.lesson.title_here

    @property
    def url(self) -> str:
        return f"{self.lesson.url}#{self.key}"


def lesson_at(context_key: str) -> LessonAddress | None:
    """The lesson and block that "lesson:<page id>:<key>" names; None for any other key, or one that leads nowhere."""
    kind, _colon, rest = context_key.partition(":")
    page_id, _colon, key = rest.partition(":")
    if kind != CONTEXT or not page_id.isdecimal() or not key:
        return None
    lesson = LessonPage.objects.live().filter(pk=page_id).first()
    return LessonAddress(lesson, key) if lesson else None


def context_key(lesson: LessonPage, key: str) -> str:
    return f"{CONTEXT}:{lesson.pk}:{key}"


def scenario_titles(slugs: Iterable[str]) -> dict[str, str]:
    """The names of published scenarios in the language of whoever is looking."""
    rows = apps.get_model("simulator", "Scenario").objects.filter(slug__in=list(slugs), live=True)
    return {slug: (en if english_first() and en else zh) for slug, zh, en in rows.values_list("slug", "title_zh", "title_en")}


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """The figures HR and trainers see of a person's courses."""

    begun: int = 0
    completed: int = 0
    lessons_read: int = 0
    last_active_at: datetime | None = None


def record_of(user: User) -> list[dict[str, Any]]:
    """Everything that is kept of `user` in courses, as plain values, for themselves; five queries."""
    found: dict[int, dict[str, Any]] = {}
    for enrolment in Enrolment.objects.filter(user=user).select_related("course", "completion").order_by("started_at", "id"):
        completion = getattr(enrolment, "completion", None)
        found[enrolment.pk] = {
            "course": enrolment.course.title_here,
            "started_at": enrolment.started_at,
            "completed_at": completion.completed_at if completion else None,
            "score": completion.score if completion else None,
            "lessons": [],
            "answers": [],
            "role_plays": [],
        }
    kept = (
        ("lessons", LessonVisit, ("opened_at", "read_at")),
        ("answers", CheckAnswer, ("key", "language", "choice", "correct", "at")),
        ("role_plays", RolePlayResult, ("key", "session_id", "score", "passed", "at")),
    )
    for name, model, columns in kept:
        rows = model.objects.filter(enrolment__in=list(found)).order_by("id")
        for row in rows.values("enrolment_id", *columns, title=F("lesson__title")):
            found[row.pop("enrolment_id")][name].append(row)
    return list(found.values())


def progress_by_person(people: Iterable[User] | QuerySet[User]) -> dict[int, PersonProgress]:
    """Courses begun and completed, lessons read and the last activity of each of `people`, by id; one query."""
    rows = (
        Enrolment.objects.filter(user__in=people)
        .values("user")
        .annotate(
            begun=Count("id", distinct=True),
            completed=Count("completion", distinct=True),
            lessons_read=Count("visits", filter=Q(visits__read_at__isnull=False), distinct=True),
            last_active_at=Max("visits__opened_at"),
        )
    )
    return {row.pop("user"): PersonProgress(**row) for row in rows}
