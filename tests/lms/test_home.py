"""The start page says what to do next, to each role what is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from certificates.models import Certificate
from courses.models import CoursePage
from lms import people, views
from lms.core.models import Organisation, User
from simulator import services
from simulator.models import Session
from tests.factories import make_person


@pytest.fixture
def shipped(db: None) -> None:
    """The scenarios, rubrics and courses that ship."""
    for command in ("load_scenarios", "load_rubrics", "load_courses"):
        call_command(command, verbosity=0)


@pytest.fixture
def home(client: Client):
    def page_of(user: User) -> str:
        client.force_login(user)
        answer = client.get(reverse("home"))
        assert answer.status_code == 200
        return answer.content.decode()

    return page_of


def begin(person: User, seed: int = 1) -> Session:
    return services.open_session_now(person, "annual-fee", language="en", level=2, seed=seed)


def play(person: User, seed: int = 1) -> Session:
    session = begin(person, seed)
    for number, text in enumerate(["Hello, I am sorry.", "Which fee was it?", "That is our policy."]):
        services.take_turn_now(person, session.id, text, f"{session.id}-{number}")
    session.refresh_from_db()
    if session.state == Session.State.OPEN:
        services.finish_now(person, session.id)
    return session


def certificate(holder: User, number: int, days_left: int) -> Certificate:
    return Certificate.objects.create(
        holder=holder,
        organisation=holder.memberships.get().organisation,
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
        valid_until=timezone.localdate() + timedelta(days=days_left),
    )


def test_a_new_trainee_is_sent_to_the_first_lesson_and_told_how_long_it_takes(home, trainee, shipped):
    page = home(trainee)
    lesson = CoursePage.objects.live().order_by("path").first().get_children().live().first().specific
    assert f'<a class="button" href="{lesson.url}">Begin</a>' in page
    assert f"about {lesson.minutes} minute" in page
    assert page.count('class="button"') == 1, "one button says what to do"


def test_a_waiting_customer_comes_before_the_next_lesson(home, trainee, shipped):
    session = begin(trainee)
    page = home(trainee)
    assert "is still waiting for you" in page
    assert f'<a class="button" href="{reverse("role_plays:room", args=[session.id])}">' in page


def test_without_any_course_a_trainee_is_invited_to_practise(home, trainee):
    page = home(trainee)
    assert "Keep in practice" in page
    assert reverse("role_plays:list") in page


def test_a_finished_role_play_stands_as_a_curve_with_one_point_a_mood(home, trainee, shipped):
    session = play(trainee)
    [played] = views.played_before(trainee)
    assert played.session_id == session.id
    assert len(played.points.split()) == len(views.mood_curves([session])[session.id]) >= 2
    page = home(trainee)
    assert f'points="{played.points}"' in page
    assert reverse("role_plays:debrief", args=[session.id]) in page


@pytest.mark.parametrize("moods", [[], [3], [1, 5], [5, 4, 3, 2, 1]])
def test_a_curve_stays_inside_its_chart_and_a_better_mood_lies_lower(moods):
    points = views.curve_points(moods)
    assert len(points) == len(moods)
    assert all(0 <= x <= 100 and 4 <= y <= 28 for x, y in points)
    assert [y for _x, y in points] == [34 - 6 * mood for mood in moods]


def test_a_certificate_that_ends_soon_is_said_and_one_that_lasts_is_not(home, trainee):
    certificate(trainee, 1, days_left=300)
    assert "is valid until" not in home(trainee)
    ending = certificate(trainee, 2, days_left=10)
    assert f"is valid until {ending.valid_until:%Y-%m-%d}" in home(trainee)


def test_a_trainer_sees_who_is_in_a_role_play_and_an_outsider_does_not(home, trainer, trainee, outsider, shipped):
    session = begin(trainee)
    room = reverse("role_plays:room", args=[session.id])
    assert room in home(trainer)
    assert room not in home(outsider)


def test_the_figures_of_hr_open_exactly_the_rows_they_count(hr, trainee, department, outsider):
    for number, days_left in enumerate([-5, 10, 59, 60, 61, 500], start=1):
        certificate(make_person(f"person{number}", "trainee", department), number, days_left)
    certificate(outsider, 99, days_left=-5)
    renewed = make_person("renewed", "trainee", department)
    certificate(renewed, 50, days_left=-50)
    certificate(renewed, 51, days_left=400)
    holds_two = make_person("holds-two", "trainee", department)
    certificate(holds_two, 60, days_left=10)
    certificate(holds_two, 61, days_left=400)
    states = views.people_part(hr)["certificate_states"]
    client = Client()
    client.force_login(hr)
    for state in ("expired", "expiring", "none"):
        total = client.get(reverse("people:list"), {"certificate": state}).context["total"]
        assert states[state] == total, state
    assert (states["expired"], states["expiring"], states["valid"], states["none"]) == (1, 4, 3, 1)


def test_a_manager_counts_the_reports_and_nobody_else(manager, trainee, department):
    make_person("colleague", "trainee", department)
    assert views.people_part(manager)["trainees"] == 1


def test_an_author_finds_the_drafts_of_their_own_bank_and_of_everybody(home, author, outsider, shipped):
    ours, theirs = CoursePage.objects.live().order_by("path")[:2]
    theirs.organisations.set(Organisation.objects.filter(pk=outsider.memberships.get().organisation.get_root().pk))
    theirs.save()
    for course in (ours, theirs):
        course.save_revision()
    CoursePage.objects.filter(pk__in=[ours.pk, theirs.pk]).update(has_unpublished_changes=True)
    page = home(author)
    assert reverse("wagtailadmin_pages:edit", args=[ours.pk]) in page
    assert reverse("wagtailadmin_pages:edit", args=[theirs.pk]) not in page


def test_an_administrator_finds_who_has_not_arrived_yet(home, admin, trainee, outsider):
    User.objects.filter(pk__in=[trainee.pk, outsider.pk]).update(must_change_password=True)
    page = home(admin)
    assert reverse("people:edit", args=[trainee.pk]) in page
    assert reverse("people:edit", args=[outsider.pk]) not in page


@pytest.mark.parametrize("who", ["trainee", "trainer", "hr", "admin", "author"])
def test_the_number_of_queries_does_not_grow_with_the_rows(request, shipped, trainee, department, who):
    viewer = request.getfixturevalue(who)

    def queries() -> int:
        client = Client()
        client.force_login(viewer)
        client.get(reverse("home"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse("home"))
        return len(captured)

    play(trainee, seed=1)
    begin(make_person("first", "trainee", department))
    certificate(trainee, 1, days_left=10)
    before = queries()
    for number in range(2, 6):
        play(trainee, seed=number)
        person = make_person(f"more{number}", "trainee", department)
        begin(person)
        certificate(person, 10 + number, days_left=20)
    assert queries() == before


def test_sixty_days_mean_the_same_on_both_pages():
    assert str(people.EXPIRING_DAYS) in str(dict(people.CERTIFICATE_STATES)["expiring"])
