"""Issuing and revoking."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from certificates import selectors, services
from certificates.codes import is_number
from certificates.errors import NotActive, NotAllowed, ReasonMissing
from certificates.models import Certificate
from lms.core import bus
from lms.core.access import home_organisation
from lms.core.contracts import CertificateIssued
from lms.core.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_a_completed_course_earns_one_certificate_however_often_it_is_told(
    trainee, complete, monkeypatch, django_capture_on_commit_callbacks
):
    heard: list[CertificateIssued] = []
    monkeypatch.setattr(bus, "_reactions", {CertificateIssued: [heard.append]})
    with django_capture_on_commit_callbacks(execute=True):
        first = services.issue_if_earned(complete(trainee))
        second = services.issue_if_earned(complete(trainee))
    assert first == second
    assert Certificate.objects.count() == 1
    assert [row.code for row in heard] == [first.code, first.code]


def test_a_certificate_is_a_snapshot_of_its_day(trainee, certificate):
    trainee.full_name = "张无忌"
    trainee.save()
    certificate.refresh_from_db()
    assert certificate.holder_name == "张三丰"
    assert certificate.issuer_zh == home_organisation(trainee).get_root().name_zh
    assert is_number(certificate.number)
    assert certificate.number.startswith("TS-2026-000001-")


def test_numbers_run_on_within_a_year_and_begin_anew(trainee, complete):
    numbers = [
        services.issue_if_earned(complete(trainee, course_id=course, completed_at=at)).number[:-2]
        for course, at in [
            (1, datetime(2025, 5, 1, tzinfo=UTC)),
            (2, datetime(2026, 5, 1, tzinfo=UTC)),
            (3, datetime(2026, 5, 2, tzinfo=UTC)),
        ]
    ]
    assert numbers == ["TS-2025-000001", "TS-2026-000001", "TS-2026-000002"]


@pytest.mark.parametrize(("months", "ends"), [(24, date(2028, 10, 31)), (4, date(2027, 2, 28)), (16, date(2028, 2, 29)), (0, None)])
def test_it_ends_on_the_same_day_of_a_later_month(trainee, complete, months, ends):
    assert services.issue_if_earned(complete(trainee, valid_months=months)).valid_until == ends


def test_it_holds_until_the_last_day_and_then_expires(certificate):
    assert certificate.status(datetime(2028, 10, 31, 15, 0, tzinfo=UTC)) == "valid"
    assert certificate.status(datetime(2028, 11, 1, 1, 0, tzinfo=UTC)) == "expired"


def test_an_expired_one_is_replaced_when_the_course_is_completed_again(trainee, complete, certificate):
    assert services.issue_if_earned(complete(trainee, completed_at=datetime(2027, 1, 1, tzinfo=UTC))) == certificate
    newer = services.issue_if_earned(complete(trainee, completed_at=datetime(2029, 1, 1, tzinfo=UTC)))
    certificate.refresh_from_db()
    assert (newer != certificate, newer.state, certificate.state) == (True, "active", "superseded")


def test_the_database_keeps_one_active_certificate(certificate):
    certificate.pk, certificate.number, certificate.code = None, "TS-2026-999999-X", "x" * 22
    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.save(force_insert=True)


def test_hr_revokes_with_a_reason_that_is_on_record(hr, certificate):
    revoked = services.revoke(hr, certificate, " Issued in   error ")
    assert (revoked.status(), revoked.revoked_by, revoked.revoked_reason) == ("revoked", hr, "Issued in error")
    entry = AuditEntry.objects.get(action="certificate_revoked")
    assert (entry.actor, entry.object_id, entry.reason) == (hr, str(certificate.pk), "Issued in error")


def test_a_revoked_certificate_does_not_come_back_by_itself(trainee, hr, complete, certificate):
    services.revoke(hr, certificate, "Issued in error")
    assert services.issue_if_earned(complete(trainee)) is None
    again = services.issue_if_earned(complete(trainee, completed_at=datetime(2099, 1, 1, tzinfo=UTC)))
    assert again.status(datetime(2099, 1, 2, tzinfo=UTC)) == "valid"


def test_revoking_needs_a_reason_and_happens_once(admin, certificate):
    with pytest.raises(ReasonMissing):
        services.revoke(admin, certificate, "  ")
    services.revoke(admin, certificate, "Left the bank")
    with pytest.raises(NotActive):
        services.revoke(admin, certificate, "Again")
    assert AuditEntry.objects.filter(action="certificate_revoked").count() == 1


def test_neither_the_holder_nor_an_outsider_can_revoke(trainee, outsider, certificate):
    for person in (trainee, outsider):
        with pytest.raises(NotAllowed):
            services.revoke(person, certificate, "No")
    certificate.refresh_from_db()
    assert certificate.state == "active"


def test_who_sees_a_certificate(trainee, hr, outsider, certificate):
    assert list(selectors.certificates_of(trainee)) == [certificate]
    assert list(selectors.certificates_visible_to(hr)) == [certificate]
    assert list(selectors.certificates_visible_to(outsider)) == []


def test_holders_are_counted_by_department_in_one_query(trainee, hr, complete, certificate, django_assert_num_queries):
    services.issue_if_earned(complete(trainee, course_id=8))
    organisations = type(certificate.organisation).objects.all()
    with django_assert_num_queries(1):
        assert selectors.holders_by_organisation(organisations) == {certificate.organisation_id: 1}
    services.revoke(hr, certificate, "x")
    services.revoke(hr, Certificate.objects.get(course_id=8), "x")
    assert selectors.holders_by_organisation(organisations) == {}
