"""A case as its author wrote it: frozen, checked, and with errors that the author can act on.

`parse` takes the document (YAML or JSON, described in `docs/scenario-format.md`) and gives a `Scenario`, or raises
`ScenarioErrors` with everything that is wrong with it at once, each with the path of the place, a code and its values.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from string import Formatter
from typing import Any

from simulator.engine.acts import CODES, KINDS, TOPICS
from simulator.engine.cast import DrawError, drawn
from simulator.engine.lines import BANDS, COMMON_SLOTS, CUSTOMER_ACTS, LANGUAGES, SITUATIONS

FORMAT = 1

CHANNELS = (
    "phone", "email", "online_chat", "sms", "letter", "branch_box", "branch_counter", "self_service_device", "social_im",
    "regulator_referral", "media_public",
)  # fmt: skip
NATURES = ("service", "product", "operation", "violation")
URGENCIES = ("general", "urgent")
FLAGS = ("major", "cross_department", "anonymous", "repeat", "group", "regulator", "vulnerable")
STYLES = ("plain", "upset", "verbose", "reserved", "tangential", "pleasing", "litigious", "elderly", "family")
KNOWN = ("known", "unknown", "misremembered")
SENSITIVITIES = ("plain", "private", "secret")
AUTHORITIES = ("handler", "manager")
ANSWERS = ("full", "partial", "no")
LEVEL_VARIABLES = (
    "anger", "anxiety", "trust", "patience", "face", "inertia", "negativity", "guard", "floor", "power", "max_turns",
)  # fmt: skip
MOVED_BY_INJECTS = ("anger", "anxiety", "trust", "patience", "face", "motive")
ACT_NAMES = CODES | {f"{code}.{kind}" for code, kinds in KINDS.items() for kind in kinds}

Text = Mapping[str, str]
Lines = Mapping[str, tuple[str, ...]]

_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_LIMIT = re.compile(r"\d+(\.\d+)? (min|h|d|wd)\Z|now\Z")
MIN_LINES = 2


@dataclass(frozen=True, slots=True)
class ScenarioError:
    """`path` names the place (`facts.fee.tell.en`), `code` what is wrong with it, `params` the values a sentence needs."""

    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.path}: {self.code}" + (f" ({said})" if said else "")


class ScenarioErrors(Exception):
    """Everything that is wrong with a document."""

    def __init__(self, errors: Iterable[ScenarioError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


@dataclass(frozen=True, slots=True)
class Persona:
    name: str
    age: int
    salutation: str
    style: str
    about: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The fact comes out when one of `asked_about` is asked, with one of `words` where there are any, at `min_trust`."""

    asked_about: tuple[str, ...]
    min_trust: float
    words: Lines


@dataclass(frozen=True, slots=True)
class Fact:
    """`believed` and `believed_surface` hold what the customer says where the fact is misremembered."""

    id: str
    about: str
    value: Text
    surface: Lines
    gate: Gate
    known: str
    sensitivity: str
    volunteered: bool
    tell: Lines
    vague: Lines
    believed: Text
    believed_surface: Lines


@dataclass(frozen=True, slots=True)
class HiddenInterest:
    text: Text
    served_by: tuple[str, ...]
    tell: Lines


