"""What a customer can do with words, and which lines a scenario needs for it.

Each act says when it is spoken, whether a scenario must bring its own lines (`own`), and which slots its lines may hold
besides those of every line. Acts without lines in the scenario take them from the common stock of the rule set.
"""

from __future__ import annotations

from dataclasses import dataclass

BANDS = ("calm", "uneasy", "angry", "furious")
LANGUAGES = ("zh-hans", "en")

# Where a band has no line left, its neighbours are asked in this order: towards the milder one first.
NEIGHBOURS = {
    "calm": ("calm", "uneasy", "angry", "furious"),
    "uneasy": ("uneasy", "calm", "angry", "furious"),
    "angry": ("angry", "furious", "uneasy", "calm"),
    "furious": ("furious", "angry", "uneasy", "calm"),
}


@dataclass(frozen=True, slots=True)
class CustomerAct:
    """`when` it is said; `own`: the scenario must bring lines; `ends`: it may be the last thing said in a turn (not a mere reaction)."""

    when: str
    own: bool = False
    slots: tuple[str, ...] = ()


# Slots that any line may hold. Besides these a line may name a fact: `{fact_id}`; such a line is said only once that fact is told.
COMMON_SLOTS = ("name", "salutation", "demand", "amount")

CUSTOMER_ACTS: dict[str, CustomerAct] = {
    # what the customer has come to say
    "open": CustomerAct("the first words; may hold the surface forms of volunteered facts", own=True),
    "greet_back": CustomerAct("the trainee greeted or said who they are and nothing else"),
    "answer_call": CustomerAct("picks up when the bank calls back"),
    "vent": CustomerAct("goes on complaining: nothing was asked, the grievance is not yet heard", own=True),
    "demand": CustomerAct("says what they want", own=True),
    "prompt": CustomerAct("the trainee said next to nothing: what now?"),
    "check_in": CustomerAct("nothing was said for a while: are you still there?"),
    "overlapped": CustomerAct("the trainee wrote while the customer was still writing"),
    # answers to questions
    "answer_unknown": CustomerAct("asked about something that they do not know or that is not in this case"),
    "already_told": CustomerAct("asked again for something that they have told", slots=("told",)),
    "bank_knows": CustomerAct("asked for something that the bank has on its own screen"),
    "withhold": CustomerAct("asked for something that they do not trust the trainee with yet"),
    "confirm_right": CustomerAct("the trainee said a fact back rightly"),
    "confirm_wrong": CustomerAct("the trainee said a fact back wrongly; {right} is what they told", slots=("right", "wrong")),
    "corrected": CustomerAct("the trainee showed that they remembered a fact wrongly; {right} is what the record says", slots=("right",)),
    "give_name": CustomerAct("asked who they are, and no fact of the case answers it: {name}"),
    "give_number": CustomerAct("asked how to reach them, and no fact of the case answers it"),
    "clarify": CustomerAct("could not make out what was meant"),
    "satisfied_no": CustomerAct("asked whether it is settled, and it is not"),
    "consent": CustomerAct("asked to wait, to be patient, or whether something may be done: yes, go on"),
    # reactions to how they are treated
    "react_empathy": CustomerAct("a feeling was named rightly"),
    "react_apology": CustomerAct("an apology for something definite"),
    "react_soothing": CustomerAct("an empty apology or empty understanding, the first or second"),
    "react_scripted": CustomerAct("the same empty words once more: sounds like a script"),
    "react_listening": CustomerAct("was invited to speak on and has nothing more to add"),
    "react_own": CustomerAct("the trainee takes the matter on or does something about it"),
    "react_process": CustomerAct("was told what happens next"),
    "react_timeframe": CustomerAct("was told by when; {time} is what was said", slots=("time",)),
    "react_contact": CustomerAct("was given a name, number or case number to come back to"),
    "react_recorded": CustomerAct("was told that the complaint is on record"),
    "react_redress": CustomerAct("was told where else they may turn"),
    "react_thanks": CustomerAct("was thanked"),
    "react_blame": CustomerAct("was told that it is their own fault"),
    "react_argue": CustomerAct("their account was disputed"),
    "react_calm_order": CustomerAct("was told to calm down"),
    "react_dismiss": CustomerAct("was cut off or belittled"),
    "react_jargon": CustomerAct("did not understand the term {term}", slots=("term",)),
    "react_evasive": CustomerAct("was passed on, or met with policy and nothing else"),
    "react_discourage": CustomerAct("was talked out of complaining elsewhere"),
    "react_overpromise": CustomerAct("was promised more than sounds true"),
    "react_privacy": CustomerAct("was asked for a password or code, or told somebody else's business"),
    "react_rude": CustomerAct("was insulted, mocked or threatened"),
    "react_repeat": CustomerAct("heard the same sentence again"),
    # offers and what becomes of them
    "not_heard": CustomerAct("an offer before they were listened to"),
    "accept_offer": CustomerAct("takes the offer {offer}, but it is not done or dated yet", slots=("offer",)),
    "counter_offer": CustomerAct("the offer {offer} is not enough: says what would be", slots=("offer",)),
    "refuse_offer": CustomerAct("does not want the offer {offer}", slots=("offer",)),
    "refusal_heard": CustomerAct("was told no, with a reason"),
    "refusal_bare": CustomerAct("was told no, and no reason"),
    # what they want to know
    "ask_what": CustomerAct("asks what will be done about it"),
    "ask_when": CustomerAct("asks by when"),
    "ask_who": CustomerAct("asks whom to turn to, who is in charge of it"),
    "ask_why": CustomerAct("asks how it came to this"),
    "ask_why_not": CustomerAct("was offered something else, and asks why not what they want"),
    "ask_routes": CustomerAct("was refused, and asks what they may do if they do not accept that"),
    "re_ask": CustomerAct("asks again what was not answered"),
    "promise_reminder": CustomerAct("reminds of the promise {promise}", slots=("promise",)),
    "contradiction": CustomerAct("quotes what was said earlier: first {earlier}, now {now}", slots=("earlier", "now")),
    # climbing and leaving
    "escalate_manager": CustomerAct("wants the manager"),
    "escalate_outside": CustomerAct("names a route outside the bank"),
    "leave": CustomerAct("has had enough and goes"),
    "leave_outside": CustomerAct("goes, and takes it outside the bank"),
    "come_down": CustomerAct("takes a threat back: all right, let us see"),
    "close_resolved": CustomerAct("it is settled: thanks and goodbye"),
    "close_dated": CustomerAct("it is firmly arranged: will wait for it"),
    "close_refused": CustomerAct("understands the refusal and takes the other way"),
    "close_unsettled": CustomerAct("the trainee says goodbye and nothing is settled"),
}  # fmt: skip

