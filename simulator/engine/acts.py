"""What a trainee can do with words: the codes of `domain/acts.md`, and one reading of them.

The codes are stable: data, rubrics, scripts and tests use them. Pure Python.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

POSITIVE = (
    "greeting", "self_intro", "apology", "empathy", "active_listening", "ask_details", "ask_contact", "confirm_facts",
    "acknowledge_receipt", "explain_process", "give_timeframe", "give_contact", "offer_solution", "take_action", "follow_up",
    "thank", "closing",
)  # fmt: skip
NEGATIVE = ("blame_customer", "argue", "interrupt", "jargon", "overpromise", "privacy_breach", "rude", "evasive")
CODES = frozenset(POSITIVE + NEGATIVE)

KINDS: dict[str, tuple[str, ...]] = {
    "empathy": ("generic", "react", "interpret", "explore"),
    "apology": ("generic", "specific"),
    "ask_details": ("open", "closed", "known", "preference"),
    "ask_contact": ("verify",),
    "confirm_facts": ("paraphrase", "readback", "summary"),
    "explain_process": ("plain", "redress", "refusal_with_reason", "warm_transfer"),
    "take_action": ("own", "promise"),
    "offer_solution": ("feasible", "partial", "infeasible"),
    "interrupt": ("dismiss", "calm_order"),
    "argue": ("deny",),
    "evasive": ("policy_only", "transfer", "discourage_route"),
    "rude": ("threat", "sarcasm", "insult"),
}

TOPICS = frozenset(
    [
        "target",
        "matter",
        "reason",
        "occurred_at",
        "place",
        "amount",
        "product",
        "contact",
        "identity",
        "demand",
        "evidence",
        "earlier_contact",
        "feeling",
        "other",
    ]
)


@dataclass(frozen=True, slots=True)
class Act:
    """One act and the words that carry it.

    `code` is one of `CODES`, `kind` one of `KINDS[code]` or None, `about` one of `TOPICS` or None, `value` what was said
    of it in normal form (an amount "300", a date "2026-03-05", a limit "5 wd", a number) or None. `start` and `end` are
    code-point offsets in the original text; `confidence` runs from 0 to 1.
    """

    code: str
    start: int
    end: int
    kind: str | None = None
    about: str | None = None
    value: str | None = None
    confidence: float = 1.0

    @property
    def name(self) -> str:
        """`code.kind` where there is a kind, else the code: the name used in rules, rubrics and scripts."""
        return f"{self.code}.{self.kind}" if self.kind else self.code


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read in one utterance. `gaming`: words in a row that address nobody; then no positive act is credited.

    `hint` names what kind of gaming it looks like. `unclear` says that words are there but nothing could be read in them, so
    that a customer may ask what was meant.
    """

    acts: tuple[Act, ...]
    gaming: bool = False
    hint: str | None = None
    unclear: bool = False
    reader_version: str = ""


def as_taken(act: Act, *, again: bool) -> Act:
    """A question as this case takes it: `known` where it asks `again` for what was told or stands on the bank's screen, and only there.
    What the reader merely held to be known is a question like any other. Other acts stay as they are."""
    if act.code != "ask_details":
        return act
    if again:
        return replace(act, kind="known")
    return replace(act, kind="open" if act.about == "matter" else "closed") if act.kind == "known" else act
