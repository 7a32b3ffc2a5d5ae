"""Writing and sealing of events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models, transaction

from pilotportal.audit.models import Event, Seal, SealedEvent
from pilotportal.audit.rules import root_of, seal_record
from pilotportal.digests import canonical, digest_of

SEALING = 0x5EA1  # key of the advisory lock under which one process at a time seals
BATCH = 10_000  # events in one seal at the most


class Actor(Protocol):
    pk: Any
    role: Any

    def get_username(self) -> str: ...


def record(
    kind: str, *, at: datetime, by: Actor | None = None, target: models.Model | None = None, round_code: str = "", **data: Any
) -> Event:
    """Insert an event in the caller's transaction: it stands exactly when what it records stands. Raises TypeError for a float."""
    canonical(data)
    return Event.objects.create(
        at=at,
        kind=kind,
        actor_id=by.pk if by else None,
        actor_name=by.get_username() if by else "",
        actor_role=by.role if by else "",
        target_type=target._meta.label_lower if target else "",
        target_id=target.pk if target else None,
        target_name=str(target)[:200] if target else "",
        round_code=round_code,
        data=data,
    )


@transaction.atomic
def seal(*, reason: str, at: datetime) -> Seal | None:
    """Chain the committed events that no seal holds yet. Safe to run twice, late, or from two workers: a lock lets one through."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING])
    events = list(_unsealed()[:BATCH])
    if not events:
        return None
    previous = Seal.objects.last()
    sequence = previous.sequence + 1 if previous else 1
    fields = {
        "sequence": sequence,
        "events": [event.pk for event in events],
        "root": root_of([event.record() for event in events]),
        "previous": previous.digest if previous else "",
        "reason": reason,
        "sealed_at": at,
    }
    made = Seal.objects.create(**fields, digest=digest_of(seal_record(fields)))
    SealedEvent.objects.bulk_create(SealedEvent(event=event, seal=made) for event in events)
    return made


def _unsealed() -> models.QuerySet[Event]:
    """Events that are committed for good: a transaction still under way could insert a lower number later, which the next seal takes."""
    return Event.objects.filter(sealed__isnull=True).order_by("pk")


def seal_all(*, reason: str, at: datetime) -> Sequence[Seal]:
    """Seal until nothing is left, as the close of a stage does."""
    made = []
    while one := seal(reason=reason, at=at):
        made.append(one)
    return made
