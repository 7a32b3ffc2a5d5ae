"""Reading of the record, and its verification."""

from dataclasses import dataclass

from django.db import models

from pilotportal.audit.models import Event, Seal
from pilotportal.audit.rules import root_of, seal_record
from pilotportal.digests import canonical, matches


@dataclass(frozen=True)
class Verdict:
    """What the verification found: `broken` names each seal that no longer holds, and why."""

    seals: int
    events: int
    unsealed: int
    broken: list[tuple[int, str]]

    @property
    def ok(self) -> bool:
        return not self.broken


def about(target: models.Model) -> models.QuerySet[Event]:
    return Event.objects.filter(target_type=target._meta.label_lower, target_id=target.pk)


def verify() -> Verdict:
    """Recompute every root, every digest and the chain from the rows themselves."""
    broken, previous, sealed = [], "", 0
    for seal in Seal.objects.order_by("sequence"):
        events = {event.pk: event for event in Event.objects.filter(pk__in=seal.events)}
        sealed += len(seal.events)
        if missing := [number for number in seal.events if number not in events]:
            broken.append((seal.sequence, f"events missing: {missing}"))
        elif root_of([events[number].record() for number in seal.events], seal.root.partition(":")[0]) != seal.root:
            broken.append((seal.sequence, "an event differs from what was sealed"))
        if seal.previous != previous:
            broken.append((seal.sequence, "does not follow the seal before it"))
        if not matches(canonical(seal_record(vars(seal))), seal.digest):
            broken.append((seal.sequence, "the seal itself was altered"))
        previous = seal.digest
    return Verdict(Seal.objects.count(), sealed, Event.objects.filter(sealed__isnull=True).count(), broken)
