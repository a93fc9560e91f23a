"""What the trainee's words mean in this case: which fact is asked for, which offer is meant, what was said back rightly.

Acts come from the reader; here they meet the scenario. Nothing is decided yet about what the customer feels or says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.engine.acts import NEGATIVE, Act
from simulator.engine.causes import as_meant_here
from simulator.engine.led import claim_asked, claim_meant, claims_hold
from simulator.engine.led_events import Claim
from simulator.engine.scenario import Fact, Offer, Scenario, known_to_bank, pattern_of
from simulator.engine.state import Customer, names_of

KIND = frozenset(["empathy", "apology", "thank", "active_listening", "follow_up"])
OPENED = ("matter", "reason")
OPENED_LATER = ("target", "occurred_at", "place", "earlier_contact", "product")
_SPLIT = re.compile(r"[。！？!?；;\n]|(?<=[a-z])\. ")
_APPLIES = re.compile(r"申请|请示|争取|上报|问问|\bapply|\bask my|\bput in a request|\brequest", re.IGNORECASE)
_ASKS = re.compile(r"[?？]|吗|呢|\bare you (?:happy|satisfied)|\bis that all right|\bdoes that", re.IGNORECASE)
_DATE = re.compile(r"(\d{4}-)?\d{1,2}-\d{1,2}")
_NUMERAL = re.compile(r"[\d一二三四五六七八九十百]")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MINUTES = {"min": 1.0, "h": 60.0, "d": 1440.0, "wd": 1440.0}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and where it leads: tell, vague, withhold, told, claim, bank, name, number, demand, hidden or unknown.

    `claim` is what a trainer had the customer say of it, outside the case.
    """

    act: Act
    leads: str
    fact: Fact | None = None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Facts said back: `right`, `wrong` with what was said, `corrected` where the record was set against a wrong memory."""

    right: tuple[Fact, ...] = ()
    wrong: tuple[tuple[Fact, str], ...] = ()
    corrected: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer and the act that makes it: `done` says that it is being done now, `applies` that it is only applied for."""

    act: Act
    offer: Offer | None
    done: bool = False
    applies: bool = False
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """One turn as the customer understands it; `acts` without those that earn nothing."""

    acts: tuple[Act, ...]
    names: frozenset[str]
    text: str
    asked: tuple[Asked, ...] = ()
    confirmed: Confirmed = Confirmed()
    offered: tuple[Offered, ...] = ()
    asks_settled: bool = False
    repeats: bool = False
    gaming: bool = False
    unclear: bool = False


def understand(customer: Customer, acts: tuple[Act, ...], text: str, *, gaming: bool, unclear: bool) -> Understood:
    acts = as_meant(acts, text, customer.scenario)
    asked: list[Asked] = []
    for act in acts:
        if act.code in ("ask_details", "ask_contact") or act.name == "empathy.explore":
            found = _asked(customer, act, text, {question.fact.id for question in asked if question.fact})
            asked.append(found)
    return Understood(
        acts=acts,
        names=names_of(acts),
        text=text,
        asked=tuple(asked),
        confirmed=_confirmed(customer, acts, text),
        offered=offers_in(customer, acts, text),
        asks_settled=any(act.code == "follow_up" and _ASKS.search(sentence_of(text, act)) and act.value is None for act in acts),
        repeats=repeats_itself(text, customer.texts[:-1]),
        gaming=gaming,
        unclear=unclear,
    )


def as_meant(acts: tuple[Act, ...], text: str, scenario: Scenario) -> tuple[Act, ...]:
    """The acts as this customer takes them. Nothing is kind in the sentence of an insult or a reproach; what the customer told of their
    own accord is no secret; "is that right?" beside an offer says no fact back unless it holds one; the rest says `as_meant_here`.
    """
    taken = []
    rude, hurts = ({sentence_of(text, act) for act in acts if act.code in codes} for codes in (("rude",), ("rude", "blame_customer")))
    offers = any(act.code in ("offer_solution", "take_action") for act in acts)
    for act in acts:
        words = sentence_of(text, act)
        if (act.code in KIND and words in hurts) or (act.code not in NEGATIVE and words in rude):
            continue
        if act.code == "privacy_breach" and _says_back(scenario, act, text):
            continue
        if act.code == "confirm_facts" and offers and not _holds_a_fact(scenario, words):
            continue
        taken.append(as_meant_here(act, words, scenario))
    return tuple(taken)


def _says_back(scenario: Scenario, act: Act, text: str) -> bool:
    """Do the words of the act hold what the customer said in their first words?"""
    told = [fact for fact in scenario.facts.values() if fact.volunteered]
    return any(_holds(fact.surface[language], text[act.start : act.end]) for fact in told for language in scenario.languages)


def _holds_a_fact(scenario: Scenario, words: str) -> bool:
    return any(
        _holds((*fact.surface[language], *fact.believed_surface.get(language, ())), words)
        for fact in scenario.facts.values()
        for language in scenario.languages
    )


