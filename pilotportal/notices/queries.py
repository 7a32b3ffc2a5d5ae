from datetime import datetime, timedelta

from django.db import models

from pilotportal.accounts.models import User
from pilotportal.notices.models import Notice

OVERDUE = timedelta(minutes=2)  # by then the mail that was queued with the notice has been lost
OUTDATED = timedelta(days=3)  # whoever could not be reached so long finds it in the portal; an old mail would only confuse


def visible_to(user: User) -> models.QuerySet[Notice]:
    """Everybody reads their own."""
    return Notice.objects.filter(recipient=user)


def unread_of(user: User) -> models.QuerySet[Notice]:
    return visible_to(user).filter(read_at__isnull=True)


def not_mailed(at: datetime) -> models.QuerySet[Notice, int]:
    """Numbers of those whose mail should have gone and has not; a person without an address reads in the portal."""
    waiting = Notice.objects.filter(mailed_at__isnull=True, created_at__gt=at - OUTDATED, created_at__lte=at - OVERDUE)
    return waiting.filter(recipient__is_active=True).exclude(recipient__email="").order_by("pk").values_list("pk", flat=True)
