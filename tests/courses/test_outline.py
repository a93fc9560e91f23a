"""What a lesson asks, read from its stored body: pure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from courses.outline import differences, outline, with_keys
from tests.courses.pages import check_block, role_play_block, text_block

blocks = st.lists(
    st.one_of(
        st.just(text_block()),
        st.sampled_from(["", "q1", "q2", "mine"]).map(lambda key: check_block(key)),
        st.sampled_from(["", "r1"]).map(lambda key: role_play_block(key)),
    ),
    max_size=7,
)


@given(blocks)
def test_giving_keys_fills_every_gap_and_changes_no_key_that_is_there(raw: list[dict]) -> None:
    raw = [{"type": block["type"], "value": dict(block["value"]) if isinstance(block["value"], dict) else block["value"]} for block in raw]
    before = [block["value"]["key"] for block in raw if block["type"] != "text"]
    found = outline(with_keys(raw))
    after = [block["value"]["key"] for block in raw if block["type"] != "text"]
    assert all(after)
    assert [new for old, new in zip(before, after, strict=True) if old] == [old for old in before if old]
    filled = [new for old, new in zip(before, after, strict=True) if not old]
    assert len(set(filled)) == len(filled)
    assert not set(filled) & set(before)
    assert len(found.checks) + len(found.role_plays) == len(after)


def test_the_english_questions_take_the_keys_of_the_chinese_ones_in_order() -> None:
    chinese = with_keys([check_block("fees"), check_block(""), role_play_block("")])
    english = with_keys([check_block(""), check_block(""), role_play_block("")], chinese)
    assert [block["value"]["key"] for block in english] == ["fees", "q1", "r1"]
    assert differences(outline(chinese), outline(english)) == []


def test_languages_that_ask_something_different_are_named() -> None:
    chinese = outline([check_block("a"), check_block("b", right=0), role_play_block("r", level=2)])
    english = outline([check_block("b", right=1), role_play_block("r", level=3), check_block("c")])
    assert set(differences(chinese, english)) == {
        ("not_in_english", "a"),
        ("not_in_chinese", "c"),
        ("other_answers", "b"),
        ("other_role_play", "r"),
    }


def test_the_fingerprint_of_a_question_changes_with_its_words_and_not_with_its_notes() -> None:
    one = outline([check_block("a")]).checks[0]
    noted = check_block("a")
    noted["value"]["options"][0]["feedback"] = "another note"
    assert outline([noted]).checks[0].fingerprint == one.fingerprint
    assert outline([check_block("a", question="Which one?")]).checks[0].fingerprint != one.fingerprint
    assert outline([check_block("a", right=1)]).checks[0].fingerprint != one.fingerprint
