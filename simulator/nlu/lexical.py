"""What the lexicon says of a text: which acts its patterns find, after scope and after the boundaries between acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulator.nlu import guards, lexicon
from simulator.nlu.clauses import Stretch, around, clauses, sentences
from simulator.nlu.normalise import is_han

ENOUGH = 2.5
"""Evidence, in log-odds, from which a place counts as carrying the act."""


@dataclass(slots=True)
class Found:
    """Evidence for one act in one place of the plain text."""

    code: str
    kind: str | None
    about: str | None
    weight: float
    start: int
    end: int

    def meets(self, other: Found) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Said:
    """What stands, and what looked like an act and is not: negated, reported, conditional, or another act by the boundaries."""

    kept: tuple[Found, ...]
    fallen: tuple[Found, ...]

    def weight(self, code: str) -> float:
        """The evidence for an act in the whole text; below zero where all that looked like it fell."""
        kept = [item.weight for item in self.kept if item.code == code]
        if kept:
            return max(kept)
        return -max((item.weight for item in self.fallen if item.code == code), default=0.0)


def find(text: str, parts: tuple[Stretch, ...] | None = None) -> Said:
    """The evidence in a plain text; `parts` are its sentences, where the caller has them."""
    parts = sentences(text) if parts is None else parts
    if not parts:
        return Said((), ())
    standing, out_of_scope = _in_scope(_matches(text), text, parts)
    merged = _merged(standing)
    strong = [item for item in merged if item.weight >= ENOUGH]
    beaten = _beaten(strong, text)
    kept = tuple(item for item in merged if id(item) not in beaten)
    return Said(kept, (*out_of_scope, *(item for item in strong if id(item) in beaten)))


def weights(text: str, codes: Iterable[str]) -> list[float]:
    """The evidence for each of the acts in a plain text."""
    said = find(text)
    return [said.weight(code) for code in codes]


def _languages(text: str) -> Iterable[str]:
    if any(map(is_han, text)):
        yield "zh"
    if any("a" <= character <= "z" for character in text):
        yield "en"


def _matches(text: str) -> list[Found]:
    found = []
    for language in _languages(text):
        for pattern in lexicon.load(language).candidates(text):
            for match in pattern.expression.finditer(text):
                if match.end() > match.start():
                    found.append(Found(pattern.code, pattern.kind, pattern.about, pattern.weight, match.start(), match.end()))
    return found


def _in_scope(found: list[Found], text: str, parts: tuple[Stretch, ...]) -> tuple[list[Found], list[Found]]:
    kept, fallen = [], []
    clauses_of = {part.start: clauses(text, part) for part in parts}
    about_service = {part.start: guards.talks_about_service(text[part.start : part.end]) for part in parts}
    for item in found:
        sentence = around(parts, item.start)
        if about_service[sentence.start]:
            fallen.append(item)
            continue
        clause = around(clauses_of[sentence.start], item.start)
        scene = guards.Scene(
            text=text,
            sentence=text[sentence.start : sentence.end],
            before=text[sentence.start : item.start],
            clause_before=text[clause.start : item.start],
            after=text[item.end : max(sentence.end, min(len(text), item.end + 40))],
            match=text[item.start : item.end],
            asks=sentence.asks,
        )
        (fallen if guards.falls(item.code, scene) else kept).append(item)
    return kept, fallen


GENERIC = frozenset({None, "generic", "open", "closed", "paraphrase", "own"})


def _merged(found: list[Found]) -> list[Found]:
    """Evidence for the same act that overlaps or touches becomes one, with the most specific kind and the sum of the weights."""
    merged: list[Found] = []
    for item in sorted(found, key=lambda item: (item.code, item.start)):
        last = merged[-1] if merged else None
        if last and last.code == item.code and item.start <= last.end + 1:
            last.end = max(last.end, item.end)
            last.weight += item.weight
            if last.kind in GENERIC and item.kind not in GENERIC or last.kind is None:
                last.kind = item.kind
            last.about = last.about or item.about
        else:
            merged.append(item)
    return merged


_BEATS = (
    ("blame_customer", ("apology", "empathy", "ask_details", "explain_process")),
    ("interrupt", ("apology", "empathy", "active_listening", "explain_process")),
    ("follow_up", ("active_listening", "ask_details", "confirm_facts")),
    ("confirm_facts", ("ask_details",)),
    ("ask_contact", ("ask_details", "confirm_facts")),
    ("privacy_breach", ("ask_contact", "ask_details", "give_contact", "confirm_facts")),
    ("active_listening", ("ask_details", "offer_solution")),
    ("overpromise", ("offer_solution", "take_action", "explain_process")),
    ("rude", ("ask_details", "confirm_facts", "active_listening", "empathy", "closing", "thank", "greeting")),
    ("argue", ("ask_details", "take_action", "explain_process", "follow_up")),
    ("evasive", ("give_contact", "ask_contact", "explain_process", "take_action", "offer_solution")),
)
_NOT_REDRESS = ("evasive", "follow_up", "offer_solution")


def _beaten(found: Sequence[Found], text: str) -> set[int]:
    """Where two acts claim the same words and the boundaries of `acts.md` give them to one, the ids of the others."""
    gone: set[int] = set()
    for winner, losers in _BEATS:
        for strong in found:
            if strong.code == winner and id(strong) not in gone:
                gone.update(id(weak) for weak in found if weak.kind != "redress" and weak.code in losers and weak.meets(strong))
    for strong in found:
        if strong.kind == "redress":
            gone.update(id(weak) for weak in found if weak.code in _NOT_REDRESS and weak.meets(strong))
    for strong in found:
        if strong.code == "confirm_facts" and id(strong) not in gone:
            gone.update(
                id(weak)
                for weak in found
                if weak.code == "give_timeframe" and weak.meets(strong) and guards.found("bare_date", text[weak.start : weak.end])
            )
    return gone
