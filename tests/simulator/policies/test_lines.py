"""The words of the handlers: enough of them, natively written, and none that a reader has learned from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from string import Formatter

import pytest

from simulator.engine.acts import NEGATIVE
from simulator.engine.lines import LANGUAGES
from simulator.nlu import Context, read
from simulator.nlu.training.corpus import FOLDER
from simulator.policies import HABITS, POLICIES, pool, shipped

SHORT = {"zh-hans": "zh", "en": "en"}
SLOTS = {"staff", "number", "salutation", "limit", "way", "facts", "said", "demand"}
FILLED = {
    "zh-hans": {
        "way": "把年费退回卡上",
        "facts": "三月五号，300元",
        "said": "等了四十分钟",
        "demand": "把年费退给我",
        "limit": "3个工作日",
    },
    "en": {
        "way": "a refund of the fee",
        "facts": "5 March, 300",
        "said": "forty minutes at the counter",
        "demand": "",
        "limit": "3 working days",
    },
}
NEAR = 0.8


def lines(part: object) -> Iterator[str]:
    """Every line of a pool, whatever its shelves."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for shelf in part.values():
            yield from lines(shelf)
    else:
        for shelf in part:
            yield from lines(shelf)


def spoken(line: str, language: str) -> str:
    return line.format(staff="1024", number="TS23456", salutation="周女士" if language == "zh-hans" else "Ms Zhou", **FILLED[language])


def pairs(text: str) -> frozenset[str]:
    """Two signs in a row, of everything outside the slots."""
    signs = [sign for literal, *_ in Formatter().parse(text) for sign in literal.lower() if sign.isalnum()]
    return frozenset(a + b for a, b in zip(signs, signs[1:], strict=False))


def taught(language: str) -> Iterator[str]:
    """Everything that teaches a reader handlers' words: the corpus, the plain good lines, and the better lines of the cases."""
    short = SHORT[language]
    for row in (FOLDER / f"{short}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(row)["text"]
    yield from (FOLDER / f"good-{short}.txt").read_text(encoding="utf-8").splitlines()
    for slug in shipped.slugs():
        for said in shipped.scenario(slug).coaching.values():
            yield from said[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_three_hundred_different_lines(language):
    found = list(lines(pool(language)))
    assert len(set(found)) == len(found)
    assert len(found) >= 300


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_near_to_one_that_teaches_a_reader(language):
    """What is in everybody's mouth ("OK.", "嗯。") is let be: lines of fewer than five pairs of signs."""
    holders: dict[str, set[int]] = defaultdict(set)
    known = [pairs(text.replace("{", "").replace("}", "")) for text in taught(language)]
    for number, theirs in enumerate(known):
        for pair in theirs:
            holders[pair].add(number)
    near = []
    for line in lines(pool(language)):
        mine = pairs(line)
        shared: dict[int, int] = defaultdict(int)
        for pair in mine if len(mine) >= 5 else ():
            for number in holders[pair]:
                shared[number] += 1
        if any(both >= NEAR * (len(mine) + len(known[number]) - both) for number, both in shared.items()):
            near.append(line)
    assert not near, "\n".join(near)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_can_be_filled(language):
    for line in lines(pool(language)):
        assert {name for _, name, _, _ in Formatter().parse(line) if name} <= SLOTS, line


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lines_of_a_careful_handler_hold_no_offence(language):
    for line in lines(pool(language)["good"]):
        acts = read(spoken(line, language), Context(), language).acts
        assert not [act.name for act in acts if act.code in NEGATIVE], line


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_rude_handler_is_one(language):
    for line in pool(language)["hostile"]:
        assert {act.code for act in read(line, Context(customer="I want it back."), language).acts} & set(NEGATIVE), line


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_habit_is_a_move_that_has_lines(language):
    good = pool(language)["good"]
    for habit in HABITS:
        assert habit in good or any(move.startswith(f"{habit}_") for move in good)
    assert len(POLICIES) == 7
