"""Every page, with every field it reads filled with nonsense: a refusal or a kind page, never a traceback.

What SQLite takes and PostgreSQL would not (NUL characters, half surrogate pairs) fails here as well.
"""

from __future__ import annotations

import logging.config
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from lms.core.models import Membership, User
from tests.crowd import Crowd

# Each address of the site, and the fields its page reads from the query or a form.
PAGES: dict[str, tuple[str, ...]] = {
    "": (),
    "login/": ("username", "password", "next"),
    "account/": ("language", "text_size"),
    "account/password/": ("old_password", "new_password1", "new_password2"),
    "account/language/": ("language", "next"),
    "healthz": (),
    "readyz": (),
    "role-plays/": ("scenario", "level", "language", "seed", "context_key", "page"),
    "role-plays/notice/": ("next",),
    "role-plays/figures/": ("first", "last"),
    "role-plays/limits/": (
        "rules",
        "place",
        "received_at",
        "channel",
        "urgency",
        "complexity",
        "flags",
        "matters",
        "amount",
        "persons",
        "circumstances",
        "promise",
    ),
    "role-plays/assignments/": ("page",),
    "role-plays/assignments/new/": ("organisation", "scenario", "who", "people", "mode", "level", "language", "due_on"),
    "role-plays/assignments/<int:assignment_id>/": (),
    "role-plays/assignments/<int:assignment_id>/withdraw/": ("reason",),
    "role-plays/assignments/<int:assignment_id>/remind/": (),
    "role-plays/assigned/<int:share_id>/begin/": (),
    "role-plays/classes/": ("page",),
    "role-plays/classes/new/": (
        "organisation",
        "scenario",
        "who",
        "people",
        "mode",
        "level",
        "language",
        "planned_for",
        "minutes",
        "open_to_all",
        "observers",
    ),
    "role-plays/classes/<uuid:sitting_id>/": (),
    "role-plays/classes/<uuid:sitting_id>/start/": (),
    "role-plays/classes/<uuid:sitting_id>/cancel/": ("reason",),
    "role-plays/classes/<uuid:sitting_id>/end/": (),
    "role-plays/classes/<uuid:sitting_id>/extend/": ("minutes",),
    "role-plays/classes/<uuid:sitting_id>/enter/": (),
    "role-plays/<uuid:session_id>/extend/": ("minutes",),
    "role-plays/running/": ("page",),
    "role-plays/reports/": ("page",),
    "role-plays/reports/corrections.jsonl": (),
    "role-plays/reports/<int:report_id>/": ("decision", "instead"),
    "role-plays/<uuid:session_id>/": (),
    "role-plays/<uuid:session_id>/clocks/": (),
    "role-plays/<uuid:session_id>/reports/": ("position", "start", "end", "act", "note"),
    "role-plays/<uuid:session_id>/debrief/": (),
    "role-plays/<uuid:session_id>/replay/": (),
    "role-plays/<uuid:session_id>/what-if/": ("turn",),
    "role-plays/<uuid:session_id>/comments/": ("text", "turn"),
    "assessment/rubrics/<slug:code>/": ("version",),
    "people/overview/": ("months", "organisation"),
    "people/": ("organisation", "role", "certificate", "q", "sort", "page"),
    "people/<int:person_id>/": ("page",),
    "people/export.<str:file_format>": ("organisation", "role", "certificate", "q", "sort"),
    "people/new/": ("full_name", "username", "employee_number", "organisation", "manager", "roles", "language"),
    "people/organisations/": ("kind", "above", "name_zh", "name_en"),
    "people/organisations/<int:organisation_id>/": ("name_zh", "name_en"),
    "people/<int:person_id>/edit/": ("full_name", "employee_number", "language"),
    "people/<int:person_id>/roles/": ("role", "organisation", "starts_on", "manager"),
    "people/<int:person_id>/roles/<int:membership_id>/end/": ("last_day",),
    "people/<int:person_id>/password/": (),
    "people/<int:person_id>/deactivate/": ("reason",),
    "certificates/": ("page",),
    "certificates/<int:certificate_id>/pdf/": (),
    "certificates/<int:certificate_id>/json/": (),
    "certificates/<int:certificate_id>/revoke/": ("reason",),
    "verify/": ("file",),
    "verify/<str:code>/": (),
    "courses/": (),
    "courses/<str:course_slug>/": (),
    "courses/<str:course_slug>/<str:lesson_slug>/": ("action", "key", "choice"),
    "account/my-data/": (),
    "logout/": ("next",),
}
# Addresses that Django and Wagtail answer.
NOT_OURS = ("cms/", "documents/", "^media", "_util/", "^((?:")
NONSENSE = (
    "", " ", "-1", "1e309", "abc", "2", "²", "１２", "1" * 30, "9" * 5000, "\0", "长" * 3000, "' OR 1=1 --", "<script>", "{{7*7}}%s%n",
    "//evil.example", "2026-02-30", "9999-12-31", "\ud800",
)  # fmt: skip
IDS = (0, 1, 2**31, 2**63, 10**30)


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield where
        else:
            yield from addresses(pattern, where)


