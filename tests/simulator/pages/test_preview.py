"""What an author sees of a scenario beside its form."""

from __future__ import annotations

import yaml
from django.template import Context, Template

from simulator.management.commands.load_scenarios import SHIPPED
from simulator.models import Scenario


def test_the_preview_shows_the_people_and_amounts_of_its_sample_conversation() -> None:
    document = yaml.safe_load((SHIPPED / "swallowed-card.yaml").read_text(encoding="utf-8"))
    page = Template("{% load scenario_preview %}{% readable object as parts %}{{ parts|safe }}")
    seen = page.render(Context({"object": Scenario(slug="swallowed-card", document=document)}))
    assert "<person" not in seen
    assert "<amount" not in seen
