from collections.abc import Iterable
from datetime import datetime

from django.db import models

from pilotportal.accounts.models import User
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job, PeriodicRun
from pilotportal.jobs.rules import SILENT_FOR


def visible_to(user: User) -> models.QuerySet[Job]:
    """A job, and so its file, belongs to the person who asked for it."""
    return Job.objects.filter(owner=user).select_related("result")


def abandoned(at: datetime) -> models.QuerySet[Job]:
    """Jobs that were asked for or begun and of which nothing was heard for too long."""
    return Job.objects.filter(status__in=[Status.REQUESTED, Status.RUNNING], heard_at__lt=at - SILENT_FOR)


def idle_runs(name: str) -> models.QuerySet[PeriodicRun]:
    """Ended well, with nothing to do."""
    return PeriodicRun.objects.filter(name=name, finished_at__isnull=False, done={}, error="")


def latest_runs(names: Iterable[str]) -> dict[str, PeriodicRun]:
    """The last run of each task."""
    runs = PeriodicRun.objects.filter(name__in=names).order_by("name", "-pk").distinct("name")
    return {run.name: run for run in runs}


def eventful_runs(names: Iterable[str]) -> models.QuerySet[PeriodicRun]:
    """Did something, failed, or never ended."""
    return PeriodicRun.objects.filter(name__in=names).exclude(finished_at__isnull=False, done={}, error="")
