"""The history of the demo bank: courses read, questions answered, role-plays played through the engine, certificates earned.

Nothing is drawn that a trainee would have to earn. Answers follow an item model (a question is as hard as it is, a person as able
as they are); role-plays are words that went through the reader and the customer, scored by the rubric that scores everybody.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import exp, log
from multiprocessing import get_context
from random import Random
from uuid import UUID

from django.db import transaction
from django.utils import timezone

import assessment.services
import courses.selectors
import courses.services
import simulator.services
from courses import outline
from courses.models import CheckAnswer, CoursePage, Enrolment, LessonPage, LessonVisit, RolePlayResult
from lms.core.models import Organisation, User
from lms.demo.people import DemoBank
from lms.demo.play import Plan, Play, Task, career

LEAST, MOST = 2, 8
OFFICE_HOURS = (9, 17)
# The knobs of the demo bank's results. Skill is both the share of good habits learnt and of turns without a slip, from 0 to 1:
# where a person of average ability begins, how far abilities lie apart (in log-odds), and what one role-play teaches.
SKILL_AT_FIRST = 0.16
SKILL_SPREAD = 0.9
SKILL_LEARNT = (0.05, 0.14)
# A role-play that was let go of is still open for this long; older ones have closed by themselves.
STILL_OPEN = timedelta(hours=36)


@dataclass(slots=True)
class Lesson:
    course: CoursePage
    page: LessonPage
    asked: outline.Outline


@dataclass(slots=True)
class Trainee:
    """An invented trainee on their way through the courses. `read` and `answered` fill as time goes by."""

    user: User
    organisation: Organisation
    plan: Plan
    ability: float
    clock: datetime
    lessons: int
    chance: Random
    answers: list[CheckAnswer] = field(default_factory=list)


def quotas(count: int, sessions: int, chance: Random) -> list[int]:
    """How many role-plays each of `count` people plays: 2 to 8 as a rule, `sessions` in all."""
    if not count:
        return []
    found = [chance.choices(range(LEAST, MOST + 1), (14, 22, 24, 18, 12, 6, 4))[0] for _ in range(count)]
    while sum(found) != sessions:
        place = chance.randrange(count)
        step = 1 if sum(found) < sessions else -1
        if step > 0 or found[place] > 0:
            found[place] += step
    return found


def make_history(bank: DemoBank, *, sessions: int, seed: int, until: datetime) -> dict[str, int]:
    """Play the history of everybody in `bank` up to `until`; returns what was made, by name."""
    lessons = _lessons()
    tasks = tuple(
        Task(number, asked.key, asked.scenario, asked.level, asked.pass_score)
        for number, lesson in enumerate(lessons)
        for asked in lesson.asked.role_plays
    )
    trainees = list(_trainees(bank, lessons, tasks, sessions, seed))
    careers = _play(trainee.plan for trainee in trainees)
    with transaction.atomic():
        return _write(trainees, careers, lessons, seed, until)


def _lessons() -> list[Lesson]:
    pages = list(CoursePage.objects.live().order_by("path"))
    by_course = courses.selectors.lessons_of(pages)
    return [Lesson(course, page, outline.outline(page.body.raw_data)) for course in pages for page in by_course[course.pk]]


def _trainees(bank: DemoBank, lessons: list[Lesson], tasks: tuple[Task, ...], sessions: int, seed: int) -> Iterator[Trainee]:
    chance = Random(f"{seed}:history")
    shares = quotas(len(bank.trainees), sessions, chance)
    first_course = sum(lesson.course == lessons[0].course for lesson in lessons) if lessons else 0
    for number, ((user, organisation, joined_on), quota) in enumerate(zip(bank.trainees, shares, strict=True)):
        ability = chance.gauss(0, 1)
        gives_up = chance.random() < 0.16
        far = len(lessons) if chance.random() < 0.45 else first_course
        reached = chance.randint(1, max(1, first_course - 1)) if gives_up else far
        plan = Plan(
            number=number,
            seed=seed,
            language="en" if user.language == "en" else "zh-hans",
            skill=1 / (1 + exp(-(SKILL_SPREAD * ability + log(SKILL_AT_FIRST / (1 - SKILL_AT_FIRST))))),
            growth=chance.uniform(*SKILL_LEARNT),
            quota=quota,
            tasks=tuple(task for task in tasks if task.lesson < reached),
            gives_up=gives_up,
        )
        begun = datetime.combine(joined_on + timedelta(days=chance.randint(1, 12)), time(9), timezone.get_current_timezone())
        yield Trainee(user, organisation, plan, ability, begun, reached, Random(f"{seed}:days:{number}"))


def _play(plans: Iterable[Plan]) -> list[list[Play]]:
    """Every career, in as many processes as there are cores; the order and the outcome do not depend on how many."""
    plans = list(plans)
    if len(plans) < 20:
        return [career(plan) for plan in plans]
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        return list(pool.map(career, plans, chunksize=8))


def _write(trainees: list[Trainee], careers: list[list[Play]], lessons: list[Lesson], seed: int, until: datetime) -> dict[str, int]:
    visits: list[LessonVisit] = []
    answers: list[CheckAnswer] = []
    played: list[tuple[simulator.services.Played, Trainee, Play]] = []
    difficulty = Random(f"{seed}:items")
    hard = {check.fingerprint: difficulty.gauss(-0.9, 0.7) for lesson in lessons for check in lesson.asked.checks}
    snapshots = {slug: simulator.services.published(slug) for slug in {play.scenario for plays in careers for play in plays}}
    enrolments = _enrol(trainees, lessons, until)
    last_seen: dict[tuple[int, int], datetime] = {}
    for trainee, plays in zip(trainees, careers, strict=True):
        rest = list(plays)
        for number, lesson in enumerate(lessons[: trainee.lessons]):
            at = _next_day(trainee, 1, 6)
            if at > until:
                break
            enrolment = enrolments[trainee.user.pk, lesson.course.pk]
            done_at = at + timedelta(minutes=trainee.chance.randint(lesson.page.minutes, 2 * lesson.page.minutes + 4))
            visits.append(LessonVisit(enrolment=enrolment, lesson=lesson.page, opened_at=at, read_at=min(done_at, until)))
            answers += _answers(trainee, enrolment, lesson, hard, done_at, until)
            last_seen[trainee.user.pk, lesson.course.pk] = min(done_at, until)
            while rest and rest[0].task is not None and rest[0].task.lesson == number:
                _put(played, trainee, rest.pop(0), lessons, snapshots, until)
        while rest and rest[0].task is None:
            _put(played, trainee, rest.pop(0), lessons, snapshots, until)
    LessonVisit.objects.bulk_create(visits, batch_size=500)
    CheckAnswer.objects.bulk_create(answers, batch_size=500)
    stored = simulator.services.import_history(one for one, _trainee, _play in played)
    finished = [
        simulator.services.finished_record(session, tuple(event for _at, events in one.steps for event in events))
        for session, (one, _trainee, _play) in zip(stored, played, strict=True)
        if session.finished_at is not None
    ]
    recorded = assessment.services.score_history(finished)
    tasks = {session.id: (trainee, play.task) for session, (_one, trainee, play) in zip(stored, played, strict=True)}
    results = []
    for record in recorded:
        trainee, task = tasks[record.session_id]
        if task is None:
            continue
        lesson = lessons[task.lesson]
        results.append(
            RolePlayResult(
                enrolment=enrolments[record.trainee_id, lesson.course.pk],
                lesson=lesson.page,
                key=task.key,
                session_id=record.session_id,
                rubric_code=record.rubric_code,
                rubric_version=record.rubric_version,
                score=record.score,
                passed=record.passed,
                at=record.recorded_at,
            )
        )
        key = (record.trainee_id, lesson.course.pk)
        last_seen[key] = max(last_seen[key], record.recorded_at)
    RolePlayResult.objects.bulk_create(results, batch_size=500)
    completions = 0
    for key, enrolment in enrolments.items():
        if key in last_seen and courses.services.complete_if_earned(enrolment, at=last_seen[key]):
            completions += 1
    turns = sum(session.turns for session in stored)
    return {"sessions": len(stored), "turns": turns, "answers": len(answers), "completions": completions}


def _enrol(trainees: list[Trainee], lessons: list[Lesson], until: datetime) -> dict[tuple[int, int], Enrolment]:
    rows = []
    for trainee in trainees:
        pages = {lesson.course.pk: lesson.course for lesson in lessons[: trainee.lessons]}
        rows += [
            Enrolment(user=trainee.user, course=course, organisation=trainee.organisation, started_at=min(trainee.clock, until))
            for course in pages.values()
        ]
    return {(row.user_id, row.course_id): row for row in Enrolment.objects.bulk_create(rows, batch_size=500)}


def _next_day(trainee: Trainee, least: int, most: int) -> datetime:
    """The trainee's clock goes on by some days, to an hour in which people work; Saturdays and Sundays are left out."""
    day = trainee.clock + timedelta(days=trainee.chance.randint(least, most))
    while day.weekday() >= 5:
        day += timedelta(days=1)
    trainee.clock = day.replace(hour=trainee.chance.randint(*OFFICE_HOURS), minute=trainee.chance.randrange(60))
    return trainee.clock


