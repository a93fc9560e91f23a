"""Frames as no browser of ours would send them, for property tests of the wire."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from simulator import levers

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
nearly_right = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["join", "say", "finish", "open_record", "save_field", "ask_document", "send_answer", "call_back", "hand_in", "dance"]
        )
        | st.sampled_from(levers.TYPES)
        | st.sampled_from(["move_clock", "do_duty", "extend_limit"])
        | anything
    },
    optional={
        "id": st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True) | anything,
        "text": st.text() | anything,
        "seen": st.integers() | anything,
        "after": st.integers() | anything,
        "field": st.sampled_from(["matter", "nature"]) | anything,
        "value": st.text() | anything,
        "document": st.from_regex(r"[a-z_]{1,8}", fullmatch=True) | anything,
        "channel": st.sampled_from(["phone", "email"]) | anything,
        "line": st.integers(-1, 5) | anything,
        "says": st.sampled_from(["", "demand", "dance"]) | anything,
        "facts": st.lists(st.sampled_from(["charge_date", "no_such_fact", "demand"]) | anything, max_size=4) | anything,
        "claims": st.lists(st.text(max_size=8), max_size=4) | anything,
        "mood": st.sampled_from(["calmer", "angrier"]) | anything,
        "reason": st.text() | anything,
        "inject": st.sampled_from(["", "other", "system_outage", "no_such_inject"]) | anything,
        "to": st.integers() | anything,
        "note": st.text() | anything,
        "step": st.sampled_from(["hour", "next_morning"]) | anything,
        "stop": st.sampled_from(["emergency_started", "plan_approved", "progress_told"]) | anything,
        "details": st.dictionaries(st.sampled_from(["note", "lead", "duties"]), st.text() | anything, max_size=3) | anything,
        "until": st.dates().map(str) | anything,
        "approver": st.sampled_from(["manager", "senior_manager"]) | anything,
        "section": st.from_regex(r"[a-z_]{1,8}", fullmatch=True) | anything,
    },
)
messages = anything | nearly_right
raw = st.binary() | st.text()
frames = messages.map(json.dumps) | raw
