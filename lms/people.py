"""The people of an organisation as HR, trainers, administrators and managers see them: a list, a person, an overview, an export.

The list on the screen and the exported file are made of the same rows and the same columns by the same function, so they cannot
disagree. The number of queries does not depend on the number of people.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Avg, Count, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

import assessment.reports
import assessment.selectors
import certificates.selectors
import courses.selectors
import simulator.selectors
from certificates.models import Certificate
from lms import people_services
from lms.core import access, audit
from lms.core.models import Membership, Organisation, User

Role = Membership.Role
VIEWERS = (Role.HR, Role.TRAINER, Role.ADMIN)
PEOPLE_A_PAGE = 50
RESULTS_OF_A_PERSON = 100
EXPIRING_DAYS = 60

CERTIFICATE_STATES = [
    ("", gettext_lazy("any certificate state")),
    ("valid", gettext_lazy("a valid certificate")),
    ("expiring", gettext_lazy("a certificate that ends within 60 days")),
    ("expired", gettext_lazy("an expired certificate")),
    ("none", gettext_lazy("no certificate")),
]
CERTIFICATE_WORDS = {
    "valid": gettext_lazy("Valid"),
    "expiring": gettext_lazy("Ends soon"),
    "expired": gettext_lazy("Expired"),
    "none": gettext_lazy("None"),
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What the list says of one person. Scores run from 0 to 100; None where there is none yet."""

    user: User
    department: str
    begun: int
    completed: int
    role_plays: int
    passed: int
    mean: float | None
    best: float | None
    certificate: str
    valid_until: date | None
    last_active_at: datetime | None

    @property
    def certificate_words(self) -> str:
        return str(CERTIFICATE_WORDS[self.certificate])

    @property
    def last_active_on(self) -> date | None:
        return timezone.localdate(self.last_active_at) if self.last_active_at else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its title, its value on the screen and in the export, and by what it sorts."""

    key: str
    title: Any
    value: Callable[[PersonRow], str | int | float | date | None]
    number: bool = False


COLUMNS = (
    Column("name", gettext_lazy("Name"), lambda row: row.user.get_full_name()),
    Column("department", gettext_lazy("Department"), lambda row: row.department),
    Column("completed", gettext_lazy("Courses completed"), lambda row: row.completed, number=True),
    Column("begun", gettext_lazy("Courses begun"), lambda row: row.begun, number=True),
    Column("role_plays", gettext_lazy("Role-plays"), lambda row: row.role_plays, number=True),
    Column("passed", gettext_lazy("Passed"), lambda row: row.passed, number=True),
    Column("mean", gettext_lazy("Mean score"), lambda row: row.mean, number=True),
    Column("best", gettext_lazy("Best score"), lambda row: row.best, number=True),
    Column("certificate", gettext_lazy("Certificate"), lambda row: row.certificate_words),
    Column("valid_until", gettext_lazy("Valid until"), lambda row: row.valid_until),
    Column("last_active", gettext_lazy("Last active"), lambda row: row.last_active_on),
)


class Filters(forms.Form):
    """The sentence above the list: people of … as … with …, named …"""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), required=False, empty_label=gettext_lazy("all departments"))
    role = forms.ChoiceField(choices=[("", gettext_lazy("any role")), *Role.choices], required=False)
    certificate = forms.ChoiceField(choices=CERTIFICATE_STATES, required=False)
    q = forms.CharField(required=False, max_length=80, strip=True)
    sort = forms.ChoiceField(choices=[(f"{sign}{c.key}", "") for c in COLUMNS for sign in ("", "-")], required=False)

    def __init__(self, data: Any, *, organisations: QuerySet[Organisation]) -> None:
        super().__init__({"role": Role.TRAINEE, **data.dict()})
        field = self.fields["organisation"]
        field.queryset = organisations.order_by("path")
        depths = [organisation.depth for organisation in field.queryset]
        top = min(depths, default=1)
        field.label_from_instance = lambda organisation: "\u3000" * (organisation.depth - top) + organisation.name
        for name, words in (("organisation", _("Department")), ("role", _("Role")), ("certificate", _("Certificate"))):
            self.fields[name].widget.attrs.update({"aria-label": words, "data-submit-on-change": ""})
        self.fields["q"].widget.attrs.update({"aria-label": _("Name or number"), "placeholder": _("name or number"), "type": "search"})


def may_look(user: User) -> bool:
    """Whether `user` has anybody to look at: HR, trainers, administrators, and managers with reports."""
    return access.has_role(user, *VIEWERS, Role.MANAGER)


def chosen_people(user: User, filters: Filters) -> QuerySet[User]:
    """The people `user` may see and the sentence asks for; a filter that makes no sense is as if it were not there."""
    wanted = filters.cleaned_data if filters.is_valid() else {}
    memberships = Q(memberships__in=Membership.objects.active())
    if organisation := wanted.get("organisation"):
        memberships &= Q(memberships__organisation__path__startswith=organisation.path)
    if role := wanted.get("role"):
        memberships &= Q(memberships__role=role)
    people = User.objects.filter(pk__in=access.people_visible_to(user).values("pk")).filter(memberships)
    if text := wanted.get("q"):
        people = people.filter(Q(full_name__icontains=text) | Q(employee_number__icontains=text) | Q(username__iexact=text))
    return people.distinct()


def rows_for(user: User, filters: Filters) -> list[PersonRow]:
    """Every row of the list, filtered and sorted. Six queries, whatever the number of people."""
    people = list(chosen_people(user, filters).order_by("full_name", "pk"))
    ids = User.objects.filter(pk__in=[person.pk for person in people]) if len(people) < 500 else chosen_people(user, filters)
    rows = _rows(people, ids)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    if state := wanted.get("certificate"):
        states = {"valid": {"valid", "expiring"}}.get(state, {state})
        rows = [row for row in rows if row.certificate in states]
    return _sorted(rows, wanted.get("sort") or "name")


def _rows(people: list[User], ids: QuerySet[User]) -> list[PersonRow]:
    departments = _departments(ids)
    learning = courses.selectors.progress_by_person(ids)
    scores = {
        row["trainee"]: row
        for row in assessment.selectors.results()
        .filter(trainee__in=ids)
        .order_by()
        .values("trainee")
        .annotate(n=Count("id"), passes=Count("id", filter=Q(passed=True)), mean=Avg("score"), best=Max("score"), last=Max("recorded_at"))
    }
    held = _certificates(ids)
    found = []
    for person in people:
        score = scores.get(person.pk, {})
        progress = learning.get(person.pk, courses.selectors.PersonProgress())
        state, valid_until = held.get(person.pk, ("none", None))
        moments = [moment for moment in (progress.last_active_at, score.get("last"), person.last_login) if moment]
        found.append(
            PersonRow(
                user=person,
                department=departments.get(person.pk, ""),
                begun=progress.begun,
                completed=progress.completed,
                role_plays=score.get("n", 0),
                passed=score.get("passes", 0),
                mean=round(score["mean"], 1) if score else None,
                best=round(score["best"], 1) if score else None,
                certificate=state,
                valid_until=valid_until,
                last_active_at=max(moments, default=None),
            )
        )
    return found


def _departments(ids: QuerySet[User]) -> dict[int, str]:
    """Where each person works: where they are a trainee, else their first place."""
    memberships = Membership.objects.active().filter(user__in=ids).select_related("organisation")
    found: dict[int, Membership] = {}
    for membership in sorted(memberships, key=lambda m: (m.role != Role.TRAINEE, m.pk)):
        found.setdefault(membership.user_id, membership)
    return {person: membership.organisation.name for person, membership in found.items()}


def _certificates(ids: QuerySet[User]) -> dict[int, tuple[str, date | None]]:
    """The state of each person's certificates: of those that hold the one that ends first, where none holds the one that ended last."""
    today = timezone.localdate()
    ends: dict[int, list[date]] = {}
    active = Certificate.objects.filter(holder__in=ids, state=Certificate.State.ACTIVE).order_by()
    for holder, valid_until in active.values_list("holder", "valid_until"):
        ends.setdefault(holder, []).append(valid_until or date.max)
    found: dict[int, tuple[str, date | None]] = {}
    for holder, days in ends.items():
        day = min((end for end in days if end >= today), default=max(days))
        found[holder] = (state_of(day, today), None if day == date.max else day)
    return found


