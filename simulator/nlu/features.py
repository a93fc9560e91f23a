"""What the model sees of a plain text: short runs of characters, and in English also runs of words."""

from __future__ import annotations

import re

LONGEST_GRAM = 5
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
    length = len(marked)
    return {marked[start : start + size] for size in range(1, LONGEST_GRAM + 1) for start in range(length - size + 1)}


def _english(text: str) -> set[str]:
    tokens = ["^", *_TOKENS.findall(text), "$"]
    found = {" ".join(tokens[start : start + size]) for size in (1, 2, 3) for start in range(len(tokens) - size + 1)}
    for token in set(tokens):
        if len(token) > 3:
            marked = f"<{token}>"
            found.update(marked[start : start + size] for size in (4, 5) for start in range(len(marked) - size + 1))
    return found
