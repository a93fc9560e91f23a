"""What a trainer can do in a room: speak for the customer, pull a lever, end it. The trainee's counterpart is `simulator.services`.

The right to it is asked of the database each time: whoever ceases to be a trainer loses the levers at once.
"""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

from channels.db import database_sync_to_async

from lms.core.models import User
from simulator import levers
from simulator.engine import customer as engine
from simulator.engine import seat
from simulator.engine.events import ContactEnded, DriverChanged, Event, SessionEnded
from simulator.engine.injects import injects_of
from simulator.engine.led_events import ENGINE, TRAINER, Bookmarked, Claim, Injected, Nudged, Paused, Resumed, Whispered
from simulator.errors import SimulatorError
from simulator.live import Live, live
from simulator.nlu.customer import claims_in, facts_said, read_seat
from simulator.selectors import sessions_led_by
from simulator.services import Said, Turn, carry_out, carry_out_now


async def pull(person: User, session_id: UUID, lever: levers.Lever) -> Turn:
    """Do what the lever says. Returns when it is on disk; what stands so already changes nothing."""
    said = decision(person.pk, lever)
    await database_sync_to_async(_must_lead)(person.pk, session_id, said.client_id)
    one = await live(session_id)
    if said.client_id not in one.by_client and not one.allowance(person.pk).take(time.monotonic()):
        raise SimulatorError("rate_limited", said.client_id or None)
    return await carry_out(one, said)


async def take_over(session_id: UUID, deserted_by: int) -> None:
    """The engine speaks again for a customer whose trainer has gone, where nobody has seen to it meanwhile."""

    def decide(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        return engine.respond(one.customer, DriverChanged(ENGINE)) if one.seat_by == deserted_by else ()

    await carry_out(await live(session_id), Said(decide))


def pull_now(person: User, session_id: UUID, lever: levers.Lever, at: datetime | None = None) -> Turn:
    """`pull` for pages, commands and tests: on the caller's own connection and in the caller's transaction."""
    said = decision(person.pk, lever)
    _must_lead(person.pk, session_id, said.client_id)
    return carry_out_now(session_id, said, None, at)


def _must_lead(person_id: int, session_id: UUID, client_id: str) -> None:
    """Only a trainer of the session's organisation who does not play in it. It says no more than that it is not allowed."""
    person = User.objects.get(pk=person_id)  # not the one of the connection, which remembers the roles of when it was opened
    if not sessions_led_by(person).filter(id=session_id).exists():
        raise SimulatorError("not_allowed", client_id or None)


def decision(person_id: int, lever: levers.Lever) -> Said:
    """The lever as something that is decided on the customer as it stands."""

    def decide(one: Live, now: datetime, ms: dict[str, float]) -> tuple[Event, ...]:
        return _decided(one, person_id, lever)

    ends = isinstance(lever, levers.End)
    at_desk = isinstance(lever, levers.End | levers.Whisper | levers.Bookmark)
    own = (ContactEnded, SessionEnded) if ends else ()
    return Said(decide, by=person_id, client_id=lever.id, own=own, at_desk=at_desk, closes=ends)


def _decided(one: Live, person_id: int, lever: levers.Lever) -> tuple[Event, ...]:
    customer = one.customer
    match lever:
        case levers.TakeSeat():
            if one.seat_by not in (None, person_id):
                raise SimulatorError("not_allowed")
            return engine.respond(customer, DriverChanged(TRAINER))
        case levers.HandBack():
            return engine.respond(customer, DriverChanged(ENGINE))
        case levers.SayAsCustomer(text):
            return _said_as_customer(one, person_id, text)
        case levers.Understood():
            return _understood(one, person_id, lever)
        case levers.Nudge(mood, reason):
            return engine.respond(customer, Nudged(mood, reason))
        case levers.InjectNews(inject, text):
            if inject and inject not in injects_of(customer.scenario):
                raise SimulatorError("not_found")
            return engine.respond(customer, Injected(inject, text))
        case levers.Whisper(text, to):
            if to is not None and to not in one.trainees:
                raise SimulatorError("not_found")
            return (Whispered(one.session.trainee_id if to is None else to, text),)
        case levers.Pause():
            return () if customer.led.paused else engine.respond(customer, Paused())
        case levers.Resume():
            return engine.respond(customer, Resumed()) if customer.led.paused else ()
        case levers.Bookmark(note):
            return (Bookmarked(note),)
        case levers.End():
            return engine.finish(customer, by="trainer") or (SessionEnded(customer.outcome),)


def _said_as_customer(one: Live, person_id: int, text: str) -> tuple[Event, ...]:
    if one.seat_by != person_id:
        raise SimulatorError("not_allowed")
    if one.customer.led.paused:
        raise SimulatorError("paused")
    return seat.say(one.customer, text, read_seat(text, one.customer.scenario, one.customer.language))


def _understood(one: Live, person_id: int, meant: levers.Understood) -> tuple[Event, ...]:
    """Any trainer may say what was meant; facts and claims must be of the case and of the words."""
    customer, case = one.customer, one.customer.scenario
    line = customer.led.lines.get(meant.line)
    known = {*case.facts, "demand", *(["hidden_interest"] if case.demands[0].hidden_interest else [])}
    if line is None or not known.issuperset(meant.facts) or not all(quote in line.text for quote in meant.claims):
        raise SimulatorError("not_found")
    read = {claim.quote: claim for claim in claims_in(line.text, facts_said(line.text, case, customer.language))}
    claims = tuple(read.get(quote, Claim(quote)) for quote in meant.claims)
    return seat.understand(customer, meant.line, meant.says, meant.facts, claims)
