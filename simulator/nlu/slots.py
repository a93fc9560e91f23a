"""What is said in numbers and names: amounts, dates, times of day, limits, telephone and case numbers, in normal form.

| kind | normal form |
| --- | --- |
| amount | `300`, `128.50` |
| date | `2026-03-05`, `03-05` where no year is said, `03` for a month, `+1 d` for tomorrow |
| clock | `15:00` |
| limit | `5 wd` working days, `3 cd` calendar days, `2 h` hours, `30 min` minutes |
| phone, case | the digits, or letters and digits |
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ENGLISH = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
            "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty-eight": 48, "sixty": 60}  # fmt: skip
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")

_HAN = "[零〇一二两三四五六七八九十百千万]"
_NUMBER = rf"\d+(?:,\d{{3}})*(?:\.\d+)?|{_HAN}+"
_WORDS = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("date", r"(?P<year>20\d\d)(?:年|[-/.])(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})[日号]?"),
        (
            "date",
            rf"(?:(?P<year>20\d\d)年)?(?P<month>\d{{1,2}}|{_HAN}{{1,2}})月(?:份|(?P<day>\d{{1,2}}|{_HAN}{{1,3}})[日号]?)?(?!内|后|前)",
        ),
        (
            "date",
            rf"(?<![a-z\d])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{'|'.join(_MONTHS)})(?:,? (?P<year>20\d\d))?(?![a-z\d])",
        ),
        ("date", rf"(?<![a-z])(?P<month>{'|'.join(_MONTHS)})(?: (?P<day>\d{{1,2}})(?:st|nd|rd|th)?)?(?:,? (?P<year>20\d\d))?(?![a-z\d])"),
        ("relative", r"大后天|后天|明天|明早|明日|今天|今晚|当天|当日|昨天|前天|day after tomorrow|tomorrow|today|tonight|yesterday"),
        ("clock", rf"(?P<part>上午|早上|中午|下午|晚上)?(?P<hour>\d{{1,2}}|{_HAN}{{1,3}})(?:点钟?|时)(?!间)(?P<half>半)?"),
        (
            "clock",
            r"(?<![\d.])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))? ?(?P<part>[ap]\.?m)(?![a-z])"
            r"|(?<!\d)(?P<hour2>\d{1,2}):(?P<minute2>\d\d)(?!\d)",
        ),
        (
            "limit",
            rf"(?P<number>\d+|{_HAN}+)个?(?:多)?(?P<unit>工作日|自然日|日历日|交易日|天|日(?!期)|小时|钟头|分钟|星期|礼拜|周|月)(?![份亮饼初底])",
        ),
        (
            "limit",
            rf"(?<![a-z\d.])(?P<number>\d+|{_WORDS})[ -](?P<unit>(?:working|business|banking|calendar)[ -]days?|days?"
            r"|hours?|minutes?|weeks?|months?)(?![a-z])",
        ),
        (
            "amount",
            rf"(?:[¥￥$£€]|rmb ?|cny ?|usd ?|人民币)(?P<number>{_NUMBER})(?P<scale>万|k)?"
            rf"|(?P<number2>{_NUMBER})(?P<scale2>万)?(?:多)?(?:元|块钱?|万(?!一)| ?yuan| ?rmb| ?cny| ?dollars?| ?pounds?)",
        ),
        ("phone", r"(?<!\d)(?:1[3-9]\d{9}|(?:400|800)-?\d{3,4}-?\d{3,4}|0\d{2,3}-?\d{7,8}|95\d{3}|12378|12363)(?!\d)"),
        (
            "case",
            r"(?:编号|单号|工单号|受理号|案号|登记号|流水号"
            r"|(?:case|reference|ticket|complaint|file)(?: number| no\.?| id)?)[是为:# ]*(?:is |of )?(?P<number>[a-z]{0,4}-?\d[\d-]{1,})",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Slot:
    """Something said in `text[start:end]` of the plain text; `value` in normal form."""

    kind: str
    value: str
    start: int
    end: int


def number(words: str) -> float | None:
    """The number that digits, Chinese numerals or an English word stand for."""
    words = words.replace(",", "")
    if words in _ENGLISH:
        return _ENGLISH[words]
    try:
        return float(words)
    except ValueError:
        pass
    total = section = digit = 0
    seen_unit = False
    for character in words:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character] if not seen_unit else _DIGITS[character]
        elif character in _UNITS:
            section += (digit or 1) * _UNITS[character]
            digit, seen_unit = 0, True
        elif character == "万":
            total, section, digit = (total + section + digit) * 10000, 0, 0
        else:
            return None
    return total + section + digit


def plain_number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.2f}"


def slots(text: str) -> tuple[Slot, ...]:
    """All slots of a plain text, in order. Where two claim the same words the earlier pattern wins."""
    if not _HINT.search(text):
        return ()
    found: list[Slot] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(slot.start < match.end() and match.start() < slot.end for slot in found):
                continue
            value = _value(kind, match)
            if value is not None:
                found.append(Slot("date" if kind == "relative" else kind, value, match.start(), match.end()))
    return tuple(sorted(found, key=lambda slot: slot.start))


_HINT = re.compile(
    rf"\d|{_HAN}|[今明后昨前当]天|今晚|明[早日]|current|to(?:day|morrow|night)|yesterday|{'|'.join(_MONTHS)}|\b(?:{_WORDS})\b"
)
_DAYS = {
    "大后天": 3,
    "后天": 2,
    "day after tomorrow": 2,
    "明天": 1,
    "明早": 1,
    "明日": 1,
    "tomorrow": 1,
    "昨天": -1,
    "yesterday": -1,
    "前天": -2,
}


def _value(kind: str, match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if kind == "relative":
        return f"{_DAYS.get(match.group(), 0):+d} d"
    if kind == "date":
        return _date(groups)
    if kind == "clock":
        hour = number(groups.get("hour") or groups.get("hour2") or "")
        if hour is None or hour > 24:
            return None
        if (groups.get("part") or "") in ("下午", "晚上", "pm", "p.m") and hour < 12:
            hour += 12
        minute = groups.get("minute") or groups.get("minute2") or ("30" if groups.get("half") else "00")
        return f"{int(hour):02d}:{minute}"
    if kind == "limit":
        return _limit(groups["number"], groups["unit"])
    if kind == "amount":
        words = groups.get("number") or groups.get("number2") or ""
        amount = number(words)
        if amount is None:
            return None
        scale = groups.get("scale") or groups.get("scale2")
        return plain_number(amount * (10000 if scale == "万" or match.group().endswith("万") else 1000 if scale == "k" else 1))
    if kind == "case":
        return groups["number"]
    return match.group().replace("-", "")


def _date(groups: dict[str, str | None]) -> str | None:
    words = groups["month"] or ""
    month = _MONTHS.index(words) + 1 if words in _MONTHS else number(words)
    if not month or month > 12:
        return None
    day = number(groups["day"]) if groups["day"] else None
    if day is not None and not 1 <= day <= 31:
        return None
    parts = ([groups["year"]] if groups["year"] else []) + [f"{int(month):02d}"] + ([f"{int(day):02d}"] if day else [])
    return "-".join(parts)


def _limit(words: str, unit: str) -> str | None:
    count = number(words)
    if count is None:
        return None
    unit = unit.replace("-", " ")
    if unit.startswith(("工作日", "交易日", "working", "business", "banking")):
        name, factor = "wd", 1
    elif unit.startswith(("小时", "钟头", "hour")):
        name, factor = "h", 1
    elif unit.startswith(("分钟", "minute")):
        name, factor = "min", 1
    elif unit.startswith(("周", "星期", "礼拜", "week")):
        name, factor = "cd", 7
    elif unit.startswith(("月", "month")):
        name, factor = "cd", 30
    else:
        name, factor = "cd", 1
    return f"{plain_number(count * factor)} {name}"
