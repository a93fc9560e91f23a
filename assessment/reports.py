"""The numbers a trainer or HR reads: how many, how many passed, how well. Plain SQL, the same number of queries for any bank.

Every figure comes with its n, and a pass rate with the interval in which it would lie if the same people were drawn again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import sqrt

from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from assessment.models import Result
from lms.core.models import Organisation


@dataclass(frozen=True, slots=True)
class Figures:
    """`n` results of `people` people; rates and means are None where there are none. Percentages run from 0 to 100."""

    n: int = 0
    people: int = 0
    passed: int = 0
    mean: float | None = None

    @property
    def pass_rate(self) -> float | None:
        return round(100 * self.passed / self.n, 1) if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.passed, self.n)


@dataclass(frozen=True, slots=True)
class Department:
    organisation: Organisation
    figures: Figures


def wilson(passed: int, n: int, z: float = 1.96) -> tuple[float, float] | None:
    """The 95 % interval of a rate after Wilson, in percent: honest with few cases, never outside 0 to 100."""
    if not n:
        return None
    rate = passed / n
    middle = rate + z * z / (2 * n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return round(100 * max(0.0, (middle - half) / scale), 1), round(100 * min(1.0, (middle + half) / scale), 1)


def counted(
    organisations: QuerySet[Organisation], *, since: date | None = None, until: date | None = None, scenario_slug: str = ""
) -> QuerySet[Result]:
    """The results that count in `organisations`, from day `since` to day `until`, both included."""
    results = Result.objects.filter(counts=True, organisation__in=organisations)
    if since:
        results = results.filter(recorded_at__date__gte=since)
    if until:
        results = results.filter(recorded_at__date__lte=until)
    return results.filter(scenario_slug=scenario_slug) if scenario_slug else results


def by_department(results: QuerySet[Result], organisations: QuerySet[Organisation]) -> list[Department]:
    """One row for each department of `organisations` that has people or results, in the order of the tree; two queries."""
    figures = {row.pop("organisation_id"): _figures(row) for row in _aggregated(results.order_by().values("organisation_id"))}
    departments = organisations.filter(Q(kind=Organisation.Kind.DEPARTMENT) | Q(pk__in=list(figures))).order_by("path")
    return [Department(organisation, figures.get(organisation.pk, Figures())) for organisation in departments]


def by_scenario(results: QuerySet[Result]) -> dict[str, Figures]:
    rows = _aggregated(results.order_by("scenario_slug").values("scenario_slug"))
    return {row.pop("scenario_slug"): _figures(row) for row in rows}


def by_month(results: QuerySet[Result]) -> list[tuple[date, Figures]]:
    """One entry for each month that has results, oldest first."""
    rows = _aggregated(results.order_by().annotate(month=TruncMonth("recorded_at")).values("month").order_by("month"))
    return [(row.pop("month").date(), _figures(row)) for row in rows]


def total(results: QuerySet[Result]) -> Figures:
    return _figures(results.order_by().aggregate(**_AGGREGATES))


_AGGREGATES = {
    "n": Count("id"),
    "people": Count("trainee", distinct=True),
    "passes": Count("id", filter=Q(passed=True)),
    "mean": Avg("score"),
}


def _aggregated(rows: QuerySet[Result]) -> list[dict]:
    return list(rows.annotate(**_AGGREGATES))


def _figures(row: dict) -> Figures:
    mean = row["mean"]
    return Figures(n=row["n"], people=row["people"], passed=row["passes"], mean=None if mean is None else round(mean, 1))
