"""Codes of limits and of the case in words for a page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from simulator.case.limits import Span

AUTHORITIES = {"internal": _("the bank's own"), "legal": _("law or regulator"), "standard": _("standard")}
APPROVERS = {"manager": _("a manager"), "senior_manager": _("a senior manager")}
CHANNELS = {
    "phone": _("Telephone"),
    "online_chat": _("Online chat"),
    "social_im": _("Social messaging or app message"),
    "email": _("E-mail"),
    "sms": _("Text message"),
    "letter": _("Letter"),
    "branch_counter": _("At the counter"),
    "branch_box": _("Box in the branch"),
    "self_service_device": _("Self-service terminal"),
    "regulator_referral": _("Passed on by the regulator"),
    "media_public": _("Media or the public"),
}
URGENCIES = {"general": _("General"), "urgent": _("Urgent")}
FLAGS = {
    "major": _("Major"),
    "cross_department": _("Cross-department"),
    "anonymous": _("Anonymous"),
    "repeat": _("Repeated"),
    "group": _("By a group"),
    "regulator": _("Through the regulator"),
    "vulnerable": _("Needs special care"),
}
COMPLEXITIES = {
    "simple": _("Clear facts, simple dispute"),
    "complex": _("Complex"),
    "special": _("Especially complex, or a special cause"),
}
MATTERS = {
    "payment": _("A payment or e-money"),
    "eft_error": _("An error in an electronic transfer"),
    "billing_error": _("An error on a card statement"),
}
CIRCUMSTANCES = {
    "media": _("The media have taken it up"),
    "regulator": _("A regulator has taken it up"),
    "safety": _("Somebody's safety is at stake"),
}
REASONS_MAJOR = {
    "amount": _("the amount is large"),
    "persons": _("many people complain of the same"),
    "media": _("the media have taken it up"),
    "regulator": _("a regulator has taken it up"),
    "safety": _("somebody's safety is at stake"),
}
CHECKS = {"checklist": _("something to do"), "field": _("something to put on record"), "document": _("something to put in writing")}
STOPS = {
    "acknowledged": _("recorded and acknowledged"),
    "acknowledged_in_writing": _("acknowledged in writing"),
    "entered_in_system": _("entered into the system"),
    "customer_notified": _("the customer has been told the result"),
    "emergency_started": _("the emergency mechanism has been started"),
    "first_action": _("the first step has been taken"),
    "first_response": _("the customer has had a first response"),
    "plan_approved": _("the plan has been approved"),
    "progress_told": _("the customer has been told how it is going"),
    "called_back": _("the customer has been called back"),
    "resolved_informally": _("the customer has accepted a settlement"),
    "counted_in_statistics": _("counted in the statistics"),
    "evaluated": _("evaluated"),
    "regulator_told": _("the regulator has been told"),
    "credited_provisionally": _("the amount has been credited for the time being"),
}
STEPS = {"hour": _("+1 hour"), "next_morning": _("Next morning"), "next_working_day": _("Next working day")}
PERIODS = {"month": _("every month"), "quarter": _("every quarter"), "half_year": _("every half-year")}
PROBLEMS = {
    "unreadable": _("The file cannot be read: %(why)s"),
    "not_a_map": _("Here names with values are expected."),
    "not_a_list": _("Here a list is expected."),
    "unknown_key": _("“%(key)s” is not known here."),
    "missing": _("Something is missing here."),
    "bad_year": _("The year must lie between %(first)s and %(last)s."),
    "day_twice": _("%(day)s is both off and worked."),
    "other_year": _("%(day)s is not in %(year)s."),
    "ends_before_it_begins": _("%(day)s ends before it begins."),
    "not_a_day": _("Write a day as 2027-10-01 and several as 2027-10-01/2027-10-07."),
    "not_a_number": _("Here a whole number from 1 is expected."),
    "not_yes_or_no": _("Here true or false is expected."),
    "not_one_of": _("“%(value)s” is not possible here. Possible are: %(allowed)s."),
    "bad_span": _("“%(value)s” is no length of time. Write it as %(example)s."),
    "twice": _("“%(value)s” stands there twice."),
}


def span_words(span: Span) -> str:
    """A length of time as a person says it."""
    match span.unit:
        case "min":
            return ngettext("%(n)s minute", "%(n)s minutes", span.amount) % {"n": span.amount}
        case "h":
            return ngettext("%(n)s hour", "%(n)s hours", span.amount) % {"n": span.amount}
        case "wd":
            return ngettext("%(n)s working day", "%(n)s working days", span.amount) % {"n": span.amount}
        case "cd":
            return ngettext("%(n)s calendar day", "%(n)s calendar days", span.amount) % {"n": span.amount}
        case "week":
            return ngettext("%(n)s week", "%(n)s weeks", span.amount) % {"n": span.amount}
        case "contact":
            return str(_("at once, in the same contact"))
        case _:
            return str(PERIODS[span.unit])
