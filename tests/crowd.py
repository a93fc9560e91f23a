"""A bank that grows: more rows of every kind, for whoever counts the queries of a page (`tests/lms/test_queries.py`, `bench/queries.py`).

What a page shows must all grow: people and departments, courses, lessons and what stands in them, role-plays and what was said
in them, results, certificates, reports, drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import assessment.services
import courses.services
from certificates.models import Certificate
from courses.models import CoursePage, LessonPage
from lms.core.models import Membership, Organisation, User
from simulator import class_selectors, log, scheduling, selectors, services
from simulator.live import load
from simulator.models import ReadingReport, Scenario, Session, Sitting
from tests.courses.pages import check_block, make_course, make_lesson, role_play_block, text_block
from tests.factories import department_of, make_bank, make_person

Role = Membership.Role
SCENARIO = "annual-fee"
# Words that neither settle the matter nor drive the customer away, however often they are said.
CALM = ("您好，我在听，请您慢慢说。", "我明白这件事让您很着急。", "我正在看您的记录。", "谢谢您告诉我这些。", "我记下来了。")
ROLES = (Role.TRAINEE, Role.TRAINER, Role.HR, Role.MANAGER, Role.AUTHOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Visit:
    """Something whose queries are counted: a page as one person sees it, or what a process asks when somebody joins a room."""

    name: str
    who: str
    run: Callable[[], int]
    """Gives how long the answer was."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many queries a visit takes with the cache empty (`cold`) and then again (`warm`), and the length of what it shows."""

    cold: int
    warm: int
    length: int


