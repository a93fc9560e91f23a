"""The commands of whoever runs a server: found a bank, make a backup, restore it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from courses.shipped import prepare_cms
from lms.core import access
from lms.core.models import AuditEntry, Organisation, User
from tests.conftest import Server


def said(command: str, *arguments: str, **options: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def founded(db: None) -> tuple[User, str]:
    """A new bank's first administrator, and the password that was printed."""
    prepare_cms()
    printed = said("first_administrator", bank="新银行", bank_en="New Bank", username="first", name="吴启明")
    return User.objects.get(username="first"), re.search(r"password (\S+)", printed)[1]


def test_the_first_administrator_chooses_a_password_before_anything_else(founded: tuple[User, str], client: Client) -> None:
    person, password = founded
    assert client.login(username="first", password=password)
    assert client.get(reverse("people:new")).url == reverse("password_change")
    new = "a-password-of-my-own"
    client.post(reverse("password_change"), {"old_password": password, "new_password1": new, "new_password2": new})
    assert client.get(reverse("people:new")).status_code == 200
    assert client.get("/cms/").status_code == 200, "an administrator may look after the courses"
    assert [organisation.name_zh for organisation in access.organisations_of(person, ["admin"])] == ["新银行"]


def test_a_login_that_is_taken_founds_nothing(founded: tuple[User, str]) -> None:
    with pytest.raises(CommandError, match="first"):
        said("first_administrator", bank="另一家", username="first", name="别人")
    assert Organisation.objects.count() == 1


def test_branches_and_departments_are_added_below_a_bank(founded: tuple[User, str]) -> None:
    said("add_organisation", "城东分行", under="新银行", kind="branch", name_en="East")
    assert said("add_organisation", "客服部", under="城东分行").strip() == "新银行 > 城东分行 > 客服部"
    department = Organisation.objects.get(name_zh="客服部")
    assert (department.kind, department.depth) == ("department", 3)
    assert department in access.organisations_of(founded[0], ["admin"])
    assert AuditEntry.objects.filter(action="organisation_added", object_id=str(department.pk)).exists()


@pytest.mark.parametrize(("name", "under"), [("客服部", "没有这家"), ("城东分行", "新银行")])
def test_what_is_not_there_or_there_already_is_refused(founded: tuple[User, str], name: str, under: str) -> None:
    said("add_organisation", "城东分行", under="新银行", kind="branch")
    with pytest.raises(CommandError):
        said("add_organisation", name, under=under)
    assert Organisation.objects.count() == 2


def contents(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        return list(connection.iterdump())


@pytest.mark.xdist_group("browser")  # shares the small demo bank
def test_a_backup_restored_into_an_empty_folder_is_what_was_there(small_demo: Path, tmp_path: Path) -> None:
    data, backup = tmp_path / "data", tmp_path / "backup.tar"
    shutil.copytree(small_demo, data)
    (data / "media").mkdir(exist_ok=True)
    (data / "media" / "note.txt").write_text("a file of the CMS", encoding="utf-8")
    Server(data, port=0).manage("backup", str(backup))
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("backup.tar*")] == ["backup.tar"]
    restored = Server(tmp_path / "restored", port=0)
    restored.manage("restore", str(backup))
    assert contents(restored.data / "tingsu.sqlite3") == contents(data / "tingsu.sqlite3")
    assert (restored.data / "media" / "note.txt").read_text(encoding="utf-8") == "a file of the CMS"
    assert (restored.data / "secret-key").read_text() == (data / "secret-key").read_text()
    with pytest.raises(AssertionError, match="empty folder"):
        restored.manage("restore", str(backup))
