"""The organisations and people of the demo bank, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from faker import Faker

from lms.core.models import Membership, Organisation, User

Role = Membership.Role

BANK = ("明禾银行", "Minghe Bank")
OTHER_BANK = ("远帆银行", "Yuanfan Bank")
BRANCHES = (("滨江分行", "Riverside Branch"), ("朝阳分行", "Chaoyang Branch"), ("南山分行", "Nanshan Branch"))
DEPARTMENTS = (
    ("营业部", "Counter Services"),
    ("客户服务中心", "Customer Service Centre"),
    ("信用卡部", "Credit Cards"),
    ("个人金融部", "Personal Banking"),
)


@dataclass(frozen=True, slots=True)
class Logins:
    """The six people everybody can log in as, by their login."""

    trainee: User
    trainer: User
    author: User
    hr: User
    admin: User
    outsider: User


@dataclass(frozen=True, slots=True)
class DemoBank:
    bank: Organisation
    departments: tuple[Organisation, ...]
    logins: Logins
    trainees: tuple[tuple[User, Organisation, date], ...]
    """Invented trainees with their department and the day they joined; the login `trainee` is not among them."""


def found(name: tuple[str, str], kind: str, parent: Organisation | None = None) -> Organisation:
    fields = {"name_zh": name[0], "name_en": name[1], "kind": kind}
    return parent.add_child(**fields) if parent else Organisation.add_root(**fields)


def login(username: str, full_name: str, role: str, organisation: Organisation, starts_on: date, *, language: str = "") -> User:
    """One of the demo logins. Its password works only where DEBUG is on; elsewhere it has none."""
    user = User(username=username, full_name=full_name, language=language, employee_number=f"MH{username[:3].upper()}1")
    user.password = make_password(settings.DEMO_PASSWORD if settings.DEBUG else None)
    user.save()
    Membership.objects.create(user=user, organisation=organisation, role=role, starts_on=starts_on)
    return user


def make_people(*, trainees: int, seed: int, until: date) -> DemoBank:
    """Found both banks and fill the first with `trainees` people, who joined between nine months and four weeks before `until`."""
    chance = Random(f"{seed}:people")
    began_on = until - timedelta(days=300)
    bank, other = found(BANK, Organisation.Kind.BANK), found(OTHER_BANK, Organisation.Kind.BANK)
    branches = [found(name, Organisation.Kind.BRANCH, bank) for name in BRANCHES]
    departments = tuple(found(name, Organisation.Kind.DEPARTMENT, branch) for branch in branches for name in DEPARTMENTS)
    other_branch = found(("城东分行", "East Branch"), Organisation.Kind.BRANCH, other)
    other_department = found(DEPARTMENTS[1], Organisation.Kind.DEPARTMENT, other_branch)
    centre = departments[1]
    logins = Logins(
        trainee=login("trainee", "林晓雯", Role.TRAINEE, centre, until - timedelta(days=20)),
        trainer=login("trainer", "周建国", Role.TRAINER, bank, began_on),
        author=login("author", "何静怡", Role.AUTHOR, bank, began_on),
        hr=login("hr", "陈思远", Role.HR, bank, began_on),
        admin=login("admin", "吴启明", Role.ADMIN, bank, began_on),
        outsider=login("outsider", "沈一帆", Role.TRAINEE, other_department, until - timedelta(days=20)),
    )
    Membership.objects.filter(user=logins.trainee).update(manager=logins.trainer)
    return DemoBank(bank, departments, logins, tuple(invented_trainees(departments, trainees, seed, chance, until)))


def invented_trainees(
    departments: tuple[Organisation, ...], count: int, seed: int, chance: Random, until: date
) -> list[tuple[User, Organisation, date]]:
    """People with Faker's names, one in eight with an English one, spread unevenly over the departments; none can log in."""
    chinese, english = Faker("zh_CN"), Faker("en_GB")
    chinese.seed_instance(seed)
    english.seed_instance(seed)
    weights = [chance.uniform(0.6, 1.6) for _ in departments]
    people, memberships, joined = [], [], []
    for number in range(1, count + 1):
        in_english = chance.random() < 0.125
        organisation = chance.choices(departments, weights)[0]
        joined_on = until - timedelta(days=chance.randint(28, 275))
        people.append(
            User(
                username=f"demo-{number:04d}",
                full_name=english.name() if in_english else chinese.name(),
                employee_number=f"MH{number:05d}",
                language="en" if in_english else "zh-hans",
                password=make_password(None),
                data_notice_version=settings.DATA_NOTICE_VERSION,
            )
        )
        joined.append((organisation, joined_on))
    people = User.objects.bulk_create(people)
    managers: dict[int, User] = {}
    for user, (organisation, joined_on) in zip(people, joined, strict=True):
        manager = managers.setdefault(organisation.pk, user)
        if manager is user:
            memberships.append(Membership(user=user, organisation=organisation, role=Role.MANAGER, starts_on=joined_on))
        memberships.append(
            Membership(
                user=user, organisation=organisation, role=Role.TRAINEE, starts_on=joined_on, manager=None if manager is user else manager
            )
        )
    Membership.objects.bulk_create(memberships)
    return [(user, organisation, joined_on) for user, (organisation, joined_on) in zip(people, joined, strict=True)]
