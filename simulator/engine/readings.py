"""What can be read in the events of a role-play: folds that change nothing and keep nothing.

`live_signs` for the room, `evidence` for the assessment, `debrief` and `mood_curve` for the page afterwards. None of them makes a
score. They need the events and the scenario alone: what the customer made of the words stands in the causes of each change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lms.core.contracts import Evidence
from simulator.engine.acts import Act, as_taken
from simulator.engine.events import (
    ActsRead,
    Cause,
    ContactEnded,
    ContactOpened,
    CustomerReworded,
    CustomerSaid,
    Escalated,
    Event,
    FactTold,
    OfferWeighed,
    Overlapped,
    PromiseBroken,
    PromiseMade,
    RecordOpened,
    StateChanged,
    TimePassed,
    TraineeSaid,
)
from simulator.engine.led_events import TakenBack
from simulator.engine.scenario import Scenario, pattern_of, slots_of
from simulator.engine.state import ANSWERS, credited, is_hollow, names_of
from simulator.engine.understanding import as_meant, minutes_of, sentence_of
from simulator.engine.wording import spoken

SLOW_SECONDS = 60
FROM_OUTSIDE = frozenset(["nudged", "injected"])
SOLUTIONS = frozenset(["offer_solution", "take_action.own"])
CARE = frozenset(["empathy", "apology", "active_listening"])


# Live signs


@dataclass(frozen=True, slots=True)
class LiveSigns:
    """What the room shows: the thermometer, what has been told and promised, and what helped or hurt in the last turn. Never a score.

    `told` holds what was told, in words; `promised` quotes; `helped` and `hurt` names of acts.
    """

    mood: int = 1
    band: str = "calm"
    told: tuple[str, ...] = ()
    promised: tuple[str, ...] = ()
    helped: tuple[str, ...] = ()
    hurt: tuple[str, ...] = ()


def live_signs(events: Iterable[Event]) -> LiveSigns:
    mood, band = 1, "calm"
    told: dict[str, str] = {}
    promised: dict[str, None] = {}
    helped: tuple[str, ...] = ()
    hurt: tuple[str, ...] = ()
    for event in events:
        match event:
            case StateChanged(_, _, mood, band, causes) if causes and all(cause.rule in FROM_OUTSIDE for cause in causes):
                pass  # what helped and what hurt in the last turn stays as it was
            case StateChanged(_, _, mood, band, causes):
                weight = effects(causes)
                helped = tuple(name for name, good in weight.items() if good > 0)
                hurt = tuple(name for name, good in weight.items() if good < 0)
            case FactTold(fact, _, value):
                told[fact] = value
            case TakenBack(fact):
                told.pop(fact, None)
            case PromiseMade(quote=quote) if quote:
                promised[quote] = None
    return LiveSigns(mood, band, tuple(told.values()), tuple(promised), helped, hurt)


def effects(causes: Iterable[Cause]) -> dict[str, float]:
    """How much good each act did, all variables together; bad is below zero. Acts that did next to nothing are left out."""
    weight: dict[str, float] = {}
    for cause in causes:
        if cause.act:
            sign = -1.0 if cause.variable in ("anger", "anxiety") else 1.0
            weight[cause.act] = weight.get(cause.act, 0.0) + sign * cause.delta
    return {name: round(good, 4) for name, good in weight.items() if abs(good) >= 0.01}


# Turns


@dataclass(slots=True)
class _Turn:
    """The events of one trainee's turn, and the customer's words that it answers."""

    number: int
    position: int
    text: str
    before: tuple[CustomerSaid, ...]
    reading: ActsRead
    reading_position: int = 0
    causes: list[Cause] = field(default_factory=list)
    replies: list[CustomerSaid] = field(default_factory=list)
    weighed: list[OfferWeighed] = field(default_factory=list)
    told: list[FactTold] = field(default_factory=list)
    mood: int = 1
    band: str = "calm"
    mood_before: int = 1

    @property
    def acts(self) -> tuple[Act, ...]:
        return credited(self.reading)

    @property
    def names(self) -> frozenset[str]:
        return names_of(self.acts)

    def hit(self, *rules: str) -> bool:
        return any(cause.rule in rules for cause in self.causes)

    def quote(self, act: Act) -> str:
        return self.text[act.start : act.end]


def as_shown(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events with each bubble in the words in which it was shown."""
    log = list(events)
    for event in tuple(log):
        if isinstance(event, CustomerReworded) and isinstance(said := log[event.of - 1], CustomerSaid):
            log[event.of - 1] = replace(said, text=event.text)
    return tuple(log)


