"""Who may export what."""

from pilotportal.accounts.enums import REVIEW_READERS, Role
from pilotportal.accounts.models import User


def can_export_results(user: User) -> bool:
    return user.role == Role.STAFF


def can_export_dossiers(user: User) -> bool:
    return user.role in REVIEW_READERS


def can_read_the_record(user: User) -> bool:
    return user.role in {Role.SUPERVISOR, Role.AUDIT_ADMIN}
