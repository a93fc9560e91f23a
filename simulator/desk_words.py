"""The desk in words: labels, hints and codes of the fields, as a page shows them. The codes are those of `simulator.case.form`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from simulator.case import form
from simulator.case.answer import template_texts
from simulator.engine.scenario import CHANNELS, Scenario

LABELS = {
    "anonymous": _("The complaint is anonymous"),
    "complainant_name": _("Name"),
    "complainant_contact": _("How to reach the customer"),
    "complainant_gender": _("Gender"),
    "complainant_age": _("Age band"),
    "vulnerability_flag": _("Needs special care"),
    "target_department": _("Department complained about"),
    "target_person": _("Staff member complained about"),
    "matter": _("What happened"),
    "reason": _("Why the customer complains"),
    "demand": _("What the customer wants"),
    "occurred_at": _("When it happened"),
    "received_at": _("When the complaint came in"),
    "channel": _("Channel of the complaint"),
    "product": _("Product or service"),
    "amount_involved": _("Amount involved"),
    "evidence_list": _("Evidence at hand"),
    "receiving_officer": _("Receiving officer"),
    "nature": _("Nature"),
    "sub_code": _("More exactly"),
    "channel_group": _("Channel group"),
    "urgency": _("Urgency"),
    "flags": _("Special flags"),
    "severity": _("Severity, 1 to 5"),
    "difficulty": _("Difficulty, 1 to 5"),
    "priority": _("Priority"),
    "risk": _("Risk behind it"),
    "preventive_measure": _("Preventive measure"),
    "responsible_department": _("Responsible or lead department"),
    "classification_reason": _("The reason in a sentence"),
    "satisfaction": _("Satisfaction of the customer, 1 to 5"),
    "customer_opinion": _("The customer's opinion"),
}
HINTS = {
    "anonymous": _("Then neither name nor contact is asked for. It is handled all the same."),
    "complainant_gender": _("Only if the case needs it; never used for scoring or routing."),
    "complainant_age": _("A band is enough."),
    "vulnerability_flag": _("Only with the customer's consent."),
    "target_department": _("The department, the staff member, or both."),
    "matter": _("The facts: who, what, how much. No account numbers that the case does not need."),
    "demand": _("In the customer's terms, with the amount where there is one."),
    "occurred_at": _("The day of the event. Limits do not run from it."),
    "received_at": _("All limits run from this day."),
    "amount_involved": _("Figures only."),
    "severity": _("5: touches rights or threatens a great loss."),
    "difficulty": _("5: several departments, responsibility unclear."),
    "priority": _("P1: major or urgent. P2: severity 4 and up. P3: the rest."),
    "flags": _("None, one or several."),
    "responsible_department": _("With several departments involved: the one that leads."),
    "customer_opinion": _("What the customer said in the call back."),
}
CODES: Mapping[str, Mapping[str, Any]] = {
    "complainant_gender": {"female": _("Female"), "male": _("Male"), "other": _("Other")},
    "complainant_age": {"under_18": _("Under 18"), "18_39": _("18 to 39"), "40_59": _("40 to 59"), "60_plus": _("60 and older")},
    "vulnerability_flag": {"age": _("Age"), "disability": _("Disability"), "language": _("Language"), "other": _("Other")},
    "channel": {
        "phone": _("Complaint line"),
        "email": _("E-mail"),
        "online_chat": _("Online customer service"),
        "sms": _("Text message"),
        "letter": _("Letter"),
        "branch_box": _("Complaint box in the branch"),
        "branch_counter": _("In person at the branch"),
        "self_service_device": _("Self-service terminal"),
        "social_im": _("Social media or app message"),
        "regulator_referral": _("Referred by the regulator"),
        "media_public": _("Media or public opinion"),
    },
    "nature": {"service": _("Service"), "product": _("Product"), "operation": _("Operation"), "violation": _("Violation")},
    "sub_code": {
        "attitude": _("Attitude"),
        "process": _("Process"),
        "efficiency": _("Efficiency"),
        "performance": _("Performance"),
        "function": _("Function"),
        "price": _("Price"),
        "user_error": _("Mistake of the customer"),
        "system_fault": _("Fault of the system"),
        "loss_caused": _("The customer lost by it"),
        "no_loss": _("No loss"),
    },
    "channel_group": {
        "remote": _("Remote (telephone included)"),
        "on_site": _("On site"),
        "external": _("Referred from outside"),
    },
    "urgency": {"general": _("General"), "urgent": _("Urgent")},
    "flags": {
        "major": _("Major"),
        "cross_department": _("Cross-department"),
        "anonymous": _("Anonymous"),
        "repeat": _("Repeat"),
        "group": _("Group complaint"),
        "regulator": _("From the regulator"),
        "vulnerable": _("Vulnerable customer"),
    },
    "risk": {
        "operational": _("Operational risk"),
        "moral_hazard": _("Moral hazard"),
        "legal": _("Legal or regulatory risk"),
        "reputation": _("Reputation"),
    },
}
PARTS = {
    form.REGISTRATION: _("Registration"),
    form.CLASSIFICATION: _("Classification and assessment"),
    form.FOLLOW_UP: _("Call back"),
}
PROBLEMS = {
    "missing": _("Still missing."),
    "not_a_day": _("Please write the day as year-month-day."),
    "not_a_number": _("Please write figures only, for instance 1200.50."),
    "after_receipt": _("This lies after the day the complaint came in. Please check both."),
    "wrong_sub_code": _("This does not belong to the nature chosen above."),
    "too_long": _("This is too long to be saved. Please shorten it; what you have typed stays here."),
}
# Optional data of a person stands folded away: one asks for it only where the case needs it.
FOLDED = ("complainant_gender", "complainant_age", "vulnerability_flag")


def label_of(field: str) -> str:
    """The name of a field or of a part of the desk; the code itself for one we do not know."""
    return str(LABELS.get(field, field))


def value_in_words(field: str, value: str) -> str:
    """A stored value as one reads it."""
    words = {**CODES["nature"], **CODES["sub_code"]} if field == "nature" else CODES.get(field, {})
    return "、".join(str(words.get(code, code)) for code in value.split(",")) if words else value


def desk_for_page(case: Scenario, language: str) -> dict[str, Any]:
    """What the room needs to draw the desk of a case whose customer speaks `language`."""
    parts: dict[str, list[dict[str, Any]]] = {code: [] for code in PARTS}
    for field in form.FIELDS.values():
        parts[field.part].append(_field(field))
    return {
        "parts": [{"code": code, "title": PARTS[code], "fields": fields} for code, fields in parts.items() if code != form.FOLLOW_UP],
        "follow_up": parts[form.FOLLOW_UP],
        "documents": [{"id": document.id, "title": document.title[language]} for document in case.documents],
        "templates": [{"code": code, "title": CODES["nature"][code], "text": text} for code, text in template_texts(language).items()],
        "channels": [
            (code, CODES["channel"][code]) for code in CHANNELS if code not in ("regulator_referral", "media_public", "branch_box")
        ],
        "problems": PROBLEMS.items(),
    }


def _field(field: form.Field) -> dict[str, Any]:
    words = CODES.get(field.code, {})
    return {
        "code": field.code,
        "label": LABELS[field.code],
        "hint": HINTS.get(field.code, ""),
        "kind": "switch" if field.codes == (form.YES,) else field.kind,
        "options": [(code, words.get(code, code), _nature_of(code) if field.code == "sub_code" else "") for code in field.codes],
        "required": field.required,
        "personal": field.personal,
        "folded": field.code in FOLDED,
        "length": form.LONG if field.kind == "long" else form.SHORT,
    }


def _nature_of(sub_code: str) -> str:
    return next(nature for nature, codes in form.SUB_CODES.items() if sub_code in codes)
