"""Who may look after accounts."""

from django.shortcuts import get_object_or_404

from pilotportal.accounts import queries
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User


def can_read_accounts(user: User) -> bool:
    return user.role in queries.ACCOUNT_READERS


def can_keep_accounts(user: User) -> bool:
    """Make, close, reopen, give a new password."""
    return user.role == Role.SYSTEM_ADMIN


def can_confirm(user: User) -> bool:
    return user.role == Role.SECURITY_ADMIN


def account_for(user: User, username: str) -> User:
    """404 for whoever does not read accounts."""
    return get_object_or_404(queries.accounts_visible_to(user), username=username)
