"""The closing of a deadline: a sealed list of what was in. The deadline itself holds without it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from applications import queries, rules
from applications.enums import DeadlineKind, Refusal
from applications.models import Closing, Deadline, Nomination, Pilot, Round
from applications.rules import Refused
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of

CLOSING = 0xC105  # key of the advisory lock between the closing of a round and what is handed in to it


def close_due(*, at: datetime, deadline: Deadline | None = None) -> list[Closing]:
    """Seal every list (of one deadline only, where given) whose instant passed at least the settling time ago.

    Safe to run twice, late, or from two workers. The events are sealed after the lists stand, so that nobody who hands
    something in has to wait for it; were this process killed in between, the next sealing takes them.
    """
    due = queries.due_closings(at - settings.CLOSING_SETTLES)
    made = [
        closing
        for each, instant, provinces in due
        if (deadline is None or deadline == each) and (closing := close(deadline=each, closes_at=instant, provinces=provinces, at=at))
    ]
    if made:
        audit.seal_all(reason=", ".join(sorted({f"closing {closing.round.code} {closing.kind}" for closing in made}))[:100], at=at)
    return made


@transaction.atomic
def close(*, deadline: Deadline, closes_at: datetime, provinces: Iterable[str], at: datetime) -> Closing | None:
    """Seal one list, once: it waits for everything that is being handed in, and asks again whether it is due and not done."""
    take_turn(deadline.round_id, shared=False)
    fresh = queries.deadlines().get(pk=deadline.pk)
    concerned = [province for province in provinces if fresh.closes_at(province) == closes_at]
    if rules.why_not_close(closes_at=closes_at, at=at) or not concerned or _sealed(fresh, closes_at):
        return None
    entries = _ENTRIES[DeadlineKind(fresh.kind)](fresh.round, closes_at, set(concerned))
    closing = Closing(round=fresh.round, kind=fresh.kind, closes_at=closes_at, provinces=sorted(concerned), closed_at=at, entries=entries)
    closing.digest = digest_of(closing.record())
    closing.save(force_insert=True)
    audit.record(
        "deadline.closed",
        at=at,
        target=closing,
        round_code=fresh.round.code,
        deadline=fresh.kind,
        closes_at=closes_at.isoformat(),
        digest=closing.digest,
        entries=len(entries),
    )
    return closing


def refuse_if_sealed(*, round_id: int, kind: DeadlineKind, province_id: str, at: datetime) -> None:
    """Called inside the transaction that hands something in: keeps a closing from running beside it until it ends.

    So a sealed list holds exactly what was in. A request that arrived before the deadline and gets its turn only after the list
    was sealed (later than the settling time) is refused rather than acknowledged and missing from the list. Raises Refused.
    """
    take_turn(round_id, shared=True)
    if Closing.objects.filter(round_id=round_id, kind=kind, closes_at__gt=at, provinces__contains=province_id).exists():
        raise Refused(Refusal.SEALED)


def take_turn(round_id: int, *, shared: bool) -> None:
    """Until the end of the transaction: many may hand in at once, a closing or an amendment is alone."""
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [CLOSING, round_id])


def _sealed(deadline: Deadline, closes_at: datetime) -> bool:
    return Closing.objects.filter(round=deadline.round_id, kind=deadline.kind, closes_at=closes_at).exists()


def _nominations_in(round: Round, closes_at: datetime, provinces: set[str]) -> list[dict[str, Any]]:
    """The version that was in force at the deadline, for each nomination that had not been withdrawn."""
    nominations = Nomination.objects.filter(round=round, province__in=provinces).exclude(status="withdrawn").prefetch_related("versions")
    entries = []
    for nomination in nominations.order_by("code"):
        versions = [version for version in nomination.versions.all() if version.submitted_at < closes_at]
        if versions:
            last = max(versions, key=lambda version: version.number)
            entries.append(
                {
                    "nomination": nomination.code,
                    "city": nomination.city_id,
                    "version": last.number,
                    "digest": last.digest,
                    "submitted_at": last.submitted_at.isoformat(timespec="microseconds"),
                }
            )
    return entries


def _plans_in(round: Round, closes_at: datetime, provinces: set[str]) -> list[dict[str, Any]]:
    pilots = _pilots(round, provinces).prefetch_related("plans")
    return [_pilot_entry(pilot, pilot.plan_handed_in_at, closes_at) for pilot in pilots]


def _summaries_in(round: Round, closes_at: datetime, provinces: set[str]) -> list[dict[str, Any]]:
    pilots = _pilots(round, provinces).select_related("summary")
    return [_pilot_entry(pilot, pilot.summary_handed_in_at, closes_at) for pilot in pilots]


def _pilot_entry(pilot: Pilot, handed_in_at: datetime | None, closes_at: datetime) -> dict[str, Any]:
    """A pilot stands in the list in any case: those that were missing are what the list is for."""
    in_time = handed_in_at is not None and not rules.is_late(done_at=handed_in_at, closes_at=closes_at)
    return {"pilot": pilot.code, "city": pilot.nomination.city_id, "handed_in": in_time}


def _pilots(round: Round, provinces: set[str]) -> models.QuerySet[Pilot]:
    return Pilot.objects.filter(nomination__round=round, nomination__province__in=provinces).select_related("nomination").order_by("code")


_ENTRIES: dict[DeadlineKind, Callable[[Round, datetime, set[str]], list[dict[str, Any]]]] = {
    DeadlineKind.NOMINATION: _nominations_in,
    DeadlineKind.PLAN: _plans_in,
    DeadlineKind.SUMMARY: _summaries_in,
}
