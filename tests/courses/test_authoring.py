"""What an author does in the CMS: lessons and scenarios, drafts, previews, publishing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from courses import services, shipped
from courses.models import LessonPage
from lms.core.models import Membership, User
from simulator.models import Scenario
from simulator.wagtail_hooks import ScenarioViewSet
from tests.courses.pages import check_block, make_course, make_lesson, make_scenario, role_play_block
from tests.factories import make_person

pytestmark = pytest.mark.django_db
SHIPPED_SCENARIO = Path(__file__).parents[2] / "simulator" / "scenarios" / "annual-fee.yaml"


@pytest.fixture
def cms(client: Client, author: User) -> Client:
    shipped.prepare_cms()
    services.grant_cms_access(author)
    client.force_login(author)
    return client


def lesson_form(title: str, *, words: str = "<p>词语</p>", **fields: Any) -> dict[str, str]:
    body = streamfield([("text", rich_text(words))])
    values = {"title": title, "title_en": "", "intro": "", "intro_en": "", "minutes": "6", "slug": "one"}
    return nested_form_data({**values, "body": body, "body_en": streamfield([]), **fields})


def test_an_author_is_let_into_the_cms_and_others_are_not(client, author, trainee, trainer) -> None:
    shipped.prepare_cms()
    services.grant_cms_access(author)
    for person, allowed in ((author, True), (trainee, False), (trainer, False)):
        client.force_login(person)
        assert (client.get("/cms/").status_code == 200) is allowed, person
    services.withdraw_cms_access(author)
    client.force_login(author)
    assert client.get("/cms/").status_code != 200


def test_a_draft_does_not_show_and_publishing_does(cms, trainee, bank) -> None:
    course = make_course(organisations=(bank,))
    lesson = make_lesson(course, "one")
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    reader = Client()
    reader.force_login(trainee)

    assert cms.post(address, lesson_form("新的题目", words="<p>新的内容</p>")).status_code == 302
    shown = reader.get(f"{course.url}one/").content.decode()
    assert "新的内容" not in shown
    assert LessonPage.objects.get(pk=lesson.pk).has_unpublished_changes

    cms.post(address, {**lesson_form("新的题目", words="<p>新的内容</p>"), "action-publish": "1"})
    assert "新的内容" in reader.get(f"{course.url}one/").content.decode()
    assert LessonPage.objects.get(pk=lesson.pk).revisions.count() == 2


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_author_previews_a_lesson_as_a_trainee_sees_it_and_nothing_is_recorded(cms, bank, language) -> None:
    make_scenario()
    lesson = make_lesson(make_course(organisations=(bank,)), "one", check_block("q1", question="哪一个"), role_play_block("r1"))
    lesson.save_revision()
    response = cms.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk]) + f"?mode={language}")
    shown = response.content.decode()
    assert response.status_code == 200
    assert "哪一个" in shown
    assert "disabled" in shown
    assert f'<html lang="{language}"' in shown


def test_a_lesson_with_an_unknown_fact_or_no_right_answer_is_refused_with_the_reason(cms, bank) -> None:
    lesson = make_lesson(make_course(organisations=(bank,)), "one")
    answers = [("item", {"text": "a", "feedback": ""}), ("item", {"text": "b", "feedback": ""})]
    block = {"key": "", "kind": "single", "question": "?", "explanation": "", "fact_ids": "S99.1"}
    block["options"] = nested_list(answers)
    body = streamfield([("check", block)])
    response = cms.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), lesson_form("x", body=body) | {"action-publish": "1"})
    assert response.status_code == 200
    assert "There is no fact" in response.content.decode()
    assert LessonPage.objects.get(pk=lesson.pk).title != "x"


def nested_list(items: list[tuple[str, dict[str, str]]]) -> dict[str, Any]:
    found: dict[str, Any] = {"count": str(len(items))}
    for number, (_kind, value) in enumerate(items):
        found[str(number)] = {"type": "item", "order": str(number), "deleted": "", "id": "", "value": value}
    return found


def test_an_author_of_another_bank_cannot_touch_a_private_course(client, bank, outsider) -> None:
    lesson = make_lesson(make_course(organisations=(bank,)), "one")
    theirs = make_person("other-author", Membership.Role.AUTHOR, outsider.memberships.get().organisation.get_root())
    services.grant_cms_access(theirs)
    client.force_login(theirs)
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert client.get(address).status_code != 200
    client.post(address, {**lesson_form("übernommen"), "action-publish": "1"})
    assert LessonPage.objects.get(pk=lesson.pk).title != "übernommen"


def test_somebody_whose_role_of_author_has_ended_changes_nothing_any_more(cms, author, bank) -> None:
    make_real_scenario()
    lesson = make_lesson(make_course(organisations=(bank,)), "one")
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert cms.get(address).status_code == 200
    assert cms.get(scenario_address("list")).status_code == 200
    Membership.objects.filter(user=author).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert cms.get(address).status_code != 200
    assert cms.get(scenario_address("list")).status_code != 200


def make_real_scenario() -> Scenario:
    document = json.loads(json.dumps(yaml.safe_load(SHIPPED_SCENARIO.read_text(encoding="utf-8")), default=str))
    title = document["title"]
    scenario = Scenario(slug=document["slug"], title_zh=title["zh-hans"], title_en=title["en"], document=document, live=False)
    scenario.save()
    scenario.save_revision().publish()
    return Scenario.objects.get(pk=scenario.pk)


def scenario_address(name: str, *args: object) -> str:
    return reverse(ScenarioViewSet().get_url_name(name), args=args)


def scenario_form(scenario: Scenario, **changes: str) -> dict[str, str]:
    """What the browser sends when the form is saved as it came, but for `changes`."""
    from simulator.authoring import edit_handler

    form = edit_handler().bind_to_model(Scenario).get_form_class()(instance=scenario)
    values = {name: form[name].value() for name in form.fields if not form.fields[name].disabled}
    return {name: "" if value is None else value for name, value in values.items()} | changes


def test_every_field_of_a_scenario_stands_once_in_the_form(cms) -> None:
    scenario = make_real_scenario()
    shown = cms.get(scenario_address("edit", scenario.pk)).content.decode()
    for name in scenario_form(scenario):
        if name.startswith(("lines__", "summary", "rest")):
            assert shown.count(f' name="{name}"') == 1, name


def test_saving_a_scenario_without_a_change_changes_nothing_in_it(cms) -> None:
    scenario = make_real_scenario()
    assert cms.get(scenario_address("edit", scenario.pk)).status_code == 200
    response = cms.post(scenario_address("edit", scenario.pk), scenario_form(scenario) | {"action-publish": "1"})
    assert response.status_code == 302
    after = Scenario.objects.get(pk=scenario.pk)
    assert after.document == scenario.document
    assert after.live_version == scenario.live_version


def test_a_changed_line_is_a_draft_until_it_is_published_and_then_the_next_version(cms) -> None:
    scenario = make_real_scenario()
    lines = {"lines__vent__angry__zh-hans": "你们就是这么办事的？\n我都说了几遍了！"}
    cms.post(scenario_address("edit", scenario.pk), scenario_form(scenario, **lines))
    draft = Scenario.objects.get(pk=scenario.pk)
    assert (draft.document, draft.live_version, draft.has_unpublished_changes) == (scenario.document, scenario.live_version, True)

    cms.post(scenario_address("edit", scenario.pk), scenario_form(scenario, **lines) | {"action-publish": "1"})
    live = Scenario.objects.get(pk=scenario.pk)
    assert live.document["lines"]["vent"]["angry"]["zh-hans"] == ["你们就是这么办事的？", "我都说了几遍了！"]
    assert live.live_version == scenario.live_version + 1


def test_a_mistake_in_a_scenario_is_named_at_its_field_and_nothing_is_saved(cms) -> None:
    scenario = make_real_scenario()
    rest = scenario_form(scenario)["rest"]
    for changes, sentence in (
        ({"lines__vent__angry__zh-hans": "只有一句"}, "Write at least two different lines."),
        ({"lines__vent__angry__en": "One {nonsense}.\nTwo."}, "This slot in braces would stay empty."),
        ({"rest": rest.replace("nature: product", "nature: fish", 1)}, "nature: This value is not one of those that are possible here."),
        ({"rest": rest + "\n[broken"}, "Row "),
        ({"rest": "just words"}, "Here a list of names and values is expected"),
    ):
        response = cms.post(scenario_address("edit", scenario.pk), scenario_form(scenario, **changes))
        assert response.status_code == 200, changes
        assert sentence in response.content.decode(), sentence
    assert not Scenario.objects.get(pk=scenario.pk).has_unpublished_changes


def test_lines_for_a_new_mood_are_added_in_the_text_and_have_fields_afterwards(cms) -> None:
    scenario = make_real_scenario()
    added = {"lines": {"react_thanks": {"calm": {"zh-hans": ["不客气。", "没事。"], "en": ["Fine.", "No trouble."]}}}}
    rest = scenario_form(scenario)["rest"] + "\n" + yaml.safe_dump(added, allow_unicode=True)
    response = cms.post(scenario_address("edit", scenario.pk), scenario_form(scenario, rest=rest) | {"action-publish": "1"})
    assert response.status_code == 302
    after = Scenario.objects.get(pk=scenario.pk)
    assert after.document["lines"]["react_thanks"]["calm"]["zh-hans"] == ["不客气。", "没事。"]
    assert scenario_form(after)["lines__react_thanks__calm__en"] == "Fine.\nNo trouble."


def test_the_preview_of_a_scenario_plays_it_with_the_text_as_it_stands(cms) -> None:
    scenario = make_real_scenario()
    address = scenario_address("preview_on_edit", scenario.pk)
    opening = {f"lines__open__{band}__zh-hans": "预览第一句甲。\n预览第一句乙。" for band in scenario.document["lines"]["open"]}
    assert cms.post(address, scenario_form(scenario, **opening)).json()["is_valid"]
    shown = cms.get(address).content.decode()
    assert "预览第一句" in shown.split("sample-handler")[0]
    assert "我是客服小陈" in shown
