"""Codes of the engine in words for a page. The engine and the wire know only the codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

BANDS = {"calm": _("calm"), "uneasy": _("uneasy"), "angry": _("angry"), "furious": _("furious")}

LEVELS = {
    1: _("Level 1, gentle"),
    2: _("Level 2, easy"),
    3: _("Level 3, standard"),
    4: _("Level 4, hard"),
    5: _("Level 5, very hard"),
}

# Customers speak the language of the scenario, whatever the language of the page; each is named in itself.
LANGUAGES = {"zh-hans": "中文", "en": "English"}

OUTCOMES = {
    "resolved_confirmed": _("The customer confirmed that the matter is settled."),
    "dated_firmly": _("The customer left with a firm date and a contact."),
    "refusal_accepted": _("The customer accepted a refusal because the reason was made clear."),
    "customer_left": _("The customer lost patience and left."),
    "escalated": _("The customer took the complaint further."),
    "closed_by_trainee": _("You ended the conversation before the matter was settled."),
    "closed_by_trainer": _("A trainer ended the conversation."),
    "timed_out": _("The time ran out, and the conversation closed."),
}

ACTS = {
    "greeting": _("Greeting"),
    "self_intro": _("Saying who you are"),
    "apology": _("Apology"),
    "apology.generic": _("General apology"),
    "apology.specific": _("Apology for what went wrong"),
    "empathy": _("Empathy"),
    "empathy.generic": _("General empathy"),
    "empathy.react": _("Sharing the feeling"),
    "empathy.interpret": _("Naming what lies behind the anger"),
    "empathy.explore": _("Asking about the feeling"),
    "active_listening": _("Listening"),
    "ask_details": _("Asking for details"),
    "ask_details.open": _("Open question"),
    "ask_details.closed": _("Precise question"),
    "ask_details.known": _("Asking what the bank already knows"),
    "ask_details.preference": _("Asking what the customer would like"),
    "ask_contact": _("Asking for contact details"),
    "ask_contact.verify": _("Checking who is speaking"),
    "confirm_facts": _("Checking the facts back"),
    "confirm_facts.paraphrase": _("Saying it back in your own words"),
    "confirm_facts.readback": _("Reading the record back"),
    "confirm_facts.summary": _("Summing up"),
    "acknowledge_receipt": _("Confirming that it is on record"),
    "explain_process": _("Explaining what happens next"),
    "explain_process.plain": _("Explaining in plain words"),
    "explain_process.redress": _("Telling where else the customer may turn"),
    "explain_process.refusal_with_reason": _("Refusing with a reason"),
    "explain_process.warm_transfer": _("Handing over with care"),
    "give_timeframe": _("Naming a time"),
    "give_contact": _("Giving a contact"),
    "offer_solution": _("Offering a way out"),
    "offer_solution.feasible": _("Offer that can be kept"),
    "offer_solution.partial": _("Offer that settles a part"),
    "offer_solution.infeasible": _("Offer that cannot be kept"),
    "take_action": _("Acting at once"),
    "take_action.own": _("Taking it on yourself"),
    "take_action.promise": _("Promising a step of your own"),
    "follow_up": _("Following up"),
    "thank": _("Thanks"),
    "closing": _("Polite close"),
    "blame_customer": _("Putting the fault on the customer"),
    "argue": _("Arguing"),
    "argue.deny": _("Denying what the customer says"),
    "interrupt": _("Cutting off"),
    "interrupt.dismiss": _("Making it small"),
    "interrupt.calm_order": _("Ordering calm"),
    "jargon": _("Unexplained jargon"),
    "overpromise": _("Promising more than you may"),
    "privacy_breach": _("Breach of confidentiality"),
    "rude": _("Rudeness"),
    "rude.threat": _("Threat"),
    "rude.sarcasm": _("Sarcasm"),
    "rude.insult": _("Insult"),
    "evasive": _("Passing the buck"),
    "evasive.policy_only": _("Hiding behind a rule"),
    "evasive.transfer": _("Sending the customer elsewhere"),
    "evasive.discourage_route": _("Talking the customer out of complaining"),
}

# What a change means, by variable of the customer and direction.
CHANGES = {
    ("anger", 1): _("angrier"),
    ("anger", -1): _("less angry"),
    ("anxiety", 1): _("more worried"),
    ("anxiety", -1): _("less worried"),
    ("trust", 1): _("trusts you more"),
    ("trust", -1): _("trusts you less"),
    ("patience", 1): _("more patient"),
    ("patience", -1): _("less patient"),
    ("face", 1): _("feels respected"),
    ("face", -1): _("feels belittled"),
    ("gratitude", 1): _("grateful"),
    ("heard", 1): _("feels heard"),
    ("heard", -1): _("feels unheard"),
    ("certainty", 1): _("knows better what comes next"),
    ("certainty", -1): _("knows less what comes next"),
    ("motive", 1): _("believes that the bank means well"),
    ("motive", -1): _("suspects that the bank does not care"),
    ("j_dist", 1): _("finds the offer fairer"),
    ("j_dist", -1): _("finds the offer less fair"),
    ("j_inter", 1): _("feels treated with more respect"),
    ("j_inter", -1): _("feels treated with less respect"),
    ("j_proc", 1): _("finds the procedure fairer"),
    ("j_proc", -1): _("finds the procedure less fair"),
}

# What was missed, by the situations of the coaching in a scenario.
SITUATIONS = {
    "vented_no_empathy": _("The customer let out their anger, and no word went to the feeling."),
    "asked_when_no_timeframe": _("The customer asked by when, and got no time."),
    "asked_who_no_contact": _("The customer asked whom to turn to, and got no name or number."),
    "question_unanswered": _("A question of the customer was passed over."),
    "offer_before_listening": _("The offer came before the customer felt heard."),
    "empty_soothing": _("These words fit any case, so they sound empty."),
    "no_facts_asked": _("Several turns went by without a question about the case."),
    "asked_again": _("The customer had told this before, or it is on the bank's screen."),
    "facts_not_confirmed": _("The facts were not said back before going on to a solution."),
    "wrong_limit": _("The time named is longer than the rules allow."),
    "blame_customer": _("The fault was put on the customer."),
    "argue": _("The customer's account was disputed."),
    "interrupt": _("The customer was cut off, made small or told to calm down."),
    "jargon": _("The customer cannot know this term."),
    "overpromise": _("This promises more than you may."),
    "privacy_breach": _("A secret was asked for or given away."),
    "rude": _("This insults, mocks or threatens the customer."),
    "evasive": _("The customer was passed on, or met with policy and nothing else."),
    "discourage_route": _("The customer was talked out of a route that is theirs."),
    "bare_refusal": _("No was said without a reason or another way."),
    "no_follow_up": _("The conversation ended without asking whether the matter is settled."),
    "unclear": _("Nothing in these words could be understood."),
}


def act_words(name: str) -> str:
    """The words for `code` or `code.kind`; the code itself where a newer engine knows one that this page does not."""
    return str(ACTS.get(name) or ACTS.get(name.split(".")[0]) or name)


def change_words(variable: str, delta: float) -> str:
    """What it means that `variable` moved by `delta`, or nothing where a person would not notice it."""
    return str(CHANGES.get((variable.lower(), 1 if delta > 0 else -1), ""))
