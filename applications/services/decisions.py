"""What the ministry decides about a nomination. `review` asks for it; only this module writes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language

from applications import queries, rules
from applications.enums import AttachmentKind, Refusal, Status
from applications.models import Correction, Indicator, Nomination, Pilot
from applications.rules import Refused
from applications.services import announcing
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit


@transaction.atomic
def return_for_correction(
    *, nomination_id: int, fields: Sequence[Mapping[str, str]], closes_at: datetime, by: User, at: datetime
) -> Correction:
    """Open the named fields (`[{"code", "note"}]`) until `closes_at`; everything else stays locked. Raises Refused.

    The codes are those of `returnable`.
    """
    nomination = _locked(nomination_id)
    named, known = [field["code"] for field in fields], returnable(nomination)
    unsaid = [field["code"] for field in fields if not field.get("note", "").strip()]
    if refusal := rules.why_not_return(nomination.status, fields=named, known=known, without_note=unsaid, closes_at=closes_at, at=at):
        unknown = ", ".join(sorted(set(named) - set(known)))
        raise Refused(refusal, codes=unknown, entries=", ".join(known.get(code, code) for code in unsaid))
    correction = Correction.objects.create(
        nomination=nomination,
        version_id=nomination.versions.latest("number").pk,
        fields=[dict(field) for field in fields],
        closes_at=closes_at,
        returned_by=by,
        returned_at=at,
    )
    _become(nomination, Status.RETURNED, by=by, at=at, fields=[field["code"] for field in fields], closes_at=closes_at.isoformat())
    announcing.of_return(correction, at)
    return correction


def returnable(nomination: Nomination) -> dict[str, str]:
    """What a correction can name: the entries of the form but the undertaking, and the files, with their labels."""
    definition = nomination.round.definition
    undertakings = {field.code for _section, field in definition.undertakings()}
    labels = {item.code: item.label.in_language(get_language()) for _section, item in definition.items() if item.code not in undertakings}
    return labels | {str(kind.value): str(kind.label) for kind in AttachmentKind}


@transaction.atomic
def accept(*, nomination_id: int, by: User, at: datetime) -> Nomination:
    """Let the current version into the review. Raises Refused."""
    return _judge(nomination_id, Status.ACCEPTED, by=by, at=at)


@transaction.atomic
def reject(*, nomination_id: int, reason: str, by: User, at: datetime) -> Nomination:
    """Keep the nomination out of the review, with the reason, which its province reads. Raises Refused."""
    return _judge(nomination_id, Status.REJECTED, by=by, at=at, reason=reason.strip())


@transaction.atomic
def decide(*, round_id: int, selected: Sequence[int], by: User, at: datetime) -> list[Pilot]:
    """Record the published decision for every accepted nomination of the round; each selected one becomes a pilot."""
    accepted = queries.nominations().filter(round_id=round_id, status=Status.ACCEPTED).order_by("pk")
    nominations = list(accepted.select_for_update(of=("self",)))
    if missing := set(selected) - {nomination.pk for nomination in nominations}:
        raise Refused(Refusal.NOT_ACCEPTED, missing=sorted(missing))
    pilots = []
    for nomination in nominations:
        chosen = nomination.pk in set(selected)
        _become(nomination, Status.SELECTED if chosen else Status.NOT_SELECTED, by=by, at=at)
        if chosen:
            pilots.append(_make_pilot(nomination, at=at))
    return pilots


def _make_pilot(nomination: Nomination, *, at: datetime) -> Pilot:
    pilot = Pilot.objects.create(nomination=nomination, selected_at=at)
    Indicator.objects.bulk_create(
        Indicator(
            pilot=pilot,
            key=row["key"],
            name=row["name"],
            unit=row["unit"],
            baseline_year=row["baseline_year"],
            baseline=row["baseline"],
            target=row["target"],
        )
        for row in nomination.handed_in.get("indicators", [])
    )
    return pilot


def _judge(nomination_id: int, status: Status, *, by: User, at: datetime, **particulars: str) -> Nomination:
    nomination = _locked(nomination_id)
    correction = nomination.open_correction
    if refusal := rules.why_not_judge(nomination.status, correction_closes_at=correction.closes_at if correction else None, at=at):
        raise Refused(refusal)
    return _become(nomination, status, by=by, at=at, **particulars)


def _become(nomination: Nomination, status: Status, *, by: User, at: datetime, **particulars: object) -> Nomination:
    nomination.status = status
    nomination.rejected_because = str(particulars.get("reason", "")) if status == Status.REJECTED else ""
    nomination.save(update_fields=["status", "rejected_because"])
    audit.record(f"nomination.{status}", at=at, by=by, target=nomination, round_code=nomination.round.code, **particulars)
    return nomination


def _locked(nomination_id: int) -> Nomination:
    Nomination.objects.select_for_update(of=("self",)).get(pk=nomination_id)
    return queries.nominations().get(pk=nomination_id)
