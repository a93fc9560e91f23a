"""The same case with other people in it: a document whose `draw` section names what differs from one role-play to the next.

    draw:
      person: {person: {gender: female, age: [29, 46]}}
      fee: {amount: [200, 300, 360]}
      first: {date: "2026-03-05", days: 9}
      second: {after: first, days: [12, 16]}
      branch: {choice: {zh-hans: [城东支行, 河口支行], en: [East Gate branch, Harbour branch]}}
      staff: {digits: 4}

Anywhere else in the document `<fee>` stands for what was drawn, `<fee*2>` for a sum, `<first:spoken>` for how people say it and
`<first:pattern>`, as a surface form, for all the ways in which they do. A date is drawn within `days` days from the one given. The same
seed draws the same; a document without `draw` is itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from simulator.engine.lines import LANGUAGES

NAMES = Path(__file__).resolve().parent.parent / "rules" / "names.yaml"
KINDS = ("person", "amount", "date", "after", "choice", "digits")
_TOKEN = re.compile(r"<([a-z_]+)(?:\.([a-z]+))?(?:([*+-])(\d+(?:\.\d+)?))?(?::([a-z]+))?>")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_HAN = "零一二三四五六七八九"


class DrawError(ValueError):
    """A `draw` section or a token that cannot be used. `path` names the place, `code` what is wrong with it."""

    def __init__(self, path: str, code: str, **params: object) -> None:
        super().__init__(f"{path}: {code} {params}")
        self.path, self.code, self.params = path, code, params


@dataclass(frozen=True, slots=True)
class Person:
    name: Mapping[str, str]
    salutation: Mapping[str, str]
    age: int


Drawn = Person | float | date | Mapping[str, str] | str


@cache
def _names() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    return found


def drawn(document: Mapping[str, Any], seed: int) -> Mapping[str, Any]:
    """The document with everything drawn from `seed` in its place, and without its `draw` section."""
    wanted = document.get("draw")
    if not wanted:
        return document
    values = draw(wanted, seed)
    return {key: _filled(item, values, None, key) for key, item in document.items() if key != "draw"}


def draw(wanted: object, seed: int) -> dict[str, Drawn]:
    """The values of a `draw` section. Raises `DrawError` where it cannot be understood."""
    if not isinstance(wanted, Mapping):
        raise DrawError("draw", "not_a_map")
    values: dict[str, Drawn] = {}
    # What a date comes after is drawn first, in whatever order the names stand: a database may keep another one.
    for name in sorted(wanted, key=lambda name: (_depth(wanted, name, frozenset()), str(name))):
        how, path = wanted[name], f"draw.{name}"
        kinds = [kind for kind in KINDS if isinstance(how, Mapping) and kind in how]
        if len(kinds) != 1:
            raise DrawError(path, "not_one_of", value=how, allowed=list(KINDS))
        try:
            values[str(name)] = _MAKERS[kinds[0]](how, Random(f"{seed}:cast:{name}"), values)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise DrawError(path, "cannot_be_drawn", why=str(error)) from error
    return values


def _depth(wanted: Mapping[str, Any], name: object, above: frozenset[object]) -> int:
    """How many dates stand before this one."""
    how = wanted.get(str(name))
    if not isinstance(how, Mapping) or "after" not in how or name in above:
        return 0
    return 1 + _depth(wanted, how["after"], above | {name})


# --- what can be drawn ----------------------------------------------------------------------------------------------------


def _person(how: Mapping[str, Any], chance: Random, values: Mapping[str, Drawn]) -> Person:
    wish = how["person"] or {}
    gender = wish.get("gender") or chance.choice(["female", "male"])
    low, high = wish.get("age", [24, 68])
    chinese, english = _names()["zh-hans"], _names()["en"]
    surname, family = chance.choice(chinese["surnames"]), chance.choice(english["surnames"])
    name = {"zh-hans": surname + chance.choice(chinese[gender]), "en": f"{chance.choice(english[gender])} {family}"}
    title = {"female": ("女士", "Ms"), "male": ("先生", "Mr")}[gender]
    return Person(name, {"zh-hans": surname + title[0], "en": f"{title[1]} {family}"}, chance.randint(low, high))


def _amount(how: Mapping[str, Any], chance: Random, values: Mapping[str, Drawn]) -> float:
    return float(chance.choice(how["amount"]))


def _date(how: Mapping[str, Any], chance: Random, values: Mapping[str, Drawn]) -> date:
    return date.fromisoformat(str(how["date"])) + timedelta(days=chance.randrange(int(how.get("days", 1))))


def _after(how: Mapping[str, Any], chance: Random, values: Mapping[str, Drawn]) -> date:
    low, high = how["days"]
    start = values[how["after"]]
    if not isinstance(start, date):
        raise TypeError(f"{how['after']} is no date")
    return start + timedelta(days=chance.randint(low, high))


def _choice(how: Mapping[str, Any], chance: Random, values: Mapping[str, Drawn]) -> Mapping[str, str]:
    lists = {language: how["choice"][language] for language in LANGUAGES if language in how["choice"]}
    number = chance.randrange(min(map(len, lists.values())))
    return {language: str(options[number]) for language, options in lists.items()}


def _digits(how: Mapping[str, Any], chance: Random, values: Mapping[str, Drawn]) -> str:
    return str(chance.randrange(1, 10)) + "".join(str(chance.randrange(10)) for _ in range(int(how["digits"]) - 1))


_MAKERS: dict[str, Callable[[Mapping[str, Any], Random, Mapping[str, Drawn]], Drawn]] = {
    "person": _person, "amount": _amount, "date": _date, "after": _after, "choice": _choice, "digits": _digits,
}  # fmt: skip


# --- putting it in its place ----------------------------------------------------------------------------------------------


def _filled(item: Any, values: Mapping[str, Drawn], language: str | None, path: str) -> Any:
    if isinstance(item, str):
        if "<" not in item:
            return item
        whole = _TOKEN.fullmatch(item.strip())
        if whole:
            return _said(whole, values, language, path)
        return _TOKEN.sub(lambda found: str(_said(found, values, language, path)), item)
    if isinstance(item, Mapping):
        return {key: _filled(inner, values, key if key in LANGUAGES else language, f"{path}.{key}") for key, inner in item.items()}
    if isinstance(item, list):
        return [_filled(inner, values, language, f"{path}.{number}") for number, inner in enumerate(item)]
    return item


def _said(token: re.Match[str], values: Mapping[str, Drawn], language: str | None, path: str) -> Any:
    name, part, sign, by, form = token.groups()
    if name not in values:
        raise DrawError(path, "not_drawn", value=name, allowed=sorted(values))
    value = values[name]
    if language is None and token.group() == token.string.strip():  # a bare value stands for one in each language
        if isinstance(value, Person) and part in ("name", "salutation"):
            return dict(getattr(value, part))
        if isinstance(value, Mapping):
            return dict(value)
    language = language or LANGUAGES[0]
    if isinstance(value, Person):
        if part not in ("name", "salutation", "age"):
            raise DrawError(path, "not_one_of", value=part, allowed=["name", "salutation", "age"])
        return value.age if part == "age" else getattr(value, part)[language]
    if isinstance(value, Mapping):
        return value[language]
    if isinstance(value, float):
        sums = {"*": value * float(by or 1), "+": value + float(by or 0), "-": value - float(by or 0)}
        return _amount_said(sums[sign or "+"], form, language)
    if isinstance(value, date):
        return _date_said(value + timedelta(days=int(by or 0) * (-1 if sign == "-" else 1)), form, language)
    return value


def _amount_said(value: float, form: str | None, language: str) -> Any:
    number: float | int = int(value) if value == int(value) else value
    if form == "spoken":
        return han_number(number) if language == "zh-hans" and isinstance(number, int) and number % 10 == 0 else f"{number:,}"
    if form == "pattern":
        forms = [rf"(?<![\d.,]){re.escape(f'{number}')}(?![\d,]\d|\d)"]
        if number >= 1000:
            forms.append(rf"(?<![\d.,]){re.escape(f'{number:,}')}(?!\d)")
        if isinstance(number, int) and language == "zh-hans":
            forms.append(rf"(?<![一二三四五六七八九十百千万]){han_number(number)}(?![一二三四五六七八九十百千万])")
        elif isinstance(number, int) and number % 100 == 0 and number < 10000:
            forms.append(rf"\b{english_number(number)}\b")
        return f"/{'|'.join(forms)}/"
    return number


def _date_said(day: date, form: str | None, language: str) -> str:
    month = _MONTHS[day.month - 1]
    if form == "spoken":
        return f"{day.month}月{day.day}号" if language == "zh-hans" else f"{day.day} {month}"
    if form == "formal":
        return f"{day.year}年{day.month}月{day.day}日" if language == "zh-hans" else f"{day.day} {month} {day.year}"
    if form == "month":
        return f"{day.month}月" if language == "zh-hans" else month
    if form == "pattern":
        iso = rf"{day.year}[-年./]0?{day.month}[-月./]0?{day.day}(?!\d)"
        if language == "zh-hans":
            months, days = rf"(?<!\d)0?{day.month}|(?<!十){han_number(day.month)}", rf"0?{day.day}|{han_number(day.day)}"
            return rf"/({months})\s*月\s*({days})\s*[号日]|{iso}/"
        ordinal = rf"{day.day}(st|nd|rd|th)?"
        return rf"/\b{ordinal}( of)? {month}\b|\b{month}( the)? {ordinal}\b|{iso}/"
    return day.isoformat()


def han_number(number: int) -> str:
    """A whole number from 0 to 99,999,999 in Chinese numerals."""
    if number < 10:
        return _HAN[number]
    if number >= 10000:
        rest = number % 10000
        return han_number(number // 10000) + "万" + (("零" if rest < 1000 else "") + han_number(rest) if rest else "")
    said, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("零" if gap else "") + ("" if unit == 10 and digit == 1 and not said else _HAN[digit]) + name
        gap = not digit and bool(said)
    return said


_ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def english_number(number: int) -> str:
    """A multiple of a hundred below ten thousand in words; what can be said in two ways, as alternatives of a pattern."""
    thousands, hundreds = divmod(number // 100, 10)
    if not thousands:
        return f"{_ONES[hundreds]} hundred"
    if not hundreds:
        return f"{_ONES[thousands]} thousand"
    count = number // 100
    words = _TEENS[count - 10] if count < 20 else f"{_TENS[count // 10]}[ -]{_ONES[count % 10]}"
    return f"({words} hundred|{_ONES[thousands]} thousand (and )?{_ONES[hundreds]} hundred)"
