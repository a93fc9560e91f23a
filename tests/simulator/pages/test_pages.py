"""The pages of the role-plays, without a browser."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.urls import reverse

from assessment.services import score_session
from lms.core.models import AuditEntry, Membership, User
from simulator import services
from simulator.models import Participant, ReadingReport, Session
from simulator.selectors import events_of
from tests.factories import make_person
from tests.simulator.pages.conftest import SAID

LIST = "/role-plays/"


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def test_choosing_a_scenario_opens_a_session_and_leads_into_its_room(client, trainee, scenario):
    client.force_login(trainee)
    assert scenario.title_en in page(client, LIST)
    answer = client.post(LIST, {"scenario": "annual-fee", "level": 3, "language": "en", "seed": 5, "context_key": "lesson:1:a"})
    session = Session.objects.get()
    assert answer.url == reverse("role_plays:room", args=[session.id])
    assert (session.level, session.language, session.seed, session.context_key) == (3, "en", 5, "lesson:1:a")


def test_only_the_scenario_must_be_named(client, trainee, scenario):
    client.force_login(trainee)
    assert client.post(LIST, {"scenario": "annual-fee"}).status_code == 302
    assert Session.objects.get().language == "en"


@pytest.mark.parametrize(
    "wrong",
    [
        {"scenario": "no-such"},
        {},
        {"scenario": "annual-fee", "level": 9},
        {"scenario": "annual-fee", "language": "fr"},
        {"scenario": "annual-fee", "seed": "x"},
    ],
)
def test_a_wrong_choice_opens_nothing_and_says_so(client, trainee, scenario, wrong):
    client.force_login(trainee)
    answer = client.post(LIST, wrong)
    assert answer.status_code == 400
    assert b'role="alert"' in answer.content
    assert not Session.objects.exists()


def test_the_data_notice_comes_before_the_first_room_and_once(client, trainee, open_session):
    User.objects.filter(pk=trainee.pk).update(data_notice_version=0)
    client.force_login(trainee)
    room = reverse("role_plays:room", args=[open_session.id])
    notice = client.get(room).url
    assert notice.startswith(reverse("role_plays:notice"))
    assert "36 months" in page(client, notice)
    assert client.post(reverse("role_plays:notice"), {"next": room}).url == room
    assert client.get(room).status_code == 200
    assert AuditEntry.objects.filter(action="data_notice_confirmed", actor=trainee).count() == 1


def test_the_notice_never_leads_to_another_site(client, trainee):
    client.force_login(trainee)
    assert client.post(reverse("role_plays:notice"), {"next": "https://example.com/"}).url == LIST


def test_the_room_names_who_can_see_it_and_hides_what_the_case_hides(client, trainee, trainer, open_session):
    client.force_login(trainee)
    text = page(client, reverse("role_plays:room", args=[open_session.id]))
    assert str(trainer) in text
    hidden = [fact["tell"]["zh-hans"][0] for fact in open_session.snapshot.document["facts"].values() if fact.get("tell")]
    assert not any(line in text for line in hidden)
    assert "data-composer" in text


def test_an_exam_shows_neither_level_nor_mood(client, trainee, open_session):
    Session.objects.filter(pk=open_session.pk).update(mode="exam")
    client.force_login(trainee)
    text = page(client, reverse("role_plays:room", args=[open_session.id]))
    assert "data-signs" not in text
    assert "Level 2" not in text
    assert "Level 2, easy ·" not in page(client, LIST)


def test_a_trainer_has_a_console_and_no_field_of_the_trainee(client, trainer, open_session):
    client.force_login(trainer)
    assert str(open_session.trainee) in page(client, reverse("role_plays:running"))
    text = page(client, reverse("role_plays:room", args=[open_session.id]))
    assert 'data-seat="trainer"' in text
    assert "data-levers" in text
    assert "data-composer" not in text


def test_an_observer_sees_no_console_and_has_no_field(client, department, open_session):
    observer = make_person("observer", Membership.Role.TRAINEE, department)
    Participant.objects.create(session=open_session, person=observer, seat=Participant.Seat.OBSERVER)
    client.force_login(observer)
    text = page(client, reverse("role_plays:room", args=[open_session.id]))
    assert 'data-seat="observer"' in text
    assert "data-composer" not in text
    assert "data-levers" not in text
    assert "data-facts" not in text


def test_the_room_of_a_trainee_holds_nothing_of_the_console(client, trainee, open_session):
    client.force_login(trainee)
    text = page(client, reverse("role_plays:room", args=[open_session.id]))
    assert "data-levers" not in text
    assert "data-facts" not in text
    assert "data-console-words" not in text


def test_a_trainer_sees_the_mood_of_an_exam_that_the_trainee_does_not(client, trainer, open_session):
    Session.objects.filter(pk=open_session.pk).update(mode="exam")
    client.force_login(trainer)
    assert "data-signs" in page(client, reverse("role_plays:room", args=[open_session.id]))


@pytest.mark.parametrize("who", ["outsider", "hr", "author"])
def test_nobody_else_finds_the_room_the_debrief_or_the_reports(client, request, played, who):
    client.force_login(request.getfixturevalue(who))
    for name in ("room", "debrief"):
        assert client.get(reverse(f"role_plays:{name}", args=[played.id])).status_code == 404
    assert client.post(reverse("role_plays:report", args=[played.id]), {}).status_code == 404
    assert client.get(reverse("role_plays:running")).status_code == 403
    assert client.get(reverse("role_plays:reports")).status_code == 403


def test_without_a_login_every_page_leads_to_the_login(client, played):
    for name, arguments in (
        ("list", []),
        ("notice", []),
        ("running", []),
        ("reports", []),
        ("room", [played.id]),
        ("debrief", [played.id]),
    ):
        assert client.get(reverse(f"role_plays:{name}", args=arguments)).url.startswith(reverse("login"))


def test_an_open_role_play_has_no_debrief_yet(client, trainee, open_session):
    client.force_login(trainee)
    assert reverse("role_plays:room", args=[open_session.id]) in page(client, reverse("role_plays:debrief", args=[open_session.id]))


def test_the_debrief_marks_the_very_words_also_after_an_emoji(client, trainee, played):
    client.force_login(trainee)
    text = page(client, reverse("role_plays:debrief", args=[played.id]))
    read = [entry.event for entry in events_of(played) if entry.kind == "acts_read"]
    marked = [re.sub(r"<sup>.*?</sup>", "", words) for words in re.findall(r"<mark[^>]*>(.*?)</mark>", text)]
    places = {(event.turn, place) for event in read for act in event.acts for place in range(act.start, act.end)}
    assert places
    assert sorted("".join(marked)) == sorted(SAID[turn - 1][place] for turn, place in places)


def test_the_debrief_shows_the_score_with_its_evidence(client, trainee, played):
    score_session(services.finished_record(played, tuple(entry.event for entry in events_of(played))))
    client.force_login(trainee)
    text = page(client, reverse("role_plays:debrief", args=[played.id]))
    assert "out of 100" in text
    assert text.count('class="criterion"') > 3
    assert 1 <= text.count('class="work-item"') <= 3


def test_the_finished_ones_can_be_tried_again_with_a_fresh_seed(client, trainee, played):
    client.force_login(trainee)
    assert reverse("role_plays:debrief", args=[played.id]) in page(client, LIST)
    client.post(LIST, {"scenario": "annual-fee", "level": played.level, "language": played.language})
    again = Session.objects.exclude(pk=played.pk).get()
    assert again.seed != played.seed


def a_reading(session: Session) -> dict[str, object]:
    """The first act that was read, as the form in the debrief names it."""
    said, position = None, 0
    for entry in events_of(session):
        if entry.kind == "trainee_said":
            said, position = entry, entry.position
        if entry.kind == "acts_read" and entry.event.acts and said:
            act = entry.event.acts[0]
            return {"position": position, "start": act.start, "end": act.end, "act": act.name}
    raise AssertionError("nothing was read")


def test_a_reported_reading_reaches_the_trainer_who_decides_once(client, trainee, trainer, played):
    client.force_login(trainee)
    address = reverse("role_plays:report", args=[played.id])
    reading = a_reading(played)
    assert client.post(address, {**reading, "note": "我是想问候"}).url.endswith("#turn-1")
    client.post(address, {**reading, "note": "我只是问候"})
    reported = ReadingReport.objects.get()
    client.force_login(trainer)
    listed = page(client, reverse("role_plays:reports"))
    assert "我只是问候" in listed
    assert f"<mark>{SAID[0][reported.start : reported.end]}</mark>" in listed
    decide = reverse("role_plays:decide", args=[reported.id])
    client.post(decide, {"decision": "accepted"})
    client.post(decide, {"decision": "rejected"})
    reported.refresh_from_db()
    assert (reported.state, reported.decided_by) == ("accepted", trainer)
    assert AuditEntry.objects.filter(action="reading_report_decided").count() == 1


def test_accepted_corrections_are_downloaded_as_candidates_for_the_corpus(client, trainee, trainer, outsider, played):
    client.force_login(trainee)
    client.post(reverse("role_plays:report", args=[played.id]), {**a_reading(played), "note": "我是想问候"})
    reported = ReadingReport.objects.get()
    client.force_login(trainer)
    download = reverse("role_plays:export_reports")
    assert client.get(download).content == b""
    client.post(reverse("role_plays:decide", args=[reported.id]), {"decision": "accepted", "instead": "empathy.react"})
    (line,) = client.get(download).content.decode().splitlines()
    candidate = json.loads(line)
    assert (candidate["text"], candidate["read"], candidate["should_be"]) == (SAID[0], reported.act, "empathy.react")
    assert "年费" in candidate["context"]
    assert str(trainee) not in line
    client.force_login(outsider)
    assert client.get(download).status_code == 403


def test_a_correction_names_an_act_there_is(client, trainee, trainer, played):
    client.force_login(trainee)
    client.post(reverse("role_plays:report", args=[played.id]), a_reading(played))
    client.force_login(trainer)
    decide = reverse("role_plays:decide", args=[ReadingReport.objects.get().id])
    assert client.post(decide, {"decision": "accepted", "instead": "nonsense"}).status_code == 400


@pytest.mark.parametrize("change", [{"position": 1}, {"end": 999}, {"act": "thank.nonsense"}, {"start": "x"}])
def test_only_a_reading_of_the_log_can_be_reported(client, trainee, played, change):
    client.force_login(trainee)
    assert client.post(reverse("role_plays:report", args=[played.id]), {**a_reading(played), **change}).status_code == 400
    assert not ReadingReport.objects.exists()


def test_a_trainer_of_another_bank_does_not_decide(client, outsider, trainee, played):
    client.force_login(trainee)
    client.post(reverse("role_plays:report", args=[played.id]), a_reading(played))
    client.force_login(outsider)
    assert client.post(reverse("role_plays:decide", args=[ReadingReport.objects.get().id]), {"decision": "accepted"}).status_code == 404


def test_the_lists_ask_as_many_queries_for_many_rows_as_for_one(client, trainee, trainer, scenario, django_assert_max_num_queries):
    for _number in range(6):
        services.open_session_now(trainee, scenario.slug, language="zh-hans", level=2)
    client.force_login(trainee)
    with django_assert_max_num_queries(12):
        client.get(LIST)
    client.force_login(trainer)
    with django_assert_max_num_queries(12):
        client.get(reverse("role_plays:running"))


def test_every_entry_of_the_record_stands_on_a_line_of_its_own(client, trainee, open_session):
    client.force_login(trainee)
    told = page(client, reverse("role_plays:room", args=[open_session.pk]))
    assert "｜" not in told
    assert "<p>2026-03-11 超市 86.40</p>" in told
