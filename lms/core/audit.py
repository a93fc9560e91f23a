"""Write down who changed what, when and why."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from lms.core.models import AuditEntry, User


def record(
    actor: User | None, action: str, target: Model, *, organisation_id: int | None = None, reason: str = "", **data: Any
) -> AuditEntry:
    """Log that `actor` (None: the system) did `action` to `target`; call it in the transaction of the change."""
    return AuditEntry.objects.create(
        actor=actor,
        actor_name=str(actor) if actor else "system",
        organisation_id=organisation_id,
        action=action,
        object_type=target._meta.label,
        object_id=str(target.pk),
        reason=reason,
        data=data,
    )
