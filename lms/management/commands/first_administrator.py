"""Found a bank and its first administrator; prints the password once."""

from __future__ import annotations

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

import courses.services
from lms import people_services
from lms.core import audit
from lms.core.models import Membership, Organisation, User


class Command(BaseCommand):
    help = "Found a bank (or take the one of that name) and create its first administrator, who must change the printed password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bank", required=True, help="name of the bank in Chinese")
        parser.add_argument("--bank-en", default="", help="name of the bank in English")
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True, help="the administrator's full name")

    def handle(self, *args: object, bank: str, bank_en: str, username: str, name: str, **options: object) -> None:
        if User.objects.filter(username=username).exists():
            raise CommandError(f"There is a person with the login {username!r} already. Choose another --username.")
        password = people_services.new_password()
        with transaction.atomic():
            root = Organisation.get_root_nodes().filter(name_zh=bank).first()
            if root is None:
                root = Organisation.add_root(name_zh=bank, name_en=bank_en, kind=Organisation.Kind.BANK)
            user = User.objects.create_user(username=username, password=password, full_name=name, must_change_password=True)
            Membership.objects.create(user=user, organisation=root, role=Membership.Role.ADMIN)
            courses.services.grant_cms_access(user)
            audit.record(None, "first_administrator_created", user, organisation_id=root.pk, reason="manage.py first_administrator")
        self.stdout.write(f"{root.name_zh}: log in as {username} with the password {password} and change it.")
