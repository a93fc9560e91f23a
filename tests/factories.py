"""Plain functions that make rows for tests. Every argument has a sensible default; say only what the test is about."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from lms.core.models import Membership, Organisation, User

PASSWORD = "a-long-test-password"


def make_bank(name: str = "测试银行") -> Organisation:
    """A bank of its own, with one branch and one department below it; returns the bank."""
    bank = Organisation.add_root(name_zh=name, name_en=f"{name} (en)", kind=Organisation.Kind.BANK)
    branch = bank.add_child(name_zh=f"{name}分行", name_en="Branch", kind=Organisation.Kind.BRANCH)
    branch.add_child(name_zh=f"{name}客服部", name_en="Customer Service", kind=Organisation.Kind.DEPARTMENT)
    return Organisation.objects.get(pk=bank.pk)


def department_of(bank: Organisation) -> Organisation:
    """The first department below `bank`."""
    return bank.get_descendants().filter(kind=Organisation.Kind.DEPARTMENT).first()


def make_person(username: str, role: str, organisation: Organisation, **fields: object) -> User:
    """Somebody who can log in with `PASSWORD`, holds `role` in `organisation` since 2026 began, and has confirmed the data notice."""
    values = {"full_name": username.title(), "data_notice_version": settings.DATA_NOTICE_VERSION, "language": "en", **fields}
    user = User.objects.create_user(username=username, password=PASSWORD, **values)
    Membership.objects.create(user=user, organisation=organisation, role=role, starts_on=date(2026, 1, 1))
    return user
