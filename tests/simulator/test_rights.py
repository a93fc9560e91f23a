"""Who may do what in a room: every role, every message, in one's own session, in one of the same bank and in one of another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lms.core.models import Membership, Organisation, User
from simulator import console, levers, services
from simulator.errors import SimulatorError
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import Participant, Session
from simulator.selectors import seat_of, sessions_visible_to
from tests.factories import department_of, make_bank, make_person

Role = Membership.Role
PLAYS: dict[str, Callable[[User, Session], object]] = {
    "say": lambda person, session: services.take_turn_now(person, session.id, "您好", "say"),
    "open_record": lambda person, session: services.open_record_now(person, session.id, section_of(session)),
    "finish": lambda person, session: services.finish_now(person, session.id),
}
LEVERS: dict[str, levers.Lever] = {
    "take_seat": levers.TakeSeat(),
    "say_as_customer": levers.SayAsCustomer("我等着呢。", "say-as"),
    "understood": levers.Understood(1, "presses", (), ()),
    "hand_back": levers.HandBack(),
    "nudge": levers.Nudge("calmer", "too hard"),
    "inject": levers.InjectNews("", "网上有人说退了"),
    "whisper": levers.Whisper("先听", None, "whisper"),
    "pause": levers.Pause(),
    "resume": levers.Resume(),
    "bookmark": levers.Bookmark("well"),
    "end": levers.End(),
}
ROLES = ("trainee", "trainer", "department_trainer", "observer", "author", "hr", "manager", "admin")
RELATIONS = ("own", "same", "other")


def section_of(session: Session) -> str:
    return next(iter(session.snapshot.document["record"]["sections"]))


@pytest.fixture
def scenario(db: None) -> None:
    load(SHIPPED / "annual-fee.yaml")


def somebody(role: str, bank: Organisation) -> User:
    department = department_of(bank)
    match role:
        case "trainer":
            return make_person("somebody", Role.TRAINER, bank)
        case "department_trainer":
            return make_person("somebody", Role.TRAINER, department)
        case "observer":
            return make_person("somebody", Role.TRAINEE, department)
    return make_person("somebody", role, bank if role != "trainee" else department)


def session_for(person: User, role: str, relation: str, bank: Organisation) -> Session:
    """A session that `person` plays, one of a colleague, or one of somebody at another bank. An observer has a seat in the first two."""
    if relation == "own":
        player = person
    elif relation == "same":
        player = make_person("player", Role.TRAINEE, department_of(bank))
    else:
        player = make_person("player", Role.TRAINEE, department_of(make_bank("别家银行")))
    session = services.open_session_now(player, "annual-fee", language="zh-hans", level=2, seed=7)
    if role == "observer" and relation == "same":
        Participant.objects.create(session=session, person=person, seat=Participant.Seat.OBSERVER)
    return session


def refusal(doing: Callable[[], object]) -> str | None:
    try:
        doing()
    except SimulatorError as error:
        return error.code
    return None


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("role", ROLES)
def test_only_the_trainee_plays_and_only_a_trainer_of_the_bank_leads(scenario: None, bank: Organisation, role: str, relation: str) -> None:
    person = somebody(role, bank)
    session = session_for(person, role, relation, bank)
    leads = role in ("trainer", "department_trainer") and relation == "same"
    plays = relation == "own"
    for name, lever in LEVERS.items():
        if name != "end":
            assert refusal(lambda lever=lever: console.pull_now(person, session.id, lever)) == (None if leads else "not_allowed"), name
    for name, play in PLAYS.items():
        if leads and name == "finish":
            continue
        assert refusal(lambda play=play: play(person, session)) == (None if plays else "not_allowed"), name
    expected = None if leads else "not_allowed"
    assert refusal(lambda: console.pull_now(person, session.id, levers.End())) == expected


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("role", ROLES)
def test_the_seat_follows_from_the_right(scenario: None, bank: Organisation, role: str, relation: str) -> None:
    person = somebody(role, bank)
    session = session_for(person, role, relation, bank)
    seen = sessions_visible_to(person).filter(id=session.id).first()
    seats = {
        "own": Participant.Seat.TRAINEE,
        "same": {"trainer": "trainer", "department_trainer": "trainer", "observer": "observer"}.get(role),
        "other": None,
    }
    assert (seat_of(person, seen) if seen else None) == seats[relation]


def test_a_trainer_who_plays_has_no_levers_in_their_own_conversation(scenario: None, bank: Organisation) -> None:
    trainer = make_person("somebody", Role.TRAINER, bank)
    session = services.open_session_now(trainer, "annual-fee", language="zh-hans", level=2, seed=7)
    assert refusal(lambda: console.pull_now(trainer, session.id, levers.TakeSeat())) == "not_allowed"


def test_a_trainer_whose_role_has_ended_loses_the_levers_at_once(scenario: None, bank: Organisation, trainee: User) -> None:
    trainer = make_person("somebody", Role.TRAINER, bank)
    session = services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=7)
    console.pull_now(trainer, session.id, levers.TakeSeat())
    Membership.objects.filter(user=trainer).delete()
    assert refusal(lambda: console.pull_now(trainer, session.id, levers.HandBack())) == "not_allowed"


def test_a_session_that_is_not_there_looks_like_one_of_another_bank(scenario: None, bank: Organisation, trainee: User) -> None:
    trainer = make_person("somebody", Role.TRAINER, bank)
    session = services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=7)
    missing = session.id.__class__(int=1)
    assert refusal(lambda: console.pull_now(trainer, missing, levers.Pause())) == "not_allowed"
