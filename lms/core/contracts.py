"""Frozen records that cross the borders between apps. No Django here, and nothing that can change.

A record says exactly what the other side may rely on. Adding a field with a default is a compatible change;
renaming or removing one is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

EvidenceKind = Literal["act", "event", "form"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that happened in a role-play and that a rubric may count, with the place where it can be seen.

    `kind` is "act" for words of the trainee (code: an act code of `domain/acts.md`, `detail` its finer kind), "event"
    for something the engine noticed (code: the kind of the event, e.g. "overlapped", "fact_told", "contact_ended") and
    "form" for a field of the record. `position` is the position in the session's log, `turn` the number of the
    trainee's turn, from 1 (0: before the first). `start` and `end` are code-point offsets in the text of that turn and
    `quote` the words between them, verbatim; an event without words has none. `data` holds whatever else the event
    says, as JSON values.
    """

    kind: EvidenceKind
    code: str
    position: int
    turn: int
    detail: str | None = None
    about: str | None = None
    value: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionFinished:
    """A role-play came to its end. `context_key` is handed back unread to whoever opened the session."""

    session_id: UUID
    trainee_id: int
    organisation_id: int
    scenario_slug: str
    scenario_version: int
    language: str
    level: int
    mode: str
    outcome: str
    context_key: str
    started_at: datetime
    finished_at: datetime
    turns: int
    assisted: bool
    truth: dict[str, Any]
    rubric_code: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ResultRecorded:
    """`assessment` has scored a session. `score` runs from 0 to 100."""

    result_id: int
    session_id: UUID
    trainee_id: int
    organisation_id: int
    scenario_slug: str
    level: int
    context_key: str
    rubric_code: str
    rubric_version: int
    score: float
    passed: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationDeleted:
    """The words of a session are gone, because they may be kept no longer. Whoever quotes them drops the quotes; figures stay."""

    session_id: UUID
    trainee_id: int
    organisation_id: int
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class CourseCompleted:
    """A trainee has met every condition of a course. Everything a certificate prints is in here (a snapshot)."""

    course_id: int
    course_title_zh: str
    course_title_en: str
    course_version: int
    trainee_id: int
    organisation_id: int
    score: float
    rubric_code: str
    rubric_version: int
    valid_months: int
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A certificate has been issued; `code` is the one printed on it."""

    certificate_id: int
    code: str
    holder_id: int
    course_id: int
    issued_at: datetime