@dataclass(frozen=True, slots=True)
class Demand:
    id: str
    text: Text
    amount: float | None
    reservation: float | None
    acceptable: tuple[str, ...]
    hidden_interest: HiddenInterest | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A way out that exists in this case. `limit` is the most that may be promised, an amount or None."""

    id: str
    what: Text
    surface: Lines
    limit: float | None
    authority: str
    answers_demand: str


@dataclass(frozen=True, slots=True)
class RecordSection:
    """A part of what the bank's screen shows the trainee. `knows`: topics that need not be asked because it is written there."""

    id: str
    title: Text
    text: Text
    knows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A paper of the case that comes when the trainee asks for it. `waits_for` says what has to happen first: "requested" (nothing),
    "record_opened", "fact_told", "turn" (then `waits_for_what` names it) or "first_action"."""

    id: str
    kind: str
    title: Text
    text: Text
    waits_for: str = "requested"
    waits_for_what: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """Something that a text has to say: in one of these words, or the amount."""

    words: Lines = field(default_factory=dict)
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """The right record and the right limits: what the trainee's work is compared with, never shown in the room.

    `covers` maps a field of the form that is written in sentences to the points it has to say.
    """

    classification: Mapping[str, str]
    limits: Mapping[str, str]
    flags: tuple[str, ...]
    form: Mapping[str, Any]
    covers: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    slug: str
    version: int
    title: Text
    summary: Text
    languages: tuple[str, ...]
    channel: str
    nature: str
    urgency: str
    flags: tuple[str, ...]
    monetary: bool
    persona: Mapping[str, tuple[Persona, ...]]
    facts: Mapping[str, Fact]
    demands: tuple[Demand, ...]
    offers: Mapping[str, Offer]
    red_lines: tuple[str, ...]
    record: Mapping[str, RecordSection]
    truth: Truth
    documents: tuple[Document, ...]
    injects: tuple[Mapping[str, Any], ...]
    levels: Mapping[int, Mapping[str, float]]
    lines: Mapping[str, Mapping[str, Lines]]
    coaching: Mapping[str, Lines]
    script: str | None
    rubric: str
    fingerprint: str
    source: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def bank_is_right(self) -> bool:
        """Is the first demand one that nothing gives in full? Then it has to be refused, and fairly."""
        ways = [self.offers[offer] for offer in self.demands[0].acceptable if offer in self.offers]
        return all(offer.answers_demand != "full" for offer in ways)

    def for_seed(self, seed: int) -> Scenario:
        """The case as the role-play of this seed meets it: its people, amounts and dates drawn. Itself where nothing is drawn."""
        return _for_seed(self.fingerprint, seed, _Source(self.source)) if self.source.get("draw") else self


def fingerprint(document: Mapping[str, Any]) -> str:
    """The same document gives the same 64 hex digits, whatever the order of its keys."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def known_to_bank(scenario: Scenario) -> frozenset[str]:
    """Topics that stand on the bank's screen."""
    return frozenset(topic for section in scenario.record.values() for topic in section.knows)


@lru_cache(maxsize=1 << 16)
def slots_of(line: str) -> tuple[str, ...]:
    """Names of the slots of a line; raises ValueError where the braces do not match."""
    return tuple(name for _, name, _, _ in Formatter().parse(line) if name is not None)


