"""The record of the review for those who watch over it."""

from django.db import models

from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.audit.models import Event

OF_ACCOUNTS = "account."


def events_visible_to(user: User) -> models.QuerySet[Event]:
    """The supervisor reads the business of the rounds, the audit administrator who signed in and the seals; neither the other's part."""
    if user.role == Role.SUPERVISOR:
        return Event.objects.exclude(kind__startswith=OF_ACCOUNTS)
    if user.role == Role.AUDIT_ADMIN:
        return Event.objects.filter(kind__startswith=OF_ACCOUNTS)
    return Event.objects.none()
