from __future__ import annotations

from datetime import UTC, datetime

import pytest

from certificates import services
from lms.core.access import home_organisation
from lms.core.contracts import CourseCompleted


@pytest.fixture
def complete():
    """Make the record of a completed course; keyword arguments change it."""

    def make(person, **changes) -> CourseCompleted:
        values = {
            "course_id": 7,
            "course_title_zh": "银行客户投诉处理：基础",
            "course_title_en": "Handling complaints in banks: foundations",
            "course_version": 3,
            "trainee_id": person.pk,
            "organisation_id": home_organisation(person).pk,
            "score": 86.5,
            "rubric_code": "conversation",
            "rubric_version": 1,
            "valid_months": 24,
            "completed_at": datetime(2026, 10, 31, 9, 0, tzinfo=UTC),
        }
        return CourseCompleted(**{**values, **changes})

    return make


@pytest.fixture
def certificate(trainee, complete):
    trainee.full_name = "张三丰"
    trainee.save()
    return services.issue_if_earned(complete(trainee))
