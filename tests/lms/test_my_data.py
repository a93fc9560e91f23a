"""“My data”: a person takes home everything that is stored about them, and nothing of anybody else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.core.models import AuditEntry, Organisation, User
from simulator import retention, services
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import ReadingReport, Session
from simulator.selectors import events_of
from tests.factories import make_person

SAID = "非常抱歉让您着急了，请问这笔年费是哪一天扣的？"
A_DAY_AGO = timezone.now() - timedelta(days=1)


def play(person: User, text: str = SAID, *, finish: bool = True, **wanted: Any) -> Session:
    session = services.open_session_now(person, "annual-fee", language="zh-hans", level=2, at=A_DAY_AGO, **wanted)
    services.take_turn_now(person, session.id, text, "a", at=A_DAY_AGO + timedelta(minutes=1))
    if finish:
        services.finish_now(person, session.id, at=A_DAY_AGO + timedelta(minutes=2))
    return Session.objects.get(pk=session.pk)


def data_of(client: Client, person: User) -> dict[str, Any]:
    client.force_login(person)
    answer = client.get(reverse("my_data"))
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    return json.loads(answer.content)


@pytest.fixture(autouse=True)
def scenario(db: None) -> None:
    load(SHIPPED / "annual-fee.yaml")


def test_one_finds_ones_details_words_readings_and_results(client, trainee, department, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        session = play(trainee)
    ReadingReport.objects.create(session=session, position=4, start=0, end=4, act="apology", reported_by=trainee, note="不是道歉")
    data = data_of(client, trainee)
    assert data["profile"]["username"] == "trainee"
    assert data["roles"][0]["organisation"] == department.name_en
    (conversation,) = data["role_plays"]
    assert [event["data"]["text"] for event in conversation["events"] if event["kind"] == "trainee_said"] == [SAID]
    assert any(event["kind"] == "customer_said" for event in conversation["events"])
    assert conversation["read_in_my_words"][0]["acts"]
    (result,) = data["results"]
    assert result["session_id"] == conversation["id"] == str(session.id)
    assert len(result["criteria"]) > 3
    assert data["readings_reported"][0]["note"] == "不是道歉"


def test_nothing_of_anybody_else_is_in_it(client, trainee, trainer, hr, department: Organisation):
    colleague = make_person("colleague", "trainee", department)
    play(colleague, "这是同事说的话，请问您贵姓？")
    for person in (trainee, trainer, hr):
        data = data_of(client, person)
        assert data["role_plays"] == data["results"] == []
        assert "同事" not in json.dumps(data, ensure_ascii=False)
    assert len(data_of(client, colleague)["role_plays"]) == 1


def test_what_the_case_hides_stays_hidden(client, trainee):
    session = play(trainee, finish=False)
    text = json.dumps(data_of(client, trainee), ensure_ascii=False)
    told = {entry.data["fact"] for entry in events_of(session) if entry.kind == "fact_told"}
    facts = session.snapshot.document["facts"]
    hidden = [fact["tell"]["zh-hans"][0] for name, fact in facts.items() if fact.get("tell") and name not in told]
    assert hidden
    assert not any(line in text for line in hidden)
    assert '"seed"' not in text


def test_an_exam_under_way_shows_neither_level_nor_mood_nor_reading(client, trainee):
    play(trainee, mode="exam", finish=False)
    (conversation,) = data_of(client, trainee)["role_plays"]
    assert conversation["level"] is None
    assert conversation["read_in_my_words"] == []
    assert not {"state_changed", "acts_read"} & {event["kind"] for event in conversation["events"]}
    assert not any("band" in event["data"] for event in conversation["events"])


def test_a_deleted_conversation_is_named_with_its_day_and_without_words(client, trainee, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        play(trainee)
    with django_capture_on_commit_callbacks(execute=True):
        retention.delete_old_conversations(timezone.now() + timedelta(days=1200))
    data = data_of(client, trainee)
    (conversation,) = data["role_plays"]
    assert conversation["state"] == "archived"
    assert conversation["conversation_deleted_at"]
    assert conversation["events"] == conversation["read_in_my_words"] == []
    assert data["results"][0]["score"] is not None
    assert SAID not in json.dumps(data, ensure_ascii=False)


def test_who_took_their_data_is_in_the_audit_log_and_a_visitor_gets_none(client, trainee):
    assert client.get(reverse("my_data")).url.startswith("/login/")
    data_of(client, trainee)
    entry = AuditEntry.objects.get(action="own_data_exported")
    assert (entry.actor, entry.object_id) == (trainee, str(trainee.pk))


def test_the_account_page_leads_there(client, trainee):
    client.force_login(trainee)
    assert f'href="{reverse("my_data")}"' in client.get(reverse("account")).content.decode()
