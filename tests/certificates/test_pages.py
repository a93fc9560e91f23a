"""The pages of certificates, each tried as somebody who may and somebody who may not."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from certificates import pdf, printing, services, views
from certificates.errors import PangoMissing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def drawn(monkeypatch):
    """A drawing that takes no time; the real one is tested in test_pdf.py."""
    monkeypatch.setattr(printing, "pdf_of", lambda certificate: b"%PDF " + certificate.number.encode())


def test_my_certificates_stand_on_my_page_and_nobody_elses(client, trainee, outsider, certificate):
    client.force_login(trainee)
    assert certificate.number in client.get("/certificates/").content.decode()
    client.force_login(outsider)
    assert certificate.number not in client.get("/certificates/").content.decode()


def test_holder_and_hr_open_the_pdf_and_an_outsider_finds_nothing(client, trainee, hr, outsider, certificate, drawn):
    address = f"/certificates/{certificate.pk}/pdf/"
    assert client.get(address).status_code == 302
    for person, status in ((trainee, 200), (hr, 200), (outsider, 404)):
        client.force_login(person)
        assert client.get(address).status_code == status
    client.force_login(trainee)
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/pdf"
    assert certificate.number in response.headers["Content-Disposition"]


def test_the_signed_facts_are_for_those_who_may_see_the_certificate(client, trainee, outsider, certificate):
    client.force_login(trainee)
    assert client.get(f"/certificates/{certificate.pk}/json/").json()["number"] == certificate.number
    client.force_login(outsider)
    assert client.get(f"/certificates/{certificate.pk}/json/").status_code == 404


def test_a_server_without_pango_says_what_to_install(client, trainee, certificate, monkeypatch):
    def missing(*args):
        raise PangoMissing

    monkeypatch.setattr(pdf, "draw", missing)
    client.force_login(trainee)
    response = client.get(f"/certificates/{certificate.pk}/pdf/")
    assert response.status_code == 503
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in response.content.decode()


def test_anybody_with_the_code_sees_validity_and_a_masked_name(client, certificate):
    page = client.get(f"/verify/{certificate.code}/").content.decode()
    for words in (certificate.number, "张**", certificate.title_zh, certificate.issuer_zh, "2026-10-31", "2028-10-31"):
        assert words in page
    for private in (certificate.holder_name, certificate.holder.username, certificate.organisation_zh, "86.5"):
        assert private not in page


def test_a_revoked_certificate_says_so_at_once_and_is_not_printed(client, trainee, hr, certificate, drawn):
    services.revoke(hr, certificate, "Issued in error")
    page = client.get(f"/verify/{certificate.code}/").content.decode()
    assert "badge-bad" in page
    assert "Issued in error" not in page
    client.force_login(trainee)
    assert client.get(f"/certificates/{certificate.pk}/pdf/").status_code == 410
    assert "Issued in error" in client.get("/certificates/").content.decode()


def test_an_unknown_code_is_not_found(client):
    assert client.get(f"/verify/{'x' * 22}/").status_code == 404
    assert client.get("/verify/1/").status_code == 404


def test_nobody_can_guess_for_long(client, certificate):
    statuses = [client.get(f"/verify/{'x' * 22}/").status_code for _ in range(views.LOOKUPS_A_MINUTE)]
    assert set(statuses) <= {404, 429}
    assert 429 in [client.get(f"/verify/{certificate.code}/").status_code for _ in range(views.LOOKUPS_A_MINUTE + 1)]


def test_an_uploaded_file_is_checked_and_its_present_state_told(client, hr, certificate):
    facts = printing.signed_json(certificate).encode()

    def upload(content: bytes):
        return client.post("/verify/", {"file": SimpleUploadedFile("certificate.json", content)}).content.decode()

    assert certificate.number in upload(facts)
    assert certificate.number not in upload(facts.replace(b"86.5", b"96.5"))
    services.revoke(hr, certificate, "Issued in error")
    assert "badge-bad" in upload(facts)
    assert client.post("/verify/", {}).status_code == 400


def test_hr_revokes_on_a_page_that_asks_for_the_reason(client, hr, certificate):
    client.force_login(hr)
    address = f"/certificates/{certificate.pk}/revoke/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": " "}).status_code == 400
    assert client.post(address, {"reason": "Issued in error"}).status_code == 302
    certificate.refresh_from_db()
    assert certificate.state == "revoked"
    assert client.post(address, {"reason": "Again"}).status_code == 400


def test_the_page_for_revoking_is_there_for_nobody_else(client, trainee, outsider, certificate):
    for person in (trainee, outsider):
        client.force_login(person)
        assert client.post(f"/certificates/{certificate.pk}/revoke/", {"reason": "No"}).status_code == 404
    certificate.refresh_from_db()
    assert certificate.state == "active"
