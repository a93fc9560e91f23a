"""Handlers made of words: who handles it better comes out better, and nobody says what they cannot know."""

from __future__ import annotations

import pytest

from bench.orderings import LESSER, PAIRS, Played, compared
from bench.played import score_of
from simulator.engine.events import FactTold, TraineeSaid
from simulator.engine.lines import LANGUAGES
from simulator.engine.scenario import pattern_of
from simulator.policies import POLICIES, play, shipped

CASES = ("annual-fee", "frozen-account", "wrong-account", "account-refused", "rude-counter")


@pytest.fixture(scope="module", params=LANGUAGES)
def played(request: pytest.FixtureRequest) -> list[Played]:
    rows = []
    for number, slug in enumerate(CASES):
        for level in (1, 3, 5):
            for policy in POLICIES:
                seed = 40 + number
                one = play(shipped.scenario(slug), policy, language=request.param, level=level, seed=seed)
                rows.append(Played(slug, request.param, level, seed, policy, one.satisfaction, score_of(one), one.outcome))
    return rows


@pytest.mark.parametrize(("better", "worse", "by"), PAIRS)
def test_the_better_handler_comes_out_better(played, better, worse, by):
    """All cases, levels and many seeds: `python -m bench orderings`."""
    at = {(row.scenario, row.level, row.policy): row for row in played}
    for measure in ("satisfaction", "score") if by == "both" else ("score",):
        wrong = [
            (slug, level)
            for slug in CASES
            for level in (1, 3, 5)
            if getattr(at[slug, level, better], measure) < getattr(at[slug, level, worse], measure)
        ]
        assert not wrong, measure


def test_a_table_of_pairs_counts_ties_apart():
    rows = [
        Played("a", language, level, 1, policy, 0.5, score, "")
        for language in LANGUAGES
        for level in range(1, 6)
        for policy, score in (("mediocre", 50.0), (LESSER[0], 50.0 if level < 3 else 60.0))
    ]
    shares = compared(rows, "mediocre", LESSER[0], "score")
    assert shares["en", 1] == (1.0, 1.0)
    assert shares["en", 5] == (0.0, 0.0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", CASES)
def test_a_careful_handler_says_no_fact_that_was_not_told(slug, language):
    """What stands on the bank's screen, they may say; of what only the customer knows, nothing before it is told."""
    for seed in range(1, 4):
        session = play(shipped.scenario(slug), "exemplary", language=language, level=2, seed=seed)
        case = session.scenario
        screen = " ".join(section.text[language] for section in case.record.values())
        own = " ".join(offer.what[language] for offer in case.offers.values())
        told: set[str] = set()
        for event in session.events:
            if isinstance(event, FactTold):
                told.add(event.fact)
            elif isinstance(event, TraineeSaid):
                for fact in case.facts.values():
                    forms = [pattern_of(form) for form in fact.surface[language]]
                    secret = fact.id not in told and not any(form.search(screen) or form.search(own) for form in forms)
                    assert not (secret and fact.sensitivity != "plain" and any(form.search(event.text) for form in forms)), fact.id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", [slug for slug in shipped.slugs() if shipped.scenario(slug).bank_is_right])
def test_a_careful_handler_refuses_fairly_where_the_bank_is_right(slug, language):
    played = [play(shipped.scenario(slug), "exemplary", language=language, level=2, seed=seed) for seed in range(5, 11)]
    assert {one.outcome for one in played} == {"refusal_accepted"}
    assert min(one.satisfaction for one in played) > 0.8


def test_the_same_seed_gives_the_same_conversation_and_another_case_other_words():
    here, again = (play(shipped.scenario("annual-fee"), "mediocre", language="en", level=3, seed=9) for _ in range(2))
    there = play(shipped.scenario("rude-counter"), "mediocre", language="en", level=3, seed=9)
    words = [[event.text for event in one.events if isinstance(event, TraineeSaid)] for one in (here, again, there)]
    assert words[0] == words[1] != words[2]
