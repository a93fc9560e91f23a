"""The way of a case from receipt to the archive (fact sheet §4.5), what each step asks for first, and the special ways of §4.2 to §4.4.

Pure. A guard names what is lacking as a code, with the fact that asks for it, so that a page can say what to do next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulator.case import form

MAJOR_FILE = Path(__file__).resolve().parent.parent / "rules" / "major.yaml"
STATES = (
    "received", "registered", "classified", "assigned", "investigating", "resolved", "feedback_sent", "followed_up", "closed", "archived",
)  # fmt: skip
SIDE_STATES = ("extended", "escalated_major", "cross_dept_planning", "reopened", "withdrawn", "referred_external")
_OPEN = ("received", "registered", "classified", "assigned", "investigating", "resolved", "extended", "escalated_major",
         "cross_dept_planning", "reopened")  # fmt: skip
_HANDLED = ("classified", "assigned", "investigating", "extended", "escalated_major", "cross_dept_planning", "reopened")
_NEXT: dict[str, tuple[str, ...]] = {
    **{state: (following,) for state, following in zip(STATES, STATES[1:], strict=False)},
    "archived": (),
    "extended": ("investigating", "resolved"),
    "escalated_major": ("assigned", "cross_dept_planning", "investigating"),
    "cross_dept_planning": ("assigned", "investigating"),
    "reopened": ("assigned", "investigating"),
    "withdrawn": ("closed",),
    "referred_external": ("closed",),
}
FEEDBACK_PARTS = ("result", "process", "measures", "attention")
ARCHIVE_FIELDS = ("feedback_at", "feedback_by", "feedback_channel", "feedback_content", "customer_response")
NAMES_OF_PEOPLE = ("complainant_name", "complainant_contact", "target_person", "receiving_officer")
SENIOR = "senior_manager"


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing: `code` says what, `fact` where it is asked for, `what` names it where there are several."""

    code: str
    fact: str
    what: str = ""


class NotYet(Exception):
    """The case may not move there: from this state it never does (no lacks), or something is lacking."""

    def __init__(self, state: str, to: str, lacks: tuple[Lack, ...] = ()) -> None:
        super().__init__(f"{state} → {to}: " + (", ".join(f"{lack.code} {lack.what}".strip() for lack in lacks) or "no such step"))
        self.state, self.to, self.lacks = state, to, lacks