def sentence_of(text: str, act: Act) -> str:
    """The words of the act and the rest of their sentence."""
    start = max((match.end() for match in _SPLIT.finditer(text, 0, act.start)), default=0)
    end = _SPLIT.search(text, max(act.end - 1, act.start))
    return text[start : end.end() if end else len(text)]


def minutes_of(limit: str) -> float | None:
    """A limit in normal form as minutes ("5 wd", "2 h", "now"), or None. A working day counts as a day: enough to compare limits."""
    if limit == "now":
        return 0.0
    number, _, unit = limit.partition(" ")
    try:
        return float(number) * _MINUTES[unit]
    except (KeyError, ValueError):
        return None


def repeats_itself(text: str, earlier: tuple[str, ...]) -> bool:
    """Is it, but for a few signs, something said in the last turns? Short words ("yes", "好的") may come again."""
    mine = _pairs(text)
    if len(mine) < 8:
        return False
    return any(len(mine & other) > 0.8 * len(mine | other) for other in map(_pairs, earlier[-6:]))


def _pairs(text: str) -> frozenset[str]:
    signs = [sign for sign in text[:400].lower() if sign.isalnum()]
    return frozenset(a + b for a, b in zip(signs, signs[1:], strict=False))


def _holds(words: tuple[str, ...], text: str) -> bool:
    return any(pattern_of(word).search(text) for word in words)


def _asked(customer: Customer, act: Act, text: str, taken: set[str]) -> Asked:
    scenario, language = customer.scenario, customer.language
    words = sentence_of(text, act)
    bank = known_to_bank(scenario)
    hidden = scenario.demands[0].hidden_interest
    if act.name in ("empathy.explore", "ask_details.preference") or act.about == "demand":
        if hidden and "hidden_interest" not in customer.told and "demand" in customer.told and customer.state["trust"] >= 0.5:
            return Asked(act, "hidden")
        if act.name != "empathy.explore":
            return Asked(act, "demand")
        return Asked(act, "feeling")
    if act.kind != "open" and (claim := claim_asked(customer.led, act.about, words)):
        return Asked(act, "claim", claim=claim)
    known = [fact for fact in scenario.facts.values() if fact.id not in taken]
    fits = [fact for fact in known if act.about in fact.gate.asked_about and _fits(fact, language, words)]
    if act.about in (None, "other"):
        fits += [fact for fact in known if fact.gate.words and _fits(fact, language, words) and fact not in fits]
    only_told = all(fact.id in customer.told for fact in fits)
    is_open = act.kind == "open" or (act.code == "ask_details" and act.about in ("matter", None) and only_told)
    if is_open and act.about in (None, "other", *OPENED):
        plain = [fact for topic in (OPENED, OPENED_LATER) for fact in known if fact.about in topic and fact.sensitivity == "plain"]
        fits = [fact for fact in fits + [fact for fact in plain if fact not in fits] if fact.id not in customer.told]
        if not fits:
            return Asked(act, "nothing_more")
    new = [fact for fact in fits if fact.id not in customer.told and fact.known != "unknown"]
    if new:
        fact = new[0]
        if customer.state["trust"] < fact.gate.min_trust + (customer.temper["guard"] if fact.gate.min_trust else 0):
            return Asked(act, "vague" if fact.vague.get(language) and fact.id not in customer.hinted else "withhold", fact)
        if is_open and fact.vague.get(language) and fact.id not in customer.hinted:
            return Asked(act, "vague", fact)
        return Asked(act, "tell", fact)
    if fits:
        fact = fits[0]
        return Asked(act, "not_known" if fact.known == "unknown" else "told", fact)
    if claim := claim_meant(customer.led, words):
        return Asked(act, "claim", claim=claim)
    if act.about == "identity" or (act.code == "ask_contact" and act.about != "contact"):
        return Asked(act, "name")
    if act.about == "contact":
        return Asked(act, "number")
    if act.name == "ask_details.known" or act.about in bank:
        return Asked(act, "bank")
    return Asked(act, "unknown")


def _fits(fact: Fact, language: str, words: str) -> bool:
    return not fact.gate.words or _holds(fact.gate.words.get(language, ()), words)


def _confirmed(customer: Customer, acts: tuple[Act, ...], text: str) -> Confirmed:
    """Compares what was said back with what the customer said, or where they misremember, with what is true."""
    language = customer.language
    right: list[Fact] = []
    wrong: list[tuple[Fact, str]] = []
    corrected: list[Fact] = []
    for act in acts:
        if act.code != "confirm_facts":
            continue
        words = sentence_of(text, act)
        found: list[Fact] = []
        for fact in customer.scenario.facts.values():
            if fact.id not in customer.told and not (fact.known != "unknown" and _holds(fact.surface[language], words)):
                continue
            mistaken = fact.known == "misremembered" and fact.id not in customer.corrected
            if _holds(fact.surface[language], words):
                found.append(fact)
                (corrected if mistaken and fact.id in customer.told else right).append(fact)
            elif mistaken and _holds(fact.believed_surface[language], words):
                found.append(fact)
                right.append(fact)
        if act.value and claims_hold(customer.led, act.about or "", act.value):
            continue
        if act.value and (mistaken_for := _meant_wrongly(customer, act, words, found)):
            wrong.append((mistaken_for, said_of(text[act.start : act.end], act.value)))
    unique = {fact.id: fact for fact in right}
    return Confirmed(tuple(unique.values()), tuple(wrong), tuple({fact.id: fact for fact in corrected}.values()))


