"""Making of accounts and looking after them. Nobody signs up: administrators make accounts, two of them where it counts."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from pilotportal.accounts import rules
from pilotportal.accounts.enums import KIND_OF_ROLE, Act, Role
from pilotportal.accounts.models import AccountRequest, Division, Organisation, User
from pilotportal.accounts.rules import Refused
from pilotportal.audit import services as audit

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0 1 i l o, for reading aloud
DONE = {Act.ADD: "account.opened", Act.REOPEN: "account.reopened", Act.CLOSE: "account.closed", Act.RESET: "account.password_reset"}


@transaction.atomic
def add_account(
    *,
    username: str,
    name: str,
    role: Role,
    organisation: str,
    division: Division | None,
    branch: str = "",
    email: str = "",
    at: datetime,
    must_change: bool = False,
) -> tuple[User, str]:
    """Make an open account with a password of its own, which is returned and kept nowhere else; for the operator's shell.

    The organisation is found by its name and division, or made. Raises IntegrityError where the username is taken, or where the role
    needs a division and has none.
    """
    place = _organisation(role, organisation, division, branch)
    password = _new_password()
    person = User(username=username, name=name, role=role, organisation=place, email=email, must_change_password=must_change)
    person.set_password(password)
    person.save(force_insert=True)
    audit.record("account.added", at=at, target=person, role_of_account=role)
    return person, password


@transaction.atomic
def ask_for_account(
    *,
    username: str,
    name: str,
    role: Role,
    organisation: str,
    division: Division | None,
    branch: str = "",
    email: str = "",
    by: User,
    at: datetime,
) -> tuple[User, str]:
    """The same by a system administrator: the account stays closed until a security administrator confirms it. Raises Refused too."""
    if refusal := rules.why_not_ask(Act.ADD, by_role=Role(by.role), own=False, is_open=False, waiting=False):
        raise Refused(refusal)
    place, password = _organisation(role, organisation, division, branch), _new_password()
    person = User(username=username, name=name, role=role, organisation=place, email=email, is_active=False, must_change_password=True)
    person.set_password(password)
    person.save(force_insert=True)
    audit.record("account.added", at=at, by=by, target=person, role_of_account=role)
    AccountRequest.objects.create(account=person, act=Act.ADD, asked_by=by, asked_at=at)
    return person, password


@transaction.atomic
def close(*, account_id: int, by: User, at: datetime) -> AccountRequest | None:
    """Nobody signs in with it any more, and open sessions end; an administrator's only once confirmed. Raises Refused."""
    return _ask(Act.CLOSE, account_id, by=by, at=at)


@transaction.atomic
def reopen(*, account_id: int, by: User, at: datetime) -> AccountRequest | None:
    """Once a security administrator has confirmed it. Raises Refused."""
    return _ask(Act.REOPEN, account_id, by=by, at=at)


@transaction.atomic
def reset_password(*, account_id: int, by: User, at: datetime) -> tuple[str, AccountRequest | None]:
    """A new password, returned and kept nowhere else, to be replaced at the first sign-in; an administrator's holds once confirmed.

    Open sessions of the account end. Raises Refused.
    """
    password = _new_password()
    return password, _ask(Act.RESET, account_id, by=by, at=at, password=make_password(password))


@transaction.atomic
def decide(*, request_id: int, confirmed: bool, by: User, at: datetime) -> AccountRequest:
    """A security administrator confirms, and it is done, or refuses, and nothing changes. Raises Refused."""
    request = AccountRequest.objects.select_for_update().get(pk=request_id)
    account = _locked(request.account_id)
    decided = request.decided_at is not None
    if refusal := rules.why_not_decide(by_role=Role(by.role), own=account.pk == by.pk, decided=decided):
        raise Refused(refusal)
    password, request.password = request.password, ""
    request.decided_by, request.decided_at, request.confirmed = by, at, confirmed
    request.save(update_fields=["password", "decided_by", "decided_at", "confirmed"])
    if confirmed:
        _do(Act(request.act), account, by=by, at=at, password=password)
    else:
        audit.record("account.request_refused", at=at, by=by, target=account, act=request.act)
    return request


def _ask(act: Act, account_id: int, *, by: User, at: datetime, password: str = "") -> AccountRequest | None:
    """Do it at once, or where it takes two write down the request, which is returned."""
    account = _locked(account_id)
    waiting = account.requests.filter(decided_at__isnull=True).exists()
    refusal = rules.why_not_ask(act, by_role=Role(by.role), own=account.pk == by.pk, is_open=account.is_active, waiting=waiting)
    if refusal:
        raise Refused(refusal)
    if not rules.takes_two(act, Role(account.role)):
        _do(act, account, by=by, at=at, password=password)
        return None
    audit.record("account.requested", at=at, by=by, target=account, act=act)
    return AccountRequest.objects.create(account=account, act=act, password=password, asked_by=by, asked_at=at)


def _do(act: Act, account: User, *, by: User, at: datetime, password: str) -> None:
    if act == Act.RESET:
        account.password, account.must_change_password = password, True
    else:
        account.is_active = act in rules.OPENING
    account.save(update_fields=["password", "must_change_password", "is_active"])
    audit.record(DONE[act], at=at, by=by, target=account)


def _locked(account_id: int) -> User:
    return User.objects.select_for_update().get(pk=account_id)


def _organisation(role: Role, name: str, division: Division | None, branch: str) -> Organisation:
    return Organisation.objects.get_or_create(name=name, kind=KIND_OF_ROLE[role], division=division, branch=branch)[0]


def _new_password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _letter in range(4)) for _group in range(4))
