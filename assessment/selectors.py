"""Who may read which results."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from assessment.models import Result
from lms.core.access import Role, organisations_of
from lms.core.models import User


def results() -> QuerySet[Result]:
    """Every result that counts, with what a page shows of it."""
    return Result.objects.filter(counts=True).select_related("rubric", "trainee", "organisation")


def results_of(session_id: UUID) -> list[Result]:
    """All results of one session, the one that counts first."""
    return list(Result.objects.filter(session_id=session_id).select_related("rubric").order_by("-counts", "id"))


def scored_sessions() -> QuerySet[Result]:
    """The ids of the sessions that have a result that counts, as a subquery."""
    return Result.objects.filter(counts=True).order_by().values("session_id")


def results_with_words() -> QuerySet[Result]:
    """Results that may still quote the trainee, whether they count or not."""
    return Result.objects.filter(words_deleted_at=None).order_by()


def result_of(session_id: UUID) -> Result | None:
    """The result of a session that counts."""
    return results().filter(session_id=session_id).first()


def results_for(user: User) -> QuerySet[Result]:
    """A trainee's own results, newest first."""
    return results().filter(trainee=user)


def results_visible_to(user: User) -> QuerySet[Result]:
    """One's own, those of the departments one is HR, trainer or administrator of, and those of one's reports."""
    condition = Q(trainee=user) | Q(organisation__in=organisations_of(user, (Role.HR, Role.TRAINER, Role.ADMIN)))
    return results().filter(condition | Q(trainee__memberships__manager=user)).distinct()


def latest_of(user: User, scenario_slug: str) -> Result | None:
    return results_for(user).filter(scenario_slug=scenario_slug).first()


def best_of(user: User, scenario_slug: str) -> Result | None:
    """The best result in a scenario; of equals the first reached."""
    return results_for(user).filter(scenario_slug=scenario_slug).order_by("-score", "recorded_at").first()