def _meant_wrongly(customer: Customer, act: Act, words: str, found: list[Fact]) -> Fact | None:
    """The told fact that the value of `act` gets wrong, or None where the sentence has it right or names nothing that was told.

    A date is held against the dates that were told, a figure against the amounts, other words against what was told on their topic. Where
    several could be meant, it is the one on the topic, then the one asked for in such words, then the one told in the likest words.
    """
    language, value = customer.language, str(act.value)
    kind = _kind_of(value)

    def alike(fact: Fact) -> bool:
        topics = {"date": (fact.about,), "figure": ("amount", act.about), "words": (act.about,)}[kind]
        return _kind_of(fact.value[language]) == kind and fact.about in topics

    told = [fact for fact in customer.scenario.facts.values() if fact.id in customer.told and alike(fact)]
    if any(alike(fact) or _has_figures(fact, words, language) for fact in found) or any(
        value in (fact.value[language], fact.believed.get(language)) for fact in told
    ):
        return None
    mine = _pairs(words)

    def fit(fact: Fact) -> tuple[bool, bool, float]:
        named = bool(fact.gate.words) and _holds(fact.gate.words.get(language, ()), words)
        theirs = _pairs("".join(fact.tell[language]))
        return fact.about == act.about, named, len(mine & theirs) / max(1, len(mine))

    return max(told, key=fit, default=None)


def _has_figures(fact: Fact, words: str, language: str) -> bool:
    """Is the fact told in words with a figure among them, which may be the very value ("the clerk promised it on 4 March")?"""
    hits = (pattern_of(form).search(words) for form in fact.surface[language])
    return _kind_of(fact.value[language]) == "words" and any(hit and _NUMERAL.search(hit[0]) for hit in hits)


def _kind_of(value: str) -> str:
    """What sort of thing a value is: a figure, a date, or words."""
    if _DATE.fullmatch(value):
        return "date"
    return "figure" if value.replace(",", "").replace(".", "", 1).isdigit() else "words"


def said_of(quote: str, value: str) -> str:
    """The words in a quote that stand for the value: the figure itself where it is there, else the whole of it without its ends."""
    if _kind_of(value) == "figure":
        for figure in _FIGURE.finditer(quote):
            if figure[0].replace(",", "").replace(" ", "") == value.removesuffix(".0"):
                return figure[0]
    return quote.strip(" ,.;:!?，。；：！？、")


def offers_in(customer: Customer, acts: tuple[Act, ...], text: str) -> tuple[Offered, ...]:
    """The ways out of this case that the acts put before the customer. One that is in no scenario has no `offer`."""
    found: dict[str, Offered] = {}
    unmatched: list[Offered] = []
    for act in acts:
        if act.code not in ("offer_solution", "take_action"):
            continue
        sentence = sentence_of(text, act)
        applies = bool(_APPLIES.search(sentence)) or act.kind == "promise"
        meant = _meant(customer, text[act.start : act.end], applies) or _meant(customer, sentence, applies)
        for offer in meant:
            done = act.code == "take_action" and not applies and offer.authority == "handler"
            before = found.get(offer.id)
            found[offer.id] = Offered(act, offer, done or bool(before and before.done), applies, _amount(act))
        if not meant and act.code == "offer_solution":
            unmatched.append(Offered(act, None))
    return (*found.values(), *(() if found else unmatched[:1]))


def _meant(customer: Customer, words: str, applies: bool) -> list[Offer]:
    """The offers whose words are there. Where two are meant by the same words, the one that fits to being applied for, then the longer."""
    matches: list[tuple[bool, int, int, int, Offer]] = []
    for offer in customer.scenario.offers.values():
        hits = [hit for word in offer.surface[customer.language] for hit in pattern_of(word).finditer(words)]
        if hits:
            best = max(hits, key=lambda hit: hit.end() - hit.start())
            fits = (offer.authority == "manager") == applies
            matches.append((fits, best.end() - best.start(), best.start(), best.end(), offer))
    kept: list[tuple[int, int, Offer]] = []
    for _, _, start, end, offer in sorted(matches, key=lambda match: match[:2], reverse=True):
        if all(end <= begin or start >= finish for begin, finish, _ in kept):
            kept.append((start, end, offer))
    return [offer for _, _, offer in kept]


def _amount(act: Act) -> float | None:
    try:
        return float(act.value) if act.value and act.about in ("amount", None) else None
    except ValueError:
        return None
