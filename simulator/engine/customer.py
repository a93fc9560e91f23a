"""The simulated customer: given what was said, what happens next.

`respond` returns everything new, `apply` folds it in, nothing else changes a customer. The same scenario, language, level,
seed and words give the same events, whatever the clock says: chance comes from named streams of the seed, so that
another line ("wording") never changes a decision ("policy") or a mood ("dynamics").
"""

from __future__ import annotations

from simulator.engine import levers, seat
from simulator.engine.acts import Reading, as_taken
from simulator.engine.appraisal import causes_of_acts, moved, moves, satisfaction
from simulator.engine.events import (
    ActsRead,
    Cause,
    ContactEnded,
    CustomerSaid,
    DriverChanged,
    Escalated,
    Event,
    FactTold,
    OfferWeighed,
    Overlapped,
    PromiseBroken,
    PromiseMade,
    RecordOpened,
    SessionEnded,
    StateChanged,
    TimePassed,
    TraineeSaid,
)
from simulator.engine.led_events import (
    TRAINER,
    Bookmarked,
    Injected,
    LinesOffered,
    Nudged,
    OfferedLine,
    Paused,
    Resumed,
    Whispered,
)
from simulator.engine.negotiation import weighed_in
from simulator.engine.policy import contradiction_in, offence_in, plan, unanswered
from simulator.engine.rules import RULES_VERSION, Rules
from simulator.engine.scenario import Scenario
from simulator.engine.seat import offer_lines
from simulator.engine.state import Customer, apply, band_of, credited, mood_of, replay, urgency_of
from simulator.engine.understanding import Understood, understand
from simulator.engine.wording import Saying, bubbles, spoken

__all__ = ["ENGINE_VERSION", "RULES_VERSION", "Customer", "apply", "finish", "open_role_play", "replay", "respond"]

ENGINE_VERSION = "1.0.0"
SILENCE_SECONDS = 20
CHECK_INS = 2
TURNS_TO_KEEP_A_PROMISE = 3
GRACE_TURNS = 2
OUTCOME = {"done": "resolved_confirmed", "dated": "dated_firmly", "refusal_explained": "refusal_accepted"}
LAST_WORDS = {"done": "close_resolved", "dated": "close_dated", "refusal_explained": "close_refused"}