SITUATIONS = {
    "vented_no_empathy": "the customer let out their anger and no word went to the feeling",
    "asked_when_no_timeframe": "the customer asked by when and got no time",
    "asked_who_no_contact": "the customer asked whom to turn to and got no name or number",
    "question_unanswered": "a question of the customer was passed over",
    "offer_before_listening": "a way out was put before the customer felt heard",
    "empty_soothing": "understanding or apology that fits any case",
    "no_facts_asked": "several turns without a question about the case",
    "asked_again": "asked for what was told before or is on the bank's screen",
    "facts_not_confirmed": "went on to a solution without saying the facts back",
    "wrong_limit": "named a time longer than the rules allow",
    "blame_customer": "put the fault on the customer",
    "argue": "disputed the customer's account",
    "interrupt": "cut off, belittled or ordered calm",
    "jargon": "used a term that the customer cannot know",
    "overpromise": "promised more than one may",
    "privacy_breach": "asked for a secret or gave one away",
    "rude": "insulted, mocked or threatened",
    "evasive": "passed the customer on or hid behind policy",
    "discourage_route": "talked the customer out of a route that is theirs",
    "bare_refusal": "said no without a reason, another way or where else to turn",
    "no_follow_up": "ended without asking whether it is settled",
    "unclear": "nothing in the words could be understood",
}  # fmt: skip