def _turns(events: Iterable[Event], scenario: Scenario) -> list[_Turn]:
    """The turns of the trainee with all that came of them; the acts as the customer of this case takes them."""
    turns: list[_Turn] = []
    said: list[CustomerSaid] = []
    mood, band = 1, "calm"
    for position, event in enumerate(as_shown(events), start=1):
        match event:
            case TraineeSaid(text):
                number = len(turns) + 1
                turns.append(_Turn(number, position, text, tuple(said), ActsRead(number, ()), mood=mood, band=band, mood_before=mood))
                said = []
            case ActsRead() if turns:
                acts = as_meant(event.acts, turns[-1].text, scenario)
                turns[-1].reading, turns[-1].reading_position = replace(event, acts=acts), position
            case StateChanged(_, _, mood, band, causes):
                if turns and not said:  # silence after the customer's words belongs to no turn
                    turns[-1].causes += causes
                    turns[-1].mood, turns[-1].band = mood, band
            case OfferWeighed() if turns:
                turns[-1].weighed.append(event)
            case FactTold() if turns:
                turns[-1].told.append(event)
            case CustomerSaid():
                said.append(event)
                if turns:
                    turns[-1].replies.append(event)
    for turn in turns:
        again = {(cause.start, cause.end) for cause in turn.causes if cause.rule == "asked_again"}
        acts = tuple(as_taken(act, again=(act.start, act.end) in again) for act in turn.reading.acts)
        turn.reading = replace(turn.reading, acts=acts)
    return turns


def conversation(events: Iterable[Event]) -> tuple[Event, ...]:
    """The first contact with the customer: the events before an answer is sent. What happens after it is read by `simulator.case`."""
    log = tuple(events)
    later = next((place for place, event in enumerate(log) if isinstance(event, ContactOpened)), len(log))
    return log[:later]


def mood_curve(events: Iterable[Event]) -> tuple[tuple[int, int, str, float], ...]:
    """(turn, mood, band, anger) after the opening and after each turn."""
    points: dict[int, tuple[int, int, str, float]] = {}
    for event in events:
        if isinstance(event, StateChanged):
            points[event.turn] = (event.turn, event.mood, event.band, event.state.get("anger", 0.0))
    return tuple(points.values())


# Evidence


def evidence(events: Iterable[Event], scenario: Scenario) -> tuple[Evidence, ...]:
    """Everything of the conversation that a rubric may count, with the place where it can be seen. `position` counts the events given,
    from 1. What was done at the desk is the evidence of `simulator.case.evidence`.

    **Acts** (kind "act"): one row for each act read, `code` and `detail` as in `domain/acts.md`, with its quote. The case refines the
    detail: a question for what was told or stands on the bank's screen is `ask_details.known`; an offer of the scenario is
    `offer_solution.feasible` or `.partial`, one above its limit or that answers nothing is `.infeasible`. `data`: `gaming` where the turn
    is words in a row, `offer` where one is meant, `facts` where facts are said back, `late` and `limit` where a time is named.

    **Events** (kind "event"), as they happened: `fact_told` {fact, elicited} · `promise_made` {due} · `promise_broken` ·
    `overlapped` {unsent, dropped} · `time_passed` {seconds} · `escalated` {rung, route} · `offer_weighed` {offer, answer, why} ·
    `record_opened` {section} · `contact_ended` {outcome, satisfaction}.

    **Events worked out** (kind "event"): `gaming` {hint} · `asked_again` (quote) · `passed_over`: a question of the customer left
    unanswered · `offer_unheard`: a solution before the customer was heard · `over_authority` {offer}: done by oneself what only the
    manager may · `contradiction` · `repeat_self` · `scripted` · `empathy_needed` {met}: the customer vented; was it taken up in the
    next turn? · `time_needed` and `contact_needed` {met}: the customer asked by when, or whom to turn to · `slow` {seconds} ·
    and at the end, once: `facts` {asked_for, told, elicited, confirmed} (ids), `order` {empathy, confirmed, solution, care_first} (turns, 0
    for never), `first_response` {acts}, `settled` {as}.
    """
    log = conversation(events)
    turns = _turns(log, scenario)
    rows = [*_of_acts(turns, scenario), *_of_events(log), *_of_turns(turns, scenario)]
    if turns:
        rows += _of_the_whole(log, turns, scenario, len(log))
    return tuple(sorted(rows, key=lambda row: (row.position, row.start or 0)))


