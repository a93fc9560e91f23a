"""A scenario to read through: what happens in it, all lines, and a sample conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from simulator import authoring
from simulator.engine.cast import DrawError, drawn
from simulator.engine.lines import LANGUAGES
from simulator.engine.scenario import ScenarioErrors

register = template.Library()


@register.simple_tag
def readable(scenario: Any) -> list[dict[str, Any]]:
    """The scenario in each of its languages. One that the engine cannot read says why instead of a conversation."""
    document = _as_played(scenario.document)
    parts = []
    for language in document.get("languages") or LANGUAGES:
        try:
            conversation, wrong = authoring.sample_conversation(scenario, language), []
        except ScenarioErrors as errors:
            conversation, wrong = [], [f"{error.path}: {authoring.error_sentence(error)}" for error in errors.errors]
        parts.append(
            {
                "language": language,
                "name": authoring.LANGUAGE_NAMES.get(language, language),
                "title": (document.get("title") or {}).get(language, ""),
                "summary": (document.get("summary") or {}).get(language, ""),
                "persona": ((document.get("persona") or {}).get(language) or [{}])[0],
                "facts": [
                    {"id": name, "about": fact.get("about", ""), "tell": (fact.get("tell") or {}).get(language, [])}
                    for name, fact in (document.get("facts") or {}).items()
                ],
                "demands": [(demand.get("text") or {}).get(language, "") for demand in document.get("demands") or []],
                "offers": [(offer.get("what") or {}).get(language, "") for offer in (document.get("offers") or {}).values()],
                "conversation": conversation,
                "wrong": wrong,
                "lines": authoring.lines_by_act(document, language),
            }
        )
    return parts


def _as_played(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with the people, amounts and days of the sample conversation; as it stands where they cannot be drawn."""
    try:
        return drawn(document, authoring.SAMPLE_SEED)
    except DrawError:
        return document
