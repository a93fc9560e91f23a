"""A certificate as a page to be drawn, and the signed, sealed PDF that comes of it. Made when somebody asks for it."""

from __future__ import annotations

import io
import json
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from certificates import fonts, ornament, pdf, seals
from certificates.models import Certificate

KEYS = "certificate-keys"


def verify_url(certificate: Certificate) -> str:
    return settings.PUBLIC_URL + reverse("certificates:verify", args=[certificate.code])


def facts(certificate: Certificate) -> dict[str, Any]:
    """What the signature vouches for: what is printed, and nothing about the person beyond it."""
    return {
        "number": certificate.number,
        "holder": certificate.holder_name,
        "title": {"zh": certificate.title_zh, "en": certificate.title_en},
        "organisation": {"zh": certificate.organisation_zh, "en": certificate.organisation_en},
        "issuer": {"zh": certificate.issuer_zh, "en": certificate.issuer_en},
        "score": certificate.score,
        "rubric": f"{certificate.rubric_code} {certificate.rubric_version}",
        "course_version": certificate.course_version,
        "issued_on": timezone.localdate(certificate.issued_at).isoformat(),
        "valid_until": certificate.valid_until.isoformat() if certificate.valid_until else None,
        "verify_url": verify_url(certificate),
    }


def signed_json(certificate: Certificate) -> str:
    document = seals.signed(facts(certificate), seals.private_key(settings.DATA_DIR / KEYS))
    return json.dumps(document, ensure_ascii=False, indent=1)


def html_of(certificate: Certificate) -> str:
    """The page, in both languages at once."""
    qr = io.BytesIO()
    segno.make(verify_url(certificate), error="m").save(
        qr, kind="svg", border=2, dark="#1c2430", light=None, xmldecl=False, svgns=True, omitsize=True
    )
    context = {
        "certificate": certificate,
        "issued_on": timezone.localdate(certificate.issued_at),
        "verify_url": verify_url(certificate),
        "qr": qr.getvalue().decode("utf-8"),
        "frame": ornament.waves(297, 210, inset=10.5, swing=1.9, length=13, phases=5),
        "rosettes": [ornament.rosette((148.5, 108), 74 - 5 * ring, 24, 15, turns=5) for ring in range(3)],
        "seal_edge": [ornament.rosette((50, 50), 48, 36, 3.2), ornament.rosette((50, 50), 46.4, 36, -3.2, turns=1)],
        "seal_star": ornament.star((50, 33), 9),
    }
    with translation.override("zh-hans"):
        return render_to_string("certificates/pdf.html", context)


def stylesheet() -> str:
    """The style of the page with the addresses of the fonts. Where the common face is not made yet, the full one does its work."""
    common = fonts.common() if fonts.common().exists() else fonts.full_sans()
    faces = {"Certificate": common, "Certificate rare": fonts.full_sans(), "Certificate serif": fonts.full_serif()}
    rules = [f'@font-face {{ font-family: "{name}"; src: url("{path.as_uri()}"); }}' for name, path in faces.items()]
    return "\n".join(rules) + render_to_string("certificates/pdf.css")


def pdf_of(certificate: Certificate) -> bytes:
    """The PDF of a certificate with its signed facts inside and a seal over the whole."""
    key = seals.private_key(settings.DATA_DIR / KEYS)
    drawn = pdf.draw(
        html_of(certificate), stylesheet(), (seals.ATTACHMENT, "The facts of this certificate, signed", signed_json(certificate))
    )
    return seals.sealed(drawn, key)