def state_of(ends_on: date, today: date) -> str:
    """The state of a certificate that holds up to and including `ends_on`."""
    if ends_on < today:
        return "expired"
    return "expiring" if ends_on <= today + timedelta(days=EXPIRING_DAYS) else "valid"


def _sorted(rows: list[PersonRow], sort: str) -> list[PersonRow]:
    """Rows by one column; people with nothing there come last, whichever way it goes."""
    key, down = sort.lstrip("-"), sort.startswith("-")
    column = next(column for column in COLUMNS if column.key == key)
    filled = [row for row in rows if column.value(row) is not None]
    rest = [row for row in rows if column.value(row) is None]
    return sorted(filled, key=column.value, reverse=down) + rest  # type: ignore[arg-type]


@login_required
def people_list(request: HttpRequest) -> HttpResponse:
    """The people one may see, as the sentence says."""
    filters = _filters(request)
    rows = rows_for(request.user, filters)
    page = Paginator(rows, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    current = (filters.cleaned_data.get("sort") if filters.is_valid() else "") or "name"
    headings = []
    for column in COLUMNS:
        query["sort"] = f"-{column.key}" if current == column.key else column.key
        direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(current, "")
        headings.append({"title": column.title, "number": column.number, "query": query.urlencode(), "direction": direction})
    query.pop("sort", None)
    if request.GET.get("sort"):
        query["sort"] = request.GET["sort"]
    context = {"filters": filters, "page": page, "headings": headings, "total": len(rows), "query": query.urlencode()}
    return render(request, "people/list.html", context)


def _filters(request: HttpRequest) -> Filters:
    if not may_look(request.user):
        raise Http404
    mine = access.organisations_of(request.user, (*VIEWERS, Role.MANAGER))
    return Filters(request.GET, organisations=mine)


@login_required
def export(request: HttpRequest, file_format: str) -> HttpResponse:
    """The list of the screen, all of its pages, as XLSX or CSV."""
    if file_format not in ("xlsx", "csv"):
        raise Http404
    rows = rows_for(request.user, _filters(request))
    table = [[str(column.title) for column in COLUMNS], *[[column.value(row) for column in COLUMNS] for row in rows]]
    organisation = access.home_organisation(request.user)
    audit.record(
        request.user,
        "people_exported",
        request.user,
        organisation_id=organisation.pk if organisation else None,
        rows=len(rows),
        format=file_format,
        filters=request.GET.dict(),
    )
    body, content_type = (_xlsx(table), XLSX_TYPE) if file_format == "xlsx" else (_csv(table), "text/csv; charset=utf-8")
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="people-{timezone.localdate():%Y-%m-%d}.{file_format}"'
    return response


XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_BEGINNINGS) else value


