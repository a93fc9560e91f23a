"""The case that the tests of assignments and classes use, and a second trainee."""

from __future__ import annotations

import pytest
import yaml
from django.core.management import call_command

from lms.core.models import Membership, User
from simulator.models import Scenario
from tests.conftest import ROOT
from tests.factories import make_person

Role = Membership.Role


@pytest.fixture
def scenario(db: None) -> Scenario:
    call_command("load_rubrics", verbosity=0)
    document = yaml.safe_load((ROOT / "simulator" / "scenarios" / "annual-fee.yaml").read_text(encoding="utf-8"))
    return Scenario.objects.create(
        slug="annual-fee", title_zh=document["title"]["zh-hans"], title_en=document["title"]["en"], document=document, live=True
    )


@pytest.fixture
def colleague(department) -> User:
    return make_person("colleague", Role.TRAINEE, department)


@pytest.fixture
def other_trainer(outsider: User) -> User:
    """A trainer of another bank."""
    return make_person("other-trainer", Role.TRAINER, outsider.memberships.get().organisation)
