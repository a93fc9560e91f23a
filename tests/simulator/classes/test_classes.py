"""A class: planned, entered, started at once, given time, ended; and what an exam keeps to itself until then."""

from __future__ import annotations

import html
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

import assessment.selectors
from lms.core.models import AuditEntry
from lms.my_data import everything_about
from simulator import class_selectors, clock, log, scheduling, selectors, services
from simulator.class_live import lobby_of, reader_of_class, reader_of_running
from simulator.errors import SimulatorError
from simulator.live import load
from simulator.models import Session, Sitting
from tests.factories import make_person

WORDS = "Hello, I am sorry that happened. Which fee was it?"


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def planned(trainer, people, organisation, observers=(), **more) -> Sitting:
    wanted = {
        "level": 2, "language": "en", "mode": "practice", "planned_for": timezone.now(), "minutes": 20, "open_to_all": False, **more,
    }  # fmt: skip
    return scheduling.schedule(trainer, people, observers, organisation=organisation, scenario_slug="annual-fee", **wanted)


@pytest.fixture
def observer(bank):
    return make_person("observer", "author", bank)


@pytest.fixture
def sitting(scenario, trainer, trainee, colleague, observer, department) -> Sitting:
    return planned(trainer, [trainee, colleague], department, [observer])


@pytest.fixture
def exam(scenario, trainer, trainee, colleague, department) -> Sitting:
    return planned(trainer, [trainee, colleague], department, mode="exam", level=None)


def begun(trainer, sitting, *people) -> dict:
    """The sessions of the class by person, after those `people` have come and the trainer has started it."""
    for person in people:
        scheduling.enter_lobby(person, sitting)
    return {session.trainee: session for session in scheduling.start(trainer, sitting)}


def finish(person, session) -> None:
    services.take_turn_now(person, session.id, WORDS, f"{session.id}-1")
    services.finish_now(person, session.id)


def test_a_trainer_plans_a_class_with_an_observer(client, trainer, trainee, colleague, observer, scenario, department):
    client.force_login(trainer)
    form = {
        "organisation": department.pk, "scenario": scenario.slug, "who": "everybody", "mode": "exam", "level": "", "language": "",
        "planned_for": "", "minutes": "30", "observers": "observer",
    }  # fmt: skip
    assert client.post(reverse("role_plays:schedule"), form).status_code == 400
    form["planned_for"] = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    for wrong in ({"minutes": ""}, {"minutes": "0"}, {"observers": "outsider"}, {"scenario": "x"}):
        assert client.post(reverse("role_plays:schedule"), {**form, **wrong}).status_code == 400, wrong
    answer = client.post(reverse("role_plays:schedule"), form)
    sitting = Sitting.objects.get()
    assert answer.url == reverse("role_plays:class", args=[sitting.pk])
    assert dict(sitting.people.values_list("person__username", "seat")) == {
        "trainee": "trainee", "colleague": "trainee", "observer": "observer",
    }  # fmt: skip
    assert f"http://testserver{answer.url}" in page(client, answer.url), "the link to send"


def test_the_start_opens_the_rooms_of_all_who_came_with_the_same_customer(client, trainer, trainee, colleague, observer, sitting):
    rooms = begun(trainer, sitting, trainee, colleague)
    assert set(rooms) == {trainee, colleague}
    assert len({(room.level, room.seed, room.snapshot_id, room.ends_at) for room in rooms.values()}) == 1
    assert rooms[trainee].ends_at == rooms[trainee].started_at + timedelta(minutes=20)
    assert selectors.seat_of(observer, rooms[trainee]) == "observer"
    client.force_login(trainee)
    assert "Observer" in page(client, reverse("role_plays:room", args=[rooms[trainee].id])), "the trainee learns who can see it"
    assert selectors.sessions_visible_to(observer).filter(pk=rooms[trainee].pk).exists()
    with pytest.raises(SimulatorError):
        scheduling.start(trainer, sitting)


def test_who_comes_late_gets_the_time_that_is_left_and_who_does_not_is_absent(client, trainer, trainee, colleague, sitting):
    rooms = begun(trainer, sitting, trainee)
    sitting.refresh_from_db()
    assert set(rooms) == {trainee}
    client.force_login(colleague)
    room = client.post(reverse("role_plays:enter_class", args=[sitting.pk])).url
    late = Session.objects.get(trainee=colleague)
    assert room == reverse("role_plays:room", args=[late.id])
    assert abs(late.ends_at - sitting.ends_at) < timedelta(seconds=1)
    assert late.seed == rooms[trainee].seed
    assert client.post(reverse("role_plays:enter_class", args=[sitting.pk])).url == room, "entered twice is entered once"


def test_the_attendance_stands_on_the_page(client, trainer, trainee, colleague, sitting):
    rooms = begun(trainer, sitting, trainee)
    finish(trainee, rooms[trainee])
    scheduling.end(trainer, sitting)
    client.force_login(trainer)
    seen = page(client, reverse("role_plays:class", args=[sitting.pk]))
    assert seen.count("absent") == 1
    assert reverse("role_plays:debrief", args=[rooms[trainee].pk]) in seen


