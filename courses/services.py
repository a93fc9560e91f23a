"""What a person can do in a course. One function each; doing it twice changes nothing.

`at` is the time it happened, now by default; a demo bank or an import hands in its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from courses import outline, progress
from courses.errors import CoursesError
from courses.models import CheckAnswer, Completion, CoursePage, Enrolment, LessonPage, LessonVisit, RolePlayResult
from courses.selectors import course_progress, courses_open_to, is_trainee, lesson_at
from lms.core import access
from lms.core.bus import publish
from lms.core.contracts import CourseCompleted, ResultRecorded
from lms.core.models import User

AUTHOR_GROUP = "Course authors"


@transaction.atomic
def enrol(user: User, course: CoursePage, *, at: datetime | None = None) -> Enrolment:
    """`user` begins `course`."""
    organisation = access.home_organisation(user)
    if organisation is None or not is_trainee(user):
        raise CoursesError("not_a_trainee")
    if not courses_open_to(user).filter(pk=course.pk).exists():
        raise CoursesError("not_open")
    return _enrolment(user, course, at)


def _enrolment(user: User, course: CoursePage, at: datetime | None) -> Enrolment:
    enrolment, _created = Enrolment.objects.get_or_create(
        user=user, course=course, defaults={"organisation": access.home_organisation(user), "started_at": at or timezone.now()}
    )
    return enrolment


def course_of(lesson: LessonPage) -> CoursePage:
    return CoursePage.objects.get(path=lesson.path[: -LessonPage.steplen])


@transaction.atomic
def open_lesson(user: User, lesson: LessonPage, *, at: datetime | None = None) -> LessonVisit:
    """`user` opens `lesson`, and with the first one the course. A lesson whose turn has not come is refused."""
    course = course_of(lesson)
    enrolment = enrol(user, course, at=at)
    step = course_progress(user, course).step(lesson)
    if step is None or not step.is_open:
        raise CoursesError("locked")
    return visit(enrolment, lesson, at=at)


def visit(enrolment: Enrolment, lesson: LessonPage, *, at: datetime | None = None) -> LessonVisit:
    """Note that a lesson has been opened, by somebody of whom it is known that they may."""
    found, _created = LessonVisit.objects.get_or_create(enrolment=enrolment, lesson=lesson, defaults={"opened_at": at or timezone.now()})
    return found


@transaction.atomic
def mark_lesson_read(user: User, lesson: LessonPage, *, at: datetime | None = None) -> LessonVisit:
    """`user` says that `lesson` is read; the next one opens."""
    found = open_lesson(user, lesson, at=at)
    if found.read_at is None:
        found.read_at = at or timezone.now()
        found.save(update_fields=["read_at"])
        complete_if_earned(found.enrolment, at=at)
    return found


@transaction.atomic
def answer_check(
    user: User, lesson: LessonPage, key: str, choice: Iterable[int], *, language: str = "zh-hans", at: datetime | None = None
) -> CheckAnswer:
    """`user` answers the question `key` with the answers at the places `choice`. Right means: all the right ones, no other."""
    body = (lesson.body_en or lesson.body) if language.startswith("en") else lesson.body
    check = outline.outline(body.raw_data).check(key)
    if check is None:
        raise CoursesError("no_such_question")
    chosen = sorted(set(choice))
    if not chosen:
        raise CoursesError("nothing_chosen")
    if chosen[0] < 0 or chosen[-1] >= len(check.options) or (len(chosen) > 1 and not check.multiple):
        raise CoursesError("no_such_answer")
    enrolment = open_lesson(user, lesson, at=at).enrolment
    answer = CheckAnswer.objects.create(
        enrolment=enrolment,
        lesson=lesson,
        key=key,
        content_hash=check.fingerprint,
        language=language,
        choice=chosen,
        correct=frozenset(chosen) == check.right,
        at=at or timezone.now(),
    )
    complete_if_earned(enrolment, at=at)
    return answer


@transaction.atomic
def mark_lesson_done(record: ResultRecorded) -> None:
    """A role-play opened from a lesson has a result: keep it, and see whether it completes the course.

    The key comes from a browser. So it counts only where the lesson has that role-play, with this scenario, at this
    level or a harder one, and the course is open to the person.
    """
    address = lesson_at(record.context_key)
    if address is None:
        return
    lesson = address.lesson
    asked = outline.outline(lesson.body.raw_data).role_play(address.key)
    user = User.objects.filter(pk=record.trainee_id).first()
    if user is None or asked is None or asked.scenario != record.scenario_slug or record.level < asked.level:
        return
    course = course_of(lesson)
    if access.home_organisation(user) is None or not courses_open_to(user).filter(pk=course.pk).exists():
        return
    enrolment = _enrolment(user, course, record.recorded_at)
    _result, created = RolePlayResult.objects.get_or_create(
        session_id=record.session_id,
        rubric_code=record.rubric_code,
        rubric_version=record.rubric_version,
        defaults={
            "enrolment": enrolment,
            "lesson": lesson,
            "key": address.key,
            "score": record.score,
            "passed": record.passed,
            "at": record.recorded_at,
        },
    )
    completion = complete_if_earned(enrolment, at=record.recorded_at)
    if completion is not None and not created:
        publish(_completed(completion))  # run again, so that a certificate that was missed is issued now


def complete_if_earned(enrolment: Enrolment, *, at: datetime | None = None) -> Completion | None:
    """The completion of a course whose conditions are all met; said to the others once, when it is new."""
    known = Completion.objects.filter(enrolment=enrolment).select_related("enrolment").first()
    if known is not None:
        return known
    course = enrolment.course
    mine = course_progress(enrolment.user, course)
    if not progress.is_complete(mine.asks, mine.done):
        return None
    last = enrolment.role_plays.last()
    completion, created = Completion.objects.get_or_create(
        enrolment=enrolment,
        defaults={
            "course_title_zh": course.title,
            "course_title_en": course.title_en,
            "course_version": course.version,
            "valid_months": course.valid_months,
            "score": round(progress.course_score(mine.asks, mine.done), 1),
            "rubric_code": last.rubric_code if last else "",
            "rubric_version": last.rubric_version if last else 0,
            "completed_at": at or timezone.now(),
        },
    )
    if created:
        publish(_completed(completion))
    return completion


def _completed(completion: Completion) -> CourseCompleted:
    enrolment = completion.enrolment
    return CourseCompleted(
        course_id=enrolment.course_id,
        course_title_zh=completion.course_title_zh,
        course_title_en=completion.course_title_en,
        course_version=completion.course_version,
        trainee_id=enrolment.user_id,
        organisation_id=enrolment.organisation_id,
        score=completion.score,
        rubric_code=completion.rubric_code,
        rubric_version=completion.rubric_version,
        valid_months=completion.valid_months,
        completed_at=completion.completed_at,
    )


def grant_cms_access(user: User) -> None:
    """Let `user` into the CMS as an author. Call it when somebody gets the role of author or administrator.

    The group alone is not enough: what an author may change is decided by their membership on the day (`courses.authoring`).
    """
    group, _created = Group.objects.get_or_create(name=AUTHOR_GROUP)  # `load_courses` gives it its permissions
    user.groups.add(group)


def withdraw_cms_access(user: User) -> None:
    """Take `user` out of the author group. Call it when the role ends."""
    user.groups.remove(*Group.objects.filter(name=AUTHOR_GROUP))
