"""Who may export what."""

from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User


def can_export_results(user: User) -> bool:
    return user.role == Role.STAFF


def can_read_the_record(user: User) -> bool:
    return user.role in {Role.SUPERVISOR, Role.AUDIT_ADMIN}


def can_search(user: User) -> bool:
    """Administrators have no business here that they could look for."""
    return not user.is_administrator