def test_the_lobby_tells_who_is_there_and_never_level_or_seed(trainer, trainee, colleague, exam):
    scheduling.enter_lobby(trainee, exam)
    lobby = lobby_of(exam, {}, timezone.now())
    assert {person["name"]: person["here"] for person in lobby["people"]} == {"Trainee": True, "Colleague": False}
    scheduling.signs_of_life(exam.pk, (), [trainee.pk])
    assert not any(person["here"] for person in lobby_of(exam, {}, timezone.now())["people"])
    begun(trainer, exam, trainee)
    exam.refresh_from_db()
    told = json.dumps([reader_of_class(exam.pk)(True).lobby, reader_of_class(exam.pk)(True).tiles])
    assert "level" not in told
    assert str(exam.drawn_seed) not in told


def test_nothing_is_drawn_before_the_start(exam):
    assert (exam.drawn_level, exam.drawn_seed) == (None, None)


def test_an_exam_keeps_level_score_and_debrief_to_itself_until_it_is_over_for_everybody(
    client, trainer, trainee, colleague, exam, django_capture_on_commit_callbacks
):
    rooms = begun(trainer, exam, trainee, colleague)
    with django_capture_on_commit_callbacks(execute=True):
        finish(trainee, rooms[trainee])
    assert assessment.selectors.result_of(rooms[trainee].id) is None
    assert not selectors.finished_sessions().exists(), "upkeep would publish it"
    level = rooms[trainee].level
    words = {2: "Level 2, easy", 3: "Level 3, standard", 4: "Level 4, hard"}[level]
    debrief = reverse("role_plays:debrief", args=[rooms[trainee].id])
    the_class = reverse("role_plays:class", args=[exam.pk])
    for person in (trainee, trainer):
        client.force_login(person)
        assert "opens when it is over for everybody" in page(client, debrief)
        for address in (the_class, reverse("home"), reverse("role_plays:room", args=[rooms[trainee].id])):
            assert words not in page(client, address)
    client.force_login(trainee)
    assert f"{words} ·" not in page(client, reverse("role_plays:list"))
    client.force_login(trainer)
    assert words not in page(client, reverse("role_plays:running"))
    exported = everything_about(trainee)
    assert [play["level"] for play in exported["role_plays"]] == [None]
    assert exported["results"] == []
    entries = AuditEntry.objects.filter(object_id=str(exam.pk))
    assert not any("level" in entry.data or "seed" in entry.data for entry in entries)

    with django_capture_on_commit_callbacks(execute=True):
        scheduling.end(trainer, exam)
    assert assessment.selectors.result_of(rooms[trainee].id) is not None
    assert Session.objects.get(pk=rooms[colleague].pk).outcome == "closed_by_trainer"
    assert words in page(client, debrief)


def test_the_time_limit_ends_what_is_still_going_on(trainer, trainee, sitting, django_capture_on_commit_callbacks):
    room = begun(trainer, sitting, trainee)[trainee]
    late = room.ends_at + timedelta(seconds=1)
    with pytest.raises(SimulatorError) as refused:
        services.take_turn_now(trainee, room.id, WORDS, "too-late", at=late)
    assert refused.value.code == "finished"
    assert services.end_by_time_now(room.id, room.ends_at - timedelta(seconds=1)) is None
    assert list(selectors.overdue_sessions(late)) == [room]
    services.end_by_time_now(room.id, late)
    room.refresh_from_db()
    assert (room.state, room.outcome) == ("finished", "timed_out")
    assert scheduling.end_overdue(late) == 1
    sitting.refresh_from_db()
    assert sitting.state == "ended"


def test_a_trainer_gives_more_time_to_one_or_to_all(client, trainer, trainee, colleague, sitting):
    rooms = begun(trainer, sitting, trainee, colleague)
    client.force_login(trainer)
    extend = reverse("role_plays:extend", args=[rooms[trainee].id])
    assert extend in page(client, reverse("role_plays:room", args=[rooms[trainee].id]))
    client.post(extend, {"minutes": "5"})
    longer = Session.objects.get(pk=rooms[trainee].pk)
    assert abs(longer.ends_at - rooms[trainee].ends_at - timedelta(minutes=5)) < timedelta(seconds=2)
    sitting.refresh_from_db()
    assert sitting.ends_at == longer.ends_at, "the exam is not over before the last of them"
    client.post(reverse("role_plays:extend_class", args=[sitting.pk]), {"minutes": "10"})
    other = Session.objects.get(pk=rooms[colleague].pk)
    assert abs(other.ends_at - rooms[colleague].ends_at - timedelta(minutes=10)) < timedelta(seconds=2)
    assert client.post(reverse("role_plays:extend", args=[rooms[trainee].id]), {"minutes": "600"}).status_code == 400
    said = [entry for entry in log.read(other.id) if entry.kind == "time_limit_set"]
    assert [entry.by for entry in said] == [None, trainer.pk]
    assert load(other.id).ends_at == other.ends_at, "the log says the same as the column"
    assert AuditEntry.objects.filter(action="time_extended", actor=trainer).count() == 3


