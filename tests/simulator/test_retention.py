"""The data notice promises that a conversation is deleted after some months and its result stays."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessment.models import Result
from lms import upkeep
from lms.core.models import AuditEntry, Organisation, User
from simulator import live, log, retention, services
from simulator.errors import SimulatorError
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import Contact, LoggedEvent, Participant, ReadingReport, Session

SAID = ("非常抱歉让您着急了，我是客服小王，请问这笔年费是哪一天扣的？", "换成我也会着急，我马上为您核实，下周三之前给您答复。")
NOTE = "我说的是别的意思"
NOW = datetime(2029, 3, 31, 4, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
RECENTLY = datetime(2029, 3, 1, 2, 0, tzinfo=UTC)


# The rule


@pytest.mark.parametrize(
    ("months", "day"),
    [(1, "2029-02-28"), (13, "2028-02-29"), (12, "2028-03-31"), (36, "2026-03-31"), (3, "2028-12-31"), (600, "1979-03-31")],
)
def test_months_are_counted_by_the_calendar(months: int, day: str) -> None:
    assert retention.kept_since(NOW, months) == datetime.fromisoformat(f"{day}T04:00:00+00:00")


moments = st.integers(946684800, 3786912000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(moments, moments, st.integers(1, 600))
def test_what_is_due_stays_due_and_is_due_earlier_with_fewer_months(last_at: datetime, now: datetime, months: int) -> None:
    if retention.is_due(last_at, now=now, months=months):
        assert retention.is_due(last_at, now=now + timedelta(days=1), months=months)
        assert months == 1 or retention.is_due(last_at, now=now, months=months - 1)
    else:
        assert last_at > now - timedelta(days=31 * months + 3)


# Playing


@pytest.fixture
def trainee(trainee: User) -> User:
    load(SHIPPED / "annual-fee.yaml")
    return trainee


def play(person: User, at: datetime, *, finish: bool = True, **wanted: object) -> Session:
    """A conversation of two turns that began at `at`."""
    session = services.open_session_now(person, "annual-fee", language="zh-hans", level=2, seed=7, at=at, **wanted)
    for number, text in enumerate(SAID, start=1):
        services.take_turn_now(person, session.id, text, f"turn-{number}", at=at + timedelta(minutes=number))
    if finish:
        services.finish_now(person, session.id, at=at + timedelta(minutes=9))
    session.refresh_from_db()
    return session


def report(person: User, session: Session) -> None:
    ReadingReport.objects.create(session=session, position=4, start=0, end=4, act="apology.generic", reported_by=person, note=NOTE)


def places_of(words: str) -> set[str]:
    """Every column of the whole database in which `words` stand."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            escaped = words.encode("ascii", "backslashreplace").decode()
            for row in cursor.fetchall():
                found |= {f"{table}.{name}" for name, value in zip(names, row, strict=True) if words in str(value) or escaped in str(value)}
    return found


pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_nothing_in_the_database_quotes_a_deleted_conversation_and_its_result_stays(trainee: User) -> None:
    session = play(trainee, LONG_AGO)
    report(trainee, session)
    before = Result.objects.get(session_id=session.id)
    quoted = next(piece["quote"] for row in before.criteria for piece in row["evidence"] if piece["quote"])
    assert places_of(SAID[0]) == {"simulator_loggedevent.data"}
    assert "assessment_result.criteria" in places_of(quoted)
    assert places_of(NOTE)

    assert retention.delete_old_conversations(NOW) == 1

    assert [places_of(words) for words in (*SAID, quoted, NOTE)] == [set()] * 4
    for model in (LoggedEvent, Contact, Participant, ReadingReport):
        assert not model.objects.exists()
    after = Result.objects.get(session_id=session.id)
    assert (after.score, after.passed, after.red_lines, after.turns) == (before.score, before.passed, before.red_lines, before.turns)
    assert [(row["code"], row["score"], row["reason"], len(row["evidence"])) for row in after.criteria] == [
        (row["code"], row["score"], row["reason"], len(row["evidence"])) for row in before.criteria
    ]
    assert after.words_deleted_at == NOW


@pytest.mark.django_db(transaction=True)
def test_what_statistics_need_of_the_session_stays(trainee: User) -> None:
    session = play(trainee, LONG_AGO, context_key="lesson:7:a")
    kept = ("id", "trainee_id", "organisation_id", "snapshot_id", "language", "level", "mode", "outcome", "context_key", "turns")
    before = Session.objects.values(*kept, "started_at", "finished_at").get()
    retention.delete_old_conversations(NOW)
    assert Session.objects.values(*kept, "started_at", "finished_at").get() == before
    session.refresh_from_db()
    assert (session.state, session.archived_at) == ("archived", NOW)


@pytest.mark.django_db(transaction=True)
def test_doing_it_twice_changes_nothing_and_the_audit_log_says_who_when_and_how_many(trainee: User, bank: Organisation) -> None:
    for _number in range(3):
        play(trainee, LONG_AGO)
    assert retention.delete_old_conversations(NOW) == 3
    assert retention.delete_old_conversations(NOW + timedelta(days=1)) == 0
    entry = AuditEntry.objects.get(action="conversations_deleted")
    assert (entry.actor, entry.actor_name, entry.reason) == (None, "system", "retention rule")
    assert (entry.organisation_id, entry.data["conversations"], entry.data["months"]) == (bank.pk, 3, 36)
    assert entry.data["ended_before"].startswith("2026-03-31")


