"""From a certificate to the bytes of its PDF. The only module that imports WeasyPrint, and only in a child process.

Drawing stays out of the server's process for two reasons: text layout without any font ends the process it runs in, and a
drawing that hangs can be stopped. `python -m certificates.pdf` is that child: a job as JSON comes in, the PDF goes out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 60
NO_PANGO = 3
ROOT = Path(__file__).resolve().parent.parent


def draw(html: str, stylesheet: str, attachment: tuple[str, str, str] | None = None) -> bytes:
    """The PDF of `html`, with `attachment` (name, description, text) inside. Raises `PangoMissing` or `DrawingFailed`."""
    from certificates.errors import DrawingFailed, PangoMissing

    job = json.dumps({"html": html, "stylesheet": stylesheet, "attachment": attachment})
    with tempfile.TemporaryDirectory() as empty:
        # No font of the host may slip in: what is not in our own files would look different on every machine.
        config = Path(empty) / "fonts.conf"
        config.write_text(f'<?xml version="1.0"?><fontconfig><dir>{empty}</dir><cachedir>{empty}</cachedir></fontconfig>')
        environment = {**os.environ, "FONTCONFIG_FILE": str(config)}
        try:
            done = subprocess.run(
                [sys.executable, "-m", "certificates.pdf"],
                input=job.encode("utf-8"),
                capture_output=True,
                timeout=SECONDS,
                cwd=ROOT,
                env=environment,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise DrawingFailed("The drawing took too long.") from error
    if done.returncode == NO_PANGO:
        raise PangoMissing
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise DrawingFailed(done.stderr.decode("utf-8", "replace")[-2000:])
    return done.stdout


def _child() -> int:
    try:
        from weasyprint import CSS, HTML, Attachment
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except OSError as error:  # cffi cannot load pango
        sys.stderr.write(str(error))
        return NO_PANGO
    job = json.load(sys.stdin)
    fetcher = URLFetcher(allowed_protocols=["file", "data"])
    fonts = FontConfiguration()
    attachments = []
    if job["attachment"]:
        name, description, text = job["attachment"]
        attachments = [Attachment(string=text.encode("utf-8"), name=name, description=description, relationship="Data")]
    HTML(string=job["html"], url_fetcher=fetcher).write_pdf(
        sys.stdout.buffer,
        stylesheets=[CSS(string=job["stylesheet"], font_config=fonts, url_fetcher=fetcher)],
        font_config=fonts,
        attachments=attachments,
        pdf_variant="pdf/a-3a",
    )
    return 0


if __name__ == "__main__":
    sys.exit(_child())
