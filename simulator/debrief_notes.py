"""What a trainer did while the role-play was under way, for whoever may read of it in the debrief: by turn, with who did it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from lms.core.models import User
from simulator.engine.events import DriverChanged, TraineeSaid
from simulator.engine.led_events import TRAINER, Bookmarked, Whispered
from simulator.log import Logged
from simulator.protocol import hears


def notes_of_trainers(entries: Sequence[Logged], seat: str, person_id: int) -> list[dict[str, Any]]:
    """Whispers, bookmarks and turns at the customer's seat that somebody with this seat may read of. A note without a turn stands before
    the first."""
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={entry.by for entry in entries if entry.by})}
    notes: list[dict[str, Any]] = []
    turn = 0
    for entry in entries:
        what = text = ""
        match entry.event:
            case TraineeSaid():
                turn += 1
            case Whispered(text=text):
                what = _("Whisper")
            case Bookmarked(note=text):
                what = _("Bookmark")
            case DriverChanged(driver=driver):
                what = _("Spoke for the customer from here") if driver == TRAINER else _("Handed the customer back")
        if what and hears(seat, person_id, entry.channel):
            notes.append({"turn": turn, "what": what, "text": text, "by": names.get(entry.by or 0, "")})
    return notes
