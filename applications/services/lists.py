"""What a sealed list names, by kind of deadline."""

from datetime import datetime
from typing import Any

from django.db import models

from applications import rules
from applications.enums import Status
from applications.models import Correction, Nomination, NominationVersion, Pilot
from applications.queries import DueList


def of_nominations(due: DueList) -> list[dict[str, Any]]:
    """The version that was in force at the deadline, for each nomination that had not been withdrawn."""
    nominations = Nomination.objects.filter(round=due.round, province__in=due.provinces).exclude(status=Status.WITHDRAWN)
    nominations = nominations.defer("content", "sections").prefetch_related("versions").order_by("code")
    return [_version_entry(nomination, last) for nomination in nominations if (last := _version_at(nomination, due.closes_at))]


def of_plans(due: DueList) -> list[dict[str, Any]]:
    pilots = _pilots(due).prefetch_related("plans")
    return [_pilot_entry(pilot, pilot.plan_handed_in_at, due.closes_at) for pilot in pilots]


def of_summaries(due: DueList) -> list[dict[str, Any]]:
    pilots = _pilots(due).select_related("summary")
    return [_pilot_entry(pilot, pilot.summary_handed_in_at, due.closes_at) for pilot in pilots]


def of_corrections(due: DueList) -> list[dict[str, Any]]:
    """Whether each correction that ended then was handed in, and the version that stands: without one, that which was returned."""
    ended = Correction.objects.filter(nomination__round=due.round, closes_at=due.closes_at, nomination__province__in=due.provinces)
    entries = []
    for correction in ended.select_related("nomination", "version").prefetch_related("nomination__versions").order_by("nomination__code"):
        standing = _version_at(correction.nomination, due.closes_at) or correction.version
        entries.append(
            {
                "nomination": correction.nomination.code,
                "city": correction.nomination.city_id,
                "returned": correction.version.number,
                "handed_in": standing.number > correction.version.number,
                "version": standing.number,
                "digest": standing.digest,
            }
        )
    return entries


def _version_at(nomination: Nomination, closes_at: datetime) -> NominationVersion | None:
    in_time = (version for version in nomination.versions.all() if version.submitted_at < closes_at)
    return max(in_time, key=lambda version: version.number, default=None)


def _version_entry(nomination: Nomination, version: NominationVersion) -> dict[str, Any]:
    return {
        "nomination": nomination.code,
        "city": nomination.city_id,
        "version": version.number,
        "digest": version.digest,
        "submitted_at": version.submitted_at.isoformat(timespec="microseconds"),
    }


def _pilot_entry(pilot: Pilot, handed_in_at: datetime | None, closes_at: datetime) -> dict[str, Any]:
    """A pilot stands in the list in any case: those that were missing are what the list is for."""
    in_time = handed_in_at is not None and not rules.is_late(done_at=handed_in_at, closes_at=closes_at)
    return {"pilot": pilot.code, "city": pilot.nomination.city_id, "handed_in": in_time}


def _pilots(due: DueList) -> models.QuerySet[Pilot]:
    concerned = Pilot.objects.filter(nomination__round=due.round, nomination__province__in=due.provinces)
    return concerned.select_related("nomination").defer("nomination__content", "nomination__sections").order_by("code")
