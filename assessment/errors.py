"""What can go wrong here, each with a code that a page or a command turns into words."""

from __future__ import annotations


class AssessmentError(Exception):
    code = "assessment_error"


class UnknownRubric(AssessmentError):
    """No rubric of this code is in use."""

    code = "unknown_rubric"
