"""What can happen in a role-play. The engine decides it, the log remembers it, everything else is a reading of it.

Events are facts in the past tense and never change. `codec` gives them their stored names; position, time, contact and
who did it belong to the log, not to the event.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.engine.acts import Act
from simulator.engine.clock_events import ClockMoved, DutyDone, LimitExtended, LimitMissed
from simulator.engine.led_events import (
    Bookmarked,
    CustomerRead,
    Injected,
    LinesOffered,
    Nudged,
    Paused,
    Resumed,
    TakenBack,
    Whispered,
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a variable of the customer moved: by `delta`, through the rule `rule`, because of the act `act` (or None)."""

    variable: str
    delta: float
    rule: str
    act: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class TraineeSaid:
    text: str


@dataclass(frozen=True, slots=True)
class ActsRead:
    """What the reader found in the trainee's turn `turn` (from 1)."""

    turn: int
    acts: tuple[Act, ...]
    gaming: bool = False
    hint: str | None = None
    unclear: bool = False
    reader: str = ""


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The customer after a turn. `state` maps each variable to its value (0–1), `mood` is the thermometer's step, 1 calm to 5 furious."""

    turn: int
    state: dict[str, float]
    mood: int
    band: str
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerSaid:
    """One bubble of the customer. `due_ms` is counted from the moment of the turn; `line` names the line it came from.

    `source` says who found the words: the engine (empty), or a trainer in the customer's "seat".
    """

    text: str
    line: str
    act: str
    band: str
    due_ms: int = 0
    part: int = 1
    parts: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True)
class CustomerReworded:
    """The bubble at position `of` was shown in other words, which the language model `source` found. It says the same."""

    of: int
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class FactTold:
    """The customer told the fact `fact`; `elicited` says that it was asked for.

    `demand` and `hidden_interest` are told like facts. `value` is what was told, in the words of the case.
    """

    fact: str
    elicited: bool
    value: str


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """The trainee promised something; `due` is what was said of the time, in normal form, or empty."""

    turn: int
    what: str
    due: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class PromiseBroken:
    what: str
    promised_in_turn: int


@dataclass(frozen=True, slots=True)
class Overlapped:
    """The trainee wrote while `unsent` bubbles of the customer were still on their way; `dropped` of them are not sent."""

    unsent: int
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing was said for `seconds`."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Escalated:
    """The customer climbed to `rung`: 1 asks for the manager, 2 names an outside route, 3 takes it. Rung 0: came down again."""

    rung: int
    route: str = ""


@dataclass(frozen=True, slots=True)
class OfferWeighed:
    """The customer weighed an offer: `answer` is accepted, countered, refused or discounted (not heard yet).

    `offer` is an id of the scenario, or empty for a refusal that was explained. `why` of an accepted one says how firm it is:
    done, dated, open (agreed, no more) or refusal_explained; of another one: unheard, too_little, not_wanted.
    """

    offer: str
    answer: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RecordOpened:
    """The trainee looked up a part of the bank's record."""

    section: str


@dataclass(frozen=True, slots=True)
class TimeLimitSet:
    """The conversation ends `seconds` after this, whatever has been said by then. A later one replaces it."""

    seconds: int


@dataclass(frozen=True, slots=True)
class DriverChanged:
    """Who speaks for the customer from now on: "engine", or the "trainer" who does it."""

    driver: str


@dataclass(frozen=True, slots=True)
class ContactEnded:
    """The conversation is over. `outcome` is one of the codes in `OUTCOMES`."""

    outcome: str
    satisfaction: float


@dataclass(frozen=True, slots=True)
class SessionEnded:
    outcome: str


# At the desk: what the trainee does with the case beside and after the conversation. The customer does not hear of it.


@dataclass(frozen=True, slots=True)
class DeskOpened:
    """From here on the session lasts until the case is handed in. `received_on` is the day of the complaint (YYYY-MM-DD)."""

    complaint_no: str
    received_on: str
    officer: str = ""


@dataclass(frozen=True, slots=True)
class FormSaved:
    """A field of the case got a value; an empty one takes it away. Several values stand with commas between them."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class DocumentAsked:
    document: str


@dataclass(frozen=True, slots=True)
class DocumentArrived:
    """`title` and `text` are what it says, in the language of the session."""

    document: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ContactOpened:
    """Another contact with the customer begins: "answer" (what is said next in it is the written answer) or "follow_up" (the call back)."""

    purpose: str
    channel: str


@dataclass(frozen=True, slots=True)
class SatisfactionTold:
    """Asked in the call back, the customer gives a mark from 1 to 5."""

    mark: int


@dataclass(frozen=True, slots=True)
class CaseHandedIn:
    pass


OUTCOMES = (
    "resolved_confirmed", "dated_firmly", "refusal_accepted", "customer_left", "escalated", "closed_by_trainee", "timed_out",
    "closed_by_trainer",
)  # fmt: skip

Event = (
    TraineeSaid | ActsRead | StateChanged | CustomerSaid | CustomerReworded | FactTold | PromiseMade | PromiseBroken | Overlapped
    | TimePassed | Escalated | OfferWeighed | RecordOpened | TimeLimitSet | DriverChanged | ContactEnded | SessionEnded
    | DeskOpened | FormSaved | DocumentAsked | DocumentArrived | ContactOpened | SatisfactionTold | CaseHandedIn
    | LinesOffered | CustomerRead | TakenBack | Nudged | Injected | Whispered | Paused | Resumed | Bookmarked
    | ClockMoved | DutyDone | LimitExtended | LimitMissed
)  # fmt: skip
