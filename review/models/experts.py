"""The pool, the panel of a round, and what each expert declares before reading."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import Nomination, Round
from pilotportal.accounts.models import Division, User
from pilotportal.audit.models import NEVER_CHANGED
from review.enums import Ground

PERSON = settings.AUTH_USER_MODEL


class Expert(models.Model):
    """评审专家 in the pool. The province is that of the workplace; the employer is the user's organisation."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="expert", verbose_name=_("person"))
    province = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+", verbose_name=_("province of the workplace"))
    title = models.CharField(_("professional title"), max_length=60)
    field = models.CharField(_("field"), max_length=60)
    industries = ArrayField(models.CharField(max_length=3), verbose_name=_("manufacturing divisions"), default=list)
    available = models.BooleanField(_("available"), default=True)

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.user.name


class DrawCommitment(models.Model):
    """承诺 before a draw: H(nonce || pool) is fixed before the public number exists, so that nobody can choose the outcome.

    At most one is in force. One that cannot be carried out (the secret number was lost) is withdrawn with a reason, and stays on record.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="draw_commitments", verbose_name=_("round"))
    pool = models.JSONField(_("pool at the commitment"))
    size = models.PositiveSmallIntegerField(_("experts to be drawn"))
    root = models.CharField(_("digest of pool and size"), max_length=80)
    commitment = models.CharField(_("commitment"), max_length=80)
    committed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("committed by"))
    committed_at = models.DateTimeField(_("committed at"))
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_reason = models.CharField(_("reason of the withdrawal"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("commitment to a draw")
        verbose_name_plural = _("commitments to draws")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(
                name="commitment_is_frozen",
                operation=pgtrigger.UpdateOf("round_id", "pool", "size", "root", "commitment", "committed_by_id", "committed_at"),
            ),
            pgtrigger.Protect(name="commitment_is_kept", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(fields=["round"], condition=Q(withdrawn_at__isnull=True), name="draw_commitment_one_in_force"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | (Q(withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="draw_commitment_withdrawn_has_reason",
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="draw_commitment_draws_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.size}"


class PanelDraw(models.Model):
    """抽取: the commitment opened, the public number, the order that follows from both, and who was drawn."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="panel_draw", verbose_name=_("round"))
    committed = models.OneToOneField(DrawCommitment, on_delete=models.PROTECT, related_name="draw", verbose_name=_("commitment in force"))
    commitment = models.CharField(_("commitment"), max_length=80)
    nonce = models.CharField(_("secret number, opened"), max_length=80)
    public_number = models.CharField(_("public number"), max_length=80)
    seed = models.CharField(_("seed"), max_length=80)
    pool = models.JSONField(_("pool at the draw"))
    size = models.PositiveSmallIntegerField(_("experts drawn"))
    digest = models.CharField(_("digest"), max_length=80)
    drawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("drawn by"))
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("draw of experts")
        verbose_name_plural = _("draws of experts")
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.round} {self.size}"


class PanelMember(models.Model):
    """On the panel: drawn, or called up later (`substitute`). `position` is the place in the order of the draw."""

    draw = models.ForeignKey(PanelDraw, on_delete=models.PROTECT, related_name="members", verbose_name=_("draw"))
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("expert"))
    position = models.PositiveSmallIntegerField(_("position"))
    substitute = models.BooleanField(_("substitute"), default=False)
    excused_at = models.DateTimeField(_("excused at"), null=True)
    excused_reason = models.CharField(_("reason for excusing"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("panel member")
        verbose_name_plural = _("panel members")
        ordering = ["draw", "position"]
        triggers = [
            pgtrigger.Protect(
                name="member_is_frozen", operation=pgtrigger.UpdateOf("draw_id", "expert_id", "position", "substitute") | pgtrigger.Delete
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw", "expert"], name="panel_member_once"),
            models.UniqueConstraint(fields=["draw", "position"], name="panel_position_once"),
            models.CheckConstraint(
                condition=Q(excused_at__isnull=True, excused_reason="") | (Q(excused_at__isnull=False) & ~Q(excused_reason="")),
                name="panel_member_excused_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.expert)


class Pledge(models.Model):
    """廉洁承诺, bound to the digest of its text. Without it no dossier opens."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("round"))
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("expert"))
    text_digest = models.CharField(_("digest of the text"), max_length=80)
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        triggers = [NEVER_CHANGED]
        constraints = [models.UniqueConstraint(fields=["round", "expert"], name="pledge_once_a_round")]

    def __str__(self) -> str:
        return str(self.expert)


class Recusal(models.Model):
    """回避, declared by the expert or recorded by staff; it closes the dossier and voids the sheet."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("nomination"))
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("expert"))
    ground = models.CharField(_("ground"), max_length=15, choices=Ground)
    note = models.CharField(_("note"), max_length=300, blank=True)
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("declared by"))
    declared_at = models.DateTimeField(_("declared at"))

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        triggers = [NEVER_CHANGED]
        constraints = [
            models.UniqueConstraint(fields=["nomination", "expert"], name="recusal_once"),
            models.CheckConstraint(condition=~Q(ground=Ground.OTHER) | ~Q(note=""), name="recusal_other_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.expert} {self.nomination}"
