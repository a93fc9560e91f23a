"""How an utterance stands to what was said before it: does it answer the customer's question, pass it over, or say the same again?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.engine.acts import Act
from simulator.engine.understanding import repeats_itself
from simulator.nlu.clauses import sentences
from simulator.nlu.normalise import normalise
from simulator.nlu.slots import slots

# A question of the customer by what answers it; the first that fits a sentence names it.
_QUESTIONS = (
    ("when", re.compile(r"什么时候|多久|几天|多长时间|哪天|何时|几点|\b(?:when|how long|how soon|by what date|what day|what time)\b")),
    ("who", re.compile(r"找谁|谁(?:负责|来|管|处理)|叫什么|贵姓|工号|哪个部门|\b(?:who|whom|your name|which department)\b")),
    ("why", re.compile(r"为什么|为何|凭什么|怎么会|什么原因|怎么回事|\b(?:why|how come|how did|how could|what happened|the reason)\b")),
    ("how much", re.compile(r"多少钱?|几块|\b(?:how much|how many)\b")),
    (
        "what",
        re.compile(
            r"怎么办|怎么处理|怎么解决|什么说法|打算怎么|如何处理|\b(?:what (?:will|are|can|do|now|next|happens)|how (?:will|are|can|do))\b"
        ),
    ),
    ("whether", re.compile(r"吗|能不能|是不是|有没有|可不可以|行不行|会不会|^(?:can|could|will|would|do|does|did|is|are|have|has|am)\b")),
)
_ANSWERS = {
    "when": frozenset({"give_timeframe"}),
    "who": frozenset({"give_contact", "self_intro", "explain_process"}),
    "why": frozenset({"explain_process", "apology", "take_action"}),
    "how much": frozenset({"offer_solution", "explain_process", "confirm_facts"}),
    "what": frozenset({"explain_process", "offer_solution", "take_action", "give_timeframe"}),
    "whether": frozenset(
        {"explain_process", "offer_solution", "take_action", "apology", "give_timeframe", "acknowledge_receipt", "overpromise"}
    ),
}
_SLOTS = {"when": ("limit", "date", "clock"), "who": ("phone",), "how much": ("amount",)}
_YES_OR_NO = re.compile(
    r"^(?:是的?|对|不是|没有|有的?|能|不能|可以|不可以|会的?|不会|行|好的?|当然|没错|确实|还没|暂时)"
    r"|^(?:yes|no|yeah|not|of course|we can|we do|it (?:is|does|will)|i (?:can|do|am|have)|sure|certainly)\b"
)


@dataclass(frozen=True, slots=True)
class Relation:
    """`repeats`: nearly the same as an earlier utterance of one's own. `answered` and `passed_over` name the customer's last questions
    (when, who, why, how much, what, whether) by whether anything in the utterance answers them."""

    repeats: bool = False
    answered: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def relation(text: str, acts: tuple[Act, ...], customer: str = "", earlier: tuple[str, ...] = ()) -> Relation:
    """How `text`, in which `acts` were read, stands to the customer's last words and to one's own `earlier` utterances."""
    asked = questions(customer)
    answered = tuple(question for question in asked if _answers(question, text, acts))
    passed_over = tuple(question for question in asked if question not in answered)
    return Relation(repeats_itself(text, earlier), answered, passed_over)


def questions(customer: str) -> tuple[str, ...]:
    """What the customer asks, each kind of question once, in the order it is asked. Rhetorical ones count: they want an answer too."""
    plain = normalise(customer).text
    found: list[str] = []
    for part in sentences(plain):
        words = plain[part.start : part.end].strip()
        if not part.asks:
            continue
        kind = next((name for name, pattern in _QUESTIONS if pattern.search(words)), "what")
        if kind not in found:
            found.append(kind)
    return tuple(found)


def _answers(question: str, text: str, acts: tuple[Act, ...]) -> bool:
    plain = normalise(text).text
    if {act.code for act in acts} & _ANSWERS[question]:
        return True
    if question == "whether" and _YES_OR_NO.search(plain.strip()):
        return True
    wanted = _SLOTS.get(question, ())
    return bool(wanted) and any(slot.kind in wanted for slot in slots(plain))
