"""Text made plain for reading, with the way back to the original.

The same words have to read the same however they were typed: full or half width, Traditional or Simplified, shouted, with an
exclamation mark or five, with the common slips. Everything that quotes the trainee needs the original, so each character
of the plain text remembers which stretch of the original it stands for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HERE = Path(__file__).parent / "lexicon"

_SLIPS = {
    "抱谦": "抱歉", "报歉": "抱歉", "抱欠": "抱歉", "道谦": "道歉", "歉易": "歉意", "对不住": "对不起", "对布起": "对不起", "队不起": "对不起",
    "对步起": "对不起", "不好意识": "不好意思", "不好意死": "不好意思", "理介": "理解", "里解": "理解", "李解": "理解", "帮住": "帮助",
    "邦您": "帮您", "帮你们忙": "帮忙", "查寻": "查询", "查巡": "查询", "核时": "核实", "合实": "核实", "核适": "核实", "登计": "登记", "登机": "登记",
    "处里": "处理", "处礼": "处理", "解绝": "解决", "解诀": "解决", "反溃": "反馈", "反愧": "反馈", "回馈": "反馈", "答覆": "答复", "回覆": "回复",
    "达复": "答复", "帐户": "账户", "帐号": "账号", "帐单": "账单", "转帐": "转账", "到帐": "到账", "对帐": "对账", "入帐": "入账", "帐上": "账上", "查帐": "查账",
    "年废": "年费", "退钱款": "退款", "退宽": "退款", "投拆": "投诉", "头诉": "投诉", "工做日": "工作日", "工作曰": "工作日", "个作日": "个工作日", "电活": "电话",
    "祥细": "详细", "情况况": "情况", "在见": "再见", "再贱": "再见", "满意嘛": "满意吗", "好嘛": "好吗", "是嘛": "是吗", "行嘛": "行吗", "可以嘛": "可以吗", "方便嘛": "方便吗",
    "谅介": "谅解", "麻凡": "麻烦", "麻反": "麻烦", "着及": "着急", "着鸡": "着急", "别激东": "别激动", "马尚": "马上", "立既": "立即", "既时": "即时", "验证吗": "验证码", "密马": "密码",
    "行用卡": "信用卡", "手续废": "手续费", "稍等下": "稍等一下", "谢谢拉": "谢谢啦", "蟹蟹": "谢谢", "多谢": "谢谢", "3q": "谢谢", "感写": "感谢",
}  # fmt: skip
_FORMS = {"您": "你", "妳": "你", "咱们": "我们", "俺们": "我们", "俺": "我", "木有": "没有", "啥": "什么", "咋": "怎么", "甭": "别", "哪儿": "哪里", "这儿": "这里", "那儿": "那里", "点儿": "点", "事儿": "事", "会儿": "会"}

_WORDS = {
    "i'm": "i am", "im": "i am", "you're": "you are", "youre": "you are", "we're": "we are", "they're": "they are", "it's": "it is", "that's": "that is",
    "thats": "that is", "what's": "what is", "whats": "what is", "there's": "there is", "here's": "here is", "who's": "who is", "how's": "how is", "where's": "where is",
    "when's": "when is", "he's": "he is", "she's": "she is", "let's": "let us", "i've": "i have", "ive": "i have", "you've": "you have", "we've": "we have", "they've": "they have",
    "i'll": "i will", "you'll": "you will", "we'll": "we will", "they'll": "they will", "it'll": "it will", "that'll": "that will", "he'll": "he will", "she'll": "she will",
    "i'd": "i would", "you'd": "you would", "we'd": "we would", "they'd": "they would", "he'd": "he would", "she'd": "she would",
    "don't": "do not", "dont": "do not", "doesn't": "does not", "doesnt": "does not", "didn't": "did not", "didnt": "did not", "isn't": "is not", "isnt": "is not",
    "aren't": "are not", "wasn't": "was not", "wasnt": "was not", "weren't": "were not", "haven't": "have not", "havent": "have not", "hasn't": "has not", "hadn't": "had not",
    "can't": "can not", "cant": "can not", "cannot": "can not", "couldn't": "could not", "couldnt": "could not", "won't": "will not", "wont": "will not",
    "wouldn't": "would not", "wouldnt": "would not", "shouldn't": "should not", "shouldnt": "should not", "mustn't": "must not", "ain't": "is not", "needn't": "need not",
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "thx": "thanks", "thankyou": "thank you", "ty": "thank you", "sry": "sorry",
    "sory": "sorry", "sorrry": "sorry", "soory": "sorry", "srry": "sorry", "appologise": "apologise", "appologize": "apologise", "apologize": "apologise", "apologizes": "apologises", "apologized": "apologised", "appology": "apology", "appologies": "apologies",
    "apologys": "apologies", "recieve": "receive", "recieved": "received", "refered": "referred", "refferred": "referred", "complaint's": "complaint", "compliant": "complaint",
    "understnad": "understand", "undrstand": "understand", "teh": "the", "hte": "the", "adn": "and", "becuase": "because", "cuz": "because", "coz": "because", "cos": "because", "gonna": "going to", "wanna": "want to",
    "gotta": "got to", "lemme": "let me", "gimme": "give me", "dunno": "do not know", "kinda": "kind of", "ya": "you", "yall": "you all", "y'all": "you all", "tmrw": "tomorrow", "tmr": "tomorrow", "asap": "as soon as possible",
    "acct": "account", "acc": "account", "txn": "transaction", "wk": "week", "hrs": "hours", "hr": "hour", "mins": "minutes", "min": "minute", "tel": "telephone",
    "recognize": "recognise", "summarize": "summarise", "organize": "organise", "realize": "realise", "inconvience": "inconvenience", "inconvinience": "inconvenience", "inconvenence": "inconvenience", "incovenience": "inconvenience",
    "custmer": "customer", "goodmorning": "good morning", "everythings": "everything is", "checkin": "checking", "lookin": "looking", "favour": "favor", "ok": "okay", "alright": "all right", "ma'am": "madam", "sec": "second",
}  # fmt: skip
_POINTS = {"、": ",", "“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "‘": "'", "’": "'", "`": "'", "´": "'", "—": "-", "–": "-", "‐": "-", "‑": "-", "−": "-",
           "～": "~", "〜": "~", "【": "[", "】": "]", "《": '"', "》": '"', "｡": "。", "․": ".", "‥": ".", "·": "·", "•": "·"}  # fmt: skip
_COLLAPSE = frozenset(" ,.!?~。;:-_=*#…")

_LATIN_WORD = re.compile(r"[a-z][a-z']*[a-z]|[a-z]")


@lru_cache(maxsize=1)
def _characters() -> dict[str, str]:
    pairs = {}
    for line in (_HERE / "traditional.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            pairs.update({pair[0]: pair[1] for pair in line.split()})
    return pairs


@lru_cache(maxsize=1)
def _slips() -> tuple[re.Pattern[str], dict[str, str]]:
    table = {**_SLIPS, **_FORMS}
    return re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True))), table


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain text, and for each of its characters where the original stretch it stands for starts and ends."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original behind `text[start:end]`, without white space at its ends."""
        while start < end - 1 and self.text[start] in " \n,":
            start += 1
        while end > start + 1 and self.text[end - 1] in " \n,":
            end -= 1
        return self.starts[start], self.ends[end - 1]


