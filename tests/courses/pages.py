"""Small courses for tests."""

from __future__ import annotations

import json
from typing import Any

from courses.models import CoursePage, LessonPage
from courses.shipped import prepare_cms
from simulator.models import Scenario


def check_block(key: str = "q1", question: str = "Which?", right: int = 0, options: int = 3) -> dict[str, Any]:
    answers = [{"text": f"{question} answer {number}", "right": number == right, "feedback": f"note {number}"} for number in range(options)]
    return {"type": "check", "value": {"key": key, "kind": "single", "question": question, "options": answers, "fact_ids": "T-01"}}


def role_play_block(key: str = "r1", scenario: str = "annual-fee", level: int = 2, pass_score: int = 60) -> dict[str, Any]:
    return {"type": "role_play", "value": {"key": key, "scenario": scenario, "level": level, "pass_score": pass_score, "brief": ""}}


def text_block(html: str = "<p>词语</p>") -> dict[str, Any]:
    return {"type": "text", "value": html}


def make_course(slug: str = "a-course", *, organisations: tuple = (), **fields: Any) -> CoursePage:
    course = prepare_cms().add_child(instance=CoursePage(title=f"课程 {slug}", title_en=f"Course {slug}", slug=slug, **fields))
    course.organisations.set(organisations)
    course.save()
    return course


def make_lesson(course: CoursePage, slug: str, *blocks: dict[str, Any], live: bool = True, **fields: Any) -> LessonPage:
    course.refresh_from_db()
    values = {"title": f"课 {slug}", "title_en": f"Lesson {slug}", "body": json.dumps(blocks or (text_block(),)), **fields}
    return course.add_child(instance=LessonPage(slug=slug, live=live, **values))


def make_scenario(slug: str = "annual-fee") -> Scenario:
    """A published scenario by name only, for lessons that point at it."""
    found, _created = Scenario.objects.get_or_create(slug=slug, defaults={"title_zh": f"场景 {slug}", "title_en": f"Scenario {slug}"})
    return found
