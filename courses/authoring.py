"""Who may write what: an author changes courses of their own bank, and those that belong to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.db.models import Q, QuerySet
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Page, PagePermissionTester

from lms.core import access
from lms.core.models import Organisation, User

if TYPE_CHECKING:
    from courses.models import CoursePage

AUTHORS = (access.Role.AUTHOR, access.Role.ADMIN)
COURSE_PATH = 4 * Page.steplen
"""The root, the home page, the list of courses, the course: as long is the path of a course, and the beginning of its lessons' paths."""


def banks_of_author(user: User) -> Q:
    """Condition on organisations: those in the banks where `user` is an author today."""
    steplen = Organisation.steplen
    roots = {m.organisation.path[:steplen] for m in access.memberships_of(user) if m.role in AUTHORS}
    condition = Q(pk__in=[])
    for root in roots:
        condition |= Q(path__startswith=root)
    return condition


def courses_to_write(user: User) -> QuerySet[CoursePage]:
    """The courses of the bank in which `user` is an author today, and those of everybody."""
    from courses.models import CoursePage

    if user.is_superuser:
        return CoursePage.objects.all()
    if not access.has_role(user, *AUTHORS):
        return CoursePage.objects.none()
    mine = Organisation.objects.filter(banks_of_author(user))
    return CoursePage.objects.filter(Q(organisations__isnull=True) | Q(organisations__in=mine)).distinct()


def may_write(user: User, page: Page) -> bool:
    """Whether `user` is an author today, and `page` belongs to one of `courses_to_write`."""
    from courses.models import CoursePage, LessonPage

    if user.is_superuser:
        return True
    if not access.has_role(user, *AUTHORS):
        return False
    if not isinstance(page, CoursePage | LessonPage) or page.pk is None:
        return True
    return courses_to_write(user).filter(path=page.path[:COURSE_PATH]).exists()


class CoursePermissionTester(PagePermissionTester):
    """Wagtail's permissions of the author group, for people who are authors today and of the right bank."""

    def __init__(self, user, page):
        super().__init__(user, page)
        if user.is_active and not user.is_superuser and self.permissions and not may_write(user, page.specific):
            self.permissions = set()


class OrganisationsForm(WagtailAdminPageForm):
    """Offers an author the organisations of their own bank; a new course of theirs is for that bank at first."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields.get("organisations")
        user = self.for_user
        if field is None or user is None:
            return
        field.widget = forms.CheckboxSelectMultiple()
        field.queryset = Organisation.objects.order_by("path")
        field.label_from_instance = lambda organisation: "　" * (organisation.depth - 1) + organisation.name
        if not user.is_superuser:
            field.queryset = field.queryset.filter(banks_of_author(user))
            if self.instance.pk is None:
                self.initial["organisations"] = list(field.queryset.filter(depth=1))
                field.required = True
