"""One utterance to the acts in it: evidence from the lexicon and the model, put together, then what each act is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulator.engine.acts import KINDS, NEGATIVE, POSITIVE, Act, Reading
from simulator.nlu import gate, guards, lexical, lexicon, model, topics
from simulator.nlu.clauses import Stretch, around, sentences
from simulator.nlu.features import language_of
from simulator.nlu.lexical import GENERIC, Found
from simulator.nlu.normalise import Plain, is_han, normalise
from simulator.nlu.parts import parts_of
from simulator.nlu.slots import Slot, slots

READER_VERSION = "2"

_NEGATIVE = frozenset(NEGATIVE)
_SAID_TWICE = frozenset(("ask_details", "ask_contact", "confirm_facts", "offer_solution"))
"""Acts that may be there more than once, about different things: each further clause that surely holds one counts."""
_PRECISE = frozenset(("occurred_at", "place", "amount", "target", "product", "contact", "identity", "evidence"))
"""A question about one of these asks for one thing: it is closed, however it begins."""
_DATED = ("offer_solution", "take_action")
_TAKEN_FOR: Mapping[str, tuple[str, ...]] = {
    "ask_contact": ("self_intro",),
    "ask_details": ("self_intro",),
    "follow_up": ("ask_details",),
    "self_intro": ("offer_solution", "take_action"),
    "explain_process": ("offer_solution",),
}
"""What the model sees in words that the lexicon knows to do one of these: who says who they are asks for no name."""
SURE = 1.0
NEVER = -6.0
SET_PHRASE = 3.0
"""A phrase of the lexicon with so much evidence counts, unless the clause's model holds the act for unlikely."""
BENEFIT_OF_DOUBT = 1.5
"""So much more evidence the model alone must bring for an offence in a clause in which the lexicon finds only good."""
DOUBT = -1.2
"""A set phrase does not count where the model holds the act for less likely than this."""
DOUBT_OF_PLAIN = dict.fromkeys(POSITIVE, -3.5) | {"ask_details": -5.9}
"""The same, where a single sentence would else say nothing at all: a plain question, a plain greeting."""
_PLAIN = frozenset(POSITIVE)
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
    """What was said and is known before the utterance.

    `customer` are the customer's last words, `known` the slots they have told, `record` those on the bank's screen, `said` one's own
    earlier utterances.
    """

    customer: str = ""
    known: Mapping[str, object] = field(default_factory=dict)
    record: Mapping[str, object] = field(default_factory=dict)
    said: tuple[str, ...] = ()


def read(text: str, context: Context | None = None, lang: str | None = None) -> Reading:
    """The acts in what a trainee said.

    `lang` is a hint only: both languages are read wherever their characters stand. The same words always give the same reading.
    """
    plain = normalise(text)
    parts = sentences(plain.text)
    if not parts:
        return Reading((), unclear=False, reader_version=READER_VERSION)
    said = lexical.find(plain.text, parts)
    heard = _Heard(plain.text, said, parts)
    found = heard.acts()
    sure = [item.code for item in said.kept if item.weight >= lexical.ENOUGH and item.code not in _NEGATIVE]
    hint = gate.stuffing(plain.text, text, sure)
    if hint is None and heard.looks_stuffed():
        hint = "list"
    if hint:
        found = [item for item in found if item.code in _NEGATIVE and hint != "instruction"]
    values = slots(plain.text) if found else ()
    found = sorted((_narrowed(item, plain.text, values) for item in found), key=lambda one: (one.start, one.code))
    open_ones = [item for item in found if _kind_is_open(item) or _topic_is_open(item)]
    answers = dict(zip(map(id, open_ones), heard.answers_for(open_ones), strict=True))
    acts = tuple(_act(item, answers.get(id(item)), plain, heard, parts, values, context or Context()) for item in found)
    unclear = not acts and not hint and _has_words(plain.text) and not topics.speaks_of_banking(plain.text)
    return Reading(acts, gaming=hint is not None, hint=hint, unclear=unclear, reader_version=READER_VERSION)


def warm() -> None:
    """Compile every pattern and load the weights, so that no line that is read later waits for it."""
    for language in ("zh", "en"):
        for pattern in lexicon.load(language).patterns:
            _ = pattern.expression
    guards.warm()
    topics.warm()
    for line in ("您好，三月五日扣了两次，五个工作日内答复。", "I'm sorry, we will reply within five working days."):
        read(line)


def _has_words(text: str) -> bool:
    return any(is_han(character) or character.isalpha() for character in text)


