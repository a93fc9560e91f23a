"""Score transcripts from standard input, one JSON object a line."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management import BaseCommand

from lms.transcripts import TranscriptError, score_transcript
from simulator.engine.scenario import ScenarioErrors


class Command(BaseCommand):
    help = (
        'Reads {"id", "scenario"?, "lang", "turns": [{"speaker", "text", "at_s"?}], "form"?} and writes {"id", "score", "criteria", '
        '"red_lines"}, one object a line. A line that cannot be scored gives {"id", "error"}, and exit status 1 at the end.'
    )

    def handle(self, *args: Any, **options: Any) -> None:
        failed = False
        for line in sys.stdin.buffer:
            if not line.strip():
                continue
            answer = answer_to(line)
            failed = failed or "error" in answer
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        if failed:
            sys.exit(1)


def answer_to(line: bytes) -> dict[str, Any]:
    entry: Any = None
    try:
        entry = json.loads(line.decode("utf-8"))
        if not isinstance(entry, dict):
            raise TranscriptError("A line must hold one JSON object.")
        return score_transcript(entry)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        return {"id": None, "error": f"This line is not JSON: {error}"}
    except (TranscriptError, ScenarioErrors) as error:
        return {"id": entry.get("id") if isinstance(entry, dict) else None, "error": str(error)}