def _answers(
    trainee: Trainee, enrolment: Enrolment, lesson: Lesson, hard: dict[str, float], at: datetime, until: datetime
) -> Iterator[CheckAnswer]:
    """Every question of a lesson, answered up to three times; rightly with the chance of a Rasch model, a little better each time."""
    for check in lesson.asked.checks:
        places = range(len(check.options))
        for attempt in range(3):
            right = trainee.chance.random() < 1 / (1 + exp(-(trainee.ability + 0.8 * attempt - hard[check.fingerprint])))
            wrong = [place for place in places if frozenset([place]) != check.right]
            choice = sorted(check.right) if right or not wrong else [trainee.chance.choice(wrong)]
            moment = min(at + timedelta(minutes=1 + attempt * 3), until)
            yield CheckAnswer(
                enrolment=enrolment,
                lesson=lesson.page,
                key=check.key,
                content_hash=check.fingerprint,
                language=trainee.plan.language,
                choice=choice,
                correct=frozenset(choice) == check.right,
                at=moment,
            )
            if right:
                break


def _put(
    played: list[tuple[simulator.services.Played, Trainee, Play]],
    trainee: Trainee,
    play: Play,
    lessons: list[Lesson],
    snapshots: dict[str, simulator.services.ScenarioSnapshot],
    until: datetime,
) -> None:
    """Give a role-play its day. Days after the last one have not happened yet: such a role-play is moved to the last days."""
    started_at = _next_day(trainee, 0, 9)
    if started_at > until - timedelta(hours=1):
        started_at = until - timedelta(minutes=trainee.chance.randint(60, 3 * 24 * 60))
    context_key = courses.selectors.context_key(lessons[play.task.lesson].page, play.task.key) if play.task else ""
    steps = tuple((started_at + timedelta(seconds=step.at_s), step.events) for step in play.steps)
    if play.closing and started_at < until - STILL_OPEN:
        steps += ((steps[-1][0] + timedelta(minutes=30), play.closing),)
    one = simulator.services.Played(
        trainee_id=trainee.user.pk,
        organisation_id=trainee.organisation.pk,
        snapshot=snapshots[play.scenario],
        language=trainee.plan.language,
        level=play.level,
        seed=play.seed,
        steps=steps,
        context_key=context_key,
        id=UUID(int=Random(f"{trainee.plan.seed}:{trainee.plan.number}:{play.seed}").getrandbits(128), version=4),
    )
    played.append((one, trainee, play))
