"""Is a wording still what the engine decided to say? Every doubt is a no: the engine's own line is always there.

A wording passes only if it has about the length of the line, is one plain sentence or a few in the same language, brings no number, day,
name, product, place or authority that has not come up, tells the facts of the line and none that is untold, and is read by the
reader of customers' words as the same act in the same mood (`docs/customer.md`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from simulator.engine.events import CustomerSaid
from simulator.engine.lines import BANDS
from simulator.engine.scenario import Scenario
from simulator.nlu.customer import SAYS, facts_said, read_customer
from simulator.nlu.normalise import normalise
from simulator.nlu.slots import number

SHORTEST, LONGEST = 0.5, 2.0
_SAYS_OF = {act: says for says, acts in SAYS.items() for act in acts}
_RULES = Path(__file__).resolve().parents[1] / "rules"
_MARKUP = re.compile(r"[<>{}\[\]`*#|\\_=^]|https?:|www\.|//|\n|[\ud800-\udfff\u200b-\u200f\u202a-\u202e]")
_SPEAKS_AS_A_MACHINE = re.compile(
    r"as an ai|language model|assistant|system prompt|instruction|rewrit|reword|paraphras|here(?:'s| is) (?:the|a|your)|certainly[!,]"
    r"|人工智能|语言模型|助手|提示词|改写|重写|以下是|指令|系统消息",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_DIGITS = re.compile(r"\d+(?:[,，]\d{3})*(?:\.\d+)?")
_HAN_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百千万亿几]+")
# A single small figure is no number unless it counts or dates something: 一下, 一直, 两头.
_COUNTED = re.compile(r"[个元块万千百天日号月年点时小分秒周次笔张位份成折倍岁家条遍趟回]")
_UNITS = "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ENGLISH_NUMBERS = {
    **{word: value for value, word in enumerate(_UNITS.split("|")) if word != "one"},
    **{word: 10 * tens for tens, word in enumerate(_TENS.split("|"), start=2)},
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "dozen": 12,
    "half": 0.5,
    "twice": 2,
    "double": 2,
}
_SOMEBODY = re.compile(
    r"[\u4e00-\u9fff](?:先生|女士|小姐|太太|师傅|老师|经理|主任|行长|某)|(?:我叫|名叫|叫做|免贵姓|我姓)[\u4e00-\u9fff]{1,2}"
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a wording may draw on: the case, what was told of it by now (fact → value), and what either side has said so far."""

    case: Scenario
    language: str
    told: Mapping[str, str]
    said: tuple[str, ...] = ()


def fault_of(line: CustomerSaid, wording: str, ground: Ground) -> str | None:
    """What is wrong with the wording, as a code; None where it may be shown."""
    text = wording.strip()
    if not text or not SHORTEST * len(line.text) <= len(text) <= LONGEST * len(line.text):
        return "length"
    if (
        _MARKUP.search(unicodedata.normalize("NFKC", text))
        or _SPEAKS_AS_A_MACHINE.search(text)
        or not all(sign.isprintable() for sign in text)
    ):
        return "no_speech"
    if not _in_language(text, ground.language):
        return "language"
    known = " ".join((line.text, *ground.told.values(), *ground.said))
    if numbers_in(text, ground.language) - numbers_in(known, ground.language):
        return "number"
    if _unknown_words(text, known, ground) or _unknown_names(text, known, ground):
        return "new_matter"
    before, after = (_facts(words, ground) for words in (line.text, text))
    if before - after:
        return "fact_missing"
    if any(fact not in ground.told for fact, _believed in after - before):
        return "fact_untold"
    return _read_differently(line, text, ground)


def _in_language(text: str, language: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    han = sum(bool(_HAN.match(sign)) for sign in letters)
    if language == "en":
        return bool(letters) and all(sign.isascii() or sign in "éèêëáàâäíóôöúüñç’" for sign in letters)
    return bool(han) and han >= 0.7 * len(letters)


def numbers_in(text: str, language: str) -> set[float]:
    """The numbers in a text, written in figures or in words."""
    plain = normalise(text).text
    found = {float(re.sub("[,，]", "", digits)) for digits in _DIGITS.findall(plain)}
    if language == "en":
        return found | {float(_ENGLISH_NUMBERS[word]) for word in _LATIN_WORD.findall(plain.lower()) if word in _ENGLISH_NUMBERS}
    for match in _HAN_NUMBER.finditer(plain):
        run = match[0].strip("几")
        counts = len(run) > 1 or bool(_COUNTED.match(plain[match.end() : match.end() + 1]))
        if run and counts and match[0] not in ("一", "万一", "一一", "千万", "十万火急", "百") and (value := number(run)) is not None:
            found.add(value)
    return found


def _unknown_words(text: str, known: str, ground: Ground) -> bool:
    """A day, product, place, person's part or authority that has not come up."""
    known = known.lower()
    return any(match[0].lower().rstrip("s") not in known for match in _sensitive(ground.language).finditer(text))


def _unknown_names(text: str, known: str, ground: Ground) -> bool:
    """A person's name that has not come up, or a foreign or capitalised word that might be a name."""
    if ground.language == "en":
        allowed = {word.lower() for word in _LATIN_WORD.findall(known)} | {"i"}
        for match in _LATIN_WORD.finditer(text):
            begins = not text[: match.start()].strip(" \"'“‘(-–—…") or text[: match.start()].rstrip(" \"'“‘(").endswith(
                (".", "!", "?", "…", ":")
            )
            word = match[0].split("'")[0].split("’")[0]
            if word[0].isupper() and word.lower() not in allowed and (not begins or word.lower() in _given_names()):
                return True
        return False
    known_words = {word.lower() for word in _LATIN_WORD.findall(known)}
    if any(word.lower() not in known_words for word in _LATIN_WORD.findall(text)):
        return True
    return any(match[0] not in known for match in _SOMEBODY.finditer(text)) or any(
        name in text and name not in known for name in _han_names()
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((_RULES / "names.yaml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=2)
def _sensitive(language: str) -> re.Pattern[str]:
    """Finds the words that have to have come up; in English as whole words, one or many."""
    words = "|".join(yaml.safe_load((_RULES / "sensitive-words.yaml").read_text(encoding="utf-8"))[language])
    return re.compile(rf"\b(?:{words})s?\b" if language == "en" else words, re.IGNORECASE)


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    names = _names()["en"]
    return frozenset(name.lower() for part in names.values() for name in part)


@lru_cache(maxsize=1)
def _han_names() -> frozenset[str]:
    """Given names of two signs: hardly ever anything else than a name."""
    names = _names()["zh-hans"]
    return frozenset(name for gender in ("female", "male") for name in names[gender] if len(name) > 1)


def _facts(text: str, ground: Ground) -> set[tuple[str, bool]]:
    return {(said.fact, said.believed) for said in facts_said(text, ground.case, ground.language)}


def _read_differently(line: CustomerSaid, text: str, ground: Ground) -> str | None:
    """Whether the reader of customers' words takes the wording for something else than the line, or for another mood."""
    own, other = (read_customer(words, ground.case, ground.language) for words in (line.text, text))
    if own is None or other is None:
        return "length"
    if other.says not in (own.says, _SAYS_OF.get(line.act, own.says)):
        return "act"
    if other.band != own.band and abs(BANDS.index(other.band) - BANDS.index(line.band)) > 1:
        return "band"  # a step beside it is within what the reader can tell apart
    return None
