"""A stage for conversations on the wire: people with their cookies and role-plays to talk in, made inside the server's data folder.

Run there as `manage.py shell -c "from tests.simulator import stage; stage.build(40)"`; prints what it made as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

SCENARIO = "annual-fee"


def build(sessions: int, exams: int = 0) -> None:
    """A bank with the cast, and `sessions` role-plays of its trainee in practice and `exams` in an exam; `observer` may watch them all."""
    from lms.core.models import Membership
    from simulator import services
    from simulator.models import Participant
    from tests.factories import department_of, make_bank, make_person

    bank = make_bank()
    role = Membership.Role
    people = {
        "trainee": make_person("trainee", role.TRAINEE, department_of(bank), full_name="林晓"),
        "trainer": make_person("trainer", role.TRAINER, bank, full_name="周敏"),
        "colleague_trainer": make_person("colleague_trainer", role.TRAINER, bank),
        "hr": make_person("hr", role.HR, bank),
        "colleague": make_person("colleague", role.TRAINEE, department_of(bank)),
        "observer": make_person("observer", role.TRAINEE, department_of(bank), full_name="赵一"),
        "outsider": make_person("outsider", role.TRAINEE, department_of(make_bank("别家银行"))),
    }

    def opened(number: int, mode: str) -> str:
        session = services.open_session_now(people["trainee"], SCENARIO, language="zh-hans", level=2, seed=number, mode=mode)
        Participant.objects.create(session=session, person=people["observer"], seat=Participant.Seat.OBSERVER)
        return str(session.id)

    made = {
        "cookies": {name: _cookie(person) for name, person in people.items()},
        "practice": [opened(number, "practice") for number in range(sessions)],
        "exam": [opened(number, "exam") for number in range(exams)],
    }
    sys.stdout.write(f"STAGE {json.dumps(made)}\n")


def built(output: str) -> dict[str, Any]:
    """What `build` printed."""
    line = next(line for line in output.splitlines() if line.startswith("STAGE "))
    return json.loads(line.removeprefix("STAGE "))


def grow_old(days: int) -> None:
    """Everything that has happened happened `days` days earlier."""
    from datetime import timedelta

    from django.db.models import F

    from simulator.models import LoggedEvent, Session

    earlier = timedelta(days=days)
    Session.objects.update(started_at=F("started_at") - earlier)
    LoggedEvent.objects.update(at=F("at") - earlier)


def count_deleted() -> None:
    """Print how many conversations are gone, and how many the audit log says went."""
    from lms.core.models import AuditEntry
    from simulator.models import LoggedEvent, Session

    entries = AuditEntry.objects.filter(action="conversations_deleted")
    counts = {
        "archived": Session.objects.filter(state="archived").count(),
        "by_the_audit_log": sum(entry.data["conversations"] for entry in entries),
        "events_left": LoggedEvent.objects.count(),
    }
    sys.stdout.write(f"STAGE {json.dumps(counts)}\n")


def _cookie(person: Any) -> str:
    """The value of a session cookie with which `person` is logged in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def log_rows(session_id: str) -> None:
    """Print the log of a session as the database has it."""
    from simulator import log
    from simulator.models import Session

    session = Session.objects.get(id=session_id)
    rows = [{"position": e.position, "kind": e.kind, "data": e.data, "client_id": e.client_id} for e in log.read(session.id)]
    state = {"state": session.state, "outcome": session.outcome, "turns": session.turns, "last_position": session.last_position}
    state["assisted"] = session.assisted
    sys.stdout.write(f"STAGE {json.dumps({'rows': rows, **state}, ensure_ascii=False)}\n")
