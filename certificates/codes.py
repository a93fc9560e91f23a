"""Certificate numbers and verification codes. Pure.

The number is for people: it names issuer, year and serial, and its last character finds a slip of the pen. The code is for
machines: 128 random bits, so that nobody comes upon somebody else's certificate by counting.
"""

from __future__ import annotations

import re
import secrets

# Crockford's alphabet: no I, L, O or U, so nothing is misread in print.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER = re.compile(r"TS-(\d{4})-(\d{6,})-([0-9A-Z])\Z")
CODE = re.compile(r"[A-Za-z0-9_-]{22}\Z")


def new_code() -> str:
    """A fresh verification code, 22 characters that need no escaping in an address."""
    return secrets.token_urlsafe(16)


def is_code(text: str) -> bool:
    return CODE.match(text) is not None


def number(year: int, serial: int) -> str:
    """ "TS-2026-000123-C": the certificate `serial` of `year` with its check character."""
    body = f"{year:04d}-{serial:06d}"
    return f"TS-{body}-{check_character(body)}"


def check_character(body: str) -> str:
    """Weights 2, 3, 4 … from the right, modulo 31: one wrong digit or two neighbours swapped changes it."""
    digits = [int(character) for character in body if character.isdigit()]
    return ALPHABET[sum(weight * digit for weight, digit in enumerate(reversed(digits), start=2)) % 31]


def is_number(text: str) -> bool:
    """Whether `text` is a number whose check character is right."""
    found = NUMBER.match(text)
    return found is not None and check_character(f"{found[1]}-{found[2]}") == found[3]


def masked(name: str) -> str:
    """张三丰 → 张**, "Zhang San" → "Z**** S**": enough for the holder to be recognised by who knows them, and no more."""
    words = name.split()
    if len(words) > 1 or name.isascii():
        return " ".join(word[0] + "*" * (len(word) - 1) for word in words)
    return name[:1] + "*" * max(0, len(name) - 1)
