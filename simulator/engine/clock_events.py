"""What a trainee does with the time of a case, as events, and what comes of it. `simulator.case.drill` folds them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """The time of the story went on by `seconds`; `step` is one of `simulator.case.drill.STEPS`."""

    step: str
    seconds: int


@dataclass(frozen=True, slots=True)
class DutyDone:
    """Something that a limit asks for was done and put on record: `stop` names it, `details` hold what was written."""

    stop: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LimitExtended:
    """The customer was told, before the limit ended, why more time is needed and until when (`until`, YYYY-MM-DD)."""

    stop: str
    until: str
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class LimitMissed:
    """A limit ran out. `due_at` is the moment in the story (ISO, UTC); `seen` says whether it ran by the trainee's own classification."""

    rules: str
    code: str
    due_at: str
    seen: bool = True
