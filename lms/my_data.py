"""“My data”: everything that is stored about a person, for that person, as one JSON file (PIPL article 45)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

import assessment.selectors
import certificates.selectors
import courses.selectors
import simulator.class_selectors
import simulator.own_conversations
from lms.core import access, audit
from lms.core.models import AuditEntry, User

FORMAT = 1
PROFILE = (
    "username", "full_name", "employee_number", "email", "language", "text_size", "date_joined", "last_login",
    "data_notice_version", "data_notice_confirmed_at",
)  # fmt: skip
RESULT = (
    "session_id", "scenario_slug", "scenario_version", "language", "level", "mode", "outcome", "turns", "assisted", "score", "passed",
    "criteria", "red_lines", "started_at", "recorded_at", "words_deleted_at",
)  # fmt: skip
CERTIFICATE = (
    "number", "code", "title_zh", "title_en", "holder_name", "organisation_zh", "issuer_zh", "score", "issued_at", "valid_until",
    "state", "revoked_at", "revoked_reason",
)  # fmt: skip


@login_required
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    """The file with one's own data; nobody can ask for somebody else's."""
    organisation = access.home_organisation(request.user)
    audit.record(request.user, "own_data_exported", request.user, organisation_id=organisation.pk if organisation else None)
    response = JsonResponse(everything_about(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate():%Y-%m-%d}.json"'
    return response


def everything_about(person: User) -> dict[str, Any]:
    now = timezone.now()
    return {
        "format": FORMAT,
        "made_at": now,
        "profile": {name: getattr(person, name) for name in PROFILE},
        "roles": [
            {
                "organisation": membership.organisation.name,
                "role": membership.role,
                "manager": str(membership.manager) if membership.manager else None,
                "starts_on": membership.starts_on,
                "ends_on": membership.ends_on,
            }
            for membership in person.memberships.select_related("organisation", "manager").order_by("starts_on", "pk")
        ],
        "courses": courses.selectors.record_of(person),
        "results": list(
            assessment.selectors.results_for(person)
            .order_by("recorded_at", "id")
            .values(*RESULT, rubric_code=F("rubric__code"), rubric_version=F("rubric__version"))
        ),
        "certificates": list(certificates.selectors.certificates_of(person).order_by("issued_at", "id").values(*CERTIFICATE)),
        "role_plays": list(simulator.own_conversations.conversations_of(person, now, get_language() or "zh-hans")),
        **simulator.class_selectors.record_of(person),
        "readings_reported": simulator.own_conversations.reports_of(person),
        "account_history": list(
            AuditEntry.objects.filter(object_type="core.User", object_id=str(person.pk)).order_by("id").values("at", "action")
        ),
    }
