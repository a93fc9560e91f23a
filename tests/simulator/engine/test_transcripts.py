"""Transcripts are texts that a trainer can read; each is played again and must come out the same, word for word.

After a wanted change run `WRITE_TRANSCRIPTS=1 make test T=tests/simulator/engine/test_transcripts.py` and read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.simulator.engine.cases import make_scenario
from tests.simulator.engine.speech import written

FOLDER = Path(__file__).parent / "transcripts"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a_transcript_comes_out_the_same(path):
    text = path.read_text(encoding="utf-8")
    _, _slug, language, _, level, _, seed = text.splitlines()[0].split()
    turns = [line.removeprefix("T: ") for line in text.splitlines() if line.startswith("T: ")]
    played = written(turns, make_scenario(), language, int(level), int(seed))
    if os.environ.get("WRITE_TRANSCRIPTS"):
        path.write_text(played, encoding="utf-8")
    assert played == text
