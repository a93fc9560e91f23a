"""The rule sets and holidays in force here: those that ship, and those that an administrator has put into the data folder.

`<data folder>/limits/*.yaml` are rule sets; one with the code of a shipped one takes its place. `<data folder>/calendars/*.yaml` are
the days of a year. JSON will do as well. A file that cannot be used is left out and said to be (docs/limits.md).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings

from simulator.case.calendar import Arrangement, Calendar, CalendarError, places, read_arrangement
from simulator.case.limits import RuleSet, RuleSetError, parse_rule_set, shipped_rule_sets

SUFFIXES = (".yaml", ".yml", ".json")
LARGEST = 1_000_000
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that was left out: `path` names the file and the place in it, `code` what is wrong, `params` the values of a sentence."""

    path: str
    code: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class Books:
    rule_sets: dict[str, RuleSet]
    loaded: dict[tuple[str, int], Arrangement]
    problems: tuple[Problem, ...] = ()

    def calendar(self, place: str) -> Calendar:
        return Calendar(places()[place], self.loaded)


def books() -> Books:
    """What is in force now. A file that was added or changed counts from the next look on."""
    folders = (Path(settings.DATA_DIR) / "limits", Path(settings.DATA_DIR) / "calendars")
    return _books(*(tuple(_files(folder)) for folder in folders))


def _files(folder: Path) -> Iterable[tuple[Path, int]]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix in SUFFIXES and path.is_file():
            yield path, path.stat().st_mtime_ns


@lru_cache(maxsize=4)
def _books(limits: tuple[tuple[Path, int], ...], calendars: tuple[tuple[Path, int], ...]) -> Books:
    rule_sets, loaded, problems = dict(shipped_rule_sets()), {}, []
    for path, _ in limits:
        try:
            rules = parse_rule_set(_document(path), path.name)
            rule_sets[rules.code] = rules
        except RuleSetError as error:
            problems.append(Problem(error.path, error.code, error.params))
        except _Unreadable as error:
            problems.append(Problem(path.name, "unreadable", {"why": str(error)}))
    for path, _ in calendars:
        try:
            key, year = read_arrangement(_document(path), path.name)
            loaded[key] = year
        except CalendarError as error:
            problems.append(Problem(error.path, error.code, error.params))
        except _Unreadable as error:
            problems.append(Problem(path.name, "unreadable", {"why": str(error)}))
    for problem in problems:
        logger.error("Left out: %s: %s %s", problem.path, problem.code, problem.params)
    return Books(rule_sets, loaded, tuple(problems))


class _Unreadable(Exception):
    """No text, or neither YAML nor JSON."""


def _document(path: Path) -> object:
    try:
        if path.stat().st_size > LARGEST:
            raise _Unreadable(f"> {LARGEST} B")
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
        raise _Unreadable(" ".join(str(error).split())[:200]) from error
