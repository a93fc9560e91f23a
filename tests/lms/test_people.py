"""The list of people, its export and the overview: who sees whom, and that the file says what the screen says."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from certificates.models import Certificate
from lms.core.models import AuditEntry, Organisation, User
from lms.people import harmless
from tests.factories import department_of, make_bank, make_person

PAGES = ["people:list", "hr:overview"]


@pytest.fixture
def as_hr(client: Client, hr: User) -> Client:
    client.force_login(hr)
    return client


@pytest.fixture
def crowd(department: Organisation, trainee: User) -> list[User]:
    """Sixty trainees: more than one page of the list; every third holds a certificate."""
    people = [make_person(f"p{n:02d}", "trainee", department, full_name=f"Person {n:02d}") for n in range(60)]
    for n, person in enumerate(people[::3]):
        Certificate.objects.create(
            holder=person,
            organisation=department,
            course_id=1,
            title_zh="课程",
            holder_name=str(person),
            organisation_zh="部门",
            issuer_zh="银行",
            score=80,
            rubric_code="conversation",
            rubric_version=1,
            number=f"T-{n}",
            code=f"{n:022d}",
            issued_at=timezone.now() - timedelta(days=30),
            valid_until=timezone.localdate() + timedelta(days=20 * n),
        )
    return people


def csv_of(client: Client, **query: str) -> list[list[str]]:
    body = client.get(reverse("people:export", args=["csv"]), query).content
    assert body.startswith(b"\xef\xbb\xbf"), "a spreadsheet needs the mark to show Chinese"
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def table_on_screen(client: Client, **query: str) -> list[list[str]]:
    """The headings and every page of the list, read from the page a person sees; a dash stands for nothing."""
    table: list[list[str]] = []
    number = 1
    while True:
        answer = client.get(reverse("people:list"), {**query, "page": str(number)})
        rows = BeautifulSoup(answer.content, "html.parser").select("table tr")
        cells = [[cell.get_text(" ", strip=True).rstrip(" ↑↓") for cell in row.select("th, td")] for row in rows]
        table += [["" if cell == "–" else cell for cell in row] for row in cells[bool(table) :]]
        if not answer.context["page"].has_next():
            return table
        number += 1


def names_on_screen(client: Client, **query: str) -> list[str]:
    return [row[0] for row in table_on_screen(client, **query)[1:]]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("viewer", ["trainee", "author", "outsider"])
def test_who_looks_after_nobody_finds_no_such_page(client, request, trainee, page, viewer):
    client.force_login(request.getfixturevalue(viewer))
    assert client.get(reverse(page)).status_code == 404


@pytest.mark.parametrize("viewer", ["trainee", "author", "outsider"])
def test_who_looks_after_nobody_finds_no_person_and_no_export(client, request, trainee, viewer):
    client.force_login(request.getfixturevalue(viewer))
    assert client.get(reverse("people:person", args=[trainee.pk])).status_code == 404
    assert client.get(reverse("people:export", args=["csv"])).status_code == 404
    assert not AuditEntry.objects.filter(action="people_exported").exists()


def test_hr_of_another_bank_sees_only_their_own(client, trainee, outsider):
    theirs = make_person("their-hr", "hr", outsider.memberships.get().organisation.get_root())
    client.force_login(theirs)
    assert names_on_screen(client, role="trainee") == [outsider.full_name]
    assert [row[0] for row in csv_of(client, role="trainee")[1:]] == [outsider.full_name]
    assert client.get(reverse("people:person", args=[trainee.pk])).status_code == 404


def test_a_department_of_another_bank_in_the_sentence_shows_nothing_of_it(as_hr, trainee, outsider):
    theirs = outsider.memberships.get().organisation
    assert outsider.full_name not in names_on_screen(as_hr, organisation=str(theirs.pk))


def test_a_manager_sees_their_reports_and_nobody_else(client, manager, trainee, department):
    make_person("colleague", "trainee", department)
    client.force_login(manager)
    assert names_on_screen(client) == [trainee.full_name]


@pytest.mark.parametrize(
    "query",
    [{}, {"certificate": "valid"}, {"certificate": "none", "sort": "-name"}, {"q": "Person 1", "sort": "valid_until"}, {"role": ""}],
)
def test_the_export_equals_the_screen_in_both_formats(as_hr, crowd, query):
    screen = table_on_screen(as_hr, **query)
    exported = csv_of(as_hr, **query)
    assert len(screen) > 2
    assert exported == screen
    sheet = load_workbook(io.BytesIO(as_hr.get(reverse("people:export", args=["xlsx"]), query).content)).active
    cells = [
        ["" if cell is None else str(cell.date() if hasattr(cell, "date") else cell) for cell in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    assert cells == exported


def test_an_export_is_written_into_the_audit_log_with_its_filters(as_hr, hr, trainee):
    csv_of(as_hr, certificate="none")
    entry = AuditEntry.objects.get(action="people_exported")
    assert entry.actor == hr
    assert entry.data == {"rows": 1, "format": "csv", "filters": {"certificate": "none"}}


@pytest.mark.parametrize("name", ["=1+1", "+A1", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_a_name_that_is_a_formula_stays_text(name):
    assert harmless(name) == f"'{name}"
    assert harmless("林晓雯") == "林晓雯"
    assert harmless(-2) == -2


def test_a_formula_in_a_name_reaches_no_spreadsheet(as_hr, trainee):
    User.objects.filter(pk=trainee.pk).update(full_name='=HYPERLINK("http://evil")')
    assert csv_of(as_hr)[1][0].startswith("'=")
    sheet = load_workbook(io.BytesIO(as_hr.get(reverse("people:export", args=["xlsx"])).content)).active
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_queries_does_not_grow_with_the_people(as_hr, trainee, department, page):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_hr.get(reverse(page)).status_code == 200
        return len(captured)

    queries()
    before = queries()
    for number in range(30):
        make_person(f"extra{number}", "trainee", department)
    assert queries() == before


def test_a_person_page_says_where_they_work_and_offers_editing_only_to_their_administrator(client, hr, admin, trainee):
    edit = reverse("people:edit", args=[trainee.pk])
    page = reverse("people:person", args=[trainee.pk])
    client.force_login(hr)
    seen = client.get(page).content.decode()
    assert "Customer Service" in seen
    assert edit not in seen
    client.force_login(admin)
    assert edit in client.get(page).content.decode()


def test_the_administrator_of_a_branch_is_not_offered_what_they_may_not_do(client, bank, department, trainee):
    below = make_person("below", "admin", department)
    trainee.memberships.create(organisation=bank, role="hr")
    client.force_login(below)
    page = client.get(reverse("people:person", args=[trainee.pk]))
    assert page.status_code == 200
    assert reverse("people:edit", args=[trainee.pk]) not in page.content.decode()


def test_the_overview_counts_only_the_own_bank(as_hr, trainee, department):
    other = department_of(make_bank("第三家"))
    for number in range(3):
        make_person(f"theirs{number}", "trainee", other)
    page = as_hr.get(reverse("hr:overview"))
    assert page.context["trainees"] == 1
    assert {row.organisation for row in page.context["rows"]} == {department}