class Crowd:
    """One bank with one person of each role. Every `grow` adds the same again."""

    def __init__(self) -> None:
        for command in ("load_scenarios", "load_rubrics"):
            call_command(command, verbosity=0)
        self.size = 0
        self.bank = make_bank()
        self.department = department_of(self.bank)
        self.people = {role: make_person(role, role, self.department if role == Role.TRAINEE else self.bank) for role in ROLES}
        self.trainee = self.people[Role.TRAINEE]
        courses.services.grant_cms_access(self.people[Role.AUTHOR])
        self.course = make_course("first", organisations=(self.bank,), in_order=False)
        self.lesson = make_lesson(self.course, "first")
        self.enrolment = courses.services.enrol(self.trainee, self.course)
        self.room = self._begun(self.trainee)
        self.debriefed = self.room  # until the first role-play is over
        self.grow()

    def grow(self, times: int = 1) -> None:
        for _time in range(times):
            self.size += 1
            self._more_people()
            self._more_to_learn()
            self._more_role_plays()

    def _more_people(self) -> None:
        branch = Organisation.objects.get(pk=self.bank.pk).add_child(
            name_zh=f"{self.size}分行", name_en=f"Branch {self.size}", kind=Organisation.Kind.BRANCH
        )
        place = branch.add_child(name_zh=f"{self.size}部", name_en=f"Department {self.size}", kind=Organisation.Kind.DEPARTMENT)
        self.newcomers = [
            make_person(f"colleague-{self.size}", Role.TRAINEE, place),
            make_person(f"new-{self.size}", Role.TRAINEE, self.department, must_change_password=True),
        ]
        make_person(f"trainer-{self.size}", Role.TRAINER, self.bank)
        Membership.objects.filter(user__in=[*self.newcomers, self.trainee]).update(manager=self.people[Role.MANAGER])
        began = date(2020, 1, 1) + timedelta(days=self.size)
        Membership.objects.create(
            user=self.trainee, organisation=place, role=Role.TRAINEE, starts_on=began, ends_on=began, manager=self.people[Role.MANAGER]
        )
        for number, person in enumerate([self.trainee, *self.newcomers]):
            self._certificate(person, 10 * self.size + number)

    def _certificate(self, holder: User, number: int) -> None:
        Certificate.objects.create(
            holder=holder,
            organisation=self.department,
            course_id=number,
            title_zh="课程",
            title_en="A course",
            holder_name=str(holder),
            organisation_zh="部门",
            issuer_zh="银行",
            score=80,
            rubric_code="conversation",
            rubric_version=1,
            number=f"T-{number}",
            code=f"{number:022d}",
            issued_at=timezone.now() - timedelta(days=300),
            valid_until=timezone.localdate() + timedelta(days=20),
        )

    def _more_to_learn(self) -> None:
        """Another course, another lesson in the first one, more blocks in its first lesson; answers, drafts and a scenario."""
        case = Scenario.objects.get(slug=SCENARIO)
        slug = f"case-{self.size}"
        another = Scenario.objects.create(
            slug=slug, title_zh="场景", title_en="A case", document={**case.document, "slug": slug}, live=True
        )
        another.title_en = "A draft"
        another.save_revision()
        Scenario.objects.filter(pk=another.pk).update(has_unpublished_changes=True)
        course = make_course(f"course-{self.size}", organisations=(self.bank,))
        make_lesson(course, "one", text_block(), check_block("q1"), role_play_block("r1"))
        courses.services.enrol(self.trainee, course)
        lesson = make_lesson(self.course, f"lesson-{self.size}", check_block("q1"), role_play_block("r1"))
        courses.services.mark_lesson_read(self.trainee, lesson)
        body = self.lesson.body.get_prep_value()
        added = [text_block(), check_block(f"q{self.size}"), role_play_block(f"r{self.size}", scenario=slug)]
        self.lesson.body = self.lesson.body.stream_block.to_python([*body, *added])
        self.lesson.save_revision().publish()
        self.lesson = LessonPage.objects.get(pk=self.lesson.pk)
        courses.services.answer_check(self.trainee, self.lesson, f"q{self.size}", [0])
        for page in (CoursePage.objects.get(pk=course.pk), LessonPage.objects.get(pk=lesson.pk)):
            page.title_en = "Changed"
            page.save_revision()

    def _begun(self, person: User, scenario: str = SCENARIO) -> Session:
        return services.open_session_now(person, scenario, language="zh-hans", level=2, seed=self.size)

    def _played(self, person: User, turns: int, scenario: str = SCENARIO) -> Session:
        """A finished role-play with its result."""
        session = self._begun(person, scenario)
        for turn in range(turns):
            services.take_turn_now(person, session.id, CALM[turn % len(CALM)], f"{session.id}-{turn}")
        services.finish_now(person, session.id)
        session.refresh_from_db()
        events = tuple(entry.event for entry in log.read(session.id))
        assessment.services.score_session(services.finished_record(session, events))
        return session

    def _more_role_plays(self) -> None:
        """One more turn in the room, a longer conversation to look back at, more role-plays under way and over, more reports."""
        self.assignment = scheduling.assign(
            self.people[Role.TRAINER],
            class_selectors.trainees_of(self.bank),
            organisation=self.bank,
            scenario_slug=SCENARIO,
            level=2,
            language="zh-hans",
            mode="practice",
            due_on=timezone.localdate() + timedelta(days=self.size),
        )
        self.coming = self._class(class_selectors.trainees_of(self.bank))
        self.sitting = self._class(class_selectors.trainees_of(self.bank))
        for person in class_selectors.trainees_of(self.bank):
            scheduling.enter_lobby(person, self.sitting)
        for session in scheduling.start(self.people[Role.TRAINER], self.sitting):
            services.take_turn_now(session.trainee, session.id, CALM[0], f"class-{self.size}")
        services.take_turn_now(self.trainee, self.room.id, CALM[self.size % len(CALM)], f"turn-{self.size}")
        self.debriefed = self._played(self.trainee, 1 + self.size)
        self._begun(self.trainee, f"case-{self.size}")
        self._played(self.trainee, 1, f"case-{self.size}")
        for person in self.newcomers:
            scheduling.begin_assigned(person, self.assignment.people.get(person=person))
            self._played(person, 1)
        scheduling.comment(self.people[Role.TRAINER], self.debriefed, "Well done.")
        said = next(entry for entry in log.read(self.debriefed.id) if entry.kind == "trainee_said")
        ReadingReport.objects.create(
            session=self.debriefed, position=said.position, start=0, end=2, act="greeting", reported_by=self.trainee
        )

    def _class(self, people: Iterable[User]) -> Sitting:
        return scheduling.schedule(
            self.people[Role.TRAINER],
            people,
            [],
            organisation=self.bank,
            scenario_slug=SCENARIO,
            level=2,
            language="zh-hans",
            mode="practice",
            planned_for=timezone.now(),
            minutes=20,
            open_to_all=True,
        )

    # What is counted

    def visits(self) -> list[Visit]:
        """The pages with a list or a story on them, and the room's socket."""
        room, debrief = (f"/role-plays/{session.id}/" for session in (self.room, self.debriefed))
        person = self.trainee.pk
        pages = [
            *((f"home of {role}", role, reverse("home")) for role in ROLES),
            ("courses", Role.TRAINEE, "/courses/"),
            ("course", Role.TRAINEE, self.course.url),
            ("lesson", Role.TRAINEE, self.lesson.url),
            ("role-play list", Role.TRAINEE, reverse("role_plays:list")),
            ("data notice", Role.TRAINEE, reverse("role_plays:notice")),
            ("room", Role.TRAINEE, room),
            ("room, watched", Role.TRAINER, room),
            ("debrief", Role.TRAINEE, f"{debrief}debrief/"),
            ("replay", Role.TRAINEE, f"{debrief}replay/"),
            ("running list", Role.TRAINER, reverse("role_plays:running")),
            ("assignments", Role.TRAINER, reverse("role_plays:assignments")),
            ("assigning", Role.TRAINER, reverse("role_plays:assign")),
            ("assignment", Role.TRAINER, reverse("role_plays:assignment", args=[self.assignment.pk])),
            ("classes", Role.TRAINER, reverse("role_plays:classes")),
            ("planning a class", Role.TRAINER, reverse("role_plays:schedule")),
            ("class", Role.TRAINER, reverse("role_plays:class", args=[self.sitting.pk])),
            ("class, played", Role.TRAINEE, reverse("role_plays:class", args=[self.coming.pk])),
            ("reported readings", Role.TRAINER, reverse("role_plays:reports")),
            ("certificates", Role.TRAINEE, reverse("certificates:mine")),
            ("people list", Role.HR, reverse("people:list")),
            ("people list of reports", Role.MANAGER, reverse("people:list")),
            ("export, XLSX", Role.HR, reverse("people:export", args=["xlsx"])),
            ("export, CSV", Role.HR, reverse("people:export", args=["csv"])),
            ("person", Role.HR, reverse("people:person", args=[person])),
            ("overview", Role.HR, reverse("hr:overview")),
            ("new person", Role.ADMIN, reverse("people:new")),
            ("edit a person", Role.ADMIN, reverse("people:edit", args=[person])),
        ]
        return [*(self._page(*page) for page in pages), Visit("joining the room", Role.TRAINEE, self._join)]

    def _page(self, name: str, who: str, address: str) -> Visit:
        client = Client()
        client.force_login(self.people[who])
        return Visit(name, who, partial(self._get, client, address))

    def _get(self, client: Client, address: str) -> int:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        return len(answer.content)

    def _join(self) -> int:
        """What the socket asks until the room stands in memory."""
        session = selectors.sessions_visible_to(self.trainee).get(id=self.room.id)
        selectors.seat_of(self.trainee, session)
        return load(session.id).position

    def count(self) -> dict[str, Counted]:
        """The queries of each visit. What a process keeps for good is there before."""
        found = {}
        for visit in self.visits():
            length = visit.run()
            cache.clear()
            found[visit.name] = Counted(self._queries(visit), self._queries(visit), length)
        return found

    @staticmethod
    def _queries(visit: Visit) -> int:
        with CaptureQueriesContext(connection) as counted:
            visit.run()
        return len(counted)
