"""A scenario is read with errors that its author can act on."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from simulator.engine.acts import TOPICS
from simulator.engine.lines import BANDS, CUSTOMER_ACTS, SITUATIONS
from simulator.engine.scenario import CHANNELS, LEVEL_VARIABLES, ScenarioErrors, fingerprint, parse, pattern_of
from tests.simulator.engine.cases import both, make_document, make_scenario

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs/scenario.schema.json").read_text(encoding="utf-8"))


def errors_of(document) -> dict[str, str]:
    with pytest.raises(ScenarioErrors) as caught:
        parse(document)
    return {error.path: error.code for error in caught.value.errors}


def test_a_whole_document_becomes_a_scenario():
    scenario = make_scenario()
    assert scenario.slug == "small-fee"
    assert scenario.facts["fee"].value == {"zh-hans": "300", "en": "300"}
    assert scenario.monetary
    assert scenario.facts["clerk"].gate.asked_about == ("target", "earlier_contact")
    assert scenario.facts["fee"].gate.asked_about == ("amount",), "a fact without a gate comes out when its topic is asked about"


def test_all_errors_are_reported_at_once():
    document = make_document(nature="weather", slug="No Slug")
    del document["demands"]
    document["facts"]["fee"]["about"] = "money"
    assert errors_of(document) | {} == {
        "nature": "not_one_of",
        "slug": "bad_slug",
        "demands": "missing",
        "facts.fee.about": "not_one_of",
    }


def test_an_unknown_key_names_the_known_ones():
    document = make_document()
    document["offers"]["refund"]["price"] = 3
    with pytest.raises(ScenarioErrors) as caught:
        parse(document)
    (error,) = caught.value.errors
    assert (error.path, error.code) == ("offers.refund.price", "unknown_key")
    assert "surface" in error.params["allowed"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_line_that_gives_a_fact_away_is_refused(language):
    document = make_document()
    document["lines"]["vent"]["angry"][language][0] = "就因为小李！ Because of Mr Li!"
    assert errors_of(document) == {f"lines.vent.angry.{language}.0": "gives_fact_away"}


def test_a_vague_line_may_hint_but_not_tell():
    document = make_document()
    document["facts"]["fee"]["vague"] = both(["三百块呢。"], ["A few hundred."])
    assert errors_of(document) == {"facts.fee.vague.zh-hans.0": "gives_fact_away"}


def test_a_fact_may_stand_in_its_own_lines_and_a_volunteered_one_anywhere():
    document = make_document()
    document["facts"]["fee"]["tell"] = both(["三百。", "扣了300。"], ["300 each.", "They took 300."])
    document["lines"]["vent"]["angry"]["en"][0] = "That annual fee again!"
    parse(document)


def test_a_slot_nobody_fills_is_refused():
    document = make_document()
    document["lines"]["vent"]["angry"]["en"][0] = "And {nothing}?"
    document["lines"]["vent"]["angry"]["en"][1] = "And {oops?"
    assert errors_of(document) == {"lines.vent.angry.en.0": "unknown_slot", "lines.vent.angry.en.1": "bad_braces"}


def test_each_language_needs_its_lines():
    document = make_document()
    document["lines"]["vent"]["angry"]["zh-hans"] = ["只有一句。"]
    del document["lines"]["demand"]
    assert errors_of(document) == {"lines.vent.angry.zh-hans": "too_few_lines", "lines.demand": "missing"}


def test_a_demand_that_nothing_can_settle_is_refused():
    document = make_document()
    document["demands"][0]["acceptable"] = []
    document["demands"][0]["reservation"] = 900
    assert errors_of(document) == {"demands.0.acceptable": "nothing_settles_it", "demands.0.reservation": "above_demand"}


@pytest.mark.parametrize(
    ("value", "code"), [(None, "missing"), ("five days", "bad_limit"), (7, "not_text")], ids=["missing", "in words", "a number"]
)
def test_a_limit_has_a_number_and_a_unit(value, code):
    document = make_document()
    document["truth"]["limits"] = {"result": value}
    assert code in errors_of(document).values()


def test_anything_but_a_map_is_refused_in_one_piece():
    assert errors_of(["a", "list"]) == {"": "not_a_map"}
    assert errors_of({})["format"] == "unknown_format"


def test_the_fingerprint_does_not_depend_on_the_order_of_keys():
    document = make_document()
    assert fingerprint(document) == fingerprint(dict(reversed(document.items())))
    assert fingerprint(document) != fingerprint(make_document(version=2))


def test_a_number_is_not_found_within_another():
    assert pattern_of("300").search("they took 300.")
    assert pattern_of("300").search("扣了300元")
    assert not pattern_of("300").search("they took 1300")
    assert not pattern_of("300").search("they took 3000")
    assert pattern_of("/ref(und|und)ed/").search("It was REFUNDED")


def test_the_schema_names_what_the_parser_knows():
    properties = SCHEMA["properties"]
    assert set(properties["lines"]["properties"]) == set(CUSTOMER_ACTS)
    assert set(properties["lines"]["required"]) == {act for act, spec in CUSTOMER_ACTS.items() if spec.own}
    assert set(properties["coaching"]["properties"]) == set(SITUATIONS)
    assert set(properties["facts"]["additionalProperties"]["properties"]["about"]["enum"]) == TOPICS
    assert set(properties["channel"]["enum"]) == set(CHANNELS)
    assert set(properties["levels"]["additionalProperties"]["properties"]) == set(LEVEL_VARIABLES)
    assert set(SCHEMA["$defs"]["bands"]["properties"]) == set(BANDS)


def test_the_schema_takes_a_right_document_and_refuses_a_wrong_one():
    jsonschema.validate(json.loads(json.dumps(make_document())), SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(make_document(nature="weather"), SCHEMA)


@pytest.mark.parametrize("path", sorted((ROOT / "simulator/scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_takes_every_shipped_scenario(path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json.dumps(document)), SCHEMA)


def test_the_guide_lists_every_act_and_situation():
    guide = (ROOT / "docs/scenario-format.md").read_text(encoding="utf-8")
    assert not [name for name in (*CUSTOMER_ACTS, *SITUATIONS) if f"| `{name}` |" not in guide]
