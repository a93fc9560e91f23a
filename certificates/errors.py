"""What can go wrong here, each with a code that a page or a command turns into words."""

from __future__ import annotations


class CertificateError(Exception):
    code = "certificate_error"


class NotAllowed(CertificateError):
    code = "not_allowed"


class ReasonMissing(CertificateError):
    code = "reason_missing"


class NotActive(CertificateError):
    code = "not_active"


class PangoMissing(CertificateError):
    """The libraries that lay out text are not on this machine."""

    code = "pango_missing"

    def __str__(self) -> str:
        return (
            "Certificates cannot be drawn as PDF: pango is missing. Debian or Ubuntu: sudo apt-get install libpango-1.0-0 "
            "libpangoft2-1.0-0 libharfbuzz-subset0. macOS: brew install pango."
        )


class DrawingFailed(CertificateError):
    """The child process that draws ended without a PDF, or took too long."""

    code = "drawing_failed"
