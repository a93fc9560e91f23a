"""`rehearse`: how reliably a handler passes."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from lms.management.commands.rehearse import pass_k


@pytest.mark.parametrize(
    ("passed", "k", "chance"),
    [([True] * 4, 4, 1.0), ([True, True, False, False], 1, 0.5), ([True, True, False], 2, 1 / 3), ([False], 1, 0.0)],
)
def test_pass_k_is_the_chance_to_pass_k_in_a_row(passed, k, chance):
    assert pass_k(passed, k) == pytest.approx(chance)


def test_reliability_is_told_beside_the_role_plays():
    out, err = StringIO(), StringIO()
    call_command("rehearse", scenario="annual-fee", policy="exemplary", level=1, seeds=2, reliably=True, stdout=out, stderr=err)
    assert len([json.loads(line) for line in out.getvalue().splitlines()]) == 2
    assert "pass^1 1.000 pass^2 1.000 (2 seeds)" in err.getvalue()
