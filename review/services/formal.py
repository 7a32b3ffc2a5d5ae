"""形式审查: each outcome is written down for the version that was looked at, and the status follows from it.

The state table of nominations knows no way back from an acceptance or a rejection, so there is nothing to undo:
`queries.acceptable` is the preview, and `accept_many` takes all of what was previewed or nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from applications import queries as applications
from applications.models import Nomination
from applications.rules import Refused
from applications.services import decisions
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.moments import until
from review import queries, rules
from review.enums import Outcome, Refusal
from review.models import FormalCheck
from review.services.guards import refuse_unless_staff


@transaction.atomic
def accept(*, nomination_id: int, by: User, at: datetime) -> FormalCheck:
    """Let a nomination into the review once its deadline has passed. Raises Refused."""
    refuse_unless_staff(by)
    _refuse_before_deadline(nomination_id, at=at)
    nomination = decisions.accept(nomination_id=nomination_id, by=by, at=at)
    return _check(nomination, Outcome.ACCEPTED, by=by, at=at)


@transaction.atomic
def accept_many(*, nomination_ids: Iterable[int], by: User, at: datetime) -> list[FormalCheck]:
    """Accept all of them in one transaction, or none: the first that cannot be accepted refuses the whole."""
    checks = [accept(nomination_id=nomination_id, by=by, at=at) for nomination_id in sorted(set(nomination_ids))]
    if checks:
        round = checks[0].nomination.round
        audit.record("formal.accepted_together", at=at, by=by, target=round, round_code=round.code, checks=[check.pk for check in checks])
    return checks


@transaction.atomic
def return_for_correction(
    *, nomination_id: int, fields: Sequence[Mapping[str, str]], closes_at: datetime, reason: str, by: User, at: datetime
) -> FormalCheck:
    """Open the named fields (`[{"code", "note"}]`) until `closes_at`, with the reason for the whole. Raises Refused."""
    refuse_unless_staff(by)
    correction = decisions.return_for_correction(nomination_id=nomination_id, fields=fields, closes_at=closes_at, by=by, at=at)
    return _check(correction.nomination, Outcome.RETURNED, reason=reason, by=by, at=at)


@transaction.atomic
def reject(*, nomination_id: int, reason: str, by: User, at: datetime) -> FormalCheck:
    """Keep a nomination out of the review, with the reason, once its deadline has passed. Raises Refused."""
    refuse_unless_staff(by)
    if not reason.strip():
        raise Refused(Refusal.NO_REASON)
    _refuse_before_deadline(nomination_id, at=at)
    nomination = decisions.reject(nomination_id=nomination_id, reason=reason, by=by, at=at)
    return _check(nomination, Outcome.REJECTED, reason=reason, by=by, at=at)


def _refuse_before_deadline(nomination_id: int, *, at: datetime) -> None:
    closes_at = applications.nominations().get(pk=nomination_id).closes_at()
    if refusal := rules.why_not_check(closes_at=closes_at, at=at):
        raise Refused(refusal, closed_at=until(closes_at))


def _check(nomination: Nomination, outcome: Outcome, *, reason: str = "", by: User, at: datetime) -> FormalCheck:
    version = queries.version_of(nomination)
    check = FormalCheck.objects.create(nomination=nomination, version=version, outcome=outcome, reason=reason, checked_by=by, checked_at=at)
    audit.record(
        "formal.checked",
        at=at,
        by=by,
        target=check,
        round_code=nomination.round.code,
        nomination=nomination.code,
        version=version.number,
        digest=version.digest,
        outcome=outcome,
        reason=reason,
    )
    return check
