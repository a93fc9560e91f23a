"""How conversations are scored, for whoever is scored."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from assessment import readable, services
from assessment.errors import UnknownRubric


@login_required
@require_GET
def rubric(request: HttpRequest, code: str) -> HttpResponse:
    """What is looked at, how much it weighs and where it comes from."""
    try:
        row = services.rubric_in_use(code)
    except UnknownRubric as error:
        raise Http404 from error
    criteria = readable.rubric_in_words(row)
    machine = {entry["code"] for entry in row.document["criteria"] if entry["by"] == "machine"}
    weight = sum(criterion.weight for criterion in criteria if criterion.code in machine)
    context = {
        "rubric": row,
        "title": readable.title_of(row),
        "pass_mark": row.document["pass_mark"],
        "seen": [(criterion, 100 * criterion.weight / weight) for criterion in criteria if criterion.code in machine],
        "elsewhere": [criterion for criterion in criteria if criterion.code not in machine],
        "red_lines": [criterion for criterion in criteria if criterion.capped_at is not None],
    }
    return render(request, "assessment/rubric.html", context)
