"""What happens around every request: the content policy, the person's language, the first password change."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from lms.core.answers import not_understood

LONGEST_ADDRESS = 8000

Handler = Callable[[HttpRequest], HttpResponse]

SITE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
# Wagtail's editor writes inline scripts and styles (measured: 34 on a page), so its pages alone may have them.
CMS_POLICY = SITE_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)


def content_security_policy(get_response: Handler) -> Handler:
    """Only our own files run and load; the CMS may also run what stands inside its pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CMS_POLICY if request.path.startswith("/cms/") else SITE_POLICY)
        return response

    return middleware


def chosen_language(request: HttpRequest) -> str:
    """The person's own setting, else the cookie of a visitor, else Chinese; a browser's header does not decide."""
    known = dict(settings.LANGUAGES)
    if request.user.is_authenticated and request.user.language in known:
        return request.user.language
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return cookie if cookie in known else settings.LANGUAGE_CODE


def language_of_the_person(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        language = chosen_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return middleware


def refuse_nonsense(get_response: Handler) -> Handler:
    """What none of our pages sends is answered before any page sees it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request) if _makes_sense(request) else not_understood(request)

    return middleware


def _makes_sense(request: HttpRequest) -> bool:
    """A form that can be read, an address short enough to come back to after the login, no NUL, which no database keeps."""
    try:
        fields = [*request.GET.lists(), *(request.POST.lists() if request.method == "POST" else ())]
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return False
    if "\0" in request.path or len(request.get_full_path()) > LONGEST_ADDRESS:
        return False
    return not any("\0" in value for _name, values in fields for value in values)


def password_change_first(get_response: Handler) -> Handler:
    """Somebody whose password was set by an administrator chooses their own before anything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.must_change_password:
            allowed = {reverse("password_change"), reverse("logout"), reverse("set_language")}
            if request.path not in allowed and not request.path.startswith((settings.STATIC_URL, "/healthz", "/readyz")):
                return redirect("password_change")
        return get_response(request)

    return middleware
