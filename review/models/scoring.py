"""Formal review, assignment, score sheets and marks."""

import secrets

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.models import Criterion, Nomination, NominationVersion, Round
from pilotportal.audit.models import NEVER_CHANGED
from review.enums import Outcome, RunStatus, SheetStatus
from review.models.experts import Expert
from review.rules import RUN_TRANSITIONS, SHEET_TRANSITIONS

PERSON = settings.AUTH_USER_MODEL


def new_code() -> str:
    return secrets.token_hex(5).upper()


def new_salt() -> str:
    """128 random bits, so that a digest over a handful of small numbers gives nothing away."""
    return secrets.token_hex(16)


def transitions(name: str, table: dict[str, set[str]]) -> pgtrigger.FSM:
    return pgtrigger.FSM(
        name=name, field="status", transitions=[(str(old), str(new)) for old, news in table.items() for new in sorted(news)]
    )


NOT_FROM_THE_PROVINCE = pgtrigger.Trigger(
    name="not_from_the_province",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("expert_id", "nomination_id"),
    func="""
        IF (SELECT province_id FROM review_expert WHERE id = NEW.expert_id)
           = (SELECT province_id FROM applications_nomination WHERE id = NEW.nomination_id) THEN
            RAISE EXCEPTION 'the expert works in the province that nominated the city' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
NOT_RECUSED = pgtrigger.Trigger(
    name="not_recused",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM review_recusal WHERE expert_id = NEW.expert_id AND nomination_id = NEW.nomination_id) THEN
            RAISE EXCEPTION 'the expert has stepped aside from this nomination' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
SUBMITTED_IS_COMPLETE = pgtrigger.Trigger(
    name="submitted_is_complete",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),
    condition=pgtrigger.Q(new__status="submitted"),
    declare=[("of_round", "BIGINT")],
    func="""
        SELECT round_id INTO of_round FROM applications_nomination WHERE id = NEW.nomination_id;
        IF NOT EXISTS (SELECT 1 FROM review_pledge WHERE round_id = of_round AND expert_id = NEW.expert_id) THEN
            RAISE EXCEPTION 'the expert has not signed the pledge' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM applications_criterion c WHERE c.round_id = of_round AND NOT EXISTS (
            SELECT 1 FROM review_mark m
                WHERE m.sheet_id = NEW.id AND m.criterion_id = c.id AND m.mark IS NOT NULL AND m.comment <> '')) THEN
            RAISE EXCEPTION 'a criterion lacks a mark or a comment' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
