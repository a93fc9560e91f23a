"""After the end: a replay, a copy from any turn, a trainer's remark; and who may."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

import assessment.selectors
from lms.core.models import AuditEntry
from lms.my_data import everything_about
from lms.replay import steps_of
from simulator import log, retention, selectors, services
from simulator.branches import branch
from simulator.engine.events import TraineeSaid
from simulator.errors import SimulatorError
from simulator.live import load
from simulator.models import LoggedEvent, Session

SAID = (
    "Good morning, I am Wang. I am listening, please take your time.",
    "I am so sorry that nobody called you back. Which fee was it?",
    "You should have read the contract yourself.",
)


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


@pytest.fixture
def played(scenario, trainee) -> Session:
    return play(trainee, services.open_session_now(trainee, scenario.slug, language="en", level=3, seed=5))


def play(trainee, session: Session) -> Session:
    for number, text in enumerate(SAID):
        services.take_turn_now(trainee, session.id, text, f"{session.id}-{number}")
    session.refresh_from_db()
    if session.state == Session.State.OPEN:
        services.finish_now(trainee, session.id)
        session.refresh_from_db()
    return session


def words_of(session: Session) -> list[str]:
    return [entry.event.text for entry in log.read(session.id) if isinstance(entry.event, TraineeSaid)]


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_the_copy_has_the_customer_as_it_was_before_that_turn(trainee, played, turn):
    before = [(entry.kind, entry.data) for entry in log.read(played.id)]
    copy = branch(trainee, played, turn)
    assert words_of(copy) == list(SAID[: turn - 1])
    one = load(copy.id)
    services.take_turn_now(trainee, copy.id, SAID[turn - 1], "the-same-again")
    again, original = log.read(copy.id)[one.position :], log.read(played.id)[one.position :]
    whole = [(entry.kind, entry.data) for entry in original][: len(again)]
    assert [(entry.kind, entry.data) for entry in again] == whole, "the same seed and the same words bring about the same"
    assert [(entry.kind, entry.data) for entry in log.read(played.id)] == before, "the original stays"


def test_a_copy_counts_nowhere(trainee, played, django_capture_on_commit_callbacks):
    copy = branch(trainee, played, 2)
    with django_capture_on_commit_callbacks(execute=True):
        services.take_turn_now(trainee, copy.id, SAID[1], "one")
        services.finish_now(trainee, copy.id)
    copy.refresh_from_db()
    assert copy.state == Session.State.FINISHED
    assert assessment.selectors.result_of(copy.id) is None
    assert copy not in selectors.finished_sessions()


def test_a_copy_is_marked_in_room_list_and_debrief(client, trainee, played):
    client.force_login(trainee)
    room = client.post(reverse("role_plays:what_if", args=[played.id]), {"turn": "2"}).url
    copy = Session.objects.get(branched_from=played)
    assert room == reverse("role_plays:room", args=[copy.id])
    assert "What if: counts nowhere" in page(client, room)
    assert "What if" in page(client, reverse("role_plays:list"))
    services.finish_now(trainee, copy.id)
    assert "has no score" in page(client, reverse("role_plays:debrief", args=[copy.id]))
    assert AuditEntry.objects.get(action="what_if_started").data == {"copy": str(copy.id), "turn": 2}


@pytest.mark.parametrize("turn", ["", "0", "4", "-1", "x", "²"])
def test_there_is_no_copy_from_a_turn_that_was_not(client, trainee, played, turn):
    client.force_login(trainee)
    assert client.post(reverse("role_plays:what_if", args=[played.id]), {"turn": turn}).status_code == 400
    assert not Session.objects.filter(branched_from__isnull=False).exists()


def test_a_trainer_plays_the_copy_and_the_running_list_does_not_show_it(client, trainer, trainee, played):
    client.force_login(trainer)
    client.post(reverse("role_plays:what_if", args=[played.id]), {"turn": "3"})
    copy = Session.objects.get(branched_from=played)
    assert copy.trainee == trainer
    assert list(selectors.running_sessions(trainer)) == []
    services.take_turn_now(trainer, copy.id, "I understand. I will call you tomorrow before three.", "mine")
    exported = everything_about(trainer)["role_plays"][0]
    spoken = [event["data"]["text"] for event in exported["events"] if event["kind"] == "trainee_said"]
    assert spoken == ["I understand. I will call you tomorrow before three."], "the words before are the trainee's"


def test_the_copy_has_no_time_limit_and_can_be_closed_by_time(trainee, trainer, scenario):
    until = timezone.now() + timedelta(minutes=10)
    session = services.open_drawn(
        trainee,
        services.published(scenario.slug),
        organisation=trainee.memberships.get().organisation,
        language="en",
        level=2,
        seed=3,
        mode="practice",
        until=until,
    )
    copy = branch(trainee, play(trainee, session), 2)
    assert load(copy.id).ends_at is None
    services.close_by_time_now(copy.id)
    copy.refresh_from_db()
    assert copy.finished_at >= copy.started_at


def test_a_copy_goes_when_the_original_goes(trainee, played):
    copy = branch(trainee, played, 2)
    long_ago = timezone.now() - timedelta(days=4000)
    LoggedEvent.objects.filter(session=played).update(at=long_ago)
    Session.objects.filter(pk=played.pk).update(started_at=long_ago, finished_at=long_ago)
    assert retention.delete_old_conversations(timezone.now()) == 2
    copy.refresh_from_db()
    assert copy.state == Session.State.ARCHIVED
    assert not LoggedEvent.objects.exists()


# Rights


@pytest.mark.parametrize("who", ["colleague", "hr", "author", "manager", "admin", "outsider", "other_trainer"])
def test_nobody_else_replays_copies_or_comments(request, client, played, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("role_plays:replay", args=[played.id])).status_code == 404
    assert client.post(reverse("role_plays:what_if", args=[played.id]), {"turn": "1"}).status_code == 404
    assert client.post(reverse("role_plays:comment", args=[played.id]), {"text": "x"}).status_code == 404


def test_only_a_trainer_starts_a_copy_of_an_exam(client, trainer, trainee, scenario):
    exam = play(trainee, services.open_session_now(trainee, scenario.slug, language="en", level=2, mode="exam"))
    for person, status in ((trainee, 404), (trainer, 302)):
        client.force_login(person)
        assert client.post(reverse("role_plays:what_if", args=[exam.id]), {"turn": "1"}).status_code == status
    assert Session.objects.get(branched_from=exam).mode == "practice"


def test_nothing_is_copied_before_the_end(trainee, scenario):
    session = services.open_session_now(trainee, scenario.slug, language="en", level=2)
    with pytest.raises(SimulatorError):
        branch(trainee, session, 1)


# Replay


def test_the_replay_shows_what_was_seen_in_its_order(client, trainee, trainer, played):
    steps = steps_of(selectors.events_of(played))
    one = load(played.id)
    shown = [entry for entry in one.log if entry.kind in ("trainee_said", "customer_said") and entry.position not in one.dropped]
    assert one.dropped, "the trainee was so quick that the customer broke off"
    assert [step["text"] for step in steps] == [entry.data["text"] for entry in shown]
    assert all(0 <= step["wait"] <= 15_000 for step in steps)
    for person in (trainee, trainer):
        client.force_login(person)
        seen = page(client, reverse("role_plays:replay", args=[played.id]))
        assert all(text in seen for text in SAID)
        assert seen.count("data-step-band") == len(steps)


def test_there_is_no_replay_before_the_end(client, trainee, scenario):
    session = services.open_session_now(trainee, scenario.slug, language="en", level=2)
    client.force_login(trainee)
    assert "still going on" in page(client, reverse("role_plays:replay", args=[session.id]))


# Comments and care


def test_a_trainer_comments_and_the_trainee_reads_who_said_it_about_which_turn(client, trainer, trainee, played):
    client.force_login(trainer)
    comment = reverse("role_plays:comment", args=[played.id])
    for wrong in ({"text": ""}, {"text": "x" * 2001}, {"text": "x", "turn": "9"}):
        assert client.post(comment, wrong).status_code == 400
    client.post(comment, {"text": "The second turn was good.", "turn": "2"})
    client.force_login(trainee)
    seen = page(client, reverse("role_plays:debrief", args=[played.id]))
    assert "The second turn was good." in seen
    assert "Trainer ·" in seen
    assert client.post(comment, {"text": "x"}).status_code == 404
    assert everything_about(trainee)["role_plays"][0]["comments"][0]["text"] == "The second turn was good."


def test_after_a_furious_customer_the_trainee_is_offered_two_minutes(client, trainer, trainee, scenario):
    session = services.open_session_now(trainee, scenario.slug, language="en", level=5, seed=2)
    for number in range(4):
        state = Session.objects.get(pk=session.pk).state
        if state == Session.State.OPEN:
            services.take_turn_now(trainee, session.id, "You are an idiot, that is your own fault. Shut up.", f"turn-{number}")
    if Session.objects.get(pk=session.pk).state == Session.State.OPEN:
        services.finish_now(trainee, session.id)
    client.force_login(trainee)
    assert "Two minutes for yourself?" in page(client, reverse("role_plays:debrief", args=[session.id]))
    client.force_login(trainer)
    assert "Two minutes for yourself?" not in page(client, reverse("role_plays:debrief", args=[session.id]))


def test_after_a_calm_conversation_nothing_is_offered(client, trainee, scenario):
    session = services.open_session_now(trainee, scenario.slug, language="en", level=1, seed=2)
    services.take_turn_now(trainee, session.id, SAID[0], "one")
    services.finish_now(trainee, session.id)
    client.force_login(trainee)
    assert "Two minutes" not in page(client, reverse("role_plays:debrief", args=[session.id]))
