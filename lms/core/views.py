"""Logging in and out, the person's own account, and whether the server is well."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lms.core import access, audit
from lms.core.answers import not_understood, way_back
from lms.core.models import User

DEMO_LOGINS = {
    "trainee": gettext_lazy("Trainee"),
    "trainer": gettext_lazy("Trainer"),
    "author": gettext_lazy("Author"),
    "hr": gettext_lazy("HR"),
    "admin": gettext_lazy("Administrator"),
    "outsider": gettext_lazy("Another bank's trainee"),
}


class LoginView(auth_views.LoginView):
    """The login page; where the demo bank is loaded it offers the demo people."""

    template_name = "core/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **extra: object) -> dict[str, object]:
        context = super().get_context_data(**extra)
        if settings.DEBUG:
            there = set(User.objects.filter(username__in=DEMO_LOGINS).values_list("username", flat=True))
            context["demo_people"] = [(login, words) for login, words in DEMO_LOGINS.items() if login in there]
            context["demo_password"] = settings.DEMO_PASSWORD
        return context


class PasswordChange(PasswordChangeForm):
    """Django's form with the rules in one sentence."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = _(
            "At least 10 characters, not only digits, no word that many use, and not like your name."
        )


class PasswordChangeView(auth_views.PasswordChangeView):
    """Choose a new password; a person whose password was reset comes here first."""

    form_class = PasswordChange
    template_name = "core/password_change.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form):
        response = super().form_valid(form)
        User.objects.filter(pk=self.request.user.pk).update(must_change_password=False)
        audit.record(self.request.user, "password_changed", self.request.user)
        messages.success(self.request, _("Your password has been changed."))
        return response


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """One's own settings: language and text size."""
    if request.method == "POST":
        language, text_size = request.POST.get("language", ""), request.POST.get("text_size", "")
        if language not in dict(settings.LANGUAGES) or text_size not in User.TextSize.values:
            return not_understood(request, _("Choose one of the languages and text sizes on the page."))
        User.objects.filter(pk=request.user.pk).update(language=language, text_size=text_size)
        response = redirect("account")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
        messages.success(request, _("Saved."))
        return response
    return render(request, "core/account.html", {"memberships": access.memberships_of(request.user), "text_sizes": User.TextSize.choices})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language, for a visitor by cookie, for a person also in their settings, and go back to the page."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return not_understood(request, _("This language is not available."))
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=language)
    response = HttpResponseRedirect(way_back(request, request.POST.get("next", ""), "/"))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
    return response


@require_GET
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up."""
    return JsonResponse({"status": "up"})


@require_GET
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database and the channel layer answer; 503 with the name of the one that does not."""
    checks = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = True
    except Exception:  # whatever is wrong with it, it does not answer
        checks["database"] = False
    try:
        layer = get_channel_layer()
        async_to_sync(layer.send)("readyz", {"type": "ping"})
        checks["channel_layer"] = True
    except Exception:
        checks["channel_layer"] = False
    return JsonResponse({"ready": all(checks.values()), **checks}, status=200 if all(checks.values()) else 503)
