"""The people of a played round. They sign in only in a demonstration, so nobody has a usable password until one is set there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.contrib.auth.hashers import make_password

from applications.industries import INDUSTRIES
from pilotportal.accounts.enums import SELF_NOMINATING, Branch, Kind, Role
from pilotportal.accounts.models import Division, Organisation, User
from pilotportal.rehearsal import names
from pilotportal.rehearsal.chance import Chance
from pilotportal.rehearsal.lineup import Lineup
from review.models import Expert

USERNAMES = {Branch.INDUSTRY: "partner", Branch.COMMERCE: "commerce", Branch.FEDERATION: "federation"}  # before the unit's code
MINISTRY = "人力资源社会保障部人力资源流动管理司"


class Bearing(Enum):
    """Of an expert."""

    PUNCTUAL = "punctual"
    GENEROUS = "generous"
    STRICT = "strict"
    LAZY = "lazy"
    CONFLICTED = "conflicted"
    TARDY = "tardy"


BEARINGS = (Bearing.STRICT, Bearing.GENEROUS, Bearing.CONFLICTED, Bearing.LAZY, Bearing.PUNCTUAL, Bearing.TARDY)
TROUBLE = {Bearing.LAZY, Bearing.TARDY}  # at most one expert in ten each, so that every nomination keeps enough sheets
ONE_IN = 10


@dataclass
class Cast:
    """`handlers` and `approvers` by province, `co_departments` by branch as well, `cities` by city, `bearings` by the expert's username."""

    staff: User
    second: User
    supervisor: User
    partner: User
    handlers: dict[str, User]
    approvers: dict[str, User]
    co_departments: dict[str, dict[Branch, User]]
    cities: dict[str, User]
    experts: list[User]
    administrators: list[User]
    bearings: dict[str, Bearing]


def assemble(*, lineup: Lineup, provinces: Sequence[Division], experts: int, chance: Chance) -> Cast:
    """Write organisations, people and the pool; the experts' workplaces are spread over all `provinces`."""
    ministry, partner, operator = _organisations(
        [(MINISTRY, Kind.MINISTRY, None), ("工业和信息化部", Kind.PARTNER, None), ("平台运维单位", Kind.OPERATOR, None)]
    )
    units = [unit.division for unit in lineup.units]
    departments = _organisations([(department(unit), Kind.PROVINCE, unit) for unit in units])
    co_departments = _co_departments(units)
    nominated = [nominee.city for nominee in lineup.nominees]
    bureaus = _organisations([(f"{city.name}人力资源和社会保障局", Kind.CITY, city) for city in nominated])
    workplaces = _workplaces(provinces, experts, chance)
    make = _Maker(chance)
    cast = Cast(
        staff=make.person(Role.STAFF, ministry, "staff1"),
        second=make.person(Role.STAFF, ministry, "staff2"),
        supervisor=make.person(Role.SUPERVISOR, ministry, "supervisor"),
        partner=make.person(Role.PARTNER, partner, "partner"),
        handlers={
            unit.pk: make.person(Role.PROVINCE_HANDLER, home, f"handler{unit.pk}") for unit, home in zip(units, departments, strict=True)
        },
        approvers={
            unit.pk: make.person(Role.PROVINCE_APPROVER, home, f"approver{unit.pk}") for unit, home in zip(units, departments, strict=True)
        },
        co_departments={
            unit.pk: {
                branch: make.person(Role.CO_DEPARTMENT, co_departments[unit.pk, branch], f"{username}{unit.pk}")
                for branch, username in USERNAMES.items()
            }
            for unit in units
        },
        cities={city.pk: make.person(Role.CITY, home, f"city{city.pk}") for city, home in zip(nominated, bureaus, strict=True)},
        experts=[make.person(Role.EXPERT, home, f"expert{number:03}") for number, home in enumerate(workplaces, start=1)],
        administrators=[make.person(role, operator, role.value) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)],
        bearings={},
    )
    User.objects.bulk_create(make.made)
    Expert.objects.bulk_create(_in_the_pool(user, chance) for user in cast.experts)
    cast.bearings = _bearings(cast.experts)
    return cast


def _co_departments(units: Iterable[Division]) -> dict[tuple[str, Branch], Organisation]:
    made = Organisation.objects.bulk_create(
        Organisation(name=_name_of(unit, branch), kind=Kind.CO_DEPARTMENT, branch=branch, division=unit)
        for unit in units
        for branch in USERNAMES
    )
    return {(str(each.division_id), Branch(each.branch)): each for each in made}


def _name_of(unit: Division, branch: Branch) -> str:
    if branch == Branch.FEDERATION:
        return f"{unit.name}工商业联合会"
    return f"{unit.name}{'工业和信息化' if branch == Branch.INDUSTRY else '商务'}{_rank(unit)}"


def department(unit: Division) -> str:
    """The name of the unit's human-resources department."""
    return f"{unit.name}人力资源和社会保障{_rank(unit)}"


def _rank(unit: Division) -> str:
    return "局" if unit.level in SELF_NOMINATING else "厅"


class _Maker:
    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.made: list[User] = []

    def person(self, role: Role, organisation: Organisation, username: str) -> User:
        user = User(
            username=username, name=names.person(self.chance, username), role=role, organisation=organisation, password=make_password(None)
        )
        self.made.append(user)
        return user


def _organisations(facts: Iterable[tuple[str, Kind, Division | None]]) -> list[Organisation]:
    return Organisation.objects.bulk_create(Organisation(name=name, kind=kind, division=division) for name, kind, division in facts)


def _workplaces(provinces: Sequence[Division], count: int, chance: Chance) -> list[Organisation]:
    """Each expert has an employer of their own; the provinces take turns."""
    order = chance.shuffled(list(provinces), "workplaces")
    homes = [order[number % len(order)] for number in range(count)]
    return _organisations(
        (f"{home.name}{chance.choice(names.SCHOOLS, 'school', number)}", Kind.INSTITUTE, home) for number, home in enumerate(homes, start=1)
    )


def _in_the_pool(user: User, chance: Chance) -> Expert:
    source = chance.of("expert", user.username)
    industries = source.sample(sorted(INDUSTRIES), source.randint(2, 5))
    return Expert(
        user=user,
        province=user.organisation.division,
        title=source.choice(names.TITLES),
        field=source.choice(names.FIELDS),
        industries=sorted(industries),
    )


def _bearings(experts: Sequence[User]) -> dict[str, Bearing]:
    """They take turns; beyond one in ten, those who would make trouble are punctual after all."""
    most = max(1, len(experts) // ONE_IN)
    left = dict.fromkeys(TROUBLE, most)
    bearings = {}
    for number, user in enumerate(experts):
        bearing = BEARINGS[number % len(BEARINGS)]
        if bearing in TROUBLE:
            left[bearing] -= 1
        bearings[user.username] = Bearing.PUNCTUAL if left.get(bearing, 0) < 0 else bearing
    return bearings
