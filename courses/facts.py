"""The facts that course texts, check questions and rubrics cite by id."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FACTS_FILE = Path(__file__).parent / "facts.json"


@dataclass(frozen=True, slots=True)
class Fact:
    """One citable fact: its id, its machine code where it has one, and, where a course cites it, what it says in a few words."""

    id: str
    code: str
    zh: str
    en: str

    def words(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@cache
def known_facts() -> dict[str, Fact]:
    """Every fact that may be cited, by id."""
    rows = json.loads(FACTS_FILE.read_text(encoding="utf-8"))
    return {row["id"]: Fact(row["id"], row.get("code", ""), row.get("zh", ""), row.get("en", "")) for row in rows}


def split_ids(text: str) -> tuple[str, ...]:
    """The ids in a field such as "S2.1.8-1, T-01"."""
    return tuple(part for part in re.split(r"[\s,，、;；]+", text or "") if part)


def cited(text: str) -> list[Fact]:
    """The known facts that a field cites, in its order."""
    facts = known_facts()
    return [facts[fact_id] for fact_id in split_ids(text) if fact_id in facts]


def validate_fact_ids(text: str) -> None:
    """Refuse an id that is not in the list of facts, and name it."""
    unknown = [fact_id for fact_id in split_ids(text) if fact_id not in known_facts()]
    if unknown:
        raise ValidationError(
            _("There is no fact “%(ids)s”. Look the id up in the list of facts, for example S2.1.8-1 or T-03.")
            % {"ids": ", ".join(unknown)}
        )
