"""Load the scenarios that ship with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from simulator.engine.scenario import ScenarioErrors, fingerprint, parse
from simulator.models import Scenario

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"


class Command(BaseCommand):
    help = (
        "Load the shipped scenarios, each wording once. Another wording of the same or a newer version replaces one that nobody has "
        "edited; beside one that was edited here it is laid as a draft."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        paths = sorted(SHIPPED.glob("*.yaml"))
        if not paths:
            raise CommandError("No scenario ships with this copy of the program.")
        for path in paths:
            self.stdout.write(f"{path.stem}: {load(path)}")


@transaction.atomic
def load(path: Path) -> str:
    """Load one file; says what was done with it. A correction that did not raise the version is loaded too."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        case = parse(document)
    except ScenarioErrors as errors:
        raise CommandError(f"{path.name} cannot be loaded:\n{errors}") from errors
    titles = {"title_zh": case.title.get("zh-hans") or case.title["en"], "title_en": case.title.get("en", "")}
    scenario = Scenario.objects.filter(slug=case.slug).first()
    if scenario is None:
        scenario = Scenario.objects.create(slug=case.slug, document=document, live=False, shipped_version=case.version, **titles)
        _revision(scenario).publish()
        return f"version {case.version} is published"
    shipped = scenario.revisions.filter(user__isnull=True).order_by("-created_at", "-id").first()
    known = fingerprint(shipped.as_object().document) if shipped else ""
    if scenario.shipped_version > case.version or known == fingerprint(document):
        return f"version {scenario.shipped_version} was loaded before"
    edited = scenario.revisions.filter(user__isnull=False).exists() or known != fingerprint(scenario.document)
    scenario.document, scenario.title_zh, scenario.title_en = document, titles["title_zh"], titles["title_en"]
    revision = _revision(scenario)
    if not edited:
        revision.publish()
    Scenario.objects.filter(pk=scenario.pk).update(shipped_version=case.version)
    return f"version {case.version} lies beside the edited one as a draft" if edited else f"version {case.version} is published"


def _revision(scenario: Scenario) -> Any:
    """A revision that remembers by its user (none) that it came from a shipped file."""
    return scenario.save_revision(user=None, changed=True)
