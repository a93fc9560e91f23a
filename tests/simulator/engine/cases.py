"""A small case for the engine's tests: an annual fee, charged twice, after somebody had promised to waive it."""

from __future__ import annotations

import copy
from typing import Any

from simulator.engine.scenario import Scenario, parse


def both(zh: str | list[str], en: str | list[str]) -> dict[str, Any]:
    return {"zh-hans": zh, "en": en}


def numbered(act: str, band: str, many: int = 5) -> dict[str, list[str]]:
    """Lines whose words do not matter, only that they differ."""
    return both(
        [f"{act} {band} 第{number}句。" for number in "甲乙丙丁戊己庚辛"[:many]], [f"{act} {band}, line {n}." for n in "abcdefgh"[:many]]
    )


OWN_ACTS = (
    "open", "vent", "demand", "satisfied_no", "react_empathy", "react_blame", "react_argue", "not_heard", "accept_offer", "counter_offer",
    "refuse_offer", "escalate_manager", "escalate_outside", "leave", "leave_outside", "close_resolved", "close_dated",
)  # fmt: skip


DOCUMENT: dict[str, Any] = {
    "format": 1,
    "slug": "small-fee",
    "version": 1,
    "title": both("说好免的年费", "The fee that was waived"),
    "summary": both("年费收了两次。", "An annual fee was charged twice."),
    "languages": ["zh-hans", "en"],
    "channel": "phone",
    "nature": "product",
    "urgency": "general",
    "persona": {
        "zh-hans": [{"name": "周敏", "age": 41, "salutation": "周女士", "style": "plain", "about": "会计"}],
        "en": [{"name": "Helen Zhou", "age": 41, "salutation": "Ms Zhou", "style": "plain", "about": "an accountant"}],
    },
    "facts": {
        "fee": {
            "about": "amount",
            "value": "300",
            "surface": both(["三百", "300"], ["300"]),
            "tell": both(
                ["每次扣了{value}。", "一次{value}，两次都扣了。"], ["They took {value} each time.", "It was {value}, both times."]
            ),
            "vague": both(["好几百块呢。"], ["A few hundred."]),
        },
        "day": {
            "about": "occurred_at",
            "value": "2026-03-05",
            "surface": both(["三月五号", "3月5日"], ["the fifth of March", "5 March"]),
            "known": "misremembered",
            "believed": {"value": "2026-03-03", "surface": both(["三月三号"], ["the third of March"])},
            "tell": both(["好像是{value}。", "{value}吧，我记得。"], ["I think it was {value}.", "{value}, as I recall."]),
        },
        "clerk": {
            "about": "target",
            "value": both("小李", "Mr Li"),
            "surface": both(["小李"], ["Mr Li"]),
            "gate": {"asked_about": ["target", "earlier_contact"], "min_trust": 0.4},
            "tell": both(
                ["是你们柜台的{value}答应我的。", "{value}，他亲口说的免。"],
                ["{value} at your counter promised it.", "{value} told me so himself."],
            ),
        },
        "number": {
            "about": "evidence",
            "value": "unknown",
            "surface": both(["流水号二八"], ["slip 28"]),
            "known": "unknown",
            "tell": both(["流水单我没留。", "这个我没有。"], ["I did not keep the slip.", "I do not have that."]),
        },
        "card": {
            "about": "matter",
            "value": both("年费", "the annual fee"),
            "surface": both(["年费"], ["annual fee"]),
            "volunteered": True,
            "tell": both(["年费收了两次。", "年费，收了两回。"], ["The annual fee, twice.", "The annual fee was charged twice."]),
        },
        "worry": {
            "about": "reason",
            "value": both("怕影响征信", "afraid for her credit record"),
            "surface": both(["征信"], ["credit record"]),
            "gate": {"asked_about": ["reason"], "min_trust": 0.5},
            "tell": both(
                ["我怕影响征信。", "我最担心的是征信。"], ["I am afraid for my credit record.", "It is my credit record that worries me."]
            ),
            "vague": both(["我担心的不只是钱。"], ["It is not only about money."]),
        },
    },
    "demands": [
        {
            "id": "refund",
            "text": both("把钱退给我", "my money back"),
            "amount": 600,
            "reservation": 300,
            "acceptable": ["refund", "apply_refund"],
            "hidden_interest": {
                "text": both("以后别再扣", "never again"),
                "served_by": ["waive"],
                "tell": both(["我就怕明年又来一次。"], ["I fear it will happen again."]),
            },
        }
    ],
    "offers": {
        "refund": {
            "what": both("退回费用", "a refund"),
            "surface": both(["退"], ["refund", "give it back"]),
            "limit": 600,
            "answers_demand": "full",
        },
        "apply_refund": {
            "what": both("申请减免", "a waiver request"),
            "surface": both(["减免"], ["waiver"]),
            "authority": "manager",
            "answers_demand": "partial",
        },
        "waive": {
            "what": both("以后免收", "no fee from now on"),
            "surface": both(["以后免"], ["from now on"]),
            "answers_demand": "partial",
        },
        "points": {"what": both("送积分", "bonus points"), "surface": both(["积分"], ["points"]), "answers_demand": "no"},
    },
    "red_lines": ["privacy_breach", "rude.insult", "evasive.discourage_route"],
    "record": {
        "sections": {
            "account": {"title": both("账户", "Account"), "text": both("三月五号扣费。", "Charged on 5 March."), "knows": ["product"]}
        }
    },
    "truth": {"classification": {"nature": "product", "urgency": "general", "channel_group": "remote"}, "limits": {"result": "5 wd"}},
    "lines": {act: {"uneasy": numbered(act, "uneasy"), "angry": numbered(act, "angry")} for act in OWN_ACTS},
    "coaching": {
        "vented_no_empathy": both(
            ["周女士，两次被扣年费，换谁都会着急。"], ["Ms Zhou, to be charged the annual fee twice would upset anybody."]
        ),
        "asked_when_no_timeframe": both(["五个工作日内给您书面答复。"], ["You will have our answer within five working days."]),
    },
    "script": None,
    "rubric": "conversation",
}


def make_document(**changes: Any) -> dict[str, Any]:
    """A copy of the document; a changed key replaces what was there."""
    return {**copy.deepcopy(DOCUMENT), **changes}


def make_scenario(**changes: Any) -> Scenario:
    return parse(make_document(**changes))