@pytest.mark.django_db(transaction=True)
def test_many_go_in_several_transactions(trainee: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(5):
        play(trainee, LONG_AGO, finish=number % 2 == 0)
    assert sum(retention.deleting(NOW)) == 5
    assert AuditEntry.objects.filter(action="conversations_deleted").count() >= 3


def test_a_conversation_of_these_months_is_left_alone(trainee: User) -> None:
    finished, still_open = play(trainee, RECENTLY), play(trainee, RECENTLY, finish=False)
    assert retention.delete_old_conversations(NOW) == 0
    assert len(log.read(finished.id)) == finished.last_position
    assert Session.objects.get(pk=still_open.pk).state == "open"


@pytest.mark.django_db(transaction=True)
def test_one_that_was_let_go_of_is_closed_by_time_scored_for_then_and_deleted(trainee: User) -> None:
    session = play(trainee, LONG_AGO, finish=False)
    assert retention.delete_old_conversations(NOW) == 1
    session.refresh_from_db()
    assert (session.state, session.outcome) == ("archived", "timed_out")
    assert session.finished_at == LONG_AGO + timedelta(minutes=2)
    result = Result.objects.get(session_id=session.id)
    assert result.recorded_at == session.finished_at
    assert not any(piece["quote"] for row in result.criteria for piece in row["evidence"] + row["against"])


@pytest.mark.django_db(transaction=True)
def test_an_old_one_in_which_somebody_has_just_spoken_is_not_let_go_of(trainee: User) -> None:
    session = play(trainee, LONG_AGO, finish=False)
    services.take_turn_now(trainee, session.id, "我回来了，请您再说一遍。", "later", at=RECENTLY)
    assert retention.delete_old_conversations(NOW) == 0
    assert Session.objects.get(pk=session.pk).state == "open"


@pytest.mark.django_db(transaction=True)
def test_a_log_that_cannot_be_folded_any_more_does_not_keep_a_conversation(trainee: User, caplog: pytest.LogCaptureFixture) -> None:
    session = play(trainee, LONG_AGO, finish=False)
    LoggedEvent.objects.filter(session=session, kind="acts_read").update(kind="no_such_kind")
    assert retention.delete_old_conversations(NOW) == 1
    session.refresh_from_db()
    assert (session.state, session.outcome, session.finished_at) == ("archived", "timed_out", LONG_AGO + timedelta(minutes=2))
    assert not LoggedEvent.objects.exists()
    assert not Result.objects.exists()
    assert "could not be closed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_each_bank_keeps_conversations_for_its_own_months(trainee: User, outsider: User) -> None:
    theirs = outsider.memberships.get().organisation.get_root()
    Organisation.objects.filter(pk=theirs.pk).update(retention_months=600)
    mine, kept = play(trainee, LONG_AGO), play(outsider, LONG_AGO)
    assert retention.delete_old_conversations(NOW) == 1
    assert Session.objects.get(pk=mine.pk).state == "archived"
    assert Session.objects.get(pk=kept.pk).state == "finished"


@pytest.mark.parametrize("days", range(0, 60, 7))
def test_the_database_finds_what_the_rule_says(trainee: User, bank: Organisation, days: int) -> None:
    sessions = [play(trainee, LONG_AGO + timedelta(days=days), finish=finish) for finish in (True, False)]
    by_the_rule = {
        session.id
        for session in sessions
        if retention.is_due(session.finished_at or log.read(session.id)[-1].at, now=NOW, months=bank.retention_months)
    }
    assert set(retention.due_in(bank, NOW).values_list("id", flat=True)) == by_the_rule


def test_a_deleted_conversation_is_never_scored_again_from_nothing(trainee: User) -> None:
    session = play(trainee, LONG_AGO)
    retention.delete_old_conversations(NOW)
    with pytest.raises(ValueError, match="has been deleted"):
        services.publish_finished(session.id)


@pytest.mark.django_db(transaction=True)
async def test_who_speaks_into_a_conversation_that_has_just_been_deleted_hears_that_it_is_over(trainee: User) -> None:
    from channels.db import database_sync_to_async as in_thread

    session = await in_thread(play)(trainee, LONG_AGO, finish=False)
    one = await live.live(session.id)
    await in_thread(retention.delete_old_conversations)(NOW)
    live._live[session.id] = one  # another process does not know yet
    with pytest.raises(SimulatorError, match="finished"):
        await services.take_turn(trainee, session.id, "您还在吗？", "too-late")


# Commands, and what happens by itself


@pytest.mark.django_db(transaction=True)
def test_the_command_says_beforehand_how_many_and_then_deletes_them(trainee: User) -> None:
    play(trainee, timezone.now() - timedelta(days=3 * 366 + 5))
    said = StringIO()
    call_command("delete_old_conversations", "--dry-run", stdout=said)
    assert '"due": 1' in said.getvalue()
    assert LoggedEvent.objects.exists()
    call_command("delete_old_conversations", stdout=said)
    assert '{"conversations deleted": 1}' in said.getvalue()
    assert not LoggedEvent.objects.exists()


def test_replaying_a_deleted_conversation_says_that_it_was_deleted(trainee: User) -> None:
    session = play(trainee, LONG_AGO)
    retention.delete_old_conversations(NOW)
    with pytest.raises(CommandError, match="was deleted on 2029-03-31"):
        call_command("replay_session", str(session.id))


@pytest.mark.django_db(transaction=True)
def test_quotes_that_a_crash_left_behind_go_the_next_time(trainee: User) -> None:
    session = play(trainee, LONG_AGO)
    criteria = Result.objects.get().criteria
    retention.delete_old_conversations(NOW)
    Result.objects.update(criteria=criteria, words_deleted_at=None)  # as if the reaction had never run
    assert upkeep.carry_out(upkeep.forget_left_over_words, now=NOW).total() == 1
    assert upkeep.carry_out(upkeep.forget_left_over_words, now=NOW).total() == 0
    result = Result.objects.get(session_id=session.id)
    assert not any(piece["quote"] for row in result.criteria for piece in row["evidence"] + row["against"])


@pytest.mark.parametrize(("at", "hours"), [("2026-11-24T02:00+08:00", 1), ("2026-11-24T03:00+08:00", 24), ("2026-11-24T12:30+08:00", 14.5)])
def test_the_nightly_run_comes_at_three(at: str, hours: float) -> None:
    assert upkeep.until_tonight(datetime.fromisoformat(at)) == timedelta(hours=hours)


# Pages


def read(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


@pytest.fixture
def archived(trainee: User, django_capture_on_commit_callbacks) -> Session:
    """A role-play whose conversation is gone and whose result stayed."""
    with django_capture_on_commit_callbacks(execute=True):
        session = play(trainee, LONG_AGO)
    with django_capture_on_commit_callbacks(execute=True):
        retention.delete_old_conversations(NOW)
    session.refresh_from_db()
    return session


@pytest.mark.parametrize("who", ["trainee", "trainer"])
def test_the_debrief_says_when_it_was_deleted_and_still_shows_the_score_by_criterion(client, request, archived: Session, who: str) -> None:
    client.force_login(request.getfixturevalue(who))
    text = read(client, reverse("role_plays:debrief", args=[archived.id]))
    assert "The conversation was deleted on March 31, 2029" in text
    assert "out of 100" in text
    assert text.count('class="criterion"') > 3
    assert "#turn-" not in text
    assert not any(words in text for words in SAID)


@pytest.mark.parametrize("who", ["outsider", "hr", "author"])
def test_nobody_else_finds_it(client, request, archived: Session, who: str) -> None:
    client.force_login(request.getfixturevalue(who))
    for name in ("debrief", "room"):
        assert client.get(reverse(f"role_plays:{name}", args=[archived.id])).status_code == 404


def test_the_room_of_a_deleted_conversation_leads_to_its_result(client, trainee: User, archived: Session) -> None:
    client.force_login(trainee)
    debrief = reverse("role_plays:debrief", args=[archived.id])
    assert client.get(reverse("role_plays:room", args=[archived.id])).url == debrief
    text = read(client, reverse("role_plays:list"))
    assert debrief in text
    assert "The conversation was deleted on March 31, 2029, as promised." in text


def test_hr_sees_the_same_figures_as_before(client, hr: User, trainee: User, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        play(trainee, LONG_AGO)
    client.force_login(hr)
    pages = [reverse("hr:overview"), reverse("people:list"), reverse("people:person", args=[trainee.pk])]
    before = [read(client, page).partition("<main")[2] for page in pages]
    assert all(f"{Result.objects.get().score:.0f}" in text for text in before)
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.delete_old_conversations(NOW) == 1
    assert [read(client, page).partition("<main")[2] for page in pages] == before


def test_a_bank_changes_its_months_and_its_people_read_the_notice_again(client, trainee: User, outsider: User, bank: Organisation) -> None:
    call_command("retention_months", "--bank", bank.name_zh, "--months", "24", "--reason", "data protection officer", stdout=StringIO())
    bank.refresh_from_db()
    assert bank.retention_months == 24
    assert [User.objects.get(pk=person.pk).knows_data_notice for person in (trainee, outsider)] == [False, True]
    client.force_login(trainee)
    assert "deleted after 24 months" in read(client, reverse("role_plays:notice"))
    entry = AuditEntry.objects.get(action="retention_changed")
    assert (entry.reason, entry.data) == ("data protection officer", {"before": 36, "after": 24})


@pytest.mark.parametrize("months", [0, 601])
def test_months_that_make_no_sense_are_refused_and_change_nothing(bank: Organisation, months: int) -> None:
    with pytest.raises(CommandError, match="1 to 600"):
        call_command("retention_months", "--bank", bank.name_zh, f"--months={months}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=bank.pk).update(retention_months=months)
    bank.refresh_from_db()
    assert bank.retention_months == 36