def _of_acts(turns: list[_Turn], scenario: Scenario) -> Iterator[Evidence]:
    limit = minutes_of(scenario.truth.limits["result"])
    for turn in turns:
        for act in turn.reading.acts:
            detail = act.kind
            data: dict[str, Any] = {}
            if turn.reading.gaming:
                data["gaming"] = True
            if act.code in ("offer_solution", "take_action"):
                offer = _offer_meant(scenario, turn, act)
                if offer:
                    data["offer"] = offer
                    if act.code == "offer_solution":
                        detail = _worth(scenario, offer, act) or detail
            if act.code == "confirm_facts":
                data["facts"] = sorted(_facts_in(scenario, sentence_of(turn.text, act)))
            if act.code == "give_timeframe" and act.value:
                named = minutes_of(act.value)
                data |= {"limit": scenario.truth.limits["result"], "late": bool(named is not None and limit is not None and named > limit)}
            yield Evidence(
                kind="act",
                code=act.code,
                position=turn.reading_position,
                turn=turn.number,
                detail=detail,
                about=act.about,
                value=act.value,
                start=act.start,
                end=act.end,
                quote=turn.quote(act),
                data=data,
            )


def _offer_meant(scenario: Scenario, turn: _Turn, act: Act) -> str | None:
    words = sentence_of(turn.text, act)
    for offer in scenario.offers.values():
        if any(pattern_of(word).search(words) for language in scenario.languages for word in offer.surface[language]):
            return offer.id
    return None


def _worth(scenario: Scenario, offer_id: str, act: Act) -> str | None:
    offer = scenario.offers[offer_id]
    try:
        amount = float(act.value) if act.value and act.about in ("amount", None) else None
    except ValueError:
        amount = None
    if offer.answers_demand == "no" or (amount is not None and offer.limit is not None and amount > offer.limit):
        return "infeasible"
    return "feasible" if offer.answers_demand == "full" else "partial"


def _facts_in(scenario: Scenario, words: str) -> set[str]:
    return {
        fact.id
        for fact in scenario.facts.values()
        if any(pattern_of(word).search(words) for language in scenario.languages for word in fact.surface[language])
    }


def _told_for_good(log: tuple[Event, ...]) -> dict[int, FactTold]:
    """By position, the facts that were told and not taken back."""
    told: dict[int, FactTold] = {}
    for position, event in enumerate(log, start=1):
        if isinstance(event, FactTold):
            told[position] = event
        elif isinstance(event, TakenBack) and event.fact:
            told = {place: fact for place, fact in told.items() if fact.fact != event.fact}
    return told


def _of_events(log: tuple[Event, ...]) -> Iterator[Evidence]:
    turn = 0
    told = _told_for_good(log)
    for position, event in enumerate(log, start=1):
        if isinstance(event, TraineeSaid):
            turn += 1
        found: tuple[str, dict[str, Any], str] | None = None
        match event:
            case FactTold(fact, elicited) if position in told:
                found = "fact_told", {"fact": fact, "elicited": elicited}, ""
            case PromiseMade(_, _, due, quote):
                found = "promise_made", {"due": due}, quote
            case PromiseBroken(_, since):
                found = "promise_broken", {"promised_in_turn": since}, ""
            case Overlapped(unsent, dropped):
                found = "overlapped", {"unsent": unsent, "dropped": dropped}, ""
            case TimePassed(seconds):
                found = "time_passed", {"seconds": seconds}, ""
            case Escalated(rung, route) if route:
                found = "escalated", {"rung": rung, "route": route}, ""
            case OfferWeighed(offer, answer, why):
                found = "offer_weighed", {"offer": offer, "answer": answer, "why": why}, ""
            case RecordOpened(section):
                found = "record_opened", {"section": section}, ""
            case ContactEnded(outcome, satisfaction):
                found = "contact_ended", {"outcome": outcome, "satisfaction": satisfaction}, ""
        if found:
            code, data, quote = found
            yield Evidence(kind="event", code=code, position=position, turn=turn, quote=quote, data=data)
        if isinstance(event, TimePassed) and event.seconds >= SLOW_SECONDS:
            yield Evidence(kind="event", code="slow", position=position, turn=turn, data={"seconds": event.seconds})