def test_every_address_of_the_site_is_tried() -> None:
    ours = {address for address in addresses(get_resolver()) if not address.startswith(NOT_OURS)}
    assert ours == set(PAGES)


@pytest.fixture
def crowd(db: None) -> Crowd:
    """The bank, with one person who holds every role and so gets past every door."""
    crowd = Crowd()
    everything = crowd.trainee
    for role in Membership.Role.values:
        if role != Membership.Role.TRAINEE:
            Membership.objects.create(user=everything, organisation=crowd.bank, role=role)
    return crowd


@pytest.fixture
def places(crowd: Crowd) -> dict[str, tuple[Any, ...]]:
    """What stands in an address: something that is there, and nonsense."""
    report = crowd.debriefed.reading_reports.get()
    certificate = crowd.trainee.certificates.first()
    other = crowd.newcomers[0]
    return {
        "<uuid:session_id>": (crowd.debriefed.id, crowd.room.id, "00000000-0000-4000-8000-000000000000"),
        "<int:report_id>": (report.pk, *IDS),
        "<int:assignment_id>": (crowd.assignment.pk, *IDS),
        "<uuid:sitting_id>": (crowd.sitting.pk, crowd.coming.pk, "00000000-0000-4000-8000-000000000000"),
        "<int:share_id>": (crowd.assignment.people.get(person=crowd.trainee).pk, *IDS),
        "<int:person_id>": (other.pk, crowd.trainee.pk, *IDS),
        "<int:organisation_id>": (crowd.department.pk, *IDS),
        "<int:membership_id>": (other.memberships.get().pk, *IDS),
        "<int:certificate_id>": (certificate.pk, *IDS),
        "<slug:code>": ("conversation", "x" * 300, "-"),
        "<str:file_format>": ("csv", "xlsx", "exe", "a%00b"),
        "<str:code>": ("0" * 22, "%00", "a%00b", "x" * 3000, "%F0%9F%98%80"),
        "<str:course_slug>": (crowd.course.slug, "%00", "x" * 3000, "%F0%9F%98%80"),
        "<str:lesson_slug>": (crowd.lesson.slug, "%00", "x" * 3000, "%27"),
    }


@pytest.fixture
def valid(crowd: Crowd) -> dict[str, str]:
    """Values that pass, so that each field in its turn is the only nonsense."""
    said = crowd.debriefed.events.get(position=crowd.debriefed.reading_reports.get().position)
    return {
        "username": "somebody", "password": "x", "next": "/", "language": "en", "text_size": "large", "scenario": "annual-fee",
        "level": "2", "seed": "1", "context_key": f"lesson:{crowd.lesson.pk}:r1", "page": "1", "decision": "accepted",
        "position": str(said.position), "start": "0", "end": "2", "act": "greeting", "note": "no", "version": "1", "months": "3",
        "organisation": str(crowd.department.pk), "role": "trainer", "certificate": "valid", "q": "a", "sort": "name",
        "full_name": "Somebody", "employee_number": "1", "manager": "", "roles": "trainee", "starts_on": "2030-01-01",
        "last_day": "2030-01-01", "reason": "because", "action": "answer", "key": "q1", "choice": "0", "old_password": "x",
        "new_password1": "y", "new_password2": "y", "file": "x", "instead": "", "who": "picked", "people": str(crowd.trainee.pk),
        "first": "2026-03-01", "last": "2026-03-31",
        "rules": "CN", "place": "GB", "received_at": "2026-09-30T18:20", "channel": "phone", "urgency": "urgent", "complexity": "complex",
        "flags": "major", "matters": "payment", "amount": "1", "persons": "2", "circumstances": "media", "promise": "2026-10-09",
        "kind": "department", "above": str(crowd.bank.pk), "name_zh": "新部门", "name_en": "New",
        "planned_for": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "minutes": "10",
        "turn": "1", "text": "Well done.", "open_to_all": "on", "observers": "hr",
        "mode": "practice", "due_on": str(timezone.localdate()),
    }  # fmt: skip


