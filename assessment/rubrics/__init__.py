"""The rubrics that ship with the program, and the one that is in use."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assessment import scoring

FOLDER = Path(__file__).parent


def shipped() -> list[dict[str, Any]]:
    """The documents of all shipped rubrics, oldest version first."""
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return sorted(documents, key=lambda document: (document["code"], document["version"]))


@lru_cache(maxsize=8)
def newest_shipped(code: str) -> scoring.Rubric:
    """The newest shipped version of `code`: what scores where there is no database."""
    return [scoring.parse(document) for document in shipped() if document["code"] == code][-1]
