"""What follows selection: the pilot with its indicators, plan, progress and summary."""

import secrets
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.enums import DeadlineKind, PlanStatus, Standing, SummaryStatus
from applications.models.nominations import Nomination, deadline_of
from applications.models.rounds import Round
from applications.rules import PLAN_TRANSITIONS, SUMMARY_TRANSITIONS, standing
from pilotportal.audit.models import NEVER_CHANGED
from pilotportal.files.models import StoredFile

PERSON = settings.AUTH_USER_MODEL
WRITTEN = r"\S"  # more than spaces


def new_code() -> str:
    return secrets.token_hex(4).upper()


def _fsm(name: str, table: dict[str, set[str]]) -> pgtrigger.FSM:
    return pgtrigger.FSM(
        name=name, field="status", transitions=[(str(old), str(new)) for old, news in table.items() for new in sorted(news)]
    )


class Pilot(models.Model):
    """试点城市: a selected city until the end of its summary."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code)
    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, related_name="pilot", verbose_name=_("nomination"))
    selected_at = models.DateTimeField(_("selected at"))

    class Meta:
        verbose_name = _("pilot")
        verbose_name_plural = _("pilots")
        ordering = ["nomination__city"]

    def __str__(self) -> str:
        return str(self.nomination)

    def get_absolute_url(self) -> str:
        return reverse("applications:pilot", args=[self.code])

    @property
    def round(self) -> Round:
        return self.nomination.round

    def closes_at(self, kind: DeadlineKind) -> datetime:
        """The deadline in force for this city's province."""
        return deadline_of(self.nomination.round, kind, self.nomination.province_id)

    @property
    def plan_due_at(self) -> datetime | None:
        return None if self.plan_handed_in_at else self.closes_at(DeadlineKind.PLAN)

    @property
    def summary_due_at(self) -> datetime | None:
        return None if self.summary_handed_in_at else self.closes_at(DeadlineKind.SUMMARY)

    def standing(self, kind: DeadlineKind, *, at: datetime) -> Standing:
        """Whether what is owed at this deadline is in, late, or missing."""
        handed_in_at = self.plan_handed_in_at if kind == DeadlineKind.PLAN else self.summary_handed_in_at
        return standing(handed_in_at=handed_in_at, closes_at=self.closes_at(kind), at=at)

    @property
    def plan(self) -> "Plan | None":
        """The newest version, which counts."""
        return max(self.plans.all(), key=lambda plan: plan.number, default=None)

    @property
    def plan_handed_in_at(self) -> datetime | None:
        """When the first version was handed in: a later version revises a plan, it does not make it late."""
        return min((plan.issued_at for plan in self.plans.all() if plan.issued_at), default=None)

    @property
    def summary_handed_in_at(self) -> datetime | None:
        summary = getattr(self, "summary", None)
        return summary.submitted_at if summary else None


class Indicator(models.Model):
    """A promise of the nomination, carried by its `key` through plan, progress and summary. Never reworded."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("pilot"))
    key = models.CharField(_("key"), max_length=40)
    name = models.CharField(_("indicator"), max_length=200)
    unit = models.CharField(_("unit"), max_length=40)
    baseline_year = models.PositiveSmallIntegerField(_("baseline year"))
    baseline = models.DecimalField(_("baseline"), max_digits=18, decimal_places=2)
    target = models.DecimalField(_("target for 2027"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]
        constraints = [models.UniqueConstraint(fields=["pilot", "key"], name="indicator_once_a_pilot")]

    def __str__(self) -> str:
        return self.name


class IndicatorActual(models.Model):
    """完成值 of one year. A correction is a further row; the last counts."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="actuals", verbose_name=_("indicator"))
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("actual"), max_digits=18, decimal_places=2)
    reported_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("reported by"))
    reported_at = models.DateTimeField(_("reported at"))

    class Meta:
        verbose_name = _("actual value")
        verbose_name_plural = _("actual values")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}"


class Plan(models.Model):
    """实施方案: issued by the city, filed (备案) by the province; filing is not approval. Versions, the last counts."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="plans", verbose_name=_("pilot"))
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    title = models.CharField(_("title"), max_length=200)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    outline = models.TextField(_("main tasks and schedule"))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("issued document"))
    issued_at = models.DateTimeField(_("handed in at"), null=True)
    issued_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("handed in by"))
    filed_at = models.DateTimeField(_("filed at"), null=True)
    filed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("filed by"))
    filing_number = models.CharField(_("filing number"), max_length=60, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0)

    class Meta:
        verbose_name = _("implementation plan")
        verbose_name_plural = _("implementation plans")
        ordering = ["pilot", "number"]
        triggers = [
            _fsm("plan_transitions", PLAN_TRANSITIONS),
            pgtrigger.Protect(name="plan_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="issued_plan_is_frozen",
                operation=pgtrigger.UpdateOf("title", "outline", "document_number", "file_id", "issued_at", "issued_by_id"),
                condition=~pgtrigger.Q(old__status=PlanStatus.DRAFT.value),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "number"], name="plan_numbered_once"),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.DRAFT) | (Q(issued_at__isnull=False, file__isnull=False) & ~Q(document_number="")),
                name="plan_issued_has_its_document",
            ),
            models.CheckConstraint(
                condition=~Q(status=PlanStatus.FILED) | (Q(filed_at__isnull=False, filed_by__isnull=False) & ~Q(filing_number="")),
                name="plan_filed_has_its_number",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Progress(models.Model):
    """年度进展: what was done in a year; the figures stand with the indicators."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="progress", verbose_name=_("pilot"))
    year = models.PositiveSmallIntegerField(_("year"))
    work = models.TextField(_("work done"))
    problems = models.TextField(_("problems"), blank=True)
    reported_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("reported by"))
    reported_at = models.DateTimeField(_("reported at"))

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["pilot", "year"]
        triggers = [NEVER_CHANGED]
        constraints = [models.UniqueConstraint(fields=["pilot", "year"], name="progress_once_a_year")]

    def __str__(self) -> str:
        return f"{self.pilot} {self.year}"


class Summary(models.Model):
    """总结 in the four parts that the call names."""

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="summary", verbose_name=_("pilot"))
    status = models.CharField(_("status"), max_length=10, choices=SummaryStatus, default=SummaryStatus.DRAFT)
    overview = models.TextField(_("overall situation of the pilot"), blank=True)
    results = models.TextField(_("main practices and results"), blank=True)
    problems = models.TextField(_("existing problems"), blank=True)
    suggestions = models.TextField(_("suggestions"), blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    submitted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("submitted by"))
    endorsed_at = models.DateTimeField(_("endorsed at"), null=True)
    endorsed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("endorsed by"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    accepted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by"))

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")
        ordering = ["pilot"]
        triggers = [_fsm("summary_transitions", SUMMARY_TRANSITIONS)]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=SummaryStatus.DRAFT)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False)
                & Q(overview__regex=WRITTEN, results__regex=WRITTEN, problems__regex=WRITTEN, suggestions__regex=WRITTEN),
                name="summary_submitted_has_four_parts",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[SummaryStatus.ENDORSED, SummaryStatus.ACCEPTED])
                | Q(endorsed_at__isnull=False, endorsed_by__isnull=False),
                name="summary_endorsed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=SummaryStatus.ACCEPTED) | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="summary_accepted_by_somebody",
            ),
        ]

    PARTS = ("overview", "results", "problems", "suggestions")

    def __str__(self) -> str:
        return str(self.pilot)