class _Happening:
    """The events of one answer, each applied as it is added."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        self.events: list[Event] = []

    def add(self, *events: Event) -> None:
        for event in events:
            self.events.append(event)
            self.customer = apply(self.customer, event)

    def say(self, *sayings: Saying, stream: str | None = None) -> None:
        self.add(*bubbles(self.customer, sayings, stream or str(self.customer.turn)))

    def feel(self, causes: list[Cause], *, turn: int) -> None:
        state = moved(self.customer, causes, turn)
        mood = mood_of(state["anger"])
        self.add(StateChanged(turn=turn, state=state, mood=mood, band=band_of(mood), causes=tuple(causes)))

    def end(self, outcome: str) -> None:
        self.add(ContactEnded(outcome, satisfaction(self.customer)), SessionEnded(outcome))


def open_role_play(scenario: Scenario, *, language: str, level: int, seed: int, rules: Rules | None = None) -> tuple[Event, ...]:
    """The first words of the customer, and what they tell without being asked."""
    happening = _Happening(Customer.new(scenario, language, level, seed, rules))
    customer = happening.customer
    happening.add(StateChanged(turn=0, state=dict(customer.state), mood=customer.mood, band=customer.band))
    for fact in scenario.facts.values():
        if fact.volunteered:
            happening.add(FactTold(fact.id, False, spoken(fact, language, believed=fact.known == "misremembered")))
    happening.say(Saying("open"))
    return tuple(happening.events)


def respond(customer: Customer, said: Event, reading: Reading | None = None) -> tuple[Event, ...]:
    """What happens because of `said`: itself, what was read in it, and what the customer does. Nothing where the role-play is over."""
    if customer.ended:
        return ()
    happening = _Happening(customer)
    match said:
        case TraineeSaid():
            _turn(happening, said, reading or Reading(()))
        case TimePassed():
            _silence(happening, said)
        case Overlapped(unsent):
            _overlap(happening, unsent)
        case DriverChanged(driver):
            happening.add(*(seat.take(customer) if driver == TRAINER else seat.hand_back(customer)))
        case Nudged():
            happening.add(*levers.nudge(customer, said))
        case Injected():
            happening.add(*levers.inject(customer, said))
        case RecordOpened() | Whispered() | Paused() | Resumed() | Bookmarked():
            happening.add(said)
        case _:
            raise ValueError(f"A customer does not answer to {type(said).__name__}.")
    return tuple(happening.events)


def finish(customer: Customer, *, by: str) -> tuple[Event, ...]:
    """The contact is ended from outside: by the "trainee" or a "trainer", or by "time" when it must not go on."""
    if customer.ended:
        return ()
    happening = _Happening(customer)
    if customer.settled and not customer.led.seated:
        happening.say(Saying(LAST_WORDS[customer.settled]), stream=f"{customer.turn}:end")
    happening.end(OUTCOME[customer.settled] if customer.settled else "timed_out" if by == "time" else f"closed_by_{by}")
    return tuple(happening.events)


def _turn(happening: _Happening, said: TraineeSaid, reading: Reading) -> None:
    asked_before = dict(happening.customer.questions)
    happening.add(said)
    turn = happening.customer.turn
    read = ActsRead(turn, reading.acts, reading.gaming, reading.hint, reading.unclear, reading.reader_version)
    happening.add(read)
    understood = understand(happening.customer, credited(read), said.text, gaming=reading.gaming, unclear=reading.unclear)
    causes = causes_of_acts(happening.customer, understood.acts, understood.names, _stood_for(understood))
    causes += _circumstances(happening.customer, understood, asked_before)

    contradiction = contradiction_in(happening.customer)
    if contradiction:
        causes += moves(happening.customer, "contradiction")
    broken = _broken_promises(happening.customer, understood)
    for promise in broken:
        happening.add(PromiseBroken(promise.what, promise.turn))
        causes += moves(happening.customer, "promise broken")
    happening.add(*_promises(understood, turn))

    weighed = _weighed(happening, understood, causes)
    causes += _causes_of_offers(happening.customer, understood, weighed)
    happening.add(*weighed)
    happening.feel(causes, turn=turn)

    seated = happening.customer.led.seated
    speaking = _Happening(happening.customer) if seated else happening  # with a trainer in the seat it is said aside, and offered
    if _ends_by_rule(speaking, understood):
        if seated:
            happening.add(LinesOffered(_said_aside(speaking)))
        return
    sayings = plan(happening.customer, understood, weighed, asked_before=asked_before, broken=broken, contradiction=contradiction)
    told = _facts_told(happening.customer, understood, sayings)
    climbed = _climb(speaking, understood, sayings)
    told = [fact for fact in told if climbed is sayings or not _is_dropped(fact, sayings, climbed)]
    speaking.add(*told)
    if seated:
        asked = tuple(asked.fact.id for asked in understood.asked if asked.fact)
        happening.add(LinesOffered(offer_lines(speaking.customer, climbed, told, stream=str(turn)), asked))
    else:
        speaking.say(*climbed)


def _said_aside(aside: _Happening) -> tuple[OfferedLine, ...]:
    """The words of a customer who would go now, as the one line there is to offer."""
    parts = tuple((said.act, said.line, said.text) for said in aside.events if isinstance(said, CustomerSaid))
    return (OfferedLine(parts, rung=aside.customer.rung),)


def _weighed(happening: _Happening, understood: Understood, causes: list[Cause]) -> tuple[OfferWeighed, ...]:
    """Offers are weighed in the state that the rest of the turn has made: who is heard first listens to the offer after."""
    state = dict(happening.customer.state)
    for cause in causes:
        state[cause.variable] = min(1.0, max(0.0, state[cause.variable] + cause.delta))
    return weighed_in(happening.customer.but(state=state), understood)


def _stood_for(understood: Understood) -> frozenset[int]:
    """Starts of acts that a circumstance stands for: something asked again, a fact said back wrongly, an offer that is done at once."""
    again = {asked.act.start for asked in understood.asked if asked.leads in ("told", "bank")}
    wrong = {act.start for act in understood.acts if act.code == "confirm_facts"} if understood.confirmed.wrong else set()
    return frozenset(again | wrong)


def _circumstances(customer: Customer, understood: Understood, asked_before: dict[str, int]) -> list[Cause]:
    """What the engine notices besides the acts."""
    causes: list[Cause] = []
    if understood.gaming:
        causes += moves(customer, "words in a row")
    elif understood.unclear:
        causes += moves(customer, "not understood")
    elif not understood.acts:
        causes += moves(customer, "nothing said")
    for asked in understood.asked:
        if asked.leads in ("told", "bank"):
            causes += moves(customer, "asked again", as_taken(asked.act, again=True))
    for _fact, _said in understood.confirmed.wrong[:1]:
        causes += moves(customer, "confirm_facts wrong")
    if len(understood.asked) > 3:
        causes += moves(customer, "many questions")
    if understood.repeats:
        causes += moves(customer, "repeat self")
    if understood.acts and unanswered(customer, understood, asked_before):
        causes += moves(customer, "question passed over")
    if "closing" in understood.names and not customer.settled:
        causes += moves(customer, "goodbye unsettled")
    if any(offered.offer is None for offered in understood.offered):
        causes += moves(customer, "offer unclear", understood.offered[0].act)
    if urgency_of(customer.scenario) == "urgent" and not customer.settled and not customer.has_done("take_action", "give_timeframe"):
        causes += moves(customer, "time presses")
    return causes + moves(customer, "turn")


def _causes_of_offers(customer: Customer, understood: Understood, weighed: tuple[OfferWeighed, ...]) -> list[Cause]:
    causes: list[Cause] = []
    acts = {offered.offer.id: offered.act for offered in understood.offered if offered.offer}
    for result in weighed:
        act = acts.get(result.offer)
        if result.answer == "discounted":
            causes += moves(customer, "offer unheard", act)
            continue
        if act:
            causes += moves(customer, f"offer {customer.scenario.offers[result.offer].answers_demand}", act)
            causes += moves(customer, "offer with apology" if customer.has_done("apology") else "offer without apology", act)
        if result.answer == "accepted":
            hidden = customer.scenario.demands[0].hidden_interest
            new = result.offer != customer.accepted
            if result.offer and new:
                causes += moves(customer, "offer accepted", act)
            if hidden and new and result.offer in hidden.served_by:
                causes += moves(customer, "hidden interest served", act)
            if result.why in ("done", "dated"):
                causes += moves(customer, "settled", act)
            if result.why == "refusal_explained":
                causes += moves(customer, "refusal explained")
    return causes


def _promises(understood: Understood, turn: int) -> list[PromiseMade]:
    """What the trainee commits to do later: a promise, or an action or call-back with a time beside it."""
    time = next((act.value or "" for act in understood.acts if act.code == "give_timeframe"), "")
    result = []
    for act in understood.acts:
        dated = act.code in ("take_action", "follow_up") and (act.value or time) and not understood.asks_settled
        if act.name == "take_action.promise" or dated:
            quote = understood.text[act.start : act.end]
            due = act.value if act.code == "follow_up" and act.value else time
            result.append(PromiseMade(turn, act.name, due, quote))
    return result[:1]


def _broken_promises(customer: Customer, understood: Understood) -> tuple[PromiseMade, ...]:
    """Promises for now that some turns later nothing has followed on. A time in hours or days cannot be broken within a conversation."""
    if understood.names & {"take_action", "offer_solution", "explain_process", "give_timeframe"}:
        return ()
    return tuple(
        promise
        for promise in customer.promises
        if (promise.due in ("", "now") or promise.due.endswith("min"))
        and customer.turn - promise.turn == TURNS_TO_KEEP_A_PROMISE
        and not customer.settled
        and not customer.accepted
    )


def _facts_told(customer: Customer, understood: Understood, sayings: tuple[Saying, ...]) -> list[FactTold]:
    """The facts that the planned words carry."""
    told: list[FactTold] = []
    language = customer.language
    keys = {saying.key for saying in sayings}
    for asked in understood.asked:
        fact = asked.fact
        if fact and asked.leads == "tell" and f"fact.{fact.id}.tell" in keys:
            told.append(FactTold(fact.id, True, spoken(fact, language, believed=fact.known == "misremembered")))
    for fact in (*understood.confirmed.corrected, *understood.confirmed.right):
        mistaken = fact.known == "misremembered" and fact not in understood.confirmed.corrected and fact.id in customer.told
        if fact in understood.confirmed.corrected or fact.id not in customer.told:
            told.append(FactTold(fact.id, False, spoken(fact, language, believed=mistaken)))
    for saying in sayings:
        if saying.act == "demand" and "demand" not in customer.told:
            asked_for = any(asked.leads == "demand" for asked in understood.asked)
            told.append(FactTold("demand", asked_for, customer.scenario.demands[0].text[language]))
        hidden = customer.scenario.demands[0].hidden_interest
        if saying.act == "hidden_interest" and hidden:
            told.append(FactTold("hidden_interest", True, hidden.text[language]))
    return told


def _is_dropped(told: FactTold, planned: tuple[Saying, ...], said: tuple[Saying, ...]) -> bool:
    """Did the words that carry the fact fall away when the customer climbed instead?"""
    carriers = {told.fact, f"fact.{told.fact}.tell"}
    return any(saying.key in carriers or saying.act == told.fact for saying in planned if saying not in said)


def _ends_by_rule(happening: _Happening, understood: Understood) -> bool:
    """Ends where it must: settled and said goodbye, red line twice, patience gone, goodbye unsettled twice, or turns used up."""
    customer = happening.customer
    offence = offence_in(understood)
    if customer.settled:
        parts = {"closing"} if customer.settled_turn == customer.turn else {"closing", "follow_up", "thank"}
        fits = understood.names & parts and not understood.asked  # "would that be all right?" beside the offer waits for an answer
        waited = customer.turn - max(customer.settled_turn, customer.before_contact) >= GRACE_TURNS
        if fits or waited or customer.turn >= customer.last_turn:
            happening.say(Saying(LAST_WORDS[customer.settled]))
            happening.end(OUTCOME[customer.settled])
            return True
        return False
    red = [act for act in understood.acts if {act.name, act.code} & set(customer.scenario.red_lines)]
    if red and customer.rung >= 2:
        return _leave(happening, offence[0] if offence else None, outside=True)
    if customer.state["patience"] <= 0.02 and customer.rung >= 1:
        return _leave(happening, offence[0] if offence else None, outside=customer.rung >= 2)
    if customer.goodbyes >= 2 and "closing" in understood.names:
        return _leave(happening, None, outside=customer.rung >= 2)
    if customer.turn >= customer.last_turn:
        happening.say(Saying("leave"))
        happening.end("timed_out")
        return True
    if customer.rung >= 2 and customer.pressure() >= customer.rules.rungs[2]:
        return _leave(happening, offence[0] if offence else None, outside=True)
    return False


def _leave(happening: _Happening, reaction: str | None, *, outside: bool) -> bool:
    """The customer goes, and where `outside`, takes it to somebody else."""
    words = [Saying(reaction)] if reaction and reaction != "react_jargon" else []
    if outside:
        happening.add(Escalated(3, "outside"))
    happening.say(*words, Saying("leave_outside" if outside else "leave"))
    happening.end("escalated" if outside else "customer_left")
    return True


def _climb(happening: _Happening, understood: Understood, sayings: tuple[Saying, ...]) -> tuple[Saying, ...]:
    """One rung up where the pressure says so, two at a red line; one down after two turns that got better."""
    customer = happening.customer
    rungs, pressure = customer.rules.rungs, customer.pressure()
    red = any({act.name, act.code} & set(customer.scenario.red_lines) for act in understood.acts)
    if customer.settled:
        return sayings
    if red:
        happening.add(Escalated(2, "outside"))
        return (*sayings[:1], Saying("escalate_outside"))
    if customer.rung < 2 and (pressure >= rungs[customer.rung] or (customer.rung == 0 and customer.state["patience"] <= 0.02)):
        rung = customer.rung + 1
        happening.add(Escalated(rung, ("", "manager", "outside")[rung]))
        return (*sayings[:1], Saying(("", "escalate_manager", "escalate_outside")[rung]))
    if customer.rung and customer.improving >= 2 and pressure < rungs[customer.rung - 1] - customer.rules.escalation["down"]:
        happening.add(Escalated(customer.rung - 1))
        return (*sayings[:1], Saying("come_down"))
    return sayings


def _silence(happening: _Happening, said: TimePassed) -> None:
    """Nothing was said for a while: asks twice whether anybody is there, then goes. A trainer in the seat decides for themselves."""
    if said.seconds < SILENCE_SECONDS or happening.customer.led.seated:
        happening.add(said)
        return
    happening.add(said)
    customer = happening.customer
    happening.feel(moves(customer, "silence"), turn=customer.turn)
    stream = f"{customer.turn}:silence:{customer.check_ins}"
    if customer.check_ins < CHECK_INS:
        happening.say(Saying("check_in"), stream=stream)
    elif customer.settled:
        happening.say(Saying(LAST_WORDS[customer.settled]), stream=stream)
        happening.end(OUTCOME[customer.settled])
    else:
        happening.say(Saying("leave"), stream=stream)
        happening.end("customer_left")


def _overlap(happening: _Happening, unsent: int) -> None:
    """The trainee wrote while bubbles were on their way. Calm people stop; angry ones finish, and so does who is telling a fact."""
    customer = happening.customer
    unsent = min(unsent, len(customer.burst))
    late = customer.burst[len(customer.burst) - unsent :]
    keeps = customer.mood >= 4 or any(said.act in ("tell", "vague", "demand", "hidden_interest") for said in late)
    happening.add(Overlapped(unsent, 0 if keeps else unsent))
    causes = moves(customer, "overlap")
    happening.feel(causes, turn=customer.turn)
