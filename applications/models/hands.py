"""Whose hands a nomination goes through: the city that drafts it, the departments that co-sign it, the letter that recommends it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.enums import Verdict
from applications.models.nominations import Nomination, new_code
from applications.models.rounds import Round
from pilotportal.accounts.models import Division, Organisation
from pilotportal.audit.models import NEVER_CHANGED

PERSON = settings.AUTH_USER_MODEL


class Invitation(models.Model):
    """The province lets the city draft its own nomination, until the city hands it back or the province ends it."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("nomination"))
    note = models.TextField(_("note to the city"), blank=True)
    invited_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by"))
    invited_at = models.DateTimeField(_("invited at"))
    handed_back = models.BooleanField(_("handed back by the city"), default=False)
    ended_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["nomination"], condition=Q(ended_at__isnull=True), name="invitation_one_open_a_nomination"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, handed_back=False)
                | Q(ended_at__gte=F("invited_at"), ended_by__isnull=False),
                name="invitation_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nomination} {self.invited_at}"


class SignatureRequest(models.Model):
    """会签: a co-department of the province is asked to sign the nomination, and may read it from then on."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="signature_requests", verbose_name=_("nomination"))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("co-department"))
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)

    class Meta:
        verbose_name = _("request for a co-signature")
        verbose_name_plural = _("requests for co-signatures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "organisation"], condition=Q(cancelled_at__isnull=True), name="signature_asked_once_of_a_department"
            )
        ]

    def __str__(self) -> str:
        return f"{self.nomination} {self.organisation}"

    @property
    def last(self) -> "CoSignature | None":
        """What the department said last."""
        return max(self.signatures.all(), key=lambda signature: signature.pk, default=None)


class CoSignature(models.Model):
    """What a co-department said of exactly the content that `digest` names. Other content needs another signature."""

    request = models.ForeignKey(SignatureRequest, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("request"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    reason = models.TextField(_("reason"), blank=True)
    digest = models.CharField(_("digest"), max_length=80)
    signed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed by"))
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("co-signature")
        verbose_name_plural = _("co-signatures")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.OBJECTED) | Q(reason__regex=r"\S"), name="co_signature_objection_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.get_verdict_display()}"


class Letter(models.Model):
    """推荐函 as the portal wrote it: the nominations in it, in the province's order, each with the digest of the content it recommends."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="letters", verbose_name=_("round"))
    province = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    document_number = models.CharField(_("document number"), max_length=60)
    lines = models.JSONField(_("nominations in their order"))
    digest = models.CharField(_("digest"), max_length=80)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("recommendation letter")
        verbose_name_plural = _("recommendation letters")
        ordering = ["pk"]
        triggers = [NEVER_CHANGED]
        constraints = [models.CheckConstraint(condition=~Q(lines=[]), name="letter_recommends_somebody")]

    def __str__(self) -> str:
        return f"{self.province} {self.document_number}"

    def get_absolute_url(self) -> str:
        return reverse("applications:letter", args=[self.code])

    @property
    def seal(self) -> str:
        """What the square on the paper says: this letter, and the beginning of its digest. Short, so that a poor scan can be read."""
        return f"L/{self.code}/{self.digest.partition(':')[2][:8].upper()}"

    @property
    def nominated(self) -> list[str]:
        """Codes of the nominations in it."""
        return [line["nomination"] for line in self.lines]

    def line_of(self, nomination: Nomination) -> dict[str, Any] | None:
        return next((line for line in self.lines if line["nomination"] == nomination.code), None)

    def record(self) -> dict[str, Any]:
        """What the digest covers. A line is `{"nomination", "city", "position", "digest", "joined"}`.

        `position` is the place in the province's order, or of the division where no order counts; `joined` are the departments that
        had co-signed exactly this content.
        """
        return {
            "code": self.code,
            "round": self.round.code,
            "province": self.province_id,
            "document_number": self.document_number,
            "lines": self.lines,
        }
