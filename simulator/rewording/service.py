"""The bubbles of a turn that are still on their way, said in other words by the model where that may be shown.

The turn is on disk and acknowledged before the model is asked. Its bubbles wait for the answer, at most for the time limit; what came and
passed `check` is logged as `customer_reworded` and shown instead. Replay folds that event and never asks again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from simulator import log
from simulator.engine.events import CustomerReworded, CustomerSaid, FactTold, TraineeSaid
from simulator.live import Live, live
from simulator.rewording.check import LONGEST, Ground, fault_of
from simulator.rewording.endpoint import Endpoint, Server

logger = logging.getLogger(__name__)

ASK = {
    "zh-hans": (
        "你把银行客户的一句话换个说法。说话人：{persona}，{age} 岁，语气：{mood}。保持原意、口吻和长短，用口语；不增加也不减少任何信息，"
        "数字、日期、姓名、产品、地点一个都不能添，也不能改。只写换好的那句话，不要引号，不要解释。"
    ),
    "en": (
        "You say a bank customer's line in other words. The speaker: {persona}, {age}, sounding {mood}. Keep meaning, tone and length, "
        "in spoken English; add nothing and leave nothing out: no number, date, name, product or place may be added or changed. "
        "Write the line alone, without quotation marks or comment."
    ),
}
MOODS = {
    "zh-hans": {"calm": "平静", "uneasy": "不安", "angry": "生气", "furious": "火冒三丈"},
    "en": {"calm": "calm", "uneasy": "uneasy", "angry": "angry", "furious": "furious"},
}
HEARD = {"zh-hans": "银行刚才说：{text}", "en": "The bank has just said: {text}"}
LINE = {"zh-hans": "客户的原话：{text}", "en": "The customer's line: {text}"}
MARGIN_SECONDS = 0.5


@lru_cache(maxsize=1)
def endpoint() -> Endpoint | None:
    """The server that the settings name, or None: then the engine speaks in its own lines alone."""
    if not settings.LANGUAGE_MODEL_URL:
        return None
    return Endpoint(
        Server(settings.LANGUAGE_MODEL_URL, settings.LANGUAGE_MODEL_NAME, settings.LANGUAGE_MODEL_KEY, settings.LANGUAGE_MODEL_SECONDS)
    )


def speaks() -> bool:
    """Whether a language model may word what customers say here. The room says so."""
    return bool(settings.LANGUAGE_MODEL_URL)


def hold(one: Live, entries: Sequence[log.Logged]) -> list[log.Logged]:
    """The bubbles among `entries` that are still on their way, where the model is to be asked about them. They are not shown before it
    has answered or run out of time."""
    model = endpoint()
    bubbles = [entry for entry in entries if isinstance(entry.event, CustomerSaid) and entry.position > one.shown]
    if model is None or one.finished or one.seat_by is not None:
        return []
    until = timezone.now() + timedelta(seconds=model.server.seconds + MARGIN_SECONDS)
    for entry in bubbles:
        one.hold(entry, until)
    return bubbles


async def reword(session_id: UUID, bubbles: Sequence[log.Logged]) -> tuple[CustomerReworded, ...]:
    """What may be shown in the place of the bubbles. Whatever goes wrong, that is nothing."""
    one = await live(session_id)
    model = endpoint()
    if model is None:
        return ()
    asked = [asyncio.to_thread(_worded, model, one, entry, _ground(one, entry)) for entry in bubbles]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, Exception):
            logger.error("a wording could not be looked at", exc_info=answer)
    return tuple(said for said in answers if isinstance(said, CustomerReworded))


def _ground(one: Live, bubble: log.Logged) -> Ground:
    """What had come up when the bubble was said, with the facts of its own turn."""
    before = [entry.event for entry in one.log[: bubble.position]]
    told = {event.fact: event.value for event in before if isinstance(event, FactTold)}
    said = tuple(event.text for event in before if isinstance(event, CustomerSaid | TraineeSaid))
    persona = one.customer.persona
    return Ground(one.scenario, one.customer.language, told, (*said, persona.name, persona.salutation))


def _worded(model: Endpoint, one: Live, bubble: log.Logged, ground: Ground) -> CustomerReworded | None:
    line = bubble.event
    if not isinstance(line, CustomerSaid):
        return None
    persona, language = one.customer.persona, ground.language
    heard = next(
        (event.text for event in reversed([entry.event for entry in one.log[: bubble.position]]) if isinstance(event, TraineeSaid)), ""
    )
    system = ASK[language].format(persona=persona.about or persona.name, age=persona.age, mood=MOODS[language][line.band])
    user = "\n".join(
        [HEARD[language].format(text=heard), LINE[language].format(text=line.text)] if heard else [LINE[language].format(text=line.text)]
    )
    wording = model.ask(
        [{"role": "system", "content": system}, {"role": "user", "content": user}], longest=int(LONGEST * len(line.text)) + 40
    )
    if wording is None:
        return None
    fault = fault_of(line, wording, ground)
    if fault:
        logger.info("a wording for %s %s was not used: %s", one.id, bubble.position, fault)
        return None
    return CustomerReworded(bubble.position, wording.strip(), model.server.model)
