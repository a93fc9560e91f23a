"""A stage for a class on the wire, made inside the server's data folder and printed as JSON."""

from __future__ import annotations

import json
import sys

from tests.simulator.stage import _cookie, built

__all__ = ["build", "built", "start"]


def build() -> None:
    """A bank, and an exam of two of its trainees that is planned for now."""
    from django.utils import timezone

    from lms.core.models import Membership
    from simulator import scheduling
    from tests.factories import department_of, make_bank, make_person

    role = Membership.Role
    outsider = make_person("outsider", role.TRAINEE, department_of(make_bank("别家银行")))
    bank = make_bank()
    place = department_of(bank)
    people = {
        "trainee": make_person("trainee", role.TRAINEE, place, full_name="林晓"),
        "colleague": make_person("colleague", role.TRAINEE, place, full_name="colleague"),
        "stranger": make_person("stranger", role.TRAINEE, place),
        "trainer": make_person("trainer", role.TRAINER, bank),
        "hr": make_person("hr", role.HR, bank),
        "outsider": outsider,
    }
    sitting = scheduling.schedule(
        people["trainer"],
        [people["trainee"], people["colleague"]],
        [],
        organisation=place,
        scenario_slug="annual-fee",
        level=None,
        language="zh-hans",
        mode="exam",
        planned_for=timezone.now(),
        minutes=20,
        open_to_all=False,
    )
    made = {"cookies": {name: _cookie(person) for name, person in people.items()}, "sitting": str(sitting.pk)}
    sys.stdout.write(f"STAGE {json.dumps(made)}\n")


def start(sitting_id: str) -> None:
    from simulator import scheduling
    from simulator.models import Sitting

    sitting = Sitting.objects.get(pk=sitting_id)
    scheduling.start(sitting.created_by, sitting)