def test_a_class_is_called_off_with_a_reason(client, trainer, trainee, sitting):
    client.force_login(trainer)
    address = reverse("role_plays:cancel_class", args=[sitting.pk])
    assert client.post(address, {"reason": " "}).status_code == 400
    client.post(address, {"reason": "the trainer is ill"})
    client.force_login(trainee)
    assert "the trainer is ill" in page(client, reverse("role_plays:class", args=[sitting.pk]))
    assert class_selectors.coming_to(trainee) == []
    with pytest.raises(SimulatorError):
        scheduling.start(trainer, sitting)


def test_the_trainee_finds_the_class_on_the_start_page(client, trainee, sitting):
    client.force_login(trainee)
    lobby = reverse("role_plays:class", args=[sitting.pk])
    seen = page(client, reverse("home"))
    assert "is about to begin" in seen
    assert lobby in seen
    assert lobby in page(client, reverse("role_plays:list"))


def test_a_link_opens_a_class_only_for_who_belongs_to_it(client, outsider, scenario, trainer, trainee, colleague, department):
    closed = planned(trainer, [trainee], department)
    opened = planned(trainer, [trainee], department, open_to_all=True)
    client.force_login(colleague)
    assert client.get(reverse("role_plays:class", args=[closed.pk])).status_code == 404
    assert client.get(reverse("role_plays:class", args=[opened.pk])).status_code == 200
    assert scheduling.enter_lobby(colleague, opened).arrived_at is not None
    client.force_login(outsider)
    assert client.get(reverse("role_plays:class", args=[opened.pk])).status_code == 404
    assert scheduling.enter_lobby(outsider, opened) is None


TRAINERS_ONLY = ("start_class", "end_class", "extend_class", "cancel_class")


@pytest.mark.parametrize("who", ["trainee", "colleague", "observer", "hr", "author", "manager", "admin", "outsider", "other_trainer"])
def test_only_trainers_of_the_organisation_run_its_classes(request, client, trainer, trainee, sitting, who):
    person = request.getfixturevalue(who)
    client.force_login(person)
    for name in TRAINERS_ONLY:
        assert client.post(reverse(f"role_plays:{name}", args=[sitting.pk]), {"minutes": "5", "reason": "x"}).status_code == 404, name
    sitting.refresh_from_db()
    assert sitting.state == "scheduled"
    allowed = who in ("trainee", "colleague", "observer")
    assert client.get(reverse("role_plays:class", args=[sitting.pk])).status_code == (200 if allowed else 404)
    assert class_selectors.watches(person, sitting) == (who == "observer")
    room = begun(trainer, sitting, trainee)[trainee]
    assert client.post(reverse("role_plays:extend", args=[room.id]), {"minutes": "5"}).status_code == 404
    if who not in ("trainee", "colleague"):
        expected = reverse("role_plays:class", args=[sitting.pk]) if who == "observer" else None
        answer = client.post(reverse("role_plays:enter_class", args=[sitting.pk]))
        assert (answer.status_code, getattr(answer, "url", None)) == ((302, expected) if expected else (404, None))
        assert Session.objects.filter(trainee=person).count() == 0


def test_the_running_rooms_are_those_of_the_organisations_one_trains(other_trainer, outsider, trainer, trainee, scenario):
    own = services.open_session_now(trainee, scenario.slug, language="en", level=2)
    theirs = services.open_session_now(outsider, scenario.slug, language="en", level=2)
    assert [tile["session"] for tile in reader_of_running(trainer.pk)(True).tiles] == [str(own.id)]
    assert [tile["session"] for tile in reader_of_running(other_trainer.pk)(True).tiles] == [str(theirs.id)]


@pytest.mark.django_db(transaction=True)
async def test_the_clock_ends_what_is_overdue_although_nobody_looks(db):
    from asgiref.sync import sync_to_async

    def build() -> Session:
        from django.core.management import call_command

        from tests.factories import department_of, make_bank

        for command in ("load_scenarios", "load_rubrics"):
            call_command(command, verbosity=0)
        bank = make_bank()
        trainer, trainee = make_person("trainer", "trainer", bank), make_person("trainee", "trainee", department_of(bank))
        return begun(trainer, planned(trainer, [trainee], bank, mode="exam", level=None, minutes=1), trainee)[trainee]

    def move_back(session: Session) -> None:
        from simulator.models import LoggedEvent

        past = timezone.now() - timedelta(minutes=5)
        LoggedEvent.objects.filter(session=session).update(at=past)
        Session.objects.filter(pk=session.pk).update(started_at=past, ends_at=past + timedelta(minutes=1))
        Sitting.objects.filter(pk=session.sitting_id).update(ends_at=past + timedelta(minutes=1))

    session = await sync_to_async(build)()
    await sync_to_async(move_back)(session)
    await clock.tick()
    await sync_to_async(session.refresh_from_db)()
    assert (session.state, session.outcome) == ("finished", "timed_out")
    assert (await Sitting.objects.aget(pk=session.sitting_id)).state == "ended"
    assert await sync_to_async(assessment.selectors.result_of)(session.id) is not None
