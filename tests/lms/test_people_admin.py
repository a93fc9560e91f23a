"""An administrator adds people, gives and ends roles, resets passwords and closes accounts, within their own bank only."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms import people_services as services
from lms.core.models import AuditEntry, Membership, Organisation, User
from lms.people_services import PeopleError
from tests.factories import PASSWORD, department_of, make_bank, make_person

Role = Membership.Role


@pytest.fixture
def as_admin(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def new_person_form(department: Organisation, **other: object) -> dict[str, object]:
    form = {"full_name": "王小明", "username": "wang", "employee_number": "A7", "organisation": department.pk, "roles": ["trainee"]}
    return {**form, "language": "zh-hans", "manager": "", **other}


def password_on(page: str) -> str:
    return re.search(r'<code class="secret">([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>', page)[1]


def actions_on(person: User) -> list[str]:
    entries = AuditEntry.objects.filter(object_type="core.User", object_id=str(person.pk)).order_by("id")
    return list(entries.values_list("action", flat=True))


def test_a_new_person_logs_in_with_the_password_shown_and_must_choose_their_own(as_admin, department):
    answer = as_admin.post(reverse("people:new"), new_person_form(department))
    password = password_on(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    person = User.objects.get(username="wang")
    assert [(m.role, m.organisation) for m in person.memberships.all()] == [("trainee", department)]
    assert actions_on(person) == ["person_created"]

    theirs = Client()
    assert theirs.login(username="wang", password=password)
    assert theirs.get("/").url == reverse("password_change")
    own = "a-password-of-my-own-7"
    theirs.post(reverse("password_change"), {"old_password": password, "new_password1": own, "new_password2": own})
    assert theirs.get("/").status_code == 200
    assert not Client().login(username="wang", password=password)


def test_the_password_is_written_nowhere_but_as_a_hash(as_admin, department):
    password = password_on(as_admin.post(reverse("people:new"), new_person_form(department)).content.decode())
    assert password not in User.objects.get(username="wang").password
    assert not [entry for entry in AuditEntry.objects.all() if password in str(entry.data) + entry.reason]
    assert password not in as_admin.get(reverse("people:edit", args=[User.objects.get(username="wang").pk])).content.decode()


@pytest.mark.parametrize("username", ["trainee", "TRAINEE", "has space", ""])
def test_a_login_name_that_is_taken_or_malformed_is_refused_and_nothing_is_saved(as_admin, department, trainee, username):
    before = User.objects.count()
    answer = as_admin.post(reverse("people:new"), new_person_form(department, username=username))
    assert "Nothing has been saved yet" in answer.content.decode()
    assert User.objects.count() == before


def test_nobody_is_added_to_another_bank(as_admin, outsider):
    theirs = outsider.memberships.get().organisation
    as_admin.post(reverse("people:new"), new_person_form(theirs))
    assert not User.objects.filter(username="wang").exists()


def test_the_service_itself_refuses_another_bank(admin, outsider):
    with pytest.raises(PeopleError) as refused:
        services.create_person(
            admin, username="x", full_name="X", organisation=outsider.memberships.get().organisation, roles=[Role.TRAINEE]
        )
    assert refused.value.code == "not_yours"


@pytest.mark.parametrize("viewer", ["trainee", "trainer", "author", "hr", "manager", "outsider"])
def test_whoever_is_no_administrator_finds_none_of_these_pages(client, trainee, viewer, request):
    client.force_login(request.getfixturevalue(viewer))
    membership = trainee.memberships.get()
    pages = [
        reverse("people:new"),
        reverse("people:edit", args=[trainee.pk]),
        reverse("people:reset", args=[trainee.pk]),
        reverse("people:deactivate", args=[trainee.pk]),
    ]
    changes = [*pages, reverse("people:add_role", args=[trainee.pk]), reverse("people:end_role", args=[trainee.pk, membership.pk])]
    assert {client.get(page).status_code for page in pages} == {404}
    assert {client.post(page, {"reason": "no", "last_day": "2026-12-01"}).status_code for page in changes} == {404}
    trainee.refresh_from_db()
    assert trainee.is_active
    assert trainee.check_password(PASSWORD)


@pytest.mark.parametrize("page", ["people:edit", "people:reset", "people:deactivate"])
def test_an_administrator_finds_nobody_of_another_bank(as_admin, outsider, page):
    assert as_admin.get(reverse(page, args=[outsider.pk])).status_code == 404
    assert as_admin.post(reverse(page, args=[outsider.pk]), {"reason": "no"}).status_code == 404


def test_the_administrator_of_a_branch_cannot_take_over_somebody_of_head_office(client, bank, department, admin):
    below = make_person("below", Role.ADMIN, department.get_parent())
    Membership.objects.create(user=admin, organisation=department, role=Role.TRAINER, starts_on=date(2026, 1, 1))
    client.force_login(below)
    assert client.post(reverse("people:reset", args=[admin.pk])).status_code == 404
    assert admin.check_password(PASSWORD)


def test_a_role_added_lets_its_holder_in_and_an_ended_one_no_longer(as_admin, trainee, bank):
    hr_page = reverse("hr:overview")
    theirs = Client()
    theirs.force_login(trainee)
    assert theirs.get(hr_page).status_code == 404
    form = {"role": "hr", "organisation": bank.pk, "starts_on": timezone.localdate() - timedelta(days=2), "manager": ""}
    as_admin.post(reverse("people:add_role", args=[trainee.pk]), form)
    assert theirs.get(hr_page).status_code == 200
    membership = trainee.memberships.get(role="hr")
    as_admin.post(reverse("people:end_role", args=[trainee.pk, membership.pk]), {"last_day": timezone.localdate() - timedelta(days=1)})
    assert theirs.get(hr_page).status_code == 404
    assert actions_on(trainee) == ["role_added", "role_ended"]


def test_a_role_held_already_is_not_added_twice(as_admin, trainee, department):
    form = {"role": "trainee", "organisation": department.pk, "starts_on": timezone.localdate(), "manager": ""}
    answer = as_admin.post(reverse("people:add_role", args=[trainee.pk]), form)
    assert "already holds this role" in answer.content.decode()
    assert trainee.memberships.count() == 1


def test_an_author_gets_into_the_cms_and_out_of_it_with_the_last_such_role(admin, trainee, bank):
    yesterday = timezone.localdate() - timedelta(days=1)
    membership = services.add_role(admin, trainee, organisation=bank, role=Role.AUTHOR, starts_on=yesterday)
    assert trainee.groups.filter(name="Course authors").exists()
    services.end_role(admin, membership, last_day=yesterday)
    assert not trainee.groups.exists()


def test_a_role_does_not_end_before_it_starts(admin, trainee):
    membership = trainee.memberships.get()
    with pytest.raises(PeopleError) as refused:
        services.end_role(admin, membership, last_day=membership.starts_on - timedelta(days=1))
    assert refused.value.code == "ends_before_it_starts"


def test_an_administrator_cannot_lock_themselves_out(as_admin, admin):
    membership = admin.memberships.get()
    as_admin.post(reverse("people:end_role", args=[admin.pk, membership.pk]), {"last_day": timezone.localdate()})
    as_admin.post(reverse("people:deactivate", args=[admin.pk]), {"reason": "a mistake"})
    as_admin.post(reverse("people:reset", args=[admin.pk]))
    admin.refresh_from_db()
    membership.refresh_from_db()
    assert admin.is_active
    assert membership.ends_on is None
    assert admin.check_password(PASSWORD)


def test_a_reset_ends_open_logins_and_the_old_password(as_admin, trainee):
    theirs = Client()
    assert theirs.login(username="trainee", password=PASSWORD)
    assert as_admin.get(reverse("people:reset", args=[trainee.pk])).status_code == 200
    trainee.refresh_from_db()
    assert trainee.check_password(PASSWORD), "asking changes nothing"
    password = password_on(as_admin.post(reverse("people:reset", args=[trainee.pk])).content.decode())
    assert theirs.get("/").status_code == 302
    assert not Client().login(username="trainee", password=PASSWORD)
    assert Client().login(username="trainee", password=password)
    assert actions_on(trainee) == ["password_reset"]


def test_an_account_is_closed_and_opened_again_with_a_reason(as_admin, trainee):
    theirs = Client()
    theirs.force_login(trainee)
    page = reverse("people:deactivate", args=[trainee.pk])
    as_admin.post(page, {"reason": "  "})
    assert theirs.get("/").status_code == 200, "no reason, no change"
    as_admin.post(page, {"reason": "left the bank"})
    assert theirs.get("/").status_code == 302
    assert not Client().login(username="trainee", password=PASSWORD)
    as_admin.post(page, {"reason": "came back"})
    assert Client().login(username="trainee", password=PASSWORD)
    reasons = AuditEntry.objects.filter(object_id=str(trainee.pk)).order_by("id").values_list("action", "reason")
    assert list(reasons) == [("person_deactivated", "left the bank"), ("person_reactivated", "came back")]


def test_changed_details_are_audited_and_unchanged_ones_are_not(as_admin, trainee):
    page = reverse("people:edit", args=[trainee.pk])
    form = {"full_name": "Trainee", "employee_number": "", "language": "en"}
    as_admin.post(page, form)
    assert actions_on(trainee) == []
    as_admin.post(page, {**form, "full_name": "李娜"})
    trainee.refresh_from_db()
    assert trainee.full_name == "李娜"
    assert AuditEntry.objects.get(object_id=str(trainee.pk)).data == {"changed": {"full_name": ["Trainee", "李娜"]}}


def test_only_managers_of_the_own_bank_are_offered(as_admin, manager):
    other = make_person("elsewhere", Role.MANAGER, department_of(make_bank("第三家")))
    page = as_admin.get(reverse("people:new")).content.decode()
    assert f'value="{manager.pk}"' in page
    assert f'<option value="{other.pk}">{other}' not in page
