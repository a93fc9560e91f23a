"""What a trainer brings about in a role-play, as events: words from the customer's seat, levers, notes.

Who did it belongs to the log. Like every event, these are facts in the past tense; `led` folds them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """Words that the customer could say now. `parts` are its bubbles as (act, line, text), `facts` what they tell as (fact, value),
    `rung` the rung of the ladder that the customer stands on with them."""

    parts: tuple[tuple[str, str, str], ...]
    facts: tuple[tuple[str, str], ...] = ()
    rung: int = 0

    def text(self, language: str) -> str:
        """The whole of it, as one would type it."""
        return ("" if language == "zh-hans" else " ").join(text for _, _, text in self.parts)


@dataclass(frozen=True, slots=True)
class LinesOffered:
    """The customer's seat is taken, and this is what the engine would let the customer say; `asked` are the facts that were asked for."""

    lines: tuple[OfferedLine, ...]
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What the customer has said that is not in the case, and keeps to: `quote`, with a topic and a value where it has them."""

    quote: str
    about: str = "other"
    value: str = ""


@dataclass(frozen=True, slots=True)
class CustomerRead:
    """What was understood in the words `text` that were said from the seat as its line `line` (from 1).

    `says` is one of `SAYS` or empty, `facts` are those of the case that the words hold. The same line may be read again, when the
    trainer says what they meant: the later reading holds.
    """

    line: int
    text: str
    says: str
    sureness: float = 1.0
    facts: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What had been understood in words from the seat was not meant: the fact `fact` was not told, or the offer not accepted."""

    fact: str = ""
    acceptance: bool = False


@dataclass(frozen=True, slots=True)
class Nudged:
    """The customer was made one step "calmer" or "angrier" from outside."""

    mood: str
    reason: str


@dataclass(frozen=True, slots=True)
class Injected:
    """Something came up in the story: an inject of the case or the common stock, or `text` alone."""

    inject: str
    text: str


@dataclass(frozen=True, slots=True)
class Whispered:
    """A word to the trainee `to` alone."""

    to: int
    text: str


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing is said and no time passes until `Resumed`."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The conversation goes on."""


@dataclass(frozen=True, slots=True)
class Bookmarked:
    """A place to come back to in the debrief, for trainers."""

    note: str


LedEvent = (
    LinesOffered | CustomerRead | TakenBack | Nudged | Injected | Whispered | Paused | Resumed | Bookmarked
)  # fmt: skip

ENGINE, TRAINER = "engine", "trainer"
SAYS: dict[str, str] = {
    "grievance": "vent", "demand": "demand", "acceptance": "accept_offer", "refusal": "refuse_offer", "wants_manager": "escalate_manager",
    "threat": "escalate_outside", "leaves": "leave", "question": "ask_what", "confirms": "confirm_right", "corrects": "confirm_wrong",
    "declines": "withhold", "does_not_follow": "clarify", "offended": "react_dismiss", "eased": "react_empathy", "presses": "prompt",
    "introduces": "greet_back",
}  # fmt: skip
"""What words from the seat can do, and the act of the customer that stands for it."""
MOODS = ("calmer", "angrier")
