"""Publish and subscribe between the apps, delivered after the transaction has committed.

Who reacts to what stands in `lms.wiring`. A reaction runs in a transaction of its own; one that fails is logged and does
not keep the others from running. Reactions are idempotent, so a missed one can be run again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

logger = logging.getLogger(__name__)

Reaction = Callable[[Any], None]
_reactions: dict[type, list[Reaction]] = {}


def connect(reactions: Mapping[type, Sequence[Reaction]]) -> None:
    """Replace what is wired with `reactions`, a list of functions by the class of the record."""
    _reactions.clear()
    for record_class, functions in reactions.items():
        _reactions[record_class] = list(functions)


def publish(record: Any) -> None:
    """Hand `record` to everyone who reacts to its class, once the current transaction (if any) has committed."""
    transaction.on_commit(lambda: deliver(record))


def deliver(record: Any) -> None:
    """Run the reactions to `record` now, each in its own transaction."""
    for reaction in _reactions.get(type(record), ()):
        try:
            with transaction.atomic():
                reaction(record)
        except Exception:
            logger.exception("reaction %s to %s failed", reaction.__qualname__, type(record).__name__)
