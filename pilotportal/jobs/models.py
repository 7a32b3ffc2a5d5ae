import secrets

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotportal.accounts.models import User
from pilotportal.files.models import StoredFile
from pilotportal.jobs.enums import Status
from pilotportal.jobs.rules import TRANSITIONS


def new_code() -> str:
    return secrets.token_urlsafe(9)


class Job(models.Model):
    """One piece of slow work: which task with which arguments, for whom, how far, and the file that came out."""

    code = models.CharField(_("code"), max_length=20, unique=True, default=new_code)
    kind = models.CharField(_("kind"), max_length=60)
    label = models.CharField(_("label"), max_length=200)
    arguments = models.JSONField(_("arguments"), default=dict)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("requested by"))
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.REQUESTED)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=1)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    result = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, verbose_name=_("result"))
    file_name = models.CharField(_("file name"), max_length=200)
    error = models.TextField(_("error"), blank=True)
    requested_at = models.DateTimeField(_("requested at"))
    heard_at = models.DateTimeField(_("last heard of"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-requested_at", "-pk"]
        triggers = [
            pgtrigger.FSM(
                name="job_transitions",
                field="status",
                transitions=[(str(old), str(new)) for old, news in TRANSITIONS.items() for new in sorted(news)],
            )
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(status=Status.READY) | Q(result__isnull=False), name="job_ready_has_result"),
            models.CheckConstraint(condition=~Q(status=Status.FAILED) | ~Q(error=""), name="job_failed_says_why"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="job_done_within_total"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("jobs:detail", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.status in {Status.REQUESTED, Status.RUNNING}


class PeriodicRun(models.Model):
    """What one run of a task that the clock starts has done. One without an end was killed, or is still at work."""

    name = models.CharField(_("task"), max_length=60)
    delivery = models.CharField(_("delivery"), max_length=60)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    done = models.JSONField(_("what it did, with numbers"), default=dict)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("run of a periodic task")
        verbose_name_plural = _("runs of periodic tasks")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["name", "-id"], name="periodic_run_by_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at}"
