"""An administrator extends the tree of their own bank, and of no other."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lms import organisation_services as services
from lms.core.models import AuditEntry, Membership, Organisation, User
from lms.people_services import organisations_administered_by
from tests.factories import department_of, make_bank, make_person


@pytest.fixture
def as_admin(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def form(above: Organisation, **other: object) -> dict[str, object]:
    return {"kind": "department", "above": above.pk, "name_zh": "信用卡部", "name_en": "Cards", **other}


def test_a_department_is_added_below_a_branch_and_written_down(as_admin: Client, bank: Organisation, admin: User) -> None:
    assert as_admin.post(reverse("people:organisations"), form(bank)).status_code == 302
    added = Organisation.objects.get(name_zh="信用卡部")
    assert added.get_parent() == bank
    entry = AuditEntry.objects.get(action="organisation_added")
    assert (entry.actor, entry.object_id) == (admin, str(added.pk))
    assert "Cards" in as_admin.get(reverse("people:new")).content.decode()


def test_two_of_one_name_in_one_place_are_refused_and_what_was_typed_stays(as_admin: Client, bank: Organisation) -> None:
    as_admin.post(reverse("people:organisations"), form(bank))
    again = as_admin.post(reverse("people:organisations"), form(bank))
    assert again.status_code == 400
    assert 'value="信用卡部"' in again.content.decode()
    assert Organisation.objects.filter(name_zh="信用卡部").count() == 1


def test_nothing_is_added_below_a_department_or_to_another_bank(as_admin: Client, department: Organisation) -> None:
    other = make_bank("别家银行")
    for above in (department, other, department_of(other)):
        assert as_admin.post(reverse("people:organisations"), form(above)).status_code == 400
    assert not Organisation.objects.filter(name_zh="信用卡部").exists()


def test_a_branch_counts_the_people_of_its_departments_each_once(admin: User, bank: Organisation, department: Organisation) -> None:
    make_person("one", "trainee", department)
    both = make_person("both", "trainer", department)
    Membership.objects.create(user=both, organisation=department.get_parent(), role="hr")
    counted = {one.pk: one.people for one in services.with_people(organisations_administered_by(admin))}
    assert counted[department.get_parent().pk] == counted[department.pk] == 2


def test_a_new_name_is_written_down_with_the_old_one(as_admin: Client, department: Organisation) -> None:
    old = department.name_zh
    as_admin.post(reverse("people:rename_organisation", args=[department.pk]), {"name_zh": "客户关怀部", "name_en": "Customer Care"})
    department.refresh_from_db()
    assert department.name_zh == "客户关怀部"
    assert AuditEntry.objects.get(action="organisation_renamed").data["changed"]["name_zh"] == [old, "客户关怀部"]


def test_another_bank_cannot_be_renamed(as_admin: Client) -> None:
    other = make_bank("别家银行")
    assert as_admin.post(reverse("people:rename_organisation", args=[other.pk]), {"name_zh": "x"}).status_code == 404


@pytest.mark.parametrize("who", ["trainee", "trainer", "hr", "author", "outsider"])
def test_for_everybody_else_the_page_does_not_exist(who: str, client: Client, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("people:organisations")).status_code == 404
