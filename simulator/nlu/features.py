"""What the model sees of a plain text: short runs of characters, and in English also runs of words."""

from __future__ import annotations

import re

HAN_RUNS = (1, 2, 3)
"""So many characters at a time in Chinese. Longer runs are seldom met twice: they cost time and taught nothing on unseen writers."""
LETTER_RUNS = (3, 4, 5)
"""So many letters at a time in English, across words: `# do y` is seen in "what do you" and in "why do you"."""
WORD_RUNS = (1, 2, 3)
_DIGITS = re.compile(r"\d+")
_TOKENS = re.compile(r"[a-z]+(?:'[a-z]+)?|0|[^\sa-z0]")


def language_of(text: str) -> str:
    """The language whose model reads a plain text: Chinese where a Han character stands in it, else English."""
    return "zh" if any("\u4e00" <= sign <= "\u9fff" or "\u3400" <= sign <= "\u4dbf" for sign in text) else "en"


def grams(text: str, language: str) -> set[str]:
    """The features of a plain text. Numbers look all alike: how many days are promised does not make it another act."""
    text = _DIGITS.sub("0", text.strip().replace("\n", " "))
    return _chinese(text) if language == "zh" else _english(text)


def _chinese(text: str) -> set[str]:
    marked = f"^{text}$"
    return {marked[start : start + size] for size in HAN_RUNS for start in range(len(marked) - size + 1)}


def _english(text: str) -> set[str]:
    """Runs of words, and runs of letters with `#` before them, so that a short word is not taken for a part of another."""
    tokens = ["^", *_TOKENS.findall(text), "$"]
    found = {" ".join(tokens[start : start + size]) for size in WORD_RUNS for start in range(len(tokens) - size + 1)}
    marked = f" {text} "
    found.update("#" + marked[start : start + size] for size in LETTER_RUNS for start in range(len(marked) - size + 1))
    return found
