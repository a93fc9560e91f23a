"""What a trainer's console says in words: why the customer moved, what words from the seat do, what can be told and brought up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from simulator.engine.injects import injects_of
from simulator.engine.scenario import Fact, Scenario, slots_of
from simulator.engine.wording import spoken

VARIABLES = {
    "anger": _("anger"),
    "anxiety": _("worry"),
    "trust": _("trust"),
    "patience": _("patience"),
    "face": _("dignity"),
    "gratitude": _("gratitude"),
    "heard": _("being heard"),
    "certainty": _("knowing what comes next"),
    "motive": _("belief in good will"),
    "j_dist": _("fairness of the offer"),
    "j_inter": _("respect"),
    "j_proc": _("fairness of the procedure"),
}

# Rules that no act of the trainee carries in its name; the others are named by the act.
RULES = {
    "nudged": _("A trainer's nudge"),
    "injected": _("Something came up"),
    "paraphrase_wrong": _("A fact said back wrongly"),
    "asked_again": _("Asked again what was told or is on record"),
    "many_questions": _("Too many questions at once"),
    "offer_full": _("An offer of everything that was asked for"),
    "offer_partial": _("An offer of a part"),
    "offer_none": _("An offer that answers nothing"),
    "offer_vague": _("An offer that says nothing definite"),
    "offer_too_early": _("An offer before the customer was heard"),
    "offer_and_apology": _("An offer after an apology"),
    "offer_no_apology": _("An offer without an apology"),
    "accepted": _("The offer was accepted"),
    "settled": _("The matter is settled"),
    "hidden_served": _("What they really wanted was met"),
    "scripted": _("The same empty words once more"),
    "repeat_self": _("The same sentence again"),
    "passed_over": _("A question of the customer passed over"),
    "nothing_said": _("Words that do nothing"),
    "not_understood": _("Words that could not be understood"),
    "stuffing": _("Words in a row"),
    "silence": _("Silence"),
    "overlap": _("Talked over the customer"),
    "promise_broken": _("A promise that was not kept"),
    "contradiction": _("Said something else before"),
    "goodbye_unsettled": _("A goodbye with nothing settled"),
    "time_wears": _("Time wears on"),
}

SAYS = {
    "grievance": _("complains"),
    "demand": _("demands"),
    "acceptance": _("accepts"),
    "refusal": _("refuses"),
    "wants_manager": _("wants the manager"),
    "threat": _("threatens to go outside"),
    "leaves": _("is leaving"),
    "question": _("asks"),
    "confirms": _("confirms"),
    "corrects": _("corrects"),
    "declines": _("does not say"),
    "does_not_follow": _("does not follow"),
    "offended": _("is offended"),
    "eased": _("is eased"),
    "presses": _("presses"),
    "introduces": _("introduces themselves"),
}

TOPICS = {
    "target": _("who or what it is about"),
    "matter": _("what happened"),
    "reason": _("why"),
    "occurred_at": _("when"),
    "place": _("where"),
    "amount": _("how much"),
    "product": _("product"),
    "contact": _("contact"),
    "identity": _("who they are"),
    "demand": _("what they want"),
    "evidence": _("evidence"),
    "earlier_contact": _("earlier contact"),
    "feeling": _("feeling"),
    "other": _("other"),
}


def console_for_page(case: Scenario, language: str) -> dict[str, Any]:
    """What the page of a trainer needs to know of the case: facts with their words, injects, and words for codes."""
    demand = case.demands[0]
    facts = [
        {"id": fact.id, "topic": TOPICS[fact.about], "words": fact.value[language], "told_as": _told_as(fact, language)}
        for fact in case.facts.values()
    ]
    wishes = [("demand", _("demand"), demand.text[language])]
    if demand.hidden_interest:
        wishes.append(("hidden_interest", _("what they really want"), demand.hidden_interest.text[language]))
    facts += [{"id": name, "topic": topic, "words": words, "told_as": words} for name, topic, words in wishes]
    return {
        "facts": facts,
        "injects": [(inject.id, inject.text[language]) for inject in injects_of(case).values() if inject.id != "other"],
        "says": SAYS.items(),
        "words": [
            *((f"rule:{code}", words) for code, words in RULES.items()),
            *((f"variable:{code}", words) for code, words in VARIABLES.items()),
            *((f"says:{code}", words) for code, words in SAYS.items()),
        ],
    }


def _told_as(fact: Fact, language: str) -> str:
    """The fact as the customer would tell it, which says more than its bare value."""
    value = spoken(fact, language)
    line = next((line for line in fact.tell[language] if set(slots_of(line)) <= {"value"}), "{value}")
    return line.format(value=value)
