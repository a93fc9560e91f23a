"""What the pages of a demo bank need to show more than their empty side, made inside the server's data folder.

Run there as `manage.py shell -c "from tests.journeys import stage; stage.build('en')"`; prints what it made as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

NOTE = "这里是在核实情况，不是打断客户。"
WHY = "考核期间由他人代答，经核实后收回。"
WORDS = {
    "zh-hans": ("您好，我是投诉专员小王。这件事确实让人着急，您慢慢说，我在记。", "请问是哪一天扣的，一共扣了多少钱？"),
    "en": (
        "Good morning, this is Lin from the complaints desk. Take your time, I am writing it down.",
        "On which day was it charged, and how much?",
    ),
}


def build(language: str = "") -> None:
    """Somebody with a history who can log in, role-plays under way, reported words, a certificate that was taken back."""
    from django.conf import settings
    from django.db.models import Count

    import certificates.services
    from courses.models import LessonPage
    from lms.core.models import User
    from simulator import services
    from simulator.models import Scenario, Session

    if language:
        User.objects.update(language=language)
    User.objects.exclude(username="trainee").update(data_notice_version=settings.DATA_NOTICE_VERSION)
    people = User.objects.filter(username__startswith="demo-").exclude(memberships__role="manager")
    played = people.filter(role_plays__state="finished", role_plays__turns__gt=2)
    veteran, other, third = played.annotate(n=Count("role_plays")).order_by("-n", "pk")[:3]
    manager = User.objects.filter(memberships__role="manager").order_by("pk").first()
    for person in (veteran, manager):
        person.set_password(settings.DEMO_PASSWORD)
        person.save()
    valid, taken_back = (certificate_of(person) for person in (veteran, other))
    certificates.services.revoke(User.objects.get(username="hr"), taken_back, WHY)
    finished = Session.objects.filter(trainee=veteran, state="finished", turns__gt=2).order_by("-turns").first()
    report(veteran, finished)
    rooms: dict[str, str] = {}
    for person, slug, spoken in (
        (veteran, "annual-fee", "zh-hans"),
        (other, "rude-counter", "zh-hans"),
        (third, "frozen-account", "en"),
    ):
        session = services.open_session_now(person, slug, language=spoken, level=2, seed=11)
        for number, text in enumerate(WORDS[spoken]):
            services.take_turn_now(person, session.id, text, f"stage-{number}")
        rooms[slug] = str(session.id)
    made: dict[str, Any] = {
        "veteran": veteran.username,
        "manager": manager.username,
        "person": veteran.pk,
        "certificate": valid.pk,
        "code": valid.code,
        "revoked": taken_back.pk,
        "revoked_code": taken_back.code,
        "finished": str(finished.id),
        "rooms": rooms,
        "lesson": LessonPage.objects.get(slug="techniques").pk,
        "scenario": Scenario.objects.get(slug="annual-fee").pk,
        "names": sorted(names_and_notes(), key=len, reverse=True),
    }
    sys.stdout.write(f"STAGE {json.dumps(made, ensure_ascii=False)}\n")


def names_and_notes() -> set[str]:
    """Names of people and what they wrote themselves: it stands on the pages in whatever language it was written in."""
    from certificates.codes import masked
    from lms.core.models import User

    names = [person.get_full_name() for person in User.objects.all()]
    return {*names, *map(masked, names), NOTE, WHY, "中文", "English"}


def certificate_of(person: Any) -> Any:
    """The certificate that `person` holds; one is issued where there is none yet."""
    from django.utils import timezone

    import certificates.services
    from certificates.models import Certificate
    from courses.models import CoursePage
    from lms.core.access import home_organisation
    from lms.core.contracts import CourseCompleted

    held = Certificate.objects.filter(holder=person, state="active").first()
    if held is not None:
        return held
    course = CoursePage.objects.order_by("path").first()
    return certificates.services.issue_if_earned(
        CourseCompleted(
            course_id=course.pk,
            course_title_zh=course.title,
            course_title_en=course.title_en,
            course_version=1,
            trainee_id=person.pk,
            organisation_id=home_organisation(person).pk,
            score=81.5,
            rubric_code="conversation",
            rubric_version=1,
            valid_months=24,
            completed_at=timezone.now(),
        )
    )


def report(person: Any, session: Any) -> None:
    """`person` says of the first words that were read in `session` that they were misread."""
    from simulator import reading_reports
    from simulator.models import LoggedEvent

    for read in LoggedEvent.objects.filter(session=session, kind="acts_read").order_by("position"):
        for act in read.data["acts"]:
            said = LoggedEvent.objects.filter(session=session, kind="trainee_said", position__lt=read.position).last()
            name = f"{act['code']}.{act['kind']}" if act.get("kind") else act["code"]
            reading_reports.report_reading(person, session, position=said.position, start=act["start"], end=act["end"], act=name, note=NOTE)
            return


def play_the_rest(username: str, language: str) -> None:
    """Play the role-plays of the first course that `username` has not passed yet, as a careful handler would: in words.

    A customer thinks and types for a quarter of a minute each time; a browser has watched one of them already.
    """
    from courses import outline, selectors
    from courses.models import CoursePage, RolePlayResult
    from lms.core.models import User

    person = User.objects.get(username=username)
    course = CoursePage.objects.live().order_by("path").first()
    for lesson in selectors.lessons_of([course])[course.pk]:
        for asked in outline.outline(lesson.body.raw_data).role_plays:
            passed = RolePlayResult.objects.filter(enrolment__user=person, lesson=lesson, key=asked.key, passed=True)
            for seed in range(5):
                if not passed.exists():
                    play(person, asked.scenario, asked.level, language, seed, selectors.context_key(lesson, asked.key))


def play(person: Any, slug: str, level: int, language: str, seed: int, context_key: str) -> None:
    """One role-play of `person` from the first word to the last, through the services of the pages."""
    from random import Random

    from simulator import log, policies, services
    from simulator.engine.scenario import parse

    session = services.open_session_now(person, slug, language=language, level=level, seed=seed, context_key=context_key)
    scenario = parse(session.snapshot.document)
    salutation = {"zh-hans": "您", "en": "Madam"}[language]
    handler = policies.Handler(scenario, language, salutation, Random(seed))
    handler.hear(tuple(entry.event for entry in log.read(session.id)))
    for number in range(policies.MAX_TURNS):
        turn = services.take_turn_now(person, session.id, policies.next_words(handler, "exemplary", number, None), f"played-{number}")
        handler.hear(turn.events)
        session.refresh_from_db()
        if session.finished_at is not None:
            return
    services.finish_now(person, session.id)


def built(output: str) -> dict[str, Any]:
    """What `build` printed."""
    line = next(line for line in output.splitlines() if line.startswith("STAGE "))
    return json.loads(line.removeprefix("STAGE "))
