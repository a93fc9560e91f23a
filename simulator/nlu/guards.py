"""Scope: words that look like an act and are not one, because of what stands around them.

"It is not your fault" blames nobody; "you say he told you to calm down" orders nobody to be calm; "if we were wrong we
apologise" is no apology. Each guard looks at the sentence around a match and says whether the act falls. All work on plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from simulator.engine.acts import NEGATIVE
from simulator.nlu.lexicon import sections

_NEGATIVE = frozenset(NEGATIVE)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a match stands: the sentence, the words before it in the sentence and in its clause, the words after it, the match."""

    text: str
    sentence: str
    before: str
    clause_before: str
    after: str
    match: str
    asks: bool


@cache
def scope(name: str) -> re.Pattern[str]:
    """The list `[name]` of `lexicon/guards.txt` as one expression."""
    return re.compile("|".join(sections("guards")[name]))


def warm() -> None:
    for name in sections("guards"):
        scope(name)


# --- text that speaks to the software, or about service --------------------------------------------------------------


def found(name: str, text: str) -> bool:
    return scope(name).search(text) is not None


def addressed_to_software(text: str) -> bool:
    return found("to_software", text)


def talks_about_service(sentence: str) -> bool:
    return found("about_service", sentence)


# --- negation -------------------------------------------------------------------------------------------------------

_NEGATED_POSITIVES = frozenset(
    "apology empathy acknowledge_receipt offer_solution take_action thank follow_up give_contact active_listening self_intro".split()  # noqa: SIM905
)

# --- reported speech and disowning ----------------------------------------------------------------------------------


def reported(scene: Scene) -> bool:
    """The words are somebody else's: after a verb of saying, or in quotation marks inside a sentence of one's own."""
    if found("reports", scene.before):
        return True
    quotes = scene.before.count('"')
    return quotes % 2 == 1 and '"' in scene.after and len(scene.sentence) - len(scene.match) > 10


def disowned(scene: Scene) -> bool:
    return found("disowns", scene.before) or found("disowns", scene.after)


# --- single acts ----------------------------------------------------------------------------------------------------


def _is_apology_not_given(scene: Scene) -> bool:
    if found("condition", scene.before + scene.match):
        return True
    return found("apology_asked", scene.clause_before) or found("apology_asked", scene.match + scene.after[:8])


def falls(code: str, scene: Scene) -> bool:
    """Whether the act `code`, matched where the scene says, is not one after all."""
    if code in _NEGATIVE:
        return _bad_falls(code, scene)
    if code in _NEGATED_POSITIVES and found("not_before", scene.clause_before) and not found("not_only", scene.clause_before):
        return True
    if code == "apology" and _is_apology_not_given(scene):
        return True
    if code in ("acknowledge_receipt", "take_action") and scene.asks and found("asked_action", scene.match + scene.after):
        return True
    if code == "take_action" and found("not_able", scene.match):
        return True
    if code == "give_timeframe":
        if found("past", scene.clause_before) or found("past_after", scene.after) or (scene.asks and found("asks_number", scene.match)):
            return True
        return found("reports", scene.before) and found("did_report", scene.before)
    if code in ("apology", "offer_solution", "take_action", "acknowledge_receipt", "thank", "give_contact"):
        return reported(scene) and not found("my_words", scene.before)
    return False


def _bad_falls(code: str, scene: Scene) -> bool:
    if code == "jargon":
        return found("explained", scene.after) or found("named", scene.clause_before) or reported(scene)
    if code == "overpromise":
        if found("put_forward", scene.clause_before) and not found("sworn", scene.clause_before + scene.match + scene.after[:4]):
            return True
        return found("can_not_promise", scene.clause_before) or found("depends", scene.sentence) or reported(scene)
    if code == "privacy_breach":
        if found("not_asked", scene.clause_before) or found("not_asked", scene.match):
            return True
        return found("warns", scene.clause_before) or found("warns", scene.after[:40]) or _disowned_report(scene)
    if code == "evasive" and found("own_doing", scene.clause_before) and not found("routes", scene.match):
        return True
    if code == "blame_customer" and (found("not_yours", scene.before + scene.match) or found("not_yours", scene.after)):
        return True
    if found("not_before", scene.clause_before) and code != "evasive":
        return True
    return _disowned_report(scene)


def _disowned_report(scene: Scene) -> bool:
    return reported(scene) or disowned(scene)