def _csv(table: Iterable[list[Any]]) -> bytes:
    """UTF-8 with a byte order mark, so that a spreadsheet shows Chinese."""
    text = io.StringIO()
    csv.writer(text).writerows([["" if value is None else harmless(value) for value in row] for row in table])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(table: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = _("People")
    for row in table:
        sheet.append([harmless(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, column in enumerate(sheet.columns, 1):
        widest = max((len(str(cell.value)) for cell in column if cell.value is not None), default=8)
        sheet.column_dimensions[get_column_letter(number)].width = min(40, widest * 1.6 + 2)
    sheet.freeze_panes = "B2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@login_required
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person: where they work, how far they have come, what they reached."""
    if not may_look(request.user):
        raise Http404
    found = get_object_or_404(access.people_visible_to(request.user), pk=person_id)
    results = list(assessment.selectors.results_visible_to(request.user).filter(trainee=found)[:RESULTS_OF_A_PERSON])
    known = simulator.selectors.sessions_known_to(request.user).filter(trainee=found)
    revocable = certificates.selectors.certificates_revocable_by(request.user).filter(holder=found)
    context = {
        "person": found,
        "memberships": found.memberships.select_related("organisation", "manager").order_by("-starts_on"),
        "learning": [one for one in courses.selectors.learning_of(found) if one.enrolment is not None],
        "results": results,
        "debriefs": set(known.exclude(state="open").values_list("pk", flat=True)),
        "titles": courses.selectors.scenario_titles({result.scenario_slug for result in results}),
        "certificates": certificates.selectors.certificates_visible_to(request.user).filter(holder=found),
        "revocable": set(revocable.values_list("pk", flat=True)),
        "may_edit": people_services.people_administered_by(request.user).filter(pk=found.pk).exists(),
    }
    return render(request, "people/person.html", context)


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department in the overview, with the name of the branch it belongs to."""

    organisation: Organisation
    branch: str
    trainees: int
    certified: int
    figures: assessment.reports.Figures

    @property
    def certified_percent(self) -> float | None:
        return round(100 * self.certified / self.trainees, 1) if self.trainees else None


class OverviewFilters(forms.Form):
    """The sentence above the overview: results of the last … in …"""

    MONTHS = [
        ("3", gettext_lazy("3 months")),
        ("6", gettext_lazy("6 months")),
        ("12", gettext_lazy("12 months")),
        ("", gettext_lazy("any time")),
    ]
    months = forms.ChoiceField(choices=MONTHS, required=False)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), required=False, empty_label=gettext_lazy("all branches"))

    def __init__(self, data: Any, *, organisations: QuerySet[Organisation]) -> None:
        super().__init__(data)
        self.fields["organisation"].queryset = organisations.exclude(kind=Organisation.Kind.DEPARTMENT).order_by("path")
        self.fields["organisation"].label_from_instance = lambda organisation: organisation.name
        for name, words in (("months", _("Period")), ("organisation", _("Branch"))):
            self.fields[name].widget.attrs.update({"aria-label": words, "data-submit-on-change": ""})


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """How the departments stand: trained, certified, pass rate, each with its n."""
    mine = access.organisations_of(request.user, (Role.HR, Role.ADMIN, Role.MANAGER))
    if not mine.exists():
        raise Http404
    filters = OverviewFilters(request.GET, organisations=mine)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    organisations = mine.filter(path__startswith=wanted["organisation"].path) if wanted.get("organisation") else mine
    since = timezone.localdate() - timedelta(days=30 * int(wanted["months"])) if wanted.get("months") else None
    counted = assessment.reports.counted(organisations, since=since)
    trainees = _trainees_by_organisation(organisations)
    certified = certificates.selectors.holders_by_organisation(organisations)
    departments = assessment.reports.by_department(counted, organisations)
    branches = _branches(one.organisation for one in departments)
    rows = [
        DepartmentRow(
            organisation=one.organisation,
            branch=branches.get(one.organisation.path[: -Organisation.steplen], ""),
            trainees=trainees.get(one.organisation.pk, 0),
            certified=certified.get(one.organisation.pk, 0),
            figures=one.figures,
        )
        for one in departments
    ]
    ends = certificates.selectors.valid_certificates(organisations)
    soon = ends.filter(valid_until__lte=timezone.localdate() + timedelta(days=EXPIRING_DAYS)).count()
    context = {
        "filters": filters,
        "rows": rows,
        "total": assessment.reports.total(counted),
        "months": assessment.reports.by_month(counted),
        "scenarios": _titled(assessment.reports.by_scenario(counted)),
        "trainees": sum(trainees.values()),
        "certified": sum(row.certified for row in rows),
        "expiring": soon,
    }
    return render(request, "people/overview.html", context)


def _branches(departments: Iterable[Organisation]) -> dict[str, str]:
    """The names of the organisations right above `departments`, by their path; one query."""
    paths = {department.path[: -Organisation.steplen] for department in departments}
    return {branch.path: branch.name for branch in Organisation.objects.filter(path__in=paths)}


def _trainees_by_organisation(organisations: QuerySet[Organisation]) -> dict[int, int]:
    active = Membership.objects.active().filter(role=Role.TRAINEE, organisation__in=organisations)
    return {row["organisation"]: row["n"] for row in active.order_by().values("organisation").annotate(n=Count("user", distinct=True))}


def _titled(figures: dict[str, assessment.reports.Figures]) -> list[tuple[str, assessment.reports.Figures]]:
    titles = courses.selectors.scenario_titles(figures)
    return [(titles.get(slug, slug), one) for slug, one in figures.items()]
