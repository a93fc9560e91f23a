"""Pure: what a lesson asks of a trainee, read from the stored form of its body."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    text: str
    right: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Check:
    """A check question as a trainee meets it."""

    key: str
    multiple: bool
    question: str
    options: tuple[Option, ...]
    explanation: str
    fact_ids: str

    @property
    def right(self) -> frozenset[int]:
        """The places of the right answers, from 0."""
        return frozenset(number for number, option in enumerate(self.options) if option.right)

    @property
    def fingerprint(self) -> str:
        """Stays the same as long as the question, its answers and what is right stay the same."""
        content = [self.multiple, self.question, [[option.text, option.right] for option in self.options]]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RolePlay:
    """What a role-play block asks for."""

    key: str
    scenario: str
    level: int
    pass_score: int
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    checks: tuple[Check, ...] = ()
    role_plays: tuple[RolePlay, ...] = ()

    def check(self, key: str) -> Check | None:
        return next((check for check in self.checks if check.key == key), None)

    def role_play(self, key: str) -> RolePlay | None:
        return next((role_play for role_play in self.role_plays if role_play.key == key), None)


def _items(values: Iterable[Any]) -> list[Mapping[str, Any]]:
    """The values of a stored list block, whether or not its items carry ids."""
    return [item["value"] if isinstance(item, Mapping) and item.get("type") == "item" else item for item in values]


def read_check(value: Mapping[str, Any]) -> Check:
    return Check(
        key=value.get("key") or "",
        multiple=value.get("kind") == "multiple",
        question=value.get("question") or "",
        options=tuple(
            Option(option.get("text") or "", bool(option.get("right")), option.get("feedback") or "")
            for option in _items(value.get("options") or ())
        ),
        explanation=value.get("explanation") or "",
        fact_ids=value.get("fact_ids") or "",
    )


def read_role_play(value: Mapping[str, Any]) -> RolePlay:
    return RolePlay(
        key=value.get("key") or "",
        scenario=value.get("scenario") or "",
        level=int(value.get("level") or 1),
        pass_score=int(value.get("pass_score") or 0),
        brief=value.get("brief") or "",
    )


def outline(raw: Iterable[Block]) -> Outline:
    """Everything in a body that counts towards progress, in order."""
    blocks = [(block["type"], block["value"]) for block in raw if block]
    return Outline(
        checks=tuple(read_check(value) for kind, value in blocks if kind == "check"),
        role_plays=tuple(read_role_play(value) for kind, value in blocks if kind == "role_play"),
    )


def with_keys(raw: list[dict[str, Any]], model: Iterable[Block] = ()) -> list[dict[str, Any]]:
    """`raw` with a key for every question and role-play that has none.

    A block without a key takes the first key of the same kind that `model` (the body in the other language) has and this
    body has not used; without one, the next free number.
    """
    for kind, prefix in (("check", "q"), ("role_play", "r")):
        mine = [block["value"] for block in raw if block["type"] == kind]
        used = {value.get("key") for value in mine if value.get("key")}
        spare = [block["value"].get("key") for block in model if block["type"] == kind]
        free = [key for key in spare if key and key not in used]
        number = 1
        for value in mine:
            if value.get("key"):
                continue
            if free:
                key = free.pop(0)
            else:
                taken = used | set(spare)
                while f"{prefix}{number}" in taken:
                    number += 1
                key = f"{prefix}{number}"
            value["key"] = key
            used.add(key)
    return raw


def differences(chinese: Outline, english: Outline) -> list[tuple[str, str]]:
    """Where the two languages of a lesson do not ask the same: (what is wrong, key of the block)."""
    found = []
    for mine, theirs in ((chinese, "english"), (english, "chinese")):
        keys = [check.key for check in mine.checks] + [role_play.key for role_play in mine.role_plays]
        found += [("twice", key) for key in sorted({key for key in keys if keys.count(key) > 1})]
        other = english if theirs == "english" else chinese
        found += [(f"not_in_{theirs}", key) for key in keys if not (other.check(key) or other.role_play(key))]
    for check in chinese.checks:
        twin = english.check(check.key)
        if twin and (len(twin.options), twin.right, twin.multiple) != (len(check.options), check.right, check.multiple):
            found.append(("other_answers", check.key))
    for role_play in chinese.role_plays:
        twin_play = english.role_play(role_play.key)
        if twin_play and (twin_play.scenario, twin_play.level, twin_play.pass_score) != (
            role_play.scenario,
            role_play.level,
            role_play.pass_score,
        ):
            found.append(("other_role_play", role_play.key))
    return list(dict.fromkeys(found))
