"""Scoring a session: the only place that makes a number out of a role-play."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction

from assessment import rubrics, scoring
from assessment.errors import UnknownRubric
from assessment.models import Result, Rubric
from lms.core.bus import publish
from lms.core.contracts import ConversationDeleted, ResultRecorded, SessionFinished


@transaction.atomic
def load_rubrics() -> list[Rubric]:
    """Bring in the shipped rubrics that are not here yet; the newest shipped version of a code comes into use when it is new.

    A version that is here is left alone: results were made with it.
    """
    added = []
    for document in rubrics.shipped():
        scoring.parse(document)
        rubric, is_new = Rubric.objects.get_or_create(code=document["code"], version=document["version"], defaults={"document": document})
        if is_new:
            Rubric.objects.filter(code=rubric.code, active=True).update(active=False)
            Rubric.objects.filter(pk=rubric.pk).update(active=True)
            added.append(rubric)
    return added


def rubric_in_use(code: str) -> Rubric:
    """The active version of `code`. On a fresh database the shipped rubrics are loaded first."""
    rubric = Rubric.objects.filter(code=code, active=True).first()
    if rubric is None and load_rubrics():
        rubric = Rubric.objects.filter(code=code, active=True).first()
    if rubric is None:
        raise UnknownRubric(code)
    return rubric


def score_session(finished: SessionFinished) -> Result:
    """Score a session that came to its end and tell everyone. Running it again changes nothing and tells again."""
    result = Result.objects.filter(session_id=finished.session_id, counts=True).select_related("rubric").first()
    if result is None:
        rubric = rubric_in_use(finished.rubric_code)
        new = _result_of(finished, rubric)
        result, _ = Result.objects.get_or_create(session_id=finished.session_id, rubric=rubric, defaults=_columns(new))
    publish(recorded(result))
    return result


def score_history(sessions: Iterable[SessionFinished]) -> list[ResultRecorded]:
    """Score many sessions in one go, for a history that is brought in whole; those that have a result keep it. Publishes nothing."""
    sessions = list(sessions)
    in_use: dict[str, Rubric] = {}
    results = []
    for finished in sessions:
        if finished.rubric_code not in in_use:
            in_use[finished.rubric_code] = rubric_in_use(finished.rubric_code)
        results.append(_result_of(finished, in_use[finished.rubric_code]))
    Result.objects.bulk_create(results, batch_size=500, ignore_conflicts=True)
    stored: dict[UUID, Result] = {}
    for start in range(0, len(sessions), 500):
        ids = [finished.session_id for finished in sessions[start : start + 500]]
        stored |= {result.session_id: result for result in Result.objects.filter(counts=True, session_id__in=ids).select_related("rubric")}
    return [recorded(stored[finished.session_id]) for finished in sessions]


def rescore(finished: SessionFinished, rubric: Rubric) -> Result:
    """Score the same session by another rubric: a second result beside the first, which goes on to count."""
    new = _result_of(finished, rubric)
    new.counts = not Result.objects.filter(session_id=finished.session_id, counts=True).exists()
    result, _ = Result.objects.get_or_create(session_id=finished.session_id, rubric=rubric, defaults=_columns(new))
    return result


def forget_words(deleted: ConversationDeleted) -> None:
    """The conversation is gone: its results keep codes, scores and reasons, but no words. Running it again changes nothing."""
    for result in Result.objects.filter(session_id=deleted.session_id, words_deleted_at=None):
        result.criteria = without_words(result.criteria)
        result.words_deleted_at = deleted.deleted_at
        result.save(update_fields=["criteria", "words_deleted_at"])


def without_words(criteria: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The criteria of a result, each piece of evidence with its code and place but without the words that stood there."""
    wordless = {"quote": "", "start": None, "end": None}
    return [{**row, **{side: [{**piece, **wordless} for piece in row[side]] for side in ("evidence", "against")}} for row in criteria]


def recorded(result: Result) -> ResultRecorded:
    """The record that tells the other apps of `result`."""
    return ResultRecorded(
        result_id=result.pk,
        session_id=result.session_id,
        trainee_id=result.trainee_id,
        organisation_id=result.organisation_id,
        scenario_slug=result.scenario_slug,
        level=result.level,
        context_key=result.context_key,
        rubric_code=result.rubric.code,
        rubric_version=result.rubric.version,
        score=result.score,
        passed=result.passed,
        recorded_at=result.recorded_at,
    )


def _result_of(finished: SessionFinished, rubric: Rubric) -> Result:
    score = scoring.score(finished.evidence, scoring.parse(rubric.document), finished.truth)
    return Result(
        session_id=finished.session_id,
        rubric=rubric,
        trainee_id=finished.trainee_id,
        organisation_id=finished.organisation_id,
        scenario_slug=finished.scenario_slug,
        scenario_version=finished.scenario_version,
        language=finished.language,
        level=finished.level,
        mode=finished.mode,
        outcome=finished.outcome,
        context_key=finished.context_key,
        turns=finished.turns,
        assisted=finished.assisted,
        score=score.score,
        uncapped=score.uncapped,
        passed=score.passed,
        criteria=[asdict(criterion) for criterion in score.criteria],
        red_lines=list(score.red_lines),
        started_at=finished.started_at,
        recorded_at=finished.finished_at,
    )


def _columns(result: Result) -> dict[str, Any]:
    names = [field.attname for field in Result._meta.concrete_fields if field.name not in ("id", "session_id", "rubric")]
    return {name: getattr(result, name) for name in names}
