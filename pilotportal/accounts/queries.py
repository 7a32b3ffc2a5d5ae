"""Reads of accounts."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from pilotportal.accounts.enums import KIND_OF_ROLE, Kind, Level, Role
from pilotportal.accounts.models import AccountRequest, Division, Organisation, User
from pilotportal.audit.models import Event
from pilotportal.audit.queries import about

ACCOUNT_READERS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
IN_A_PROVINCE = frozenset({Kind.PROVINCE, Kind.CO_DEPARTMENT, Kind.INSTITUTE})


@dataclass(frozen=True)
class DemonstrationAccount:
    role: Role
    username: str
    password: str
    name: str


def demonstration_accounts() -> list[DemonstrationAccount]:
    """One for every role, as the loading of the demonstration wrote them down; none anywhere else."""
    path = settings.DATA_DIR / "accounts.txt"
    if not settings.DEMONSTRATION or not path.exists():
        return []
    lines = (line.split("\t") for line in path.read_text().splitlines() if line)
    return [DemonstrationAccount(Role(role), username, password, name) for role, username, password, name in lines]


def accounts_visible_to(user: User) -> QuerySet[User]:
    """All, for those who look after them; `waiting`: something about the account awaits the security administrator."""
    waiting = AccountRequest.objects.filter(decided_at__isnull=True)
    asked = Prefetch("requests", queryset=waiting.select_related("asked_by"), to_attr="open_requests")
    accounts = User.objects.select_related("organisation__division")
    accounts = accounts.prefetch_related(asked)  # type: ignore[no-redef]  # declared for its readers
    accounts = accounts.annotate(waiting=Exists(waiting.filter(account=OuterRef("pk")))).order_by("username")
    return accounts if user.role in ACCOUNT_READERS else accounts.none()


def open_requests_of(account: User) -> list[AccountRequest]:
    """What awaits a decision about an account that came from `accounts_visible_to`."""
    return account.open_requests


def requests_waiting(user: User) -> QuerySet[AccountRequest]:
    """What a security administrator can decide: everything but what concerns the person."""
    waiting = AccountRequest.objects.filter(decided_at__isnull=True)
    return waiting.exclude(account=user) if user.role == Role.SECURITY_ADMIN else waiting.none()


def events_of(account: User) -> QuerySet[Event]:
    """What happened to an account, the last first."""
    return about(account).filter(kind__startswith="account.").order_by("-pk")


def organisations_of(role: Role) -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind=KIND_OF_ROLE[role])


def divisions_of(role: Role) -> QuerySet[Division]:
    """Where an organisation of this role can lie; none where it lies in no division."""
    kind = KIND_OF_ROLE[role]
    divisions = Division.objects.select_related("province").order_by("pk")
    if kind in IN_A_PROVINCE:
        return divisions.filter(pk=F("province_id"))
    return divisions.exclude(level=Level.PROVINCE) if kind == Kind.CITY else divisions.none()
