"""One utterance to the acts in it: evidence from the lexicon and the model, then scope, then what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from simulator.engine.acts import NEGATIVE, Act, Reading
from simulator.nlu import gate, guards, lexicon, topics
from simulator.nlu.clauses import Stretch, around, clauses, sentences
from simulator.nlu.normalise import Plain, is_han, normalise
from simulator.nlu.slots import Slot, slots

READER_VERSION = "1"
ENOUGH = 2.5
"""Evidence, in log-odds, from which an act counts as read."""

_NEGATIVE = frozenset(NEGATIVE)
_SPEAKS_OF = frozenset(
    (
        "ask_details",
        "ask_contact",
        "confirm_facts",
        "offer_solution",
        "take_action",
        "empathy",
        "follow_up",
        "give_timeframe",
        "give_contact",
    )
)
_GENERIC = frozenset({None, "generic", "open", "closed", "paraphrase", "own"})
_SLOTS_OF = {
    "give_timeframe": ("limit", "date", "clock"),
    "give_contact": ("phone", "case"),
    "offer_solution": ("amount", "limit"),
    "take_action": ("amount", "limit", "date"),
    "confirm_facts": ("amount", "date", "limit", "clock", "phone"),
    "follow_up": ("date", "limit", "clock"),
}
_KEYS_OF_TOPIC = {
    "identity": ("name", "id", "tail", "last_four", "id_number"),
    "contact": ("phone", "mobile", "email", "address"),
    "occurred_at": ("date", "time", "when"),
    "place": ("branch", "where"),
    "amount": ("fee", "sum"),
    "product": ("card", "account", "card_number"),
    "target": ("teller", "who"),
}
_TOPIC_OF_KEY = {key: topic for topic, keys in _KEYS_OF_TOPIC.items() for key in keys}


@dataclass(frozen=True)
class Context:
    """What was said and is known before the utterance: the customer's last words, slots the customer has told, the bank's record."""

    customer: str = ""
    known: Mapping[str, object] = field(default_factory=dict)
    record: Mapping[str, object] = field(default_factory=dict)
    turns: tuple[object, ...] = ()


@dataclass(slots=True)
class _Found:
    """Evidence for one act in one place of the plain text."""

    code: str
    kind: str | None
    about: str | None
    weight: float
    start: int
    end: int


def read(text: str, context: Context | None = None, lang: str | None = None) -> Reading:
    """The acts in what a trainee said.

    `lang` is a hint only: both languages are read wherever their characters stand. The same words always give the same reading.
    """
    plain = normalise(text)
    parts = sentences(plain.text)
    if not parts:
        return Reading((), unclear=False, reader_version=READER_VERSION)
    found = _in_scope(_matches(plain.text), plain.text, parts)
    found = _merged(found)
    found = _settled([item for item in found if item.weight >= ENOUGH], plain.text, parts)
    hint = gate.stuffing(plain.text, text, [item.code for item in found if item.code not in _NEGATIVE])
    if hint:
        found = [item for item in found if item.code in _NEGATIVE and hint != "instruction"]
    said = slots(plain.text) if found else ()
    acts = tuple(_act(item, plain, parts, said, context or Context()) for item in sorted(found, key=lambda item: (item.start, item.code)))
    unclear = not acts and not hint and _has_words(plain.text) and not topics.speaks_of_banking(plain.text)
    return Reading(acts, gaming=hint is not None, hint=hint, unclear=unclear, reader_version=READER_VERSION)


def warm() -> None:
    """Compile every pattern, so that no line that is read later waits for it."""
    for language in ("zh", "en"):
        for pattern in lexicon.load(language).patterns:
            _ = pattern.expression
    guards.warm()
    topics.warm()
    for line in ("您好，三月五日扣了两次，五个工作日内答复。", "I'm sorry, we will reply within five working days."):
        read(line)


def _has_words(text: str) -> bool:
    return any(is_han(character) or character.isalpha() for character in text)


def _languages(text: str) -> Iterable[str]:
    if any(map(is_han, text)):
        yield "zh"
    if any("a" <= character <= "z" for character in text):
        yield "en"


def _matches(text: str) -> list[_Found]:
    found = []
    for language in _languages(text):
        for pattern in lexicon.load(language).candidates(text):
            for match in pattern.expression.finditer(text):
                if match.end() > match.start():
                    found.append(_Found(pattern.code, pattern.kind, pattern.about, pattern.weight, match.start(), match.end()))
    return found


def _in_scope(found: list[_Found], text: str, parts: tuple[Stretch, ...]) -> list[_Found]:
    kept = []
    clauses_of = {part.start: clauses(text, part) for part in parts}
    about_service = {part.start: guards.talks_about_service(text[part.start : part.end]) for part in parts}
    for item in found:
        sentence = around(parts, item.start)
        if about_service[sentence.start]:
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
        if not guards.falls(item.code, scene):
            kept.append(item)
    return kept


def _merged(found: list[_Found]) -> list[_Found]:
    """Evidence for the same act that overlaps or touches becomes one, with the most specific kind and the sum of the weights."""
    merged: list[_Found] = []
    for item in sorted(found, key=lambda item: (item.code, item.start)):
        last = merged[-1] if merged else None
        if last and last.code == item.code and item.start <= last.end + 1:
            last.end = max(last.end, item.end)
            last.weight += item.weight
            if last.kind in _GENERIC and item.kind not in _GENERIC or last.kind is None:
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


def _settled(found: list[_Found], text: str, parts: tuple[Stretch, ...]) -> list[_Found]:
    """Where two acts claim the same words and the boundaries of `acts.md` give them to one, the other goes."""
    gone: set[int] = set()
    for winner, losers in _BEATS:
        for strong in found:
            if strong.code != winner or id(strong) in gone:
                continue
            for weak in found:
                if weak.kind == "redress":
                    continue
                if weak.code in losers and weak.start < strong.end and strong.start < weak.end:
                    gone.add(id(weak))
    for strong in found:
        if strong.kind == "redress":
            gone.update(id(weak) for weak in found if weak.code in _NOT_REDRESS and weak.start < strong.end and strong.start < weak.end)
    for strong in found:
        if strong.code != "confirm_facts" or id(strong) in gone:
            continue
        for weak in found:
            inside = weak.start < strong.end and strong.start < weak.end
            if weak.code == "give_timeframe" and inside and guards.found("bare_date", text[weak.start : weak.end]):
                gone.add(id(weak))
    return [item for item in found if id(item) not in gone]


def _act(item: _Found, plain: Plain, parts: tuple[Stretch, ...], said: tuple[Slot, ...], context: Context) -> Act:
    sentence = around(parts, item.start)
    about = item.about
    words = plain.text[item.start : item.end]
    if about is None and item.code in _SPEAKS_OF:
        about = topics.topic(words, item.code) or topics.topic(plain.text[sentence.start : sentence.end], item.code) or "other"
    elif item.code == "empathy":
        about = about or "feeling"
    kind = item.kind
    if item.code == "ask_details" and about in _known_topics(context):
        kind = "known"
    start, end = plain.span(item.start, item.end)
    value = _value(item, sentence, said)
    confidence = round(min(0.99, 1 - 0.5 ** (item.weight / 1.5)), 2)
    return Act(item.code, start, end, kind=kind, about=about, value=value, confidence=confidence)


def _value(item: _Found, sentence: Stretch, said: tuple[Slot, ...]) -> str | None:
    wanted = _SLOTS_OF.get(item.code)
    if wanted is None:
        return None
    for low, high in ((item.start, item.end), (sentence.start, sentence.end)):
        for kind in wanted:
            for slot in said:
                if slot.kind == kind and low <= slot.start and slot.end <= high:
                    return slot.value
    return None


def _known_topics(context: Context) -> set[str]:
    keys = [*context.known, *context.record]
    return {_TOPIC_OF_KEY.get(str(key), str(key)) for key in keys}