class _Heard:
    """What model and lexicon say of one plain text."""

    def __init__(self, text: str, said: lexical.Said, of_sentences: tuple[Stretch, ...]) -> None:
        self.text, self.said = text, said
        self.said_in_one = len(of_sentences) == 1
        self.language = language_of(text)
        self.model = model.load(self.language)
        self.parts = parts_of(text, of_sentences)
        places = [(0, len(text)), *((one.start, one.end) for one in (*of_sentences, *self.parts))]
        self._rows = {place: row for row, place in enumerate(dict.fromkeys(places))}
        self._answers = self.model.answers([text[start:end] for start, end in self._rows], self.language)
        # For each column the loudest of the whole and of its sentences: a sentence that says nothing takes no act from its neighbour.
        self.whole = self._answers[[self._rows[place] for place in places[: 1 + len(of_sentences)]]].max(axis=0)
        clauses = [self._rows[part.start, part.end] for part in self.parts]
        self._clauses = self._answers[clauses][:, self.model.of_clause] if clauses else np.empty((0, len(self.model.joined)))

    def looks_stuffed(self) -> bool:
        return float(self.whole[self.model.columns["gaming"]]) >= self.model.gaming_threshold

    def answers_for(self, items: Sequence[Found]) -> Iterator[Any]:
        """The answers for the words of each item."""
        new = [place for place in dict.fromkeys((item.start, item.end) for item in items) if place not in self._rows]
        answers = self.model.answers([self.text[start:end] for start, end in new], self.language) if new else ()
        of_new = dict(zip(new, answers, strict=True))
        for item in items:
            place = (item.start, item.end)
            yield of_new[place] if place in of_new else self._answers[self._rows[place]]

    def _silenced(self, code: str) -> list[int]:
        """The clauses in which all that the lexicon found of an act has fallen."""
        fallen = [item for item in self.said.fallen if item.code == code]
        kept = [item for item in self.said.kept if item.code == code]
        return [
            number
            for number, part in enumerate(self.parts)
            if any(_meets(item, part) for item in fallen) and not any(_meets(item, part) for item in kept)
        ]

    def praised(self, part: int) -> bool:
        """Whether the lexicon finds something good in the clause, and nothing bad."""
        there = [item for item in self.said.kept if item.weight >= lexical.ENOUGH and _meets(item, self.parts[part])]
        return bool(there) and not any(item.code in _NEGATIVE for item in there)

    def acts(self) -> list[Found]:
        fell = {item.code for item in self.said.fallen}
        for number, code in enumerate(self.model.joined):
            if code in fell:
                self._clauses[self._silenced(code), number] = NEVER
        return self._acts(frozenset()) or (self._acts(_PLAIN) if self.said_in_one else [])

    def _acts(self, plain: frozenset[str]) -> list[Found]:
        """The acts; a set phrase of one of the `plain` ones counts though the model holds it for most unlikely."""
        found: list[Found] = []
        wholes = self.whole[self.model.of_whole].tolist()
        loudest_of = self._clauses.max(axis=0, initial=NEVER).tolist()
        for number, (code, joined) in enumerate(self.model.joined.items()):
            whole, loudest = wholes[number], loudest_of[number]
            if loudest == NEVER:
                whole = NEVER
            lexical_weight = self.said.weight(code)
            log_odds = joined.log_odds(whole, loudest, lexical_weight)
            set_phrase = lexical_weight >= SET_PHRASE and (
                loudest > (DOUBT_OF_PLAIN[code] if code in plain else DOUBT)
                or (code == "give_timeframe" and self._dates_an_offer())
                or (code == "explain_process" and self._names_a_route())
            )
            if log_odds < joined.threshold and not set_phrase:
                continue
            answers = self._clauses[:, number].tolist()
            if lexical_weight <= 0:
                doubted = code in _NEGATIVE and loudest > NEVER and self.praised(answers.index(loudest))
                if doubted and log_odds < joined.threshold + BENEFIT_OF_DOUBT:
                    continue
                if self._given_to_another(code, answers.index(loudest)):
                    continue
            found += self._places(code, answers, log_odds)
        return found

    def _names_a_route(self) -> bool:
        """Whether the lexicon found that the customer may turn to somebody it names: there is nothing to doubt in that."""
        return any(item.kind == "redress" and item.weight >= SET_PHRASE for item in self.said.kept)

    def _dates_an_offer(self) -> bool:
        """Whether a time that the lexicon found stands in a clause with what will be done by then."""
        times = [item for item in self.said.kept if item.code == "give_timeframe" and item.weight >= SET_PHRASE]
        done = [item for item in self.said.kept if item.code in _DATED and item.weight >= SET_PHRASE]
        return any(_meets(one, part) and _meets(other, part) for part in self.parts for one in times for other in done)

    def _disowned(self, clause: str) -> bool:
        """Whether a clause says that something was not right, or repeats what was said and is disowned beside it."""
        return guards.found("own_judgement", clause) or (guards.found("reports", clause) and guards.found("disowns", self.text))

    def _given_to_another(self, code: str, part: int) -> bool:
        """Whether the words of the clause are known to do something else, for which the model alone took them."""
        if code in _NEGATIVE and self._disowned(self.text[self.parts[part].start : self.parts[part].end]):
            return True
        others = _TAKEN_FOR.get(code, ())
        return any(item.code in others and item.weight >= lexical.ENOUGH and _meets(item, self.parts[part]) for item in self.said.kept)

    def _places(self, code: str, answers: list[float], log_odds: float) -> list[Found]:
        """Where the act stands: the places the lexicon found, else the clause that says it loudest."""
        places = [item for item in self.said.kept if item.code == code and item.weight >= lexical.ENOUGH]
        if not places:
            places = sorted((item for item in self.said.kept if item.code == code), key=lambda item: -item.weight)[:1]
        wanted = [answers.index(max(answers))] if not places else []
        if code in _SAID_TWICE:
            wanted += [number for number, answer in enumerate(answers) if answer >= SURE and number not in wanted]
        for number in wanted:
            part = self.parts[number]
            if not any(_meets(place, part) for place in places):
                places.append(Found(code, None, None, log_odds, *_trimmed(self.text, part)))
        return places


