"""The closing of a deadline: a sealed list of what was in. The deadline itself holds without it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from applications import queries, rules
from applications.enums import DeadlineKind
from applications.models import Closing, Deadline, Nomination, Pilot, Round
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of


def close_due(*, at: datetime) -> list[Closing]:
    """Seal every list whose deadline passed at least the settling time ago. Safe to run twice, late, or from two workers."""
    settled = at - settings.CLOSING_SETTLES
    return [
        made
        for deadline, instant, provinces in queries.due_closings(settled)
        if (made := close(deadline=deadline, closes_at=instant, provinces=provinces, at=at))
    ]


@transaction.atomic
def close(*, deadline: Deadline, closes_at: datetime, provinces: Iterable[str], at: datetime) -> Closing | None:
    """Seal one list, once: the round is locked, and the row itself says that it has been done."""
    round = Round.objects.select_for_update(of=("self",)).get(pk=deadline.round_id)
    if (
        rules.why_not_close(closes_at=closes_at, at=at)
        or Closing.objects.filter(round=round, kind=deadline.kind, closes_at=closes_at).exists()
    ):
        return None
    entries = _ENTRIES[DeadlineKind(deadline.kind)](round, closes_at, set(provinces))
    digest = digest_of({"round": round.code, "kind": deadline.kind, "closes_at": closes_at.isoformat(), "entries": entries})
    closing = Closing.objects.create(round=round, kind=deadline.kind, closes_at=closes_at, closed_at=at, entries=entries, digest=digest)
    audit.record(
        "deadline.closed", at=at, target=closing, round_code=round.code, deadline=deadline.kind, digest=digest, entries=len(entries)
    )
    audit.seal_all(reason=f"closing {round.code} {deadline.kind}", at=at)
    return closing


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
    return [
        {
            "pilot": pilot.code,
            "city": pilot.nomination.city_id,
            "handed_in": any(p.issued_at and p.issued_at < closes_at for p in pilot.plans.all()),
        }
        for pilot in pilots
    ]


def _summaries_in(round: Round, closes_at: datetime, provinces: set[str]) -> list[dict[str, Any]]:
    pilots = _pilots(round, provinces).select_related("summary")
    return [{"pilot": pilot.code, "city": pilot.nomination.city_id, "handed_in": _summed_up(pilot, closes_at)} for pilot in pilots]


def _summed_up(pilot: Pilot, closes_at: datetime) -> bool:
    summary = getattr(pilot, "summary", None)
    return bool(summary and summary.submitted_at and summary.submitted_at < closes_at)


def _pilots(round: Round, provinces: set[str]) -> Any:
    return Pilot.objects.filter(nomination__round=round, nomination__province__in=provinces).select_related("nomination").order_by("code")


_ENTRIES = {DeadlineKind.NOMINATION: _nominations_in, DeadlineKind.PLAN: _plans_in, DeadlineKind.SUMMARY: _summaries_in}
