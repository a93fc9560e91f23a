"""The stuffing gate: words set in a row to be counted, and text that speaks to the software instead of to a customer."""

from __future__ import annotations

import re
from collections import Counter

from simulator.nlu.guards import addressed_to_software, scope
from simulator.nlu.normalise import HAN, is_han

_PIECE = re.compile(r"[^,。!?;:\n|/+*#.·=>]+")
_HAN = re.compile(rf"[{HAN}]")
_ENGLISH_WORD = re.compile(r"[a-z']+")
_POINT = re.compile(r"[,，。.!！?？;；]")
_ADDRESS = re.compile(
    r"[你我他她它这那哪]|客户|先生|女士|[的了吗呢吧会把给被就在是]|\b(?:you|your|i|we|my|our|us|me|it|this|that|is|are|was|will|the|have|to|for|let)\b"
)


def stuffing(text: str, original: str, codes: list[str]) -> str | None:
    """The kind of gaming that a plain text looks like (`instruction`, `repetition`, `list`), or None.

    `original` is the text as typed, because the plain one has no spaces between Chinese words; `codes` are the positive acts
    that were read, one for each place.
    """
    if addressed_to_software(text):
        return "instruction"
    pieces = [piece.strip(" -\"'()[]0123456789") for piece in _PIECE.findall(text)]
    pieces = [piece for piece in pieces if piece]
    if _repeats(text, pieces):
        return "repetition"
    if _lists(pieces, codes, text) or _rows(original, codes):
        return "list"
    return None


def _rows(original: str, codes: list[str]) -> bool:
    """Stock phrases with nothing but spaces between them: several that address nobody, or some of them twice."""
    original = original.strip().rstrip(",，。.!！?？;；…")
    pieces = original.split()
    if len(pieces) >= 4 and not _POINT.search(original) and all(len(piece) <= 5 and is_han(piece[0]) for piece in pieces):
        bare = [piece for piece in pieces if not _ADDRESS.search(piece.replace("您", "你"))]
        names = sum(1 for piece in bare if scope("act_names").search(piece))
        if len(bare) >= 0.75 * len(pieces) and (len(set(codes)) >= 2 or names >= 3):
            return True
    return len(pieces) >= 4 and len(codes) >= 3 and len(set(pieces)) < len(pieces) and not _POINT.search(original) and is_han(pieces[0][0])


def _size(piece: str) -> int:
    """Roughly how many words a piece holds: two Chinese characters, or one English word."""
    return (len(_HAN.findall(piece)) + 1) // 2 + len(_ENGLISH_WORD.findall(piece))


def _repeats(text: str, pieces: list[str]) -> bool:
    counts = Counter(pieces)
    if pieces:
        piece, most = counts.most_common(1)[0]
        if most >= 3 and _size(piece) >= 1 and most * len(piece) > 0.5 * sum(map(len, pieces)):
            return True
    compact = re.sub(r"[\s,。!?;:.]", "", text)
    match = re.search(r"(.{2,12}?)\1{2,}", compact)
    if match and len(match.group()) > 0.5 * len(compact) and len(match.group()) >= 8:
        return True
    words = _ENGLISH_WORD.findall(text)
    return len(words) >= 6 and len(set(words)) <= 0.4 * len(words)


def _lists(pieces: list[str], codes: list[str], text: str) -> bool:
    """Short pieces, several acts, and hardly a word that addresses anybody or makes a sentence."""
    kinds = len(set(codes))
    told = sum(_size(piece) for piece in pieces if _size(piece) >= 4 and _ADDRESS.search(piece))
    if told > 0.3 * sum(map(_size, pieces)):
        return False
    bare = [piece for piece in pieces if _size(piece) <= 3 and not _ADDRESS.search(piece)]
    if (
        len(pieces) >= 4
        and len(bare) >= 0.75 * len(pieces)
        and (kinds >= 3 or sum(1 for piece in bare if scope("act_names").fullmatch(piece)) >= 3)
    ):
        return True
    if len(pieces) <= 2 and kinds >= 2:
        words = text.split()
        if len(words) >= 5 and not _ADDRESS.search(text):
            return True
    if _ADDRESS.search(text):
        return False
    names = scope("act_names").findall(text)
    rest = scope("act_names").sub("", text)
    return len(names) >= 4 and sum(map(str.isalnum, rest)) <= 0.3 * sum(map(str.isalnum, text))
