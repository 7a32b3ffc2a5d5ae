from datetime import UTC
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

NEVER_CHANGED = pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)


class Event(models.Model):
    """One thing that happened. People and objects are named by value, so the record stands when they are gone."""

    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=60)
    actor_id = models.BigIntegerField(_("person (number)"), null=True)
    actor_name = models.CharField(_("person"), max_length=150, blank=True)
    actor_role = models.CharField(_("role"), max_length=30, blank=True)
    target_type = models.CharField(_("object (kind)"), max_length=60, blank=True)
    target_id = models.BigIntegerField(_("object (number)"), null=True)
    target_name = models.CharField(_("object"), max_length=200, blank=True)
    round_code = models.CharField(_("round"), max_length=20, blank=True)
    data = models.JSONField(_("particulars"), default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        indexes = [models.Index(fields=["target_type", "target_id"]), models.Index(fields=["round_code", "kind"])]
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.kind} · {self.target_name}"

    def record(self) -> dict[str, Any]:
        """The event as canonical JSON data: what is sealed and what a verifier recomputes."""
        return {
            "id": self.pk,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "kind": self.kind,
            "actor": {"id": self.actor_id, "name": self.actor_name, "role": self.actor_role},
            "target": {"type": self.target_type, "id": self.target_id, "name": self.target_name},
            "round": self.round_code,
            "data": self.data,
        }


class Seal(models.Model):
    """A batch of events under one Merkle root, chained to the seal before it."""

    sequence = models.PositiveIntegerField(_("sequence"), unique=True)
    events = models.JSONField(_("numbers of the sealed events"))
    root = models.CharField(_("Merkle root"), max_length=80)
    previous = models.CharField(_("digest of the previous seal"), max_length=80, blank=True)
    digest = models.CharField(_("digest"), max_length=80)
    reason = models.CharField(_("reason"), max_length=100)
    sealed_at = models.DateTimeField(_("sealed at"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["sequence"]
        triggers = [NEVER_CHANGED]
        constraints = [
            models.CheckConstraint(condition=Q(sequence=1, previous="") | (Q(sequence__gt=1) & ~Q(previous="")), name="seal_follows_a_seal")
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.digest}"


class SealedEvent(models.Model):
    """Which seal holds which event; at most one, by the database."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="sealed", verbose_name=_("event"))
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="members", verbose_name=_("seal"))

    class Meta:
        verbose_name = _("sealed event")
        verbose_name_plural = _("sealed events")
        triggers = [NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.event_id} ∈ {self.seal_id}"
