"""Assignments and classes in words, as lists on several pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from lms.core.models import User
from simulator import words
from simulator.class_selectors import coming_to, still_to_play
from simulator.models import Assigned, Scenario, Session, Sitting

SOON = timedelta(days=3)
PROGRESS = {
    "not_started": _("not started"),
    "under_way": _("under way"),
    "done": _("done"),
    "overdue": _("overdue"),
}
BADGES = {"not_started": "", "under_way": "badge-accent", "done": "badge-good", "overdue": "badge-bad"}
BY_THE_SCHEDULE = _("by the schedule")


@dataclass(frozen=True, slots=True)
class Share:
    """One person's share of an assignment on a page. `session` is the one to go on with, or the last that was finished."""

    assigned: Assigned
    title: str
    level: str
    progress: str
    is_late: bool
    due_soon: bool
    session: Session | None
    begun_at: Any = None
    finished_at: Any = None

    @property
    def can_begin(self) -> bool:
        """An exam is not begun after its day; one that is under way may be finished."""
        return bool(self.assigned.played) or self.progress != "overdue" or self.assigned.assignment.mode != Session.Mode.EXAM

    @property
    def words(self) -> str:
        return str(PROGRESS[self.progress])

    @property
    def badge(self) -> str:
        return BADGES[self.progress]


def titles_of(slugs: Iterable[str]) -> dict[str, str]:
    """The titles of cases in the language of whoever is looking; one query."""
    found = {one.slug: one.title for one in Scenario.objects.filter(slug__in=set(slugs)).only("slug", "title_zh", "title_en")}
    return {slug: found.get(slug, slug) for slug in slugs}


def level_of(task: Any) -> str:
    """How hard, as far as it has been said: the level of an exam never is."""
    if task.mode == Session.Mode.EXAM:
        return str(Session.Mode.EXAM.label)
    return str(words.LEVELS[task.level]) if task.level else str(BY_THE_SCHEDULE)


def progress_of(share: Assigned, today: date) -> str:
    if any(session.finished_at for session in share.played):
        return "done"
    if share.assignment.due_on < today:
        return "overdue"
    return "under_way" if share.played else "not_started"


def ahead_of(user: User, today: date) -> tuple[list[Share], list[Sitting]]:
    """What `user` is still to play and the classes to come, for a page; the titles of both are asked for at once."""
    shares, sittings = still_to_play(user), coming_to(user)
    titles = titles_of([*(share.assignment.scenario_slug for share in shares), *(sitting.scenario_slug for sitting in sittings)])
    return shares_for_page(shares, today, titles), sittings_for_page(sittings, titles)


def sittings_for_page(sittings: Iterable[Sitting], titles: Mapping[str, str] | None = None) -> list[Sitting]:
    """Classes with their title and how hard they are, in words. `titles` are those of their cases, where they are known."""
    found = list(sittings)
    titles = titles or titles_of([sitting.scenario_slug for sitting in found])
    for sitting in found:
        sitting.title, sitting.level_words = titles[sitting.scenario_slug], level_of(sitting)
    return found


def shares_for_page(shares: Iterable[Assigned], today: date, titles: Mapping[str, str] | None = None) -> list[Share]:
    """`shares` come with the sessions played for them (`played`)."""
    shares = list(shares)
    titles = titles or titles_of([share.assignment.scenario_slug for share in shares])
    return [_share(share, titles, today) for share in shares]


def _share(share: Assigned, titles: Mapping[str, str], today: date) -> Share:
    task = share.assignment
    finished = [session for session in share.played if session.finished_at]
    under_way = next((session for session in share.played if not session.finished_at), None)
    last = max((session.finished_at for session in finished), default=None)
    return Share(
        assigned=share,
        title=titles[task.scenario_slug],
        level=level_of(task),
        progress=progress_of(share, today),
        is_late=bool(finished) and min(session.finished_at for session in finished).date() > task.due_on,
        due_soon=not finished and today <= task.due_on <= today + SOON,
        session=under_way or (finished[-1] if finished else None),
        begun_at=share.played[0].started_at if share.played else None,
        finished_at=last,
    )
