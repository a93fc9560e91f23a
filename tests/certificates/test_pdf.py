"""The PDF as a reader gets it: real glyphs, its own fonts, provable."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from datetime import date

import pikepdf
import pytest
from django.core.management import call_command

from certificates import fonts, pdf, printing, seals, services
from certificates.errors import DrawingFailed, PangoMissing

RARE = "张㛃𬭎喆堃"
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def prepared_font():
    fonts.prepare()


@pytest.fixture
def keys(settings, tmp_path, prepared_font):
    """A data folder of its own for the keys, with the font that is already made."""
    (tmp_path / "fonts").symlink_to(fonts.common().parent)
    settings.DATA_DIR = tmp_path
    return tmp_path / printing.KEYS


@pytest.fixture
def rare(trainee, complete, keys):
    trainee.full_name = RARE
    trainee.save()
    return services.issue_if_earned(complete(trainee))


def text_of(data: bytes) -> str:
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout.decode("utf-8")


@pytest.mark.django_db
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not installed")
def test_the_words_of_a_certificate_can_be_read_out_of_its_pdf(rare):
    text = text_of(printing.pdf_of(rare))
    for words in (RARE, "培训合格证书", rare.number, rare.title_zh, rare.title_en, rare.issuer_zh, "86.5", "2026-10-31", "2028-10-31"):
        assert words in text


@pytest.mark.django_db
def test_every_font_is_embedded_and_our_own(rare):
    embedded = set()
    with pikepdf.open(io.BytesIO(printing.pdf_of(rare))) as document:
        assert len(document.pages) == 1
        width, height = (float(side) for side in document.pages[0].mediabox[2:])
        assert (round(width), round(height)) == (842, 595)
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                assert "/FontFile2" in item or "/FontFile3" in item
                embedded.add(str(item.FontName).split("+")[1])
    assert {"Certificate", "Certificate-serif"} <= embedded <= {"Certificate", "Certificate-rare", "Certificate-serif"}


@pytest.mark.django_db
def test_a_pdf_is_small_and_says_what_it_is(rare):
    data = printing.pdf_of(rare)
    assert len(data) < 400_000
    with pikepdf.open(io.BytesIO(data)) as document:
        assert RARE in str(document.docinfo["/Title"])
        assert str(document.Root.Lang) == "zh-Hans"
        assert document.Root.MarkInfo.Marked
        facts = json.loads(document.attachments[seals.ATTACHMENT].get_file().read_bytes())
    assert facts["holder"] == RARE
    assert facts["verify_url"].endswith(f"/verify/{rare.code}/")


def test_the_prepared_font_has_every_common_character(prepared_font):
    from fontTools.ttLib import TTFont

    has = set(TTFont(fonts.common()).getBestCmap())
    rare_in_full = set(TTFont(fonts.full_sans()).getBestCmap())
    assert fonts.common_characters() & rare_in_full <= has
    assert {ord(character) for character in RARE} <= rare_in_full


def test_the_font_is_made_once(prepared_font):
    assert fonts.prepare() is None


def test_missing_pango_is_one_sentence_with_the_commands(monkeypatch):
    monkeypatch.setattr(
        subprocess, "run", lambda *args, **kwargs: subprocess.CompletedProcess([], pdf.NO_PANGO, b"", b"cannot load library")
    )
    with pytest.raises(PangoMissing) as caught:
        pdf.draw("<p>", "")
    assert "apt-get install libpango-1.0-0" in str(caught.value)
    assert "brew install pango" in str(caught.value)


def test_a_drawing_that_ends_badly_or_takes_too_long_is_an_error(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: subprocess.CompletedProcess([], -11, b"", b""))
    with pytest.raises(DrawingFailed):
        pdf.draw("<p>", "")

    def hang(*args, **kwargs):
        raise subprocess.TimeoutExpired("python", pdf.SECONDS)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(DrawingFailed):
        pdf.draw("<p>", "")


def test_weasyprint_is_not_loaded_with_the_site():
    code = "import django, sys; django.setup(); import lms.urls; sys.exit('weasyprint' in sys.modules or 'pikepdf' in sys.modules)"
    import os
    import sys

    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings"}, cwd=pdf.ROOT, check=False
    )
    assert done.returncode == 0


# Proving it without a database


def verdict(data: bytes, folder, today: date = TODAY) -> seals.Verdict:
    return seals.verify(data, seals.trusted_keys(folder), today)


@pytest.mark.django_db
def test_the_pdf_and_its_json_prove_themselves(rare, keys):
    for data in (printing.pdf_of(rare), printing.signed_json(rare).encode()):
        found = verdict(data, keys)
        assert (found.valid, found.status) == (True, "valid")
        assert found.facts["holder"] == RARE


@pytest.mark.django_db
def test_changing_any_fact_is_found(rare, keys):
    document = json.loads(printing.signed_json(rare))
    for name, value in document.items():
        if name == "proof":
            continue
        changed = {**document, name: [value]} if name != "format" else {**document, "format": "tingsu-certificate/2"}
        assert not verdict(json.dumps(changed).encode(), keys).valid, name
    forged = {**document, "score": 99.0}
    assert verdict(json.dumps(forged).encode(), keys).status == "altered"


@pytest.mark.django_db
def test_one_changed_byte_anywhere_in_the_pdf_is_found(rare, keys):
    data = printing.pdf_of(rare)
    for place in range(200, len(data), max(1, len(data) // 60)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert not verdict(changed, keys).valid, place
    assert not verdict(data + b"%", keys).valid


@pytest.mark.django_db
def test_a_genuine_attachment_in_another_pdf_is_found(rare, keys):
    other = pikepdf.new()
    other.add_blank_page()
    other.attachments[seals.ATTACHMENT] = pikepdf.AttachedFileSpec(other, printing.signed_json(rare).encode(), filename=seals.ATTACHMENT)
    out = io.BytesIO()
    other.save(out)
    assert verdict(out.getvalue(), keys).status == "altered"


@pytest.mark.django_db
def test_another_installation_does_not_know_the_issuer(rare, keys, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    seals.private_key(elsewhere)
    assert verdict(printing.signed_json(rare).encode(), elsewhere).status == "unknown_issuer"


@pytest.mark.django_db
def test_dates_are_checked(rare, keys):
    data = printing.signed_json(rare).encode()
    assert verdict(data, keys, date(2028, 10, 31)).status == "valid"
    assert verdict(data, keys, date(2028, 11, 1)).status == "expired"
    assert verdict(data, keys, date(2026, 10, 1)).status == "not_yet_valid"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"format": "tingsu-certificate/1"}'])
def test_anything_else_is_refused_without_breaking(data, tmp_path):
    assert not verdict(data, tmp_path).valid


def test_the_signing_key_is_made_once_and_only_the_owner_reads_it(tmp_path):
    first = seals.private_key(tmp_path)
    assert seals.raw(seals.private_key(tmp_path).public_key()) == seals.raw(first.public_key())
    assert (tmp_path / "signing-key.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_the_command_needs_no_database(rare, keys, tmp_path, capsys, django_assert_num_queries):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(printing.pdf_of(rare))
    with django_assert_num_queries(0):
        call_command("verify_certificate", str(file))
    said = json.loads(capsys.readouterr().out)
    assert (said["valid"], said["status"]) == (True, "valid")
    assert {check["check"] for check in said["checks"]} == {
        "whole_file",
        "readable",
        "number",
        "issuer",
        "signature",
        "dates",
        "revocation",
    }
    file.write_bytes(b"nothing")
    with pytest.raises(SystemExit):
        call_command("verify_certificate", str(file))
