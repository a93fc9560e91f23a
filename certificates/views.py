"""One's own certificates, their PDF, taking one back, and the public page that says whether one is genuine."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from certificates import printing, seals, selectors, services
from certificates.codes import is_number, masked
from certificates.errors import DrawingFailed, NotActive, PangoMissing, ReasonMissing
from certificates.models import Certificate

LOOKUPS_A_MINUTE = 30
LARGEST_FILE = 5 * 1024 * 1024

View = Callable[..., HttpResponse]


def rate_limited(view: View) -> View:
    """At most `LOOKUPS_A_MINUTE` a minute from one address: enough for a counter, too little for guessing."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = f"verify:{request.META.get('REMOTE_ADDR', '')}:{int(timezone.now().timestamp()) // 60}"
        cache.add(key, 0, timeout=120)
        try:
            asked = cache.incr(key)
        except ValueError:  # it ran out between the two calls
            asked = 1
        if asked > LOOKUPS_A_MINUTE:
            response = render(request, "certificates/verify.html", {"status": "too_many"}, status=429)
            response.headers["Retry-After"] = "60"
            return response
        return view(request, *args, **kwargs)

    return wrapper


@login_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The certificates of whoever is looking."""
    held = [{"certificate": c, "status": c.status(), "verify_url": printing.verify_url(c)} for c in selectors.certificates_of(request.user)]
    return render(request, "certificates/mine.html", {"held": held})


@login_required
@require_GET
def download(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """The PDF, drawn now. A certificate that was revoked is not printed again."""
    certificate = get_object_or_404(selectors.certificates_visible_to(request.user), pk=certificate_id)
    if certificate.state == Certificate.State.REVOKED:
        return render(request, "certificates/no_pdf.html", {"certificate": certificate, "why": "revoked"}, status=410)
    try:
        content = printing.pdf_of(certificate)
    except PangoMissing as error:
        return render(request, "certificates/no_pdf.html", {"certificate": certificate, "why": error.code}, status=503)
    except DrawingFailed as error:
        return render(request, "certificates/no_pdf.html", {"certificate": certificate, "why": error.code}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{certificate.number}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def signed_facts(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """The signed facts alone, for a program that wants to check them."""
    certificate = get_object_or_404(selectors.certificates_visible_to(request.user), pk=certificate_id, state=Certificate.State.ACTIVE)
    response = HttpResponse(printing.signed_json(certificate), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{certificate.number}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """Take a certificate back, with a reason."""
    certificate = get_object_or_404(selectors.certificates_revocable_by(request.user), pk=certificate_id)
    problem = ""
    if request.method == "POST":
        try:
            services.revoke(request.user, certificate, request.POST.get("reason", ""))
        except ReasonMissing:
            problem = _("Write down why. The reason stays on record.")
        except NotActive:
            problem = _("This certificate is no longer valid, so there is nothing to revoke.")
        else:
            messages.success(request, _("Certificate %(number)s has been revoked.") % {"number": certificate.number})
            return redirect("certificates:revoke", certificate_id=certificate.pk)
    context = {"certificate": certificate, "status": certificate.status(), "problem": problem, "reason": request.POST.get("reason", "")}
    return render(request, "certificates/revoke.html", context, status=400 if problem else 200)


@never_cache
@rate_limited
@require_GET
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """For whoever holds the paper: genuine or not, valid or not; the holder's name is masked."""
    certificate = selectors.certificate_by_code(code)
    if certificate is None:
        return render(request, "certificates/verify.html", {"status": "unknown"}, status=404)
    return render(request, "certificates/verify.html", _public(certificate))


@never_cache
@rate_limited
@require_http_methods(["GET", "POST"])
def verify_file(request: HttpRequest) -> HttpResponse:
    """Check an uploaded PDF or JSON: its signature, and what has become of the certificate since."""
    upload = request.FILES.get("file")
    if request.method == "GET":
        return render(request, "certificates/verify_file.html")
    if upload is None or upload.size > LARGEST_FILE:
        problem = _("Choose the PDF or JSON file of a certificate, up to 5 MB.")
        return render(request, "certificates/verify_file.html", {"problem": problem}, status=400)
    verdict = seals.verify(upload.read(), seals.trusted_keys(settings.DATA_DIR / printing.KEYS), timezone.localdate())
    number = str(verdict.facts.get("number", ""))
    genuine = verdict.status in ("valid", "expired", "not_yet_valid")
    certificate = Certificate.objects.filter(number=number).first() if genuine and is_number(number) else None
    if certificate is None:
        return render(request, "certificates/verify.html", {"status": verdict.status if not genuine else "unknown", "from_file": True})
    return render(request, "certificates/verify.html", {**_public(certificate), "from_file": True})


def _public(certificate: Certificate) -> dict[str, Any]:
    """What anybody with the code may read. The row itself does not reach the template."""
    return {
        "status": certificate.status(),
        "number": certificate.number,
        "holder": masked(certificate.holder_name),
        "title": certificate.title,
        "issuer": certificate.issuer,
        "issued_on": timezone.localdate(certificate.issued_at),
        "valid_until": certificate.valid_until,
        "revoked_on": timezone.localdate(certificate.revoked_at) if certificate.revoked_at else None,
    }
