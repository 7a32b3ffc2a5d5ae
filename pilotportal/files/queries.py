"""Reads of uploads."""

from django.db import models
from django.db.models import Sum

from pilotportal.accounts.models import User
from pilotportal.files.models import Upload


def uploads_visible_to(user: User) -> models.QuerySet[Upload]:
    """Everybody their own, as long as they are kept."""
    return Upload.objects.select_related("file__scan").filter(owner=user)


def unfinished(user: User, *, purpose: str) -> models.QuerySet[Upload]:
    """Those of one purpose that can be gone on with."""
    return uploads_visible_to(user).filter(purpose=purpose, used_at=None)


def promised(purpose: str) -> int:
    """Bytes of the uploads under way whose purpose begins so, by their declared size."""
    return Upload.objects.filter(purpose__startswith=purpose, used_at=None).aggregate(total=Sum("size"))["total"] or 0
