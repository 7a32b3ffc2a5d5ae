"""Ranking and selection, each bound to its digest."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Nomination, Round
from pilotportal.audit.models import NEVER_CHANGED
from pilotportal.moments import instant
from review.enums import Clause, Place, SelectionStatus, TieMethod
from review.models.scoring import transitions
from review.rules import SELECTION_TRANSITIONS

PERSON = settings.AUTH_USER_MODEL


class Ranking(models.Model):
    """排序 at one instant: every nomination with its exact score as a fraction. A new computation is a new row.

    `base` is the digest before people parted any tie; `entries` and `digest` have the resolutions in them.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="rankings", verbose_name=_("round"))
    entries = models.JSONField(_("entries"))
    base = models.CharField(_("digest before ties were parted"), max_length=80)
    digest = models.CharField(_("digest"), max_length=80)
    computed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("computed by"))
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        verbose_name = _("ranking")
        verbose_name_plural = _("rankings")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.round} {instant(self.computed_at)}"


class TieResolution(models.Model):
    """并列 parted by people: the order of the cities of one tie, by what method, why and by whom.

    It holds for the ranking it was made for (`base`), and lapses by itself when a mark changes.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tie_resolutions", verbose_name=_("round"))
    base = models.CharField(_("digest of the ranking"), max_length=80)
    rank = models.PositiveSmallIntegerField(_("shared rank"))
    order = models.JSONField(_("cities in order"))
    method = models.CharField(_("method"), max_length=10, choices=TieMethod)
    reason = models.CharField(_("reason"), max_length=300)
    resolved_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("resolved by"))
    resolved_at = models.DateTimeField(_("resolved at"))

    class Meta:
        verbose_name = _("parting of a tie")
        verbose_name_plural = _("partings of ties")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]
        constraints = [
            models.UniqueConstraint(fields=["round", "base", "rank"], name="tie_parted_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="tie_parted_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.rank}"


class Selection(models.Model):
    """竞争性选择: the walk down a ranking under the rules; proposed by one person, released by another."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="selections", verbose_name=_("round"))
    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT, related_name="selections", verbose_name=_("ranking"))
    status = models.CharField(_("status"), max_length=12, choices=SelectionStatus, default=SelectionStatus.PROPOSED)
    places = models.PositiveSmallIntegerField(_("number of cities"))
    places_reason = models.CharField(_("reason for the number"), max_length=300, blank=True)
    places_document = models.CharField(_("document number"), max_length=60, blank=True)
    digest = models.CharField(_("digest of the list"), max_length=80)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    signed_off_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("signed off by"))
    signed_off_at = models.DateTimeField(_("signed off at"), null=True)
    notice_from = models.DateTimeField(_("public notice from"), null=True)
    notice_until = models.DateTimeField(_("public notice until"), null=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_number = models.CharField(_("document number of the decision"), max_length=60, blank=True)
    voided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("voided by"))
    voided_at = models.DateTimeField(_("voided at"), null=True)
    void_reason = models.CharField(_("reason for voiding"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        ordering = ["pk"]
        triggers = [
            transitions("selection_transitions", SELECTION_TRANSITIONS),
            pgtrigger.Protect(
                name="proposed_list_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "round_id", "places", "places_reason", "places_document", "digest", "ranking_id", "proposed_by_id", "proposed_at"
                )
                | pgtrigger.Delete,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round"], condition=~Q(status=SelectionStatus.VOIDED), name="selection_one_in_force"),
            models.CheckConstraint(
                condition=Q(signed_off_by__isnull=True) | ~Q(signed_off_by=F("proposed_by")), name="selection_released_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(status=SelectionStatus.DECIDED)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision_number="")),
                name="selection_decided_has_its_document",
            ),
            models.CheckConstraint(
                condition=Q(notice_until__isnull=True) | Q(notice_until__gt=F("notice_from")), name="selection_notice_lasts"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[SelectionStatus.PROPOSED, SelectionStatus.VOIDED])
                | Q(signed_off_by__isnull=False, signed_off_at__isnull=False),
                name="selection_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[SelectionStatus.NOTICE, SelectionStatus.DECIDED])
                | Q(notice_from__isnull=False, notice_until__isnull=False),
                name="selection_on_notice_has_its_period",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("notice_until")), name="selection_decided_after_the_notice"
            ),
            models.CheckConstraint(
                condition=~Q(status=SelectionStatus.VOIDED) | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
                name="selection_voided_has_reason",
            ),
            models.CheckConstraint(condition=Q(places__gte=1), name="selection_has_places"),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.places}"


class SelectionEntry(models.Model):
    """What the rules made of one nomination, and the clause that did it."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="entries", verbose_name=_("selection"))
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="selection_entries", verbose_name=_("nomination"))
    rank = models.PositiveSmallIntegerField(_("rank"), null=True)
    place = models.CharField(_("place"), max_length=12, choices=Place)
    reserve_order = models.PositiveSmallIntegerField(_("order in the reserve"), null=True)
    clause = models.CharField(_("clause"), max_length=30, choices=Clause)
    facts = models.JSONField(_("facts of the reason"), default=dict)

    class Meta:
        verbose_name = _("entry of the selection")
        verbose_name_plural = _("entries of the selection")
        ordering = ["selection", F("rank").asc(nulls_last=True), "nomination"]
        triggers = [NEVER_CHANGED]
        constraints = [models.UniqueConstraint(fields=["selection", "nomination"], name="selection_entry_once")]

    def __str__(self) -> str:
        return f"{self.nomination} {self.get_place_display()}"