class _Reader:
    """Walks through a document and collects what is wrong with it. Each method gives a value of its type, even a wrong one."""

    def __init__(self) -> None:
        self.errors: list[ScenarioError] = []
        self.languages: tuple[str, ...] = LANGUAGES

    def wrong(self, path: str, code: str, **params: object) -> None:
        self.errors.append(ScenarioError(path, code, params))

    def mapping(self, value: object, path: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return {str(key): item for key, item in value.items()}
        if value is not None:
            self.wrong(path, "not_a_map")
        return {}

    def only(self, value: Mapping[str, Any], path: str, *allowed: str) -> None:
        for key in value:
            if key not in allowed:
                self.wrong(f"{path}.{key}" if path else key, "unknown_key", allowed=list(allowed))

    def items(self, value: object, path: str) -> list[Any]:
        if isinstance(value, list):
            return value
        if value is not None:
            self.wrong(path, "not_a_list")
        return []

    def string(self, value: object, path: str) -> str:
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.wrong(path, "missing" if value in (None, "") else "not_text")
        return ""

    def number(self, value: object, path: str, low: float, high: float, default: float) -> float:
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(path, "not_a_number")
            return default
        if not low <= value <= high:
            self.wrong(path, "out_of_range", low=low, high=high)
            return default
        return float(value)

    def amount(self, value: object, path: str) -> float | None:
        return None if value is None else self.number(value, path, 0, 1e12, 0)

    def one_of(self, value: object, path: str, allowed: Iterable[str], default: str | None = None) -> str:
        allowed = tuple(allowed)
        if value is None and default is not None:
            return default
        if value not in allowed:
            self.wrong(path, "missing" if value is None else "not_one_of", value=value, allowed=sorted(allowed))
            return default or allowed[0]
        return str(value)

    def some_of(self, value: object, path: str, allowed: Iterable[str]) -> tuple[str, ...]:
        allowed = tuple(allowed)
        found = self.items(value, path)
        return tuple(self.one_of(item, f"{path}.{number}", allowed) for number, item in enumerate(found))

    def text(self, value: object, path: str, *, required: bool = True, anything: bool = False) -> dict[str, str]:
        """A text in each language. With `anything`, a bare value counts for all of them (an amount, a date)."""
        if anything and isinstance(value, str | int | float) and not isinstance(value, bool):
            return dict.fromkeys(self.languages, str(value))
        if value is None and not required:
            return {}
        found = self.mapping(value, path)
        if not found:
            self.wrong(path, "missing")
            return dict.fromkeys(self.languages, "")
        self.only(found, path, *LANGUAGES)
        if anything:
            found = {key: str(item) if isinstance(item, int | float) else item for key, item in found.items()}
        return {language: self.string(found.get(language), f"{path}.{language}") for language in self.languages}

    def lines(self, value: object, path: str, *, least: int = 0) -> dict[str, tuple[str, ...]]:
        """Lines in each language, at least `least` in each."""
        found = self.mapping(value, path)
        self.only(found, path, *LANGUAGES)
        result: dict[str, tuple[str, ...]] = {}
        for language in self.languages:
            here = f"{path}.{language}"
            said = tuple(self.string(line, f"{here}.{number}") for number, line in enumerate(self.items(found.get(language), here)))
            if len(said) < least:
                self.wrong(here, "too_few_lines", least=least, found=len(said))
            for number, line in enumerate(said):
                if line in said[:number]:
                    self.wrong(f"{here}.{number}", "line_twice", line=line)
            result[language] = said
        return result

    def surface(self, value: object, path: str) -> dict[str, tuple[str, ...]]:
        """Words by which something is recognised; `/…/` is a regular expression."""
        found = self.lines(value, path, least=1)
        for language, words in found.items():
            for number, word in enumerate(words):
                try:
                    pattern_of(word)
                except re.error as error:
                    self.wrong(f"{path}.{language}.{number}", "bad_pattern", pattern=word, why=str(error))
        return found

    def identifier(self, value: str, path: str) -> str:
        if not _ID.match(value):
            self.wrong(path, "bad_id", value=value)
        return value

    def slots(self, lines: Mapping[str, tuple[str, ...]], path: str, allowed: Iterable[str]) -> None:
        allowed = set(allowed)
        for language, said in lines.items():
            for number, line in enumerate(said):
                here = f"{path}.{language}.{number}"
                try:
                    names = slots_of(line)
                except ValueError:
                    self.wrong(here, "bad_braces", line=line)
                    continue
                for name in names:
                    if name not in allowed:
                        self.wrong(here, "unknown_slot", slot=name, allowed=sorted(allowed))


@lru_cache(maxsize=4096)
def pattern_of(word: str) -> re.Pattern[str]:
    """The pattern of a surface form: literal, or a regular expression between slashes. Upper and lower case are the same."""
    if len(word) > 2 and word.startswith("/") and word.endswith("/"):
        return re.compile(word[1:-1], re.IGNORECASE)
    body = re.escape(word)
    if word and word[0].isascii() and word[0].isalnum():  # "30" is not said in "1300"
        body = r"(?<![A-Za-z0-9])" + body
    if word and word[-1].isascii() and word[-1].isalnum():  # nor "300" in "3000"
        body += r"(?![A-Za-z0-9])"
    return re.compile(body, re.IGNORECASE)


TOP = (
    "format", "slug", "version", "title", "summary", "languages", "channel", "nature", "urgency", "flags", "monetary", "persona", "facts",
    "demands", "offers", "red_lines", "record", "truth", "documents", "injects", "levels", "lines", "coaching", "script", "rubric",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Source:
    """A document beside its fingerprint, by which it is told apart."""

    document: Mapping[str, Any] = field(compare=False)


@lru_cache(maxsize=512)
def _for_seed(fingerprint: str, seed: int, source: _Source) -> Scenario:
    return parse(source.document, seed=seed, trusted=True)


def parse(document: Mapping[str, Any], *, seed: int = 0, trusted: bool = False) -> Scenario:
    """The scenario that the document describes, or `ScenarioErrors` with all that is wrong with it.

    What the case draws is drawn from `seed`. A `trusted` document has been checked before: then the slow search for lines that give a
    fact away is left out.
    """
    read = _Reader()
    if not isinstance(document, Mapping):
        raise ScenarioErrors([ScenarioError("", "not_a_map")])
    try:
        doc: dict[str, Any] = dict(drawn(document, seed))
    except DrawError as error:
        raise ScenarioErrors([ScenarioError(error.path, error.code, error.params)]) from error
    read.only(doc, "", *TOP)
    for name in ("title", "summary"):
        if document.get("draw") and "<" in json.dumps(document.get(name), ensure_ascii=False, default=str):
            read.wrong(name, "nothing_drawn_here")
    if doc.get("format") != FORMAT:
        read.wrong("format", "unknown_format", value=doc.get("format"), known=FORMAT)
    read.languages = read.some_of(doc.get("languages", list(LANGUAGES)), "languages", LANGUAGES)
    if not read.languages:
        read.wrong("languages", "missing")
        read.languages = LANGUAGES
    slug = read.string(doc.get("slug"), "slug")
    if slug and not _SLUG.match(slug):
        read.wrong("slug", "bad_slug", value=slug)

    offers = _offers(read, doc.get("offers"))
    facts = _facts(read, doc.get("facts"))
    demands = _demands(read, doc.get("demands"), offers)
    lines = _lines(read, doc.get("lines"), facts)
    scenario = Scenario(
        slug=slug,
        version=int(read.number(doc.get("version"), "version", 1, 1e6, 1)),
        title=read.text(doc.get("title"), "title"),
        summary=read.text(doc.get("summary"), "summary"),
        languages=read.languages,
        channel=read.one_of(doc.get("channel"), "channel", CHANNELS),
        nature=read.one_of(doc.get("nature"), "nature", NATURES),
        urgency=read.one_of(doc.get("urgency"), "urgency", URGENCIES),
        flags=read.some_of(doc.get("flags"), "flags", FLAGS),
        monetary=bool(doc.get("monetary", any(demand.amount for demand in demands))),
        persona=_personas(read, doc.get("persona")),
        facts=facts,
        demands=demands,
        offers=offers,
        red_lines=read.some_of(doc.get("red_lines"), "red_lines", ACT_NAMES),
        record=_record(read, doc.get("record")),
        truth=_truth(read, doc.get("truth"), facts, offers),
        documents=_documents(read, doc.get("documents"), facts, trusted=trusted),
        injects=_injects(read, doc.get("injects")),
        levels=_levels(read, doc.get("levels")),
        lines=lines,
        coaching=_coaching(read, doc.get("coaching"), facts),
        script=None if doc.get("script") is None else read.string(doc["script"], "script"),
        rubric=read.string(doc.get("rubric"), "rubric"),
        fingerprint=fingerprint(document),
        source=document,
    )
    if not trusted:
        _leaks(read, scenario)
    if read.errors:
        raise ScenarioErrors(read.errors)
    return scenario


def _personas(read: _Reader, value: object) -> dict[str, tuple[Persona, ...]]:
    found = read.mapping(value, "persona")
    read.only(found, "persona", *LANGUAGES)
    result: dict[str, tuple[Persona, ...]] = {}
    for language in read.languages:
        path = f"persona.{language}"
        people: list[Persona] = []
        for number, item in enumerate(read.items(found.get(language), path)):
            here = f"{path}.{number}"
            person = read.mapping(item, here)
            read.only(person, here, "name", "age", "salutation", "style", "about")
            people.append(
                Persona(
                    name=read.string(person.get("name"), f"{here}.name"),
                    age=int(read.number(person.get("age"), f"{here}.age", 0, 120, 40)),
                    salutation=read.string(person.get("salutation"), f"{here}.salutation"),
                    style=read.one_of(person.get("style"), f"{here}.style", STYLES, "plain"),
                    about=read.string(person.get("about"), f"{here}.about"),
                )
            )
        if not people:
            read.wrong(path, "missing")
        result[language] = tuple(people)
    return result


def _facts(read: _Reader, value: object) -> dict[str, Fact]:
    result: dict[str, Fact] = {}
    for name, item in read.mapping(value, "facts").items():
        path = f"facts.{name}"
        read.identifier(name, path)
        if name in COMMON_SLOTS or any(name in act.slots for act in CUSTOMER_ACTS.values()) or name == "value":
            read.wrong(path, "reserved_name", value=name)
        fact = read.mapping(item, path)
        read.only(
            fact, path, "about", "value", "surface", "gate", "known", "sensitivity", "volunteered", "tell", "vague", "believed"
        )  # fmt: skip
        gate = read.mapping(fact.get("gate"), f"{path}.gate")
        read.only(gate, f"{path}.gate", "asked_about", "min_trust", "words")
        about = read.one_of(fact.get("about"), f"{path}.about", TOPICS)
        known = read.one_of(fact.get("known"), f"{path}.known", KNOWN, "known")
        believed: dict[str, str] = {}
        believed_surface: dict[str, tuple[str, ...]] = {}
        if known == "misremembered":
            wrong = read.mapping(fact.get("believed"), f"{path}.believed")
            read.only(wrong, f"{path}.believed", "value", "surface")
            believed = read.text(wrong.get("value"), f"{path}.believed.value", anything=True)
            believed_surface = read.surface(wrong.get("surface"), f"{path}.believed.surface")
        elif fact.get("believed") is not None:
            read.wrong(f"{path}.believed", "only_if_misremembered")
        words = read.surface(gate["words"], f"{path}.gate.words") if gate.get("words") else {}
        volunteered = bool(fact.get("volunteered", False))
        tell = read.lines(fact.get("tell"), f"{path}.tell", least=0 if volunteered else MIN_LINES)
        vague = read.lines(fact.get("vague"), f"{path}.vague") if fact.get("vague") else {}
        for label, said in (("tell", tell), ("vague", vague)):
            read.slots(said, f"{path}.{label}", (*COMMON_SLOTS, "value"))
        result[name] = Fact(
            id=name,
            about=about,
            value=read.text(fact.get("value"), f"{path}.value", anything=True),
            surface=read.surface(fact.get("surface"), f"{path}.surface"),
            gate=Gate(
                asked_about=read.some_of(gate.get("asked_about"), f"{path}.gate.asked_about", TOPICS) or (about,),
                min_trust=read.number(gate.get("min_trust"), f"{path}.gate.min_trust", 0, 1, 0),
                words=words,
            ),
            known=known,
            sensitivity=read.one_of(fact.get("sensitivity"), f"{path}.sensitivity", SENSITIVITIES, "plain"),
            volunteered=volunteered,
            tell=tell,
            vague=vague,
            believed=believed,
            believed_surface=believed_surface,
        )
    if not result:
        read.wrong("facts", "missing")
    return result


def _offers(read: _Reader, value: object) -> dict[str, Offer]:
    result: dict[str, Offer] = {}
    for name, item in read.mapping(value, "offers").items():
        path = f"offers.{name}"
        read.identifier(name, path)
        offer = read.mapping(item, path)
        read.only(offer, path, "what", "surface", "limit", "authority", "answers_demand")
        result[name] = Offer(
            id=name,
            what=read.text(offer.get("what"), f"{path}.what"),
            surface=read.surface(offer.get("surface"), f"{path}.surface"),
            limit=read.amount(offer.get("limit"), f"{path}.limit"),
            authority=read.one_of(offer.get("authority"), f"{path}.authority", AUTHORITIES, "handler"),
            answers_demand=read.one_of(offer.get("answers_demand"), f"{path}.answers_demand", ANSWERS),
        )
    if not result:
        read.wrong("offers", "missing")
    return result


def _demands(read: _Reader, value: object, offers: Mapping[str, Offer]) -> tuple[Demand, ...]:
    result: list[Demand] = []
    for number, item in enumerate(read.items(value, "demands")):
        path = f"demands.{number}"
        demand = read.mapping(item, path)
        read.only(demand, path, "id", "text", "amount", "reservation", "acceptable", "hidden_interest")
        hidden = None
        if demand.get("hidden_interest") is not None:
            here = f"{path}.hidden_interest"
            wish = read.mapping(demand["hidden_interest"], here)
            read.only(wish, here, "text", "served_by", "tell")
            hidden = HiddenInterest(
                text=read.text(wish.get("text"), f"{here}.text"),
                served_by=read.some_of(wish.get("served_by"), f"{here}.served_by", offers or ("",)),
                tell=read.lines(wish.get("tell"), f"{here}.tell", least=1),
            )
            read.slots(hidden.tell, f"{here}.tell", COMMON_SLOTS)
        amount, reservation = (
            read.amount(demand.get("amount"), f"{path}.amount"),
            read.amount(demand.get("reservation"), f"{path}.reservation"),
        )
        if amount is not None and reservation is not None and reservation > amount:
            read.wrong(f"{path}.reservation", "above_demand", amount=amount, reservation=reservation)
        acceptable = read.some_of(demand.get("acceptable"), f"{path}.acceptable", offers or ("",))
        if not acceptable:
            read.wrong(f"{path}.acceptable", "nothing_settles_it")
        result.append(
            Demand(
                id=read.identifier(read.string(demand.get("id"), f"{path}.id"), f"{path}.id"),
                text=read.text(demand.get("text"), f"{path}.text"),
                amount=amount,
                reservation=reservation,
                acceptable=acceptable,
                hidden_interest=hidden,
            )
        )
    if not result:
        read.wrong("demands", "missing")
    return tuple(result)


def _record(read: _Reader, value: object) -> dict[str, RecordSection]:
    found = read.mapping(value, "record")
    read.only(found, "record", "sections")
    result: dict[str, RecordSection] = {}
    for name, item in read.mapping(found.get("sections"), "record.sections").items():
        path = f"record.sections.{name}"
        section = read.mapping(item, path)
        read.only(section, path, "title", "text", "knows")
        result[name] = RecordSection(
            id=read.identifier(name, path),
            title=read.text(section.get("title"), f"{path}.title"),
            text=read.text(section.get("text"), f"{path}.text"),
            knows=read.some_of(section.get("knows"), f"{path}.knows", TOPICS),
        )
    return result


def _truth(read: _Reader, value: object, facts: Mapping[str, Fact], offers: Mapping[str, Offer]) -> Truth:
    found = read.mapping(value, "truth")
    read.only(found, "truth", "classification", "limits", "flags", "form", "covers")
    classification = read.mapping(found.get("classification"), "truth.classification")
    read.only(classification, "truth.classification", "nature", "urgency", "channel_group")
    limits: dict[str, str] = {}
    for name, limit in read.mapping(found.get("limits"), "truth.limits").items():
        text = read.string(limit, f"truth.limits.{name}")
        if text and not _LIMIT.match(text):
            read.wrong(f"truth.limits.{name}", "bad_limit", value=text, example="5 wd")
        limits[name] = text
    if "result" not in limits:
        read.wrong("truth.limits.result", "missing")
    return Truth(
        classification={
            "nature": read.one_of(classification.get("nature"), "truth.classification.nature", NATURES),
            "urgency": read.one_of(classification.get("urgency"), "truth.classification.urgency", URGENCIES),
            "channel_group": read.one_of(
                classification.get("channel_group"), "truth.classification.channel_group", ("remote", "on_site", "external"), "remote"
            ),
        },
        limits=limits,
        flags=read.some_of(found.get("flags"), "truth.flags", FLAGS),
        form=read.mapping(found.get("form"), "truth.form"),
        covers={
            name: tuple(_point(read, item, f"truth.covers.{name}.{number}", facts, offers) for number, item in enumerate(listed))
            for name, value in read.mapping(found.get("covers"), "truth.covers").items()
            if (listed := read.items(value, f"truth.covers.{name}"))
        },
    )


def _point(read: _Reader, value: object, path: str, facts: Mapping[str, Fact], offers: Mapping[str, Offer]) -> Point:
    """`facts.ID` and `offers.ID` stand for the ways in which that may be said; else an amount, or words in each language."""
    if isinstance(value, str):
        kind, _, name = value.partition(".")
        if kind == "facts" and name in facts:
            return Point(facts[name].surface)
        if kind == "offers" and name in offers:
            return Point(offers[name].surface)
        read.wrong(path, "not_one_of", value=value, allowed=[*(f"facts.{one}" for one in facts), *(f"offers.{one}" for one in offers)])
        return Point()
    if isinstance(value, Mapping) and "amount" in value:
        return Point(amount=read.amount(value["amount"], f"{path}.amount"))
    return Point(read.surface(value, path))


def _documents(read: _Reader, value: object, facts: Mapping[str, Fact], *, trusted: bool) -> tuple[Document, ...]:
    """A snapshot may be older than the rule that a document says something: such a document is left out."""
    result: list[Document] = []
    for number, item in enumerate(read.items(value, "documents")):
        path = f"documents.{number}"
        entry = read.mapping(item, path)
        name = read.identifier(read.string(entry.get("id"), f"{path}.id"), f"{path}.id")
        if trusted and not (entry.get("title") and entry.get("text")):
            continue
        read.only(entry, path, "id", "kind", "title", "text", "arrives_when")
        waits_for, what = _waits_for(read, entry.get("arrives_when", "requested"), f"{path}.arrives_when", facts)
        result.append(
            Document(
                id=name,
                kind=str(entry.get("kind", "")),
                title=read.text(entry.get("title"), f"{path}.title"),
                text=read.text(entry.get("text"), f"{path}.text"),
                waits_for=waits_for,
                waits_for_what=what,
            )
        )
    return tuple(result)


def _waits_for(read: _Reader, value: object, path: str, facts: Mapping[str, Fact]) -> tuple[str, str]:
    if not isinstance(value, dict):
        found = read.one_of(value, path, ("requested", "first_action", "at_start"))
        return ("requested" if found == "at_start" else found), ""
    if len(value) != 1:
        read.wrong(path, "not_one_of", value=sorted(value), allowed=["fact_told", "record_opened", "turn"])
        return "requested", ""
    [(name, what)] = value.items()
    name = "record_opened" if name == "opened" else name  # as some cases of the first edition spell it
    read.one_of(name, path, ("record_opened", "fact_told", "turn"))
    if name == "turn":
        return name, str(int(read.number(what, f"{path}.turn", 1, 60, 1)))
    if name == "fact_told":
        return name, read.one_of(what, f"{path}.fact_told", facts or ("",))
    return name, read.string(what, f"{path}.record_opened")


def _listed(read: _Reader, value: object, path: str) -> tuple[Mapping[str, Any], ...]:
    result: list[Mapping[str, Any]] = []
    for number, item in enumerate(read.items(value, path)):
        entry = read.mapping(item, f"{path}.{number}")
        read.identifier(read.string(entry.get("id"), f"{path}.{number}.id"), f"{path}.{number}.id")
        result.append(entry)
    return tuple(result)


def _injects(read: _Reader, value: object) -> tuple[Mapping[str, Any], ...]:
    """What may come up in the middle; one without `lines` is a note that no lever brings about."""
    entries = _listed(read, value, "injects")
    for number, entry in enumerate(entries):
        path = f"injects.{number}"
        if entry.get("lines") is None:
            continue
        read.text(entry.get("text"), f"{path}.text")
        read.slots(read.lines(entry.get("lines"), f"{path}.lines", least=1), f"{path}.lines", ("name", "salutation", "demand"))
        for name, move in read.mapping(entry.get("moves"), f"{path}.moves").items():
            if name not in MOVED_BY_INJECTS:
                read.wrong(f"{path}.moves", "not_one_of", value=name, allowed=list(MOVED_BY_INJECTS))
            read.number(move, f"{path}.moves.{name}", -1, 1, 0)
    return entries


def _levels(read: _Reader, value: object) -> dict[int, dict[str, float]]:
    result: dict[int, dict[str, float]] = {}
    for name, item in read.mapping(value, "levels").items():
        path = f"levels.{name}"
        if name not in ("1", "2", "3", "4", "5"):
            read.wrong(path, "not_one_of", value=name, allowed=["1", "2", "3", "4", "5"])
            continue
        level = read.mapping(item, path)
        read.only(level, path, *LEVEL_VARIABLES)
        result[int(name)] = {
            key: read.number(number, f"{path}.{key}", 0, 60 if key == "max_turns" else 3 if key == "negativity" else 1, 0)
            for key, number in level.items()
            if key in LEVEL_VARIABLES
        }
    return result


def _lines(read: _Reader, value: object, facts: Mapping[str, Fact]) -> dict[str, dict[str, dict[str, tuple[str, ...]]]]:
    found = read.mapping(value, "lines")
    result: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    for act, item in found.items():
        path = f"lines.{act}"
        if act not in CUSTOMER_ACTS:
            read.wrong(path, "unknown_customer_act", value=act, allowed=sorted(CUSTOMER_ACTS))
            continue
        bands = read.mapping(item, path)
        read.only(bands, path, *BANDS)
        result[act] = {}
        for band in BANDS:
            if band not in bands:
                continue
            said = read.lines(bands[band], f"{path}.{band}", least=MIN_LINES)
            read.slots(said, f"{path}.{band}", (*COMMON_SLOTS, *CUSTOMER_ACTS[act].slots, *facts))
            result[act][band] = said
    for act, spec in CUSTOMER_ACTS.items():
        if spec.own and not result.get(act):
            read.wrong(f"lines.{act}", "missing", when=spec.when)
    return result


def _coaching(read: _Reader, value: object, facts: Mapping[str, Fact]) -> dict[str, dict[str, tuple[str, ...]]]:
    result: dict[str, dict[str, tuple[str, ...]]] = {}
    found = read.mapping(value, "coaching")
    for situation, item in found.items():
        path = f"coaching.{situation}"
        if situation not in SITUATIONS:
            read.wrong(path, "not_one_of", value=situation, allowed=sorted(SITUATIONS))
            continue
        result[situation] = read.lines(item, path, least=1)
        read.slots(result[situation], path, (*COMMON_SLOTS, *facts))
    return result


def _leaks(read: _Reader, scenario: Scenario) -> None:
    """No line may give a fact away that the customer has not told: a trainee would get without asking what must be asked for."""
    secrets = [
        (fact, language, pattern_of(word), word)
        for fact in scenario.facts.values()
        if not fact.volunteered
        for language in read.languages
        for word in (*fact.surface.get(language, ()), *fact.believed_surface.get(language, ()))
        if word
    ]
    for path, owner, language, line in _spoken(scenario):
        for fact, spoken_in, pattern, word in secrets:
            if fact.id != owner and spoken_in == language and pattern.search(line):
                read.wrong(path, "gives_fact_away", fact=fact.id, word=word, line=line)


def _spoken(scenario: Scenario) -> Iterable[tuple[str, str | None, str, str]]:
    """Each line that the customer may say: its path, the fact whose own line it is, its language, the line."""
    for act, bands in scenario.lines.items():
        for band, said in bands.items():
            for language, lines in said.items():
                for number, line in enumerate(lines):
                    yield f"lines.{act}.{band}.{language}.{number}", None, language, line
    for fact in scenario.facts.values():
        for label, texts in (("tell", fact.tell), ("vague", fact.vague)):
            for language, lines in texts.items():
                for number, line in enumerate(lines):
                    # A vague line hints at its fact but must not say it.
                    yield f"facts.{fact.id}.{label}.{language}.{number}", fact.id if label == "tell" else None, language, line
    for number, demand in enumerate(scenario.demands):
        for language, text in demand.text.items():
            yield f"demands.{number}.text.{language}", None, language, text
        if demand.hidden_interest:
            for language, lines in demand.hidden_interest.tell.items():
                for index, line in enumerate(lines):
                    yield f"demands.{number}.hidden_interest.tell.{language}.{index}", None, language, line