@dataclass(frozen=True, slots=True)
class MajorGroup:
    """Who handles a major complaint, and what is done to contain the risk (S4.2.22)."""

    head_role: str
    members: tuple[str, ...]
    containment: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    department: str
    what: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of the lead department for the others (S4.2.23)."""

    lead: str
    duties: tuple[Duty, ...]
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """What has been done on a case so far. `form` holds the registration, `feedback` the parts that the answer to the customer has,
    `follow_up` what the customer said when called back or how they could not be reached, `archive` the fields of S6.2-1."""

    form: Mapping[str, str] = field(default_factory=dict)
    nature: str = ""
    sub_code: str = ""
    urgency: str = ""
    flags: frozenset[str] = frozenset()
    owner: str = ""
    findings: str = ""
    feedback: frozenset[str] = frozenset()
    follow_up: str = ""
    archive: Mapping[str, str] = field(default_factory=dict)
    group: MajorGroup | None = None
    plan: Plan | None = None
    notice: str = ""


def steps_from(state: str) -> tuple[str, ...]:
    """Where a case may go from here, the ordinary way first."""
    steps = list(_NEXT[state])
    if state in _HANDLED:
        steps += [side for side in ("escalated_major", "cross_dept_planning") if side != state and side not in steps]
    if state in ("assigned", "investigating"):
        steps.append("extended")
    if state in ("feedback_sent", "followed_up", "closed", "archived"):
        steps.append("reopened")
    if state in _OPEN:
        steps += ["withdrawn", "referred_external"]
    return tuple(steps)


def move(state: str, to: str, work: Work) -> str:
    """The state `to`, or `NotYet` with what is lacking for it."""
    if to not in steps_from(state):
        raise NotYet(state, to)
    lacks = lacking(to, work, coming_from=state)
    if lacks:
        raise NotYet(state, to, lacks)
    return to


def lacking(to: str, work: Work, *, coming_from: str = "") -> tuple[Lack, ...]:
    """What the state asks for that has not been done."""
    match to:
        case "registered":
            return _unregistered(work)
        case "classified":
            return _unclassified(work)
        case "assigned":
            return _unassigned(work)
        case "investigating":
            return _not_started_specially(work)
        case "resolved":
            return () if work.findings.strip() else (Lack("no_findings", "S4.1.19-2"),)
        case "feedback_sent":
            return tuple(Lack("feedback_part", "S6.1-4", part) for part in FEEDBACK_PARTS if part not in work.feedback)
        case "followed_up":
            return () if work.follow_up.strip() else (Lack("no_follow_up", "S4.1.20-1"),)
        case "closed" if coming_from in ("withdrawn", "referred_external"):
            return ()
        case "closed":
            return () if work.follow_up.strip() else (Lack("no_follow_up", "D-21"),)
        case "archived":
            return _not_to_be_archived(work)
        case _:
            return ()


def _unregistered(work: Work) -> tuple[Lack, ...]:
    """What the form still lacks. Gender and age are never asked for (D-18); who stays anonymous need give no name (S4.2.24-2)."""
    anonymous = {"anonymous": form.YES} if "anonymous" in work.flags else {}
    return tuple(Lack("field", "S2.2.12-1", name) for name in form.problems({**work.form, **anonymous}, form.REGISTRATION))


def _unclassified(work: Work) -> tuple[Lack, ...]:
    lacks = [] if work.nature else [Lack("nature", "S3.1.14-1a")]
    if work.nature == "operation" and work.sub_code not in form.SUB_CODES["operation"]:
        lacks.append(Lack("sub_code", "D-05"))
    if not work.urgency:
        lacks.append(Lack("urgency", "S3.1.14-3a"))
    return tuple(lacks)


def _unassigned(work: Work) -> tuple[Lack, ...]:
    return () if work.owner.strip() else (Lack("owner", "S4.2.23-2" if "cross_department" in work.flags else "S4.1.19-1"),)


def _not_started_specially(work: Work) -> tuple[Lack, ...]:
    lacks: tuple[Lack, ...] = ()
    if "major" in work.flags:
        lacks += group_lacks(work.group)
    if "cross_department" in work.flags:
        lacks += plan_lacks(work.plan)
    return lacks


def _not_to_be_archived(work: Work) -> tuple[Lack, ...]:
    lacks = [Lack("archive_field", "S6.2-1", name) for name in ARCHIVE_FIELDS if not work.archive.get(name, "").strip()]
    if "anonymous" in work.flags:
        personal = [work.form.get(name, "") for name in NAMES_OF_PEOPLE]
        lacks += notice_lacks(work.notice, personal)
    return tuple(lacks)


# Major


@dataclass(frozen=True, slots=True)
class Thresholds:
    amount: float
    persons: int
    circumstances: frozenset[str]


@cache
def thresholds() -> Thresholds:
    """The figures that ship; they are configuration (D-16)."""
    return parse_thresholds(yaml.safe_load(MAJOR_FILE.read_text(encoding="utf-8")))


def parse_thresholds(document: Mapping[str, Any]) -> Thresholds:
    return Thresholds(float(document["amount"]), int(document["persons"]), frozenset(document["circumstances"]))


def reasons_major(amount: float, persons: int, circumstances: Iterable[str], figures: Thresholds) -> tuple[str, ...]:
    """Why a complaint is major; any one is enough, none means that it is not (S4.2.22-1)."""
    found = ["amount"] if amount >= figures.amount else []
    found += ["persons"] if persons >= figures.persons else []
    return (*found, *sorted(figures.circumstances & set(circumstances)))


def group_lacks(group: MajorGroup | None) -> tuple[Lack, ...]:
    if group is None:
        return (Lack("no_group", "S4.2.22-2"),)
    lacks = [] if group.head_role == SENIOR else [Lack("head_not_senior", "S4.2.22-2")]
    if not any(member.strip() for member in group.members):
        lacks.append(Lack("no_members", "S4.2.22-2"))
    if not group.containment.strip():
        lacks.append(Lack("no_containment", "S4.2.22-3"))
    return tuple(lacks)


# Cross-department


def plan_lacks(plan: Plan | None) -> tuple[Lack, ...]:
    if plan is None:
        return (Lack("no_plan", "S4.2.23-3"),)
    lacks = [] if plan.lead.strip() else [Lack("no_lead", "S4.2.23-2")]
    if len({duty.department.strip() for duty in plan.duties if duty.department.strip()}) < 2:
        lacks.append(Lack("one_department", "S4.2.23-1"))
    for duty in plan.duties:
        if not duty.what.strip():
            lacks.append(Lack("no_duty", "S4.2.23-3", duty.department))
        if duty.until is None:
            lacks.append(Lack("no_date", "S4.2.23-3", duty.department))
    return tuple(lacks)


# Anonymous

_MARKS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.\w+)+"),  # an address for mail
    re.compile(r"(?<!\d)(?:\+?\d[\d\s-]{5,}\d|\d{6,})(?![\d-])"),  # a telephone, account or document number
)
_A_DAY = re.compile(r"(?:19|20)\d\d[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?")


def identifying(text: str, personal: Iterable[str]) -> tuple[str, ...]:
    """The words of a text that tell who somebody is: what is known of the persons, and whatever looks like a number or an address."""
    blank = _A_DAY.sub(lambda found: " " * len(found[0]), text)
    found = [name for name in dict.fromkeys(word.strip() for word in personal) if len(name) > 1 and name.lower() in text.lower()]
    return tuple(dict.fromkeys([*found, *(match[0].strip() for pattern in _MARKS for match in pattern.finditer(blank))]))


def notice_lacks(notice: str, personal: Iterable[str]) -> tuple[Lack, ...]:
    """What keeps a notice from being published inside the bank: there is none, or it says who somebody is (D-10)."""
    if not notice.strip():
        return (Lack("no_notice", "S4.2.24-4"),)
    return tuple(Lack("identifies", "D-10", words) for words in identifying(notice, personal))


# Violations


def routes_of(nature: str, *, loss_caused: bool) -> tuple[str, ...]:
    """Where a proven violation leads: always to discipline inside the bank, to compensation only where there was a loss (D-06)."""
    if nature != "violation":
        return ()
    return ("discipline", "compensation") if loss_caused else ("discipline",)
