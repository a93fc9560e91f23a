"""Assigning a case: who is to play it, who has, and who may know."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils import timezone

from assessment.selectors import result_of
from lms.core.models import AuditEntry
from simulator import class_selectors, scheduling, services
from simulator.errors import SimulatorError
from simulator.models import Assigned, Assignment, Session

TODAY = timezone.localdate


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


@pytest.fixture
def assignment(scenario, trainer, trainee, colleague, department) -> Assignment:
    return assigned(trainer, [trainee, colleague], department)


def assigned(trainer, people, organisation, **more) -> Assignment:
    wanted = {"level": 2, "language": "en", "mode": "practice", "due_on": TODAY() + timedelta(days=2), **more}
    return scheduling.assign(trainer, people, organisation=organisation, scenario_slug="annual-fee", **wanted)


def share_of(person, assignment) -> Assigned:
    return assignment.people.get(person=person)


def play(person, session: Session) -> None:
    services.take_turn_now(person, session.id, "Hello, I am sorry that happened. Which fee was it?", f"{session.id}-1")
    services.finish_now(person, session.id)


def form(scenario, organisation, **more) -> dict:
    return {
        "organisation": organisation.pk, "scenario": scenario.slug, "who": "everybody", "mode": "practice", "level": "2",
        "language": "en", "due_on": str(TODAY() + timedelta(days=7)), **more,
    }  # fmt: skip


def test_a_trainer_assigns_a_case_to_a_whole_department(client, trainer, trainee, colleague, outsider, scenario, department):
    client.force_login(trainer)
    answer = client.post(reverse("role_plays:assign"), form(scenario, department))
    made = Assignment.objects.get()
    assert answer.url == reverse("role_plays:assignment", args=[made.pk])
    assert {share.person for share in made.people.all()} == {trainee, colleague}
    entry = AuditEntry.objects.get(action="assignment_made")
    assert (entry.actor, entry.object_id, entry.data["people"]) == (trainer, str(made.pk), 2)


def test_a_trainer_assigns_a_case_to_some_people_only(client, trainer, trainee, colleague, scenario, bank):
    client.force_login(trainer)
    client.post(reverse("role_plays:assign"), form(scenario, bank, who="picked", people=[colleague.pk]))
    assert [share.person for share in Assignment.objects.get().people.all()] == [colleague]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scenario": "no-such"},
        {"who": "picked"},
        {"due_on": "2020-01-01"},
        {"due_on": ""},
        {"level": "9"},
        {"mode": "x"},
        {"language": "fr"},
    ],
)
def test_what_makes_no_sense_assigns_nothing_and_says_so(client, trainer, trainee, scenario, department, wrong):
    client.force_login(trainer)
    answer = client.post(reverse("role_plays:assign"), {**form(scenario, department), **wrong})
    assert answer.status_code == 400
    assert b"errorlist" in answer.content
    assert not Assignment.objects.exists()


def test_nobody_is_picked_from_another_bank(client, trainer, trainee, outsider, scenario, bank):
    client.force_login(trainer)
    assert client.post(reverse("role_plays:assign"), form(scenario, bank, who="picked", people=[outsider.pk])).status_code == 400
    assert not Assigned.objects.exists()


def test_the_trainee_finds_on_home_and_list_what_is_due_and_begins_it(client, trainee, assignment):
    client.force_login(trainee)
    day = str(assignment.due_on)
    assert f"due on {day}" in page(client, reverse("home"))
    assert f"is due on {day}" in page(client, reverse("home")), "due within three days, so it is what to do next"
    assert f"due on {day}" in page(client, reverse("role_plays:list"))
    begin = reverse("role_plays:begin_assigned", args=[share_of(trainee, assignment).pk])
    room = client.post(begin).url
    session = Session.objects.get()
    assert room == reverse("role_plays:room", args=[session.id])
    assert (session.trainee, session.level, session.language, session.assigned) == (trainee, 2, "en", share_of(trainee, assignment))
    assert client.post(begin).url == room, "begun twice is begun once"


def test_what_is_done_is_due_no_more(client, trainee, assignment):
    session = scheduling.begin_assigned(trainee, share_of(trainee, assignment))
    play(trainee, session)
    client.force_login(trainee)
    assert "Assigned to you" not in page(client, reverse("home"))
    assert class_selectors.still_to_play(trainee) == []


def test_the_trainer_sees_who_has_not_started_who_is_under_way_and_who_is_done(
    client, trainer, trainee, colleague, assignment, django_capture_on_commit_callbacks
):
    client.force_login(trainer)
    address = reverse("role_plays:assignment", args=[assignment.pk])
    assert page(client, address).count("not started") == 3, "a figure and two rows"
    scheduling.begin_assigned(colleague, share_of(colleague, assignment))
    session = scheduling.begin_assigned(trainee, share_of(trainee, assignment))
    with django_capture_on_commit_callbacks(execute=True):
        play(trainee, session)
    seen = page(client, address)
    assert reverse("role_plays:debrief", args=[session.id]) in seen
    assert '<span class="badge badge-good">done</span>' in seen
    assert '<span class="badge badge-accent">under way</span>' in seen
    assert f'<td class="number">{floatformat(result_of(session.id).score, 0)}</td>' in seen


def test_what_is_late_is_called_overdue(client, trainer, trainee, assignment):
    Assignment.objects.update(due_on=TODAY() - timedelta(days=1))
    client.force_login(trainer)
    assert page(client, reverse("role_plays:assignment", args=[assignment.pk])).count('badge-bad">overdue') == 2
    client.force_login(trainee)
    assert "was due on" in page(client, reverse("home"))
    assert scheduling.begin_assigned(trainee, share_of(trainee, assignment)), "practice may be late"


def test_a_reminder_stands_on_the_page_of_whoever_has_not_finished(client, trainer, trainee, colleague, assignment):
    play(colleague, scheduling.begin_assigned(colleague, share_of(colleague, assignment)))
    client.force_login(trainer)
    client.post(reverse("role_plays:remind", args=[assignment.pk]))
    assert share_of(trainee, assignment).reminded_by == trainer
    assert share_of(colleague, assignment).reminded_at is None
    client.force_login(trainee)
    assert "Reminder from Trainer" in page(client, reverse("home"))


def test_a_withdrawn_assignment_goes_from_the_pages_and_keeps_its_reason(client, trainer, trainee, assignment):
    client.force_login(trainer)
    address = reverse("role_plays:withdraw", args=[assignment.pk])
    assert client.post(address, {"reason": ""}).status_code == 400
    client.post(address, {"reason": "wrong case"})
    client.post(address, {"reason": "again"})
    assert "wrong case" in page(client, reverse("role_plays:assignment", args=[assignment.pk]))
    assert AuditEntry.objects.filter(action="assignment_withdrawn").values_list("reason", flat=True).get() == "wrong case"
    share = share_of(trainee, assignment)
    client.force_login(trainee)
    assert client.post(reverse("role_plays:begin_assigned", args=[share.pk])).status_code == 404
    assert "Assigned to you" not in page(client, reverse("home"))


def test_an_assigned_exam_is_sat_once_and_not_after_its_day(trainer, trainee, colleague, scenario, department):
    exam = assigned(trainer, [trainee, colleague], department, mode="exam", level=3)
    assert exam.level is None, "the level of an exam is drawn"
    session = scheduling.begin_assigned(trainee, share_of(trainee, exam))
    assert session.mode == Session.Mode.EXAM
    play(trainee, session)
    with pytest.raises(SimulatorError):
        scheduling.begin_assigned(trainee, share_of(trainee, exam))
    with pytest.raises(SimulatorError):
        scheduling.begin_assigned(colleague, share_of(colleague, exam), today=exam.due_on + timedelta(days=1))


def test_a_practice_may_be_tried_again(trainee, assignment):
    first = scheduling.begin_assigned(trainee, share_of(trainee, assignment))
    play(trainee, first)
    assert scheduling.begin_assigned(trainee, share_of(trainee, assignment)) != first


@pytest.mark.parametrize("who", ["trainee", "colleague", "hr", "author", "manager", "admin", "outsider", "other_trainer"])
def test_only_trainers_of_the_organisation_run_its_assignments(request, client, assignment, who):
    person = request.getfixturevalue(who)
    client.force_login(person)
    for name in ("assignment", "withdraw"):
        assert client.get(reverse(f"role_plays:{name}", args=[assignment.pk])).status_code == 404
    assert client.post(reverse("role_plays:remind", args=[assignment.pk])).status_code == 404
    refused = 200 if who == "other_trainer" else 403
    assert client.get(reverse("role_plays:assignments")).status_code == refused
    assert client.get(reverse("role_plays:assign")).status_code == refused
    if who == "other_trainer":
        assert "Test" not in page(client, reverse("role_plays:assignments"))


@pytest.mark.parametrize("who", ["colleague", "outsider", "trainer", "other_trainer"])
def test_nobody_begins_what_is_assigned_to_somebody_else(request, client, trainee, assignment, who):
    client.force_login(request.getfixturevalue(who))
    assert client.post(reverse("role_plays:begin_assigned", args=[share_of(trainee, assignment).pk])).status_code == 404
    assert not Session.objects.exists()