RULE_EVENTS = {
    "asked_again": "asked_again",
    "passed_over": "passed_over",
    "offer_too_early": "offer_unheard",
    "contradiction": "contradiction",
    "repeat_self": "repeat_self",
    "scripted": "scripted",
}


def _of_turns(turns: list[_Turn], scenario: Scenario) -> Iterator[Evidence]:
    for turn in turns:

        def row(code: str, turn: _Turn = turn, start: int | None = None, end: int | None = None, **data: Any) -> Evidence:
            quote = turn.text[start:end] if start is not None else ""
            return Evidence("event", code, turn.reading_position, turn.number, start=start, end=end, quote=quote, data=data)

        if turn.reading.gaming:
            yield row("gaming", hint=turn.reading.hint)
        seen: set[tuple[str, int | None]] = set()
        for cause in turn.causes:
            if cause.rule in RULE_EVENTS and (cause.rule, cause.start) not in seen:
                seen.add((cause.rule, cause.start))
                yield row(RULE_EVENTS[cause.rule], start=cause.start, end=cause.end)
        for weighed in turn.weighed:
            if weighed.offer and weighed.why == "done" and scenario.offers[weighed.offer].authority == "manager":
                yield row("over_authority", offer=weighed.offer)
        needs = {said.act for said in turn.before}
        if needs & {"vent", "open"} and turn.mood_before >= 3:
            yield row("empathy_needed", met=bool(turn.names & CARE))
        for question, code in (("ask_when", "time_needed"), ("ask_who", "contact_needed")):
            if question in needs:
                yield row(code, met=bool(turn.names & ANSWERS[question]))


def _of_the_whole(log: tuple[Event, ...], turns: list[_Turn], scenario: Scenario, position: int) -> Iterator[Evidence]:
    def first(names: frozenset[str]) -> int:
        return next((turn.number for turn in turns if turn.names & names), 0)

    told = _told_for_good(log).values()
    to_ask = [fact.id for fact in scenario.facts.values() if not fact.volunteered and fact.known != "unknown"]
    confirmed = {
        fact
        for turn in turns
        for act in turn.acts
        if act.code == "confirm_facts"
        for fact in _facts_in(scenario, sentence_of(turn.text, act))
    }
    care, solution = first(CARE), first(SOLUTIONS)
    last = turns[-1].number
    settled = [event.why for event in log if isinstance(event, OfferWeighed) and event.answer == "accepted"]
    facts = {
        "asked_for": to_ask,
        "told": sorted({event.fact for event in told}),
        "elicited": sorted({event.fact for event in told if event.elicited}),
        "confirmed": sorted(confirmed),
    }
    order = {
        "empathy": care,
        "confirmed": first(frozenset(["confirm_facts"])),
        "solution": solution,
        "care_first": bool(care and (not solution or care <= solution)),
    }
    yield Evidence("event", "facts", position, last, data=facts)
    yield Evidence("event", "order", position, last, data=order)
    yield Evidence("event", "first_response", turns[0].reading_position, 1, quote=turns[0].text, data={"acts": sorted(turns[0].names)})
    yield Evidence("event", "settled", position, last, data={"as": settled[-1] if settled else ""})


# Debrief


@dataclass(frozen=True, slots=True)
class DebriefAct:
    """One act read, and what it did to the customer."""

    act: Act
    quote: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class DebriefTurn:
    """One turn of the trainee. `missed` is a situation of `lines.SITUATIONS` or None, `better` a line for it in this case or None.

    `causes` are what moved the customer without an act to hang on. `position` is that of the trainee's words, `mood` and `band` are as
    the turn left the customer.
    """

    turn: int
    position: int
    text: str
    acts: tuple[DebriefAct, ...]
    causes: tuple[Cause, ...]
    gaming: bool
    hint: str | None
    unclear: bool
    missed: str | None
    better: str | None
    told: tuple[str, ...]
    replies: tuple[str, ...]
    mood: int
    band: str


