"""What every page knows: the roles of whoever is looking, and the languages on offer."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from lms.core import access


def site(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    roles = access.roles_of(user) if user is not None and user.is_authenticated else frozenset()
    return {"roles": roles, "site_languages": [("zh-hans", "中文"), ("en", "English")], "demo_logins": settings.DEBUG}