_EDGE = " ,。.!?;:\n~"


def _trimmed(text: str, part: Stretch) -> tuple[int, int]:
    start, end = part.start, part.end
    while start < end - 1 and text[start] in _EDGE:
        start += 1
    while end > start + 1 and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def _meets(item: Found, part: Stretch) -> bool:
    return item.start < part.end and part.start < item.end


_BEFORE_A_TIME = re.compile(
    r"(?:(?:within|in|by|before|on|until|at|no later than|for)(?: the next| the| about| around)? |最[迟晚]|不超过)$"
)
_AFTER_A_TIME = re.compile(r"^(?:之?[内前]|以[内前]|左右|(?: or so)?(?: at the latest)?)")


def _narrowed(item: Found, text: str, said: tuple[Slot, ...]) -> Found:
    """A time that is named stands in the words of the time, not in the whole clause."""
    if item.code != "give_timeframe":
        return item
    for slot in said:
        if slot.kind in _SLOTS_OF["give_timeframe"] and item.start <= slot.start and slot.end <= item.end:
            before = _BEFORE_A_TIME.search(text[item.start : slot.start])
            after = _AFTER_A_TIME.match(text[slot.end : item.end])
            start = item.start + before.start() if before else slot.start
            return replace(item, start=start, end=slot.end + (after.end() if after else 0))
    return item


def _kind_is_open(item: Found) -> bool:
    return item.kind in GENERIC and item.code in KINDS


def _topic_is_open(item: Found) -> bool:
    return item.about is None and item.code in topics.SPEAK_OF


def _act(
    item: Found, answers: Any, plain: Plain, heard: _Heard, parts: tuple[Stretch, ...], said: tuple[Slot, ...], context: Context
) -> Act:
    sentence = around(parts, item.start)
    kind = item.kind
    if _kind_is_open(item):
        kind = _kind(heard, answers, item)
    about = item.about
    if _topic_is_open(item):
        about = heard.model.topic(answers, plain.text[item.start : item.end], item.code)
    if item.code == "ask_details":
        if kind == "open" and item.kind != "open" and about in _PRECISE:
            kind = "closed"
        if about in _known_topics(context):
            kind = "known"
    start, end = plain.span(item.start, item.end)
    value = _value(item, sentence, said)
    confidence = round(min(0.99, max(0.05, 1 - 0.5 ** (max(item.weight, 0.1) / 1.5))), 2)
    return Act(item.code, start, end, kind=kind, about=about, value=value, confidence=confidence)


def _kind(heard: _Heard, answers: Any, item: Found) -> str | None:
    named = heard.model.best(answers, "kind", [f"{item.code}.{kind}" for kind in KINDS[item.code]])
    return named.partition(".")[2] if named else item.kind


def _value(item: Found, sentence: Stretch, said: tuple[Slot, ...]) -> str | None:
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