MARK_WITHIN_ITS_CRITERION = pgtrigger.Trigger(
    name="mark_within_its_criterion",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.mark > (SELECT max_mark FROM applications_criterion WHERE id = NEW.criterion_id) THEN
            RAISE EXCEPTION 'the mark is above the highest mark of its criterion' USING ERRCODE = 'check_violation';
        END IF;
        IF (SELECT round_id FROM applications_criterion WHERE id = NEW.criterion_id) <> (
            SELECT n.round_id FROM review_scoresheet s JOIN applications_nomination n ON n.id = s.nomination_id WHERE s.id = NEW.sheet_id
        ) THEN
            RAISE EXCEPTION 'the criterion belongs to another round' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
SHEET_IS_OPEN = pgtrigger.Trigger(
    name="sheet_is_open",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("state", "TEXT")],
    func="""
        SELECT status INTO state FROM review_scoresheet
            WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.sheet_id ELSE NEW.sheet_id END;
        IF state NOT IN ('assigned', 'draft', 'reopened') THEN
            RAISE EXCEPTION 'the score sheet is not open' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)


class FormalCheck(models.Model):
    """形式审查 of one version: the outcome, with a reason where it is not acceptance."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="formal_checks", verbose_name=_("nomination"))
    version = models.ForeignKey(NominationVersion, on_delete=models.PROTECT, related_name="formal_checks", verbose_name=_("version"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reason = models.TextField(_("reason"), blank=True)
    checked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("checked by"))
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("formal review")
        verbose_name_plural = _("formal reviews")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]
        constraints = [
            models.CheckConstraint(condition=~Q(outcome=Outcome.REJECTED) | ~Q(reason=""), name="formal_check_rejection_has_reason")
        ]

    def __str__(self) -> str:
        return f"{self.nomination} {self.get_outcome_display()}"


class AssignmentRun(models.Model):
    """One run of the assignment: its problem, its answer with the certificate, and whether it is in force.

    One with a `base` has filled the empty seats of that run. A nomination is named by the code of its city everywhere, an expert by the
    number in the pool, as text.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignment_runs", verbose_name=_("round"))
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="fillings", verbose_name=_("filled up"))
    status = models.CharField(_("status"), max_length=10, choices=RunStatus, default=RunStatus.PROPOSED)
    seed = models.CharField(_("seed"), max_length=80)
    problem = models.JSONField(_("problem"))
    seats = models.JSONField(_("seats"))
    unfilled = models.JSONField(_("seats that cannot be filled"), default=list)
    certificate = models.JSONField(_("certificate"))
    digest = models.CharField(_("digest"), max_length=80)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    applied_at = models.DateTimeField(_("applied at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["pk"]
        triggers = [
            transitions("run_transitions", RUN_TRANSITIONS),
            pgtrigger.Protect(
                name="run_is_frozen",
                operation=pgtrigger.UpdateOf("round_id", "seed", "problem", "seats", "unfilled", "certificate", "digest")
                | pgtrigger.Delete,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round"], condition=Q(status=RunStatus.APPLIED, base__isnull=True), name="run_one_in_force"),
            models.CheckConstraint(condition=~Q(status=RunStatus.APPLIED) | Q(applied_at__isnull=False), name="run_applied_has_applied_at"),
            models.CheckConstraint(condition=~Q(status=RunStatus.UNDONE) | Q(undone_at__isnull=False), name="run_undone_has_undone_at"),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.pk}"


class ScoreSheet(models.Model):
    """评分表 of one expert on one nomination."""

    pledged: bool  # read along by `queries.full_sheets`: the expert has signed the pledge of the round
    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code)
    run = models.ForeignKey(AssignmentRun, on_delete=models.PROTECT, null=True, related_name="sheets", verbose_name=_("assignment"))
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="sheets", verbose_name=_("nomination"))
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="sheets", verbose_name=_("expert"))
    status = models.CharField(_("status"), max_length=10, choices=SheetStatus, default=SheetStatus.ASSIGNED)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    assigned_at = models.DateTimeField(_("assigned at"))
    saved_at = models.DateTimeField(_("saved at"), null=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    reopened_reason = models.CharField(_("reason for reopening"), max_length=300, blank=True)
    declined_reason = models.CharField(_("reason for giving it back"), max_length=300, blank=True)
    salt = models.CharField(_("salt"), max_length=32, default=new_salt)
    digest = models.CharField(_("digest of what was submitted"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")
        ordering = ["pk"]
        triggers = [
            transitions("sheet_transitions", SHEET_TRANSITIONS),
            NOT_FROM_THE_PROVINCE,
            NOT_RECUSED,
            SUBMITTED_IS_COMPLETE,
            pgtrigger.Protect(
                name="sheet_acted_on_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__in=[s.value for s in SheetStatus if s != SheetStatus.ASSIGNED]),
            ),
            pgtrigger.Protect(name="seat_is_frozen", operation=pgtrigger.UpdateOf("nomination_id", "expert_id", "code", "salt")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["nomination", "expert"], name="sheet_once_an_expert"),
            models.CheckConstraint(
                condition=~Q(status=SheetStatus.SUBMITTED) | (Q(submitted_at__isnull=False) & ~Q(digest="")),
                name="sheet_submitted_has_submitted_at",
            ),
            models.CheckConstraint(condition=~Q(status=SheetStatus.REOPENED) | ~Q(reopened_reason=""), name="sheet_reopened_has_reason"),
            models.CheckConstraint(condition=~Q(status=SheetStatus.DECLINED) | ~Q(declined_reason=""), name="sheet_declined_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.nomination} · {self.expert}"

    def get_absolute_url(self) -> str:
        return reverse("review:sheet", args=[self.code])


class Mark(models.Model):
    """One criterion on one sheet. Absent is absent: a criterion without a row has no mark, which is not zero."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="marks", verbose_name=_("score sheet"))
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion"))
    mark = models.SmallIntegerField(_("mark"), null=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ["sheet", "criterion"]
        triggers = [MARK_WITHIN_ITS_CRITERION, SHEET_IS_OPEN]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="mark_once_a_criterion"),
            models.CheckConstraint(condition=Q(mark__gte=0), name="mark_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.mark}"


class MarkChange(models.Model):
    """The ledger of every change of a mark."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="mark_changes", verbose_name=_("score sheet"))
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion"))
    old = models.SmallIntegerField(_("old mark"), null=True)
    new = models.SmallIntegerField(_("new mark"), null=True)
    phase = models.CharField(_("phase"), max_length=10, choices=SheetStatus)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("change of a mark")
        verbose_name_plural = _("changes of marks")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.criterion} {self.old} → {self.new}"
