"""What every page knows: the roles of whoever is looking, where they may go, and the languages on offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy

from lms.core import access
from lms.core.models import Membership

Role = Membership.Role
EVERYBODY = frozenset(Role.values)

# Title, URL name or address, and who finds it in the navigation.
NAVIGATION = (
    (gettext_lazy("Home"), "home", EVERYBODY),
    (gettext_lazy("Courses"), "/courses/", EVERYBODY),
    (gettext_lazy("Role-plays"), "role_plays:list", EVERYBODY),
    (gettext_lazy("Certificates"), "certificates:mine", frozenset({Role.TRAINEE})),
    (gettext_lazy("Running now"), "role_plays:running", frozenset({Role.TRAINER})),
    (gettext_lazy("People"), "people:list", frozenset({Role.HR, Role.MANAGER, Role.TRAINER, Role.ADMIN})),
    (gettext_lazy("Overview"), "hr:overview", frozenset({Role.HR, Role.MANAGER})),
    (gettext_lazy("Write"), "/cms/", frozenset({Role.AUTHOR})),
)


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    title: str
    url: str
    current: bool


def navigation(path: str, roles: frozenset[str]) -> list[NavigationEntry]:
    """Where somebody with `roles` may go; the entry whose address is the longest beginning of `path` is the current one."""
    places = []
    for title, name, allowed in NAVIGATION:
        if roles & allowed:
            try:
                places.append((str(title), name if name.startswith("/") else reverse(name)))
            except NoReverseMatch:
                continue
    fitting = [url for _title, url in places if path == url or (url != "/" and path.startswith(url))]
    current = max(fitting, key=len, default=None)
    return [NavigationEntry(title, url, url == current) for title, url in places]


def site(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    roles = access.roles_of(user) if signed_in else frozenset()
    return {
        "roles": roles,
        "navigation": navigation(request.path, roles) if signed_in else [],
        "site_languages": [("zh-hans", "中文"), ("en", "English")],
        "demo_logins": settings.DEBUG,
    }
