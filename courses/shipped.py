"""The courses that come with the program, and the place for courses in the CMS.

A file in `content/` is loaded once. When a later release brings another text, a page that nobody has edited gets it at
once; beside a page that an author has edited it lies as a draft, in the page's history.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import GroupPagePermission, Page, Site

from courses.models import CourseIndexPage, CoursePage, LessonPage
from courses.services import AUTHOR_GROUP

CONTENT = Path(__file__).parent / "content"
PAGE_PERMISSIONS = ("add", "change", "publish", "lock", "unlock")
WAGTAIL_WELCOME = "Welcome to your new Wagtail site!"


@dataclass
class Report:
    """What a load did, by the address of the page."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)


def in_language(value: Any, language: str) -> Any:
    """`value` with every `{zh: …, en: …}` in it replaced by the words of one language."""
    if isinstance(value, Mapping):
        if value and set(value) <= {"zh", "en"}:
            return value[language]
        return {key: in_language(inner, language) for key, inner in value.items()}
    if isinstance(value, list):
        return [in_language(inner, language) for inner in value]
    return value


def fingerprint(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def stored_body(blocks: Iterable[Mapping[str, Any]], language: str) -> str:
    """The blocks of a file in the form in which a page stores them."""
    return json.dumps([{"type": kind, "value": in_language(value, language)} for block in blocks for kind, value in block.items()])


@transaction.atomic
def prepare_cms() -> CourseIndexPage:
    """Make the list of courses and the group of authors, where they are missing."""
    site = Site.objects.select_related("root_page").get(is_default_site=True)
    root = site.root_page
    if not site.site_name:
        Site.objects.filter(pk=site.pk).update(site_name="Tingsu 听诉")
    if root.title == WAGTAIL_WELCOME:
        Page.objects.filter(pk=root.pk).update(title="Tingsu 听诉", draft_title="Tingsu 听诉")
    index = CourseIndexPage.objects.first()
    if index is None:
        root = Page.objects.get(pk=root.pk)
        index = root.add_child(instance=CourseIndexPage(title="课程", title_en="Courses", slug="courses"))
    group, _created = Group.objects.get_or_create(name=AUTHOR_GROUP)
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=[f"{name}_page" for name in PAGE_PERMISSIONS]
    ):
        GroupPagePermission.objects.get_or_create(group=group, page=index, permission=permission)
    admin = Q(content_type__app_label="wagtailadmin", codename="access_admin")
    scenarios = Q(content_type__app_label="simulator", content_type__model="scenario") & ~Q(codename__startswith="delete")
    group.permissions.add(*Permission.objects.filter(admin | scenarios))
    return index


def load_all(folder: Path = CONTENT) -> Report:
    """Load every course file in `folder`. Doing it twice changes nothing."""
    index, report = prepare_cms(), Report()
    for path in sorted(folder.glob("*.yaml")):
        load(index, yaml.safe_load(path.read_text(encoding="utf-8")), report)
    return report


@transaction.atomic
def load(index: CourseIndexPage, document: Mapping[str, Any], report: Report) -> None:
    """Load one course file."""
    known = fingerprint(document)
    course = CoursePage.objects.child_of(index).filter(slug=document["slug"]).first()
    if course is not None and course.shipped == known:
        return
    fields = {
        "title": document["title"]["zh"],
        "title_en": document["title"]["en"],
        "intro": document["intro"]["zh"],
        "intro_en": document["intro"]["en"],
        **{name: document[name] for name in ("check_pass_percent", "valid_months", "version", "in_order") if name in document},
    }
    course = _put(index, CoursePage, course, document["slug"], fields, known, report)
    for lesson in document["lessons"]:
        page = LessonPage.objects.child_of(course).filter(slug=lesson["slug"]).first()
        if page is not None and page.shipped == fingerprint(lesson):
            continue
        fields = {
            "title": lesson["title"]["zh"],
            "title_en": lesson["title"]["en"],
            "intro": lesson["intro"]["zh"],
            "intro_en": lesson["intro"]["en"],
            "minutes": lesson["minutes"],
            "body": stored_body(lesson["body"], "zh"),
            "body_en": stored_body(lesson["body"], "en"),
        }
        _put(course, LessonPage, page, lesson["slug"], fields, fingerprint(lesson), report)


def _put(parent: Page, model: type[Page], page: Page | None, slug: str, fields: Mapping[str, Any], known: str, report: Report) -> Page:
    if page is None:
        page = parent.add_child(instance=model(slug=slug, shipped=known, live=False, **fields))
        page.save_revision(changed=False).publish()
        report.created.append(page.url_path)
        return model.objects.get(pk=page.pk)
    edited = page.revisions.filter(user__isnull=False).exists()
    changed = page.get_latest_revision_as_object() if edited else page
    for name, value in fields.items():
        setattr(changed, name, value)
    changed.shipped = known
    revision = changed.save_revision()
    model.objects.filter(pk=page.pk).update(shipped=known)
    if edited:
        report.drafted.append(page.url_path)
    else:
        revision.publish()
        report.updated.append(page.url_path)
    return model.objects.get(pk=page.pk)
