from datetime import datetime

from django.db import models

from pilotportal.accounts.models import User
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job
from pilotportal.jobs.rules import SILENT_FOR


def visible_to(user: User) -> models.QuerySet[Job]:
    """A job, and so its file, belongs to the person who asked for it."""
    return Job.objects.filter(owner=user).select_related("result")


def abandoned(at: datetime) -> models.QuerySet[Job]:
    """Jobs that were asked for or begun and of which nothing was heard for too long."""
    return Job.objects.filter(status__in=[Status.REQUESTED, Status.RUNNING], heard_at__lt=at - SILENT_FOR)