def debrief(events: Iterable[Event], scenario: Scenario, language: str) -> tuple[DebriefTurn, ...]:
    """Turn by turn what was read, what it did, what was missed, and a better line; no better line comes twice."""
    turns = _turns(conversation(events), scenario)
    used: set[str] = set()
    result = []
    for turn in turns:
        missed = missed_chance(turn, turns, scenario)
        better = _better(scenario, missed, language, used) if missed else None
        if better:
            used.add(better)
        result.append(
            DebriefTurn(
                turn=turn.number,
                position=turn.position,
                text=turn.text,
                acts=tuple(DebriefAct(act, turn.quote(act), _causes_of(turn, act)) for act in turn.reading.acts),
                causes=tuple(cause for cause in turn.causes if cause.act is None),
                gaming=turn.reading.gaming,
                hint=turn.reading.hint,
                unclear=turn.reading.unclear,
                missed=missed,
                better=better,
                told=tuple(event.fact for event in turn.told),
                replies=tuple(said.text for said in turn.replies),
                mood=turn.mood,
                band=turn.band,
            )
        )
    return tuple(result)


def _causes_of(turn: _Turn, act: Act) -> tuple[Cause, ...]:
    """What the act did; by its code, since older logs name another kind of question than the case takes it for."""
    mine = (act.code, act.start, act.end)
    return tuple(cause for cause in turn.causes if cause.act and (cause.act.partition(".")[0], cause.start, cause.end) == mine)


def missed_chance(turn: _Turn, turns: list[_Turn], scenario: Scenario) -> str | None:
    """The one thing of the turn that most deserves another try: an offence first, then what the customer was waiting for."""
    names, so_far = turn.names, turns[: turn.number]
    for name in ("privacy_breach", "rude", "blame_customer", "argue", "interrupt", "overpromise", "jargon"):
        if name in names:
            return name
    if "evasive" in names:
        return "discourage_route" if "evasive.discourage_route" in names else "evasive"
    checks = _checks(turn, so_far, turns, scenario)
    return next((situation for situation, is_missed in checks.items() if is_missed), None)


def _checks(turn: _Turn, so_far: list[_Turn], turns: list[_Turn], scenario: Scenario) -> Mapping[str, bool]:
    names = turn.names
    needs = {said.act for said in turn.before}
    limit = minutes_of(scenario.truth.limits["result"])
    times = [minutes_of(act.value) for act in turn.acts if act.code == "give_timeframe" and act.value]
    last = turn.number == len(turns)

    def ever(*wanted: str) -> bool:
        return any(earlier.names & set(wanted) for earlier in so_far)

    return {
        "wrong_limit": limit is not None and any(time is not None and time > limit for time in times),
        "unclear": turn.reading.unclear or turn.reading.gaming,
        "asked_again": turn.hit("asked_again"),
        "vented_no_empathy": bool(needs & {"vent", "open"}) and turn.mood_before >= 3 and not names & CARE,
        "offer_before_listening": any(weighed.answer == "discounted" for weighed in turn.weighed),
        "asked_when_no_timeframe": "ask_when" in needs and not names & ANSWERS["ask_when"],
        "asked_who_no_contact": "ask_who" in needs and not names & ANSWERS["ask_who"],
        "question_unanswered": turn.hit("passed_over"),
        "empty_soothing": is_hollow(names) and sum(is_hollow(earlier.names) for earlier in so_far) >= 2,
        "facts_not_confirmed": any(weighed.offer for weighed in turn.weighed) and not ever("confirm_facts"),
        "bare_refusal": any("explain_process.refusal_with_reason" in earlier.names for earlier in so_far[-1:])
        and not ever("offer_solution", "explain_process.redress", "take_action"),
        "no_facts_asked": turn.number >= 3 and not ever("ask_details", "ask_contact", "confirm_facts", "empathy.explore"),
        "no_follow_up": last and "closing" in names and not ever("follow_up"),
    }


def _better(scenario: Scenario, situation: str, language: str, used: set[str]) -> str | None:
    """A line of the coaching, filled from the case, that was not shown yet."""
    persona = scenario.persona[language][0]
    demand = scenario.demands[0]
    slots = {fact.id: spoken(fact, language) for fact in scenario.facts.values()}
    slots |= {"name": persona.name, "salutation": persona.salutation, "demand": demand.text[language]}
    if demand.amount is not None:
        slots["amount"] = f"{demand.amount:g}"
    for line in scenario.coaching.get(situation, {}).get(language, ()):
        if all(name in slots for name in slots_of(line)) and (filled := line.format(**slots)) not in used:
            return filled
    return None
