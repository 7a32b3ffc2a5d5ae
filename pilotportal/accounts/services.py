"""Making of accounts. Nobody signs up: an administrator makes them."""

import secrets
from datetime import datetime

from django.db import transaction

from pilotportal.accounts.enums import KIND_OF_ROLE, Role
from pilotportal.accounts.models import Division, Organisation, User
from pilotportal.audit import services as audit

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without 0 1 i l o, for reading aloud


@transaction.atomic
def add_account(
    *, username: str, name: str, role: Role, organisation: str, division: Division | None, branch: str = "", email: str = "", at: datetime
) -> tuple[User, str]:
    """Make an account with a password of its own, which is returned and kept nowhere else.

    The organisation is found by its name and division, or made. Raises IntegrityError where the username is taken, or where the role
    needs a division and has none.
    """
    kind = KIND_OF_ROLE[role]
    place, _made = Organisation.objects.get_or_create(name=organisation, kind=kind, division=division, branch=branch)
    password = "-".join("".join(secrets.choice(ALPHABET) for _letter in range(4)) for _group in range(4))
    person = User(username=username, name=name, role=role, organisation=place, email=email)
    person.set_password(password)
    person.save(force_insert=True)
    audit.record("account.added", at=at, target=person, role_of_account=role)
    return person, password
