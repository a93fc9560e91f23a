"""What a trainer brings about: in the log with who did it, the same again from the log, and never told twice by the engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lms.core.models import User
from simulator import console, levers, log, protocol, services
from simulator.engine import codec
from simulator.engine.customer import Customer, open_role_play, replay
from simulator.engine.events import CustomerSaid, DriverChanged, FactTold
from simulator.engine.led_events import SAYS, TakenBack
from simulator.engine.scenario import Scenario, parse
from simulator.errors import SimulatorError
from simulator.live import Live
from simulator.management.commands.load_scenarios import SHIPPED, load
from simulator.models import Session
from simulator.nlu.customer import SAYS as READ
from simulator.nlu.customer import claims_in, read_seat
from tests.simulator.wire import validator

TRAINEE, TRAINER, OTHER = 1, 2, 3
AMOUNT = "请问一共扣了您多少钱？"


@pytest.fixture
def session(trainee: User) -> Session:
    load(SHIPPED / "annual-fee.yaml")
    return services.open_session_now(trainee, "annual-fee", language="zh-hans", level=2, seed=7)


def test_every_lever_is_logged_with_who_pulled_it(session: Session, trainer: User) -> None:
    for lever in (levers.TakeSeat(), levers.Nudge("calmer", "x"), levers.Pause(), levers.Resume(), levers.Bookmark("b"), levers.HandBack()):
        (first, *_) = console.pull_now(trainer, session.id, lever).entries
        assert first.by == trainer.pk
    stored = [entry for entry in log.read(session.id) if entry.kind in ("driver_changed", "nudged", "paused", "resumed", "bookmarked")]
    assert len(stored) == 6
    assert all(entry.by == trainer.pk for entry in stored)


def test_what_is_said_from_the_seat_is_logged_with_who_said_it(session: Session, trainer: User) -> None:
    console.pull_now(trainer, session.id, levers.TakeSeat())
    turn = console.pull_now(trainer, session.id, levers.SayAsCustomer("你们快点儿行不行。", "a"))
    (said,) = [entry for entry in turn.entries if isinstance(entry.event, CustomerSaid)]
    assert (said.by, said.client_id, said.data["source"]) == (trainer.pk, "a", "seat")
    assert console.pull_now(trainer, session.id, levers.SayAsCustomer("你们快点儿行不行。", "a")).repeated


def test_a_whisper_marks_the_session_as_assisted(session: Session, trainer: User, trainee: User) -> None:
    console.pull_now(trainer, session.id, levers.Whisper("先道歉", None, "w"))
    services.finish_now(trainee, session.id)
    session.refresh_from_db()
    assert session.assisted
    assert services.finished_record(session, tuple(entry.event for entry in log.read(session.id))).assisted


def test_a_trainers_end_is_theirs_in_the_log(session: Session, trainer: User) -> None:
    turn = console.pull_now(trainer, session.id, levers.End())
    assert [(entry.kind, entry.by) for entry in turn.entries] == [("contact_ended", trainer.pk), ("session_ended", trainer.pk)]


@pytest.mark.parametrize(
    ("lever", "code"),
    [
        (levers.SayAsCustomer("喂", "a"), "not_allowed"),
        (levers.InjectNews("no_such_inject", ""), "not_found"),
        (levers.Whisper("喂", 10**9, "w"), "not_found"),
        (levers.Understood(1, "", (), ()), "not_found"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_lever_that_does_not_fit_is_refused(session: Session, trainer: User, lever: levers.Lever, code: str) -> None:
    with pytest.raises(SimulatorError) as refused:
        console.pull_now(trainer, session.id, lever)
    assert refused.value.code == code


def test_facts_and_claims_must_be_of_the_case_and_of_the_words(session: Session, trainer: User) -> None:
    console.pull_now(trainer, session.id, levers.TakeSeat())
    console.pull_now(trainer, session.id, levers.SayAsCustomer("三月八号我还去过一趟网点。", "a"))
    for meant in (levers.Understood(1, "", ("no_such_fact",), ()), levers.Understood(1, "", (), ("没说过的话",))):
        with pytest.raises(SimulatorError):
            console.pull_now(trainer, session.id, meant)


def test_the_engine_knows_everything_that_the_reader_can_find() -> None:
    assert set(READ) == set(SAYS)


def test_numbers_and_names_outside_the_case_are_claims_and_questions_are_none() -> None:
    assert [(claim.quote, claim.about) for claim in claims_in("我打车花了50元，你们赔吗？")] == [("我打车花了50元", "amount")]
    assert claims_in("是不是要等到三月八号？") == ()
    assert claims_in("你们太过分了。") == ()


def test_a_fact_of_the_case_is_found_in_the_words_and_is_no_claim() -> None:
    case = shipped()
    fact = next(fact for fact in case.facts.values() if fact.surface["zh-hans"] and not fact.surface["zh-hans"][0].startswith("/"))
    word = fact.surface["zh-hans"][0]
    reading = read_seat(f"我说的是{word}。", case, "zh-hans")
    assert fact.id in {found for found, _ in reading.facts}
    assert all(word not in claim.quote for claim in reading.claims)


# Whatever is done, in whatever order

SAID = (
    "您好，我是投诉专员小王，您请讲。",
    AMOUNT,
    "请问是哪一天扣的？",
    "这件事换成我也会着急。",
    "对不起，是我们漏了回访。",
    "规定就是这样，是您自己没看清合同。",
    "我现在就把钱退给您，五个工作日内到账。",
    "您希望我们怎么处理？",
    "再见。",
)
FROM_THE_SEAT = (
    "我三月八号还去过一趟网点。",
    "你们必须把钱退给我！",
    "行，那就这么办吧。",
    "叫你们经理来！",
    "我要去监管那边投诉你们。",
    "什么时候能给我答复？",
)


@cache
def shipped() -> Scenario:
    return parse(yaml.safe_load((SHIPPED / "annual-fee.yaml").read_text(encoding="utf-8")), trusted=True)


def told_words() -> tuple[str, ...]:
    """Lines that tell the facts of the case, as a trainer might type them."""
    case = shipped().for_seed(7)
    return tuple(line.format(value=fact.value["zh-hans"]) for fact in case.facts.values() for line in fact.tell.get("zh-hans", ())[:1])


facts = st.sampled_from([*shipped().facts, "demand", "no_such_fact"])
understood = st.builds(
    levers.Understood, st.integers(0, 4), st.sampled_from(["", *SAYS]), st.lists(facts, max_size=3).map(tuple), st.just(())
)
pulled = st.one_of(
    st.sampled_from(
        [
            levers.TakeSeat(),
            levers.TakeSeat(),
            levers.HandBack(),
            levers.Pause(),
            levers.Resume(),
            levers.Resume(),
            levers.Nudge("angrier", "r"),
            levers.Nudge("calmer", "r"),
            levers.InjectNews("system_outage", ""),
            levers.InjectNews("", "邻居家的早就退了"),
            levers.Bookmark("geheim-note"),
            levers.Whisper("geheim-whisper", None, ""),
            levers.Whisper("x", OTHER, ""),
        ]
    ),
    understood,
)
steps = st.lists(
    st.one_of(
        st.sampled_from(SAID).map(lambda text: ("say", text)),
        st.sampled_from(FROM_THE_SEAT + told_words()).map(lambda text: ("seat", text)),
        st.tuples(st.just("lever"), pulled),
        st.tuples(st.just("other"), pulled),
        st.just(("wait", 200)),
    ),
    max_size=14,
)


def opened(seed: int, level: int, mode: str) -> Live:
    """A session in memory alone: as `live.load` makes one, with nothing in a database."""
    session = Session(
        trainee_id=TRAINEE, language="zh-hans", level=level, seed=seed, mode=mode, started_at=datetime(2026, 3, 9, tzinfo=UTC)
    )
    case = shipped().for_seed(seed)
    one = Live(session, frozenset({TRAINEE}), case, [])
    one.take(log.batch(one.id, open_role_play(case, language="zh-hans", level=level, seed=seed), after=0, at=session.started_at).entries)
    return one


def carried_out(one: Live, step: tuple[str, Any], number: int, now: datetime) -> None:
    """One step as the services decide it. Whatever is not a refusal by the book fails the test."""
    kind, what = step
    match kind:
        case "say":
            said = services._speaking(User(pk=TRAINEE), what, f"say-{number}", None)
        case "seat":
            said = console.decision(TRAINER, levers.SayAsCustomer(what, f"seat-{number}"))
        case "lever" | "other":
            said = console.decision(TRAINER if kind == "lever" else OTHER, what)
        case _:
            return
    try:
        batch = services._prepare(one, said, now, {})
    except SimulatorError:
        return
    if isinstance(batch, log.Batch):
        assert batch.after == one.position
        one.take(batch.entries)


@given(steps, st.integers(0, 500), st.integers(1, 5), st.sampled_from(["practice", "exam"]))
def test_whatever_is_done_the_log_alone_gives_the_state_and_a_trainee_sees_nothing_hidden(steps, seed, level, mode):
    one = opened(seed, level, mode)
    now = one.session.started_at
    for number, step in enumerate(steps):
        now += timedelta(seconds=step[1] if step[0] == "wait" else 4)
        carried_out(one, step, number, now)
    stored = [codec.from_json(*codec.to_json(entry.event)) for entry in one.log]
    assert replay(Customer.new(one.scenario, "zh-hans", level, seed), stored) == one.customer
    one.show(now + timedelta(minutes=5))
    frame = protocol.events(one, "trainee", one.log, TRAINEE)
    schema = "ExamEvents" if mode == "exam" and not one.finished else "TraineeEvents"
    assert not [problem.message for problem in validator(schema).iter_errors(frame)]
    words = protocol.encode(frame)
    assert "geheim-note" not in words
    assert ("geheim-whisper" in words) == any(entry.kind == "whispered" for entry in one.log)
    assert "geheim" not in protocol.encode(protocol.events(one, "observer", one.log, OTHER))
    assert not [problem.message for problem in validator("TrainerEvents").iter_errors(protocol.events(one, "trainer", one.log, TRAINER))]


@given(steps, st.integers(0, 500), st.integers(1, 5))
def test_what_was_told_from_the_seat_the_engine_does_not_tell_again(steps, seed, level):
    one = opened(seed, level, "practice")
    now = one.session.started_at
    for number, step in enumerate(steps):
        now += timedelta(seconds=4)
        carried_out(one, step, number, now)
    told: dict[str, str] = {}
    seated = False
    for entry in one.log:
        match entry.event:
            case DriverChanged(driver):
                seated = driver == "trainer"
            case TakenBack(fact):
                told.pop(fact, None)
            case FactTold(fact, _, value):
                assert told.get(fact) != value, f"{fact} was told twice as {value}"
                if seated:
                    told[fact] = value