def is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"


def normalise(text: str) -> Plain:
    """`text` in plain form. Never fails, whatever the characters are."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    simple = _characters()
    for position, original in enumerate(text):
        forms = original if original < "\x7f" else unicodedata.normalize("NFKC", original)
        for form in forms.lower():
            form = simple.get(form) or _POINTS.get(form) or form
            category = unicodedata.category(form) if form > "\x7f" else ""
            if category in ("Cf", "Mn", "Cc", "Sk") or form in ("\x00", "\ufe0f"):
                continue
            if form == "\r" or (form < " " and form != "\n") or category == "Zs":
                form = " "
            if characters:
                last = characters[-1]
                if (form == last and form in _COLLAPSE) or (form == " " and last == "\n") or (form == "\n" and last == "\n"):
                    ends[-1] = position + 1
                    continue
                if form == "!" and last == "?" or form == "?" and last == "!":
                    characters[-1] = "?"
                    ends[-1] = position + 1
                    continue
                if "a" <= form <= "z" and len(characters) > 1 and form == last == characters[-2]:
                    ends[-1] = position + 1
                    continue
            characters.append(form)
            starts.append(position)
            ends.append(position + 1)
    plain = Plain("".join(characters), tuple(starts), tuple(ends))
    plain = _replace(plain, _BETWEEN_HAN, {})
    pattern, table = _slips()
    plain = _replace(plain, pattern, table)
    if "a" <= max(plain.text, default="") or _LATIN_WORD.search(plain.text):
        plain = _replace(plain, _LATIN_WORD, _WORDS)
    return plain


_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}\d,。!?]) +(?=[{HAN}])|(?<=[{HAN}]) +(?=[{HAN}\d,。!?])")


def _replace(plain: Plain, pattern: re.Pattern[str], table: dict[str, str]) -> Plain:
    """`plain` with every match replaced by what the table has for it; a match that the space pattern found has nothing."""
    if not pattern.search(plain.text):
        return plain
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0

    def keep(start: int, end: int) -> None:
        characters.append(plain.text[start:end])
        starts.extend(plain.starts[start:end])
        ends.extend(plain.ends[start:end])

    for match in pattern.finditer(plain.text):
        word = match.group()
        new = table.get(word, word) if word.strip() else ""
        if new == word:
            continue
        keep(done, match.start())
        done = match.end()
        first, last = plain.starts[match.start()], plain.ends[match.end() - 1]
        characters.append(new)
        starts.extend([first] * len(new))
        ends.extend([last] * len(new))
    keep(done, len(plain.text))
    return Plain("".join(characters), tuple(starts), tuple(ends))