def strict(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """As PostgreSQL would: no text with a NUL or half a surrogate pair."""
    for values in params if many else [params or ()]:
        for value in values:
            if isinstance(value, str):
                value.encode()
                assert "\0" not in value, f"{value!r} for {sql}"
    return execute(sql, params, many, context)


def filled(address: str, places: dict[str, tuple[Any, ...]]) -> Iterator[str]:
    """The address with what is there, and with each piece of nonsense in each place."""
    inside = [place for place in places if place in address]
    real = address
    for place in inside:
        real = real.replace(place, str(places[place][0]))
    yield f"/{real}"
    for place in inside:
        for value in places[place][1:]:
            nonsense = address.replace(place, str(value))
            for other in inside:
                nonsense = nonsense.replace(other, str(places[other][0]))
            yield f"/{nonsense}"


def encoded(data: dict[str, str]) -> str:
    """As a browser would send it, half surrogate pairs included."""
    return "&".join(f"{name}={quote_from_bytes(value.encode('utf-8', 'surrogatepass'))}" for name, value in data.items())


def test_nonsense_gets_a_refusal_or_a_page(
    crowd: Crowd, places: dict[str, tuple[Any, ...]], valid: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    visitor, everything = (Client(raise_request_exception=False) for _ in range(2))
    everything.force_login(crowd.trainee)
    broken = []
    with connection.execute_wrapper(strict):
        for address, fields in PAGES.items():
            paths = list(filled(address, places))
            right = {name: valid[name] for name in fields}
            tries = [(path, right) for path in paths]
            tries += [(paths[0], {**right, field: value}) for field in fields for value in NONSENSE]
            for path, data in tries:
                sent = encoded(data)
                for client in (everything, visitor):
                    for answer in answers(client, path, sent):
                        if answer.status_code >= 500 and not (address.endswith("/pdf/") and answer.status_code == 503):
                            broken.append((answer.request["REQUEST_METHOD"], path[:80], sent[:200]))
    assert not broken, f"{len(broken)}: {broken[:40]}"
    assert "Traceback" not in caplog.text


BROKEN_FORMS = {
    "no boundary": ("multipart/form-data", b"x"),
    "too many fields": ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % number for number in range(3000))),
    "too large": ("application/x-www-form-urlencoded", b"scenario=" + b"x" * 3_000_000),
    "another encoding": ("application/x-www-form-urlencoded; charset=utf-16", b"scenario=annual-fee"),
}


@pytest.mark.parametrize(("content_type", "body"), BROKEN_FORMS.values(), ids=BROKEN_FORMS)
@pytest.mark.parametrize("address", ["/role-plays/", "/login/", "/nowhere/"])
def test_a_form_that_cannot_be_read_gets_a_page(
    client: Client, trainee: User, address: str, content_type: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(trainee)
    answer = client.post(address, body, content_type=content_type)
    assert answer.status_code == 400
    assert "This request could not be understood" in answer.content.decode()
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("host", ["evil.example", "[::bad", "a b"])
def test_a_host_that_is_not_ours_is_one_line_in_the_log(client: Client, host: str, capfd: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(settings.LOGGING)  # the handler of the program, writing where this test can read
    assert client.get("/login/", headers={"host": host}).status_code == 400
    logged = capfd.readouterr().err
    assert "Invalid HTTP_HOST header" in logged
    assert "Traceback" not in logged


def answers(client: Client, path: str, sent: str) -> Iterator[Any]:
    """The answers to a query and to a form; nothing that they do is kept."""
    for method in ("get", "post"):
        with transaction.atomic():
            if method == "get":
                yield client.get(f"{path}?{sent}")
            else:
                yield client.post(path, sent, content_type="application/x-www-form-urlencoded")
            transaction.set_rollback(True)
