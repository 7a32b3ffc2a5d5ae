"""A round and its rules. What is set here is frozen when the round opens; the database holds it to that."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.definition import FormDefinition
from applications.enums import Aggregation, Basis, DeadlineKind
from applications.rules import deadline_in_force
from pilotportal.accounts.enums import Region
from pilotportal.accounts.models import Division
from pilotportal.audit.models import NEVER_CHANGED

SELF_NOMINATING_CODES = ["110000", "120000", "310000", "500000", "660000"]  # one city each: itself

FROZEN_WITH_ROUND = pgtrigger.Trigger(
    name="frozen_with_round",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("of_round", "BIGINT")],
    func="""
        of_round := CASE WHEN TG_OP = 'DELETE' THEN OLD.round_id ELSE NEW.round_id END;
        IF EXISTS (SELECT 1 FROM applications_round WHERE id = of_round AND opened_at IS NOT NULL) THEN
            RAISE EXCEPTION 'the rules of an opened round are frozen' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)
WEIGHTS_SUM_TO_100 = pgtrigger.Trigger(
    name="round_opens_with_weights_of_100",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("opened_at"),
    func="""
        IF NEW.opened_at IS NOT NULL
           AND (SELECT COALESCE(SUM(weight), 0) FROM applications_criterion WHERE round_id = NEW.id) <> 100 THEN
            RAISE EXCEPTION 'the weights of an opened round must sum to 100' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
FROZEN_FIELDS = [
    "code",
    "title_zh",
    "title_en",
    "call_number",
    "planned_places",
    "panel_size",
    "minimum_sheets",
    "maximum_load",
    "aggregation",
    "tie_rules",
    "notice_days",
    "co_departments",
    "ranks_nominations",
    "reminder_days",
    "form",
    "basis",
    "opened_at",
    "opened_by_id",
    "digest",
]


class Round(models.Model):
    """批次: one call, from its preparation to the last summary. Whether a step is open is computed from its deadline."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200)
    call_number = models.CharField(_("document number of the call"), max_length=60)
    planned_places = models.PositiveSmallIntegerField(_("planned number of cities"))
    panel_size = models.PositiveSmallIntegerField(_("experts on each nomination"), default=7)
    minimum_sheets = models.PositiveSmallIntegerField(_("minimum of valid score sheets"), default=3)
    maximum_load = models.PositiveSmallIntegerField(_("most nominations of one expert"), default=15)
    aggregation = models.CharField(_("how sheets become a score"), max_length=10, choices=Aggregation, default=Aggregation.MEAN)
    tie_rules = models.JSONField(_("criteria that break ties, in order"), default=list, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("working days of the public notice"), default=5)
    co_departments = models.JSONField(_("co-departments that must co-sign"), default=list, blank=True)
    ranks_nominations = models.BooleanField(_("the order of a province's nominations counts"), default=False)
    reminder_days = models.JSONField(_("reminders, days before a deadline"), default=list, blank=True)
    form = models.JSONField(_("form definition"))
    basis = models.JSONField(_("basis of each rule"), default=dict)
    created_at = models.DateTimeField(_("created at"))
    opened_at = models.DateTimeField(_("opened at"), null=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, verbose_name=_("opened by"))
    digest = models.CharField(_("digest of the frozen rules"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, digest="") | (Q(opened_at__isnull=False, opened_by__isnull=False) & ~Q(digest="")),
                name="round_opened_is_frozen",
            ),
            models.CheckConstraint(condition=Q(planned_places__gte=1), name="round_has_places"),
            models.CheckConstraint(
                condition=Q(minimum_sheets__gte=1, minimum_sheets__lte=F("panel_size")), name="round_minimum_within_panel"
            ),
        ]
        triggers = [
            WEIGHTS_SUM_TO_100,
            pgtrigger.Protect(
                name="opened_round_is_frozen",
                operation=pgtrigger.UpdateOf(*FROZEN_FIELDS),
                condition=pgtrigger.Q(old__opened_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_zh

    def get_absolute_url(self) -> str:
        return reverse("applications:round", args=[self.code])

    @property
    def is_opened(self) -> bool:
        return self.opened_at is not None

    @cached_property
    def definition(self) -> FormDefinition:
        return FormDefinition.model_validate(self.form)

    def ground_of(self, rule: str) -> "Ground":
        """Where a rule comes from; what nobody wrote down is our default."""
        given = self.basis.get(rule, {})
        english = given.get("text_en", "") if (get_language() or "").startswith("en") else ""
        return Ground(Basis(given.get("kind", Basis.DEFAULT)), english or given.get("text", ""))


@dataclass(frozen=True)
class Ground:
    """The basis of one rule: of which kind, and the document or the reason in words."""

    kind: Basis
    text: str


class Criterion(models.Model):
    """评审指标: an integer weight, and marks from 0 to `max_mark`."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("round"))
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=30)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=80)
    guidance_zh = models.TextField(_("guidance (Chinese)"), blank=True)
    guidance_en = models.TextField(_("guidance (English)"), blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"))
    max_mark = models.PositiveSmallIntegerField(_("highest mark"), default=10)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["round", "position"]
        triggers = [FROZEN_WITH_ROUND]
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="criterion_code_once_a_round"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="criterion_weight_within_100"),
            models.CheckConstraint(condition=Q(max_mark__gte=1, max_mark__lte=100), name="criterion_max_mark_within_100"),
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def guidance(self) -> str:
        return self.guidance_en if (get_language() or "").startswith("en") else self.guidance_zh


class Quota(models.Model):
    """推荐名额 of one province in one round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="quotas", verbose_name=_("round"))
    province = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    places = models.PositiveSmallIntegerField(_("cities it may nominate"))

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["round", "province"]
        triggers = [FROZEN_WITH_ROUND]
        constraints = [
            models.UniqueConstraint(fields=["round", "province"], name="quota_once_a_province"),
            models.CheckConstraint(condition=Q(places__lte=20), name="quota_within_20"),
            models.CheckConstraint(
                condition=~Q(province__in=SELF_NOMINATING_CODES) | Q(places__lte=1), name="quota_municipality_nominates_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.province} {self.places}"


class QuotaException(models.Model):
    """More places for one province after the round was opened: how many, by whom, why, under which document."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="quota_exceptions", verbose_name=_("round"))
    province = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    places = models.PositiveSmallIntegerField(_("cities it may nominate beyond its quota"))
    reason = models.CharField(_("reason"), max_length=300)
    document_number = models.CharField(_("document number"), max_length=60)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("granted by"))
    granted_at = models.DateTimeField(_("granted at"))

    class Meta:
        verbose_name = _("exception to the quota")
        verbose_name_plural = _("exceptions to the quota")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]
        constraints = [
            models.CheckConstraint(condition=Q(places__gte=1, places__lte=20), name="quota_exception_within_20"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(document_number=""), name="quota_exception_has_its_ground"),
            models.CheckConstraint(condition=~Q(province__in=SELF_NOMINATING_CODES), name="quota_exception_not_for_municipalities"),
        ]

    def __str__(self) -> str:
        return f"{self.province} +{self.places}"


class RegionLimit(models.Model):
    """Least and most cities of one region on the list."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="region_limits", verbose_name=_("round"))
    region = models.CharField(_("region"), max_length=10, choices=Region)
    minimum = models.PositiveSmallIntegerField(_("at least"), default=0)
    maximum = models.PositiveSmallIntegerField(_("at most"))

    class Meta:
        verbose_name = _("limit by region")
        verbose_name_plural = _("limits by region")
        ordering = ["pk"]
        triggers = [FROZEN_WITH_ROUND]
        constraints = [
            models.UniqueConstraint(fields=["round", "region"], name="region_limit_once_a_region"),
            models.CheckConstraint(condition=Q(minimum__lte=F("maximum")), name="region_limit_minimum_within_maximum"),
        ]

    def __str__(self) -> str:
        return f"{self.get_region_display()} {self.minimum}–{self.maximum}"


class Deadline(models.Model):
    """One stored, exclusive instant per round and kind. It never changes; amendments stand beside it."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="deadlines", verbose_name=_("round"))
    kind = models.CharField(_("kind"), max_length=15, choices=DeadlineKind)
    original = models.DateTimeField(_("original deadline"))

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["original"]
        triggers = [FROZEN_WITH_ROUND]
        constraints = [models.UniqueConstraint(fields=["round", "kind"], name="deadline_once_a_kind")]

    def __str__(self) -> str:
        return self.get_kind_display()

    def closes_at(self, province_id: str | None) -> datetime:
        """The instant in force for a province; without one, for all. Amendments come with the deadline, as `queries` fetch them."""
        amendments = sorted(self.amendments.all(), key=lambda amendment: amendment.pk)
        general = [amendment.instant for amendment in amendments if not amendment.province_id]
        own = [amendment.instant for amendment in amendments if province_id and amendment.province_id == province_id]
        return deadline_in_force(original=self.original, general=general[-1] if general else None, own=own[-1] if own else None)

    def in_force_since(self, province_id: str | None) -> datetime:
        """When the instant in force for a province was set: with its last move there, else when the round was opened.

        Raises ValueError for a round that has not been opened: nothing is in force in it.
        """
        if self.round.opened_at is None:
            raise ValueError(f"Round {self.round.code} has not been opened.")
        closes_at = self.closes_at(province_id)
        moves = (move for move in self.amendments.all() if move.instant == closes_at and move.province_id in {None, province_id})
        return min((move.amended_at for move in moves), default=self.round.opened_at)


class Amendment(models.Model):
    """A deadline moved: the new instant, for all or for one province, by whom, when, why, under which document."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="amendments", verbose_name=_("deadline"))
    province = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("province"))
    instant = models.DateTimeField(_("new deadline"))
    reason = models.CharField(_("reason"), max_length=300)
    document_number = models.CharField(_("document number"), max_length=60)
    amended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("amended by"))
    amended_at = models.DateTimeField(_("amended at"))

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]
        constraints = [models.CheckConstraint(condition=~Q(reason="") & ~Q(document_number=""), name="amendment_has_its_ground")]

    def __str__(self) -> str:
        return f"{self.deadline} {self.instant}"
