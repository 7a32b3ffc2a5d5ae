"""The closing of a deadline: a sealed list of what was in, and word of it. The deadline itself holds without it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from applications import queries, rules
from applications.enums import DeadlineKind, Refusal
from applications.models import Closing, Deadline, Round
from applications.queries import DueList
from applications.rules import Refused
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of

CLOSING = 0xC105  # key of the advisory lock between the closing of a round and what is handed in to it


@dataclass(frozen=True)
class Closer:
    """What the closing of one kind of deadline lists, and whom it tells what, in its transaction; and whom the deadline concerns."""

    entries: Callable[[DueList], list[dict[str, Any]]]
    tell: Callable[[Closing, datetime], None]
    concerned: Callable[[Round, Collection[str]], Iterable[User]]


CLOSERS: dict[DeadlineKind, Closer] = {}
"""Filled as the rooms start (`closers.py`, `review.services.closing`): an upper room closes what only it knows."""


def close_due(*, at: datetime, deadline: Deadline | None = None) -> list[Closing]:
    """Seal every list (of one deadline only, where given) whose instant passed at least the settling time ago.

    Safe to run twice, late, or from two workers. The events are sealed after the lists stand, so that nobody who hands
    something in has to wait for it; were this process killed in between, the next sealing takes them.
    """
    due = [each for each in queries.due_lists(at - settings.CLOSING_SETTLES) if deadline is None or _belongs(each, deadline)]
    made = [closing for each in due if (closing := close(due=each, at=at))]
    if made:
        audit.seal_all(reason=", ".join(sorted({f"closing {closing.round.code} {closing.kind}" for closing in made}))[:100], at=at)
    return made


@transaction.atomic
def close(*, due: DueList, at: datetime) -> Closing | None:
    """Seal one list, once, and tell those concerned: it waits for everything that is being handed in, and asks again whether it is due."""
    take_turn(due.round.pk, shared=False)
    fresh = _as_it_stands(due)
    if fresh is None or rules.why_not_close(closes_at=fresh.closes_at, at=at) or _sealed(fresh):
        return None
    entries = CLOSERS[fresh.kind].entries(fresh)
    closing = Closing(
        round=fresh.round, kind=fresh.kind, closes_at=fresh.closes_at, provinces=sorted(fresh.provinces), closed_at=at, entries=entries
    )
    closing.digest = digest_of(closing.record())
    closing.save(force_insert=True)
    audit.record(
        "deadline.closed",
        at=at,
        target=closing,
        round_code=fresh.round.code,
        deadline=fresh.kind,
        closes_at=fresh.closes_at.isoformat(),
        digest=closing.digest,
        entries=len(entries),
    )
    CLOSERS[fresh.kind].tell(closing, at)
    return closing


def refuse_if_sealed(
    *, round_id: int, kind: DeadlineKind, province_id: str | None = None, closes_at: datetime | None = None, at: datetime
) -> None:
    """Called inside the transaction that hands something in: keeps a closing from running beside it until it ends.

    So a sealed list holds exactly what was in. A request that arrived before the deadline and gets its turn only after the list
    was sealed (later than the settling time) is refused rather than acknowledged and missing from the list. `closes_at` names the
    list where each has an instant of its own, as a correction. Raises Refused.
    """
    take_turn(round_id, shared=True)
    sealed = Closing.objects.filter(round_id=round_id, kind=kind, closes_at__gt=at)
    if province_id:
        sealed = sealed.filter(provinces__contains=province_id)
    if closes_at:
        sealed = sealed.filter(closes_at=closes_at)
    if sealed.exists():
        raise Refused(Refusal.SEALED)


def take_turn(round_id: int, *, shared: bool) -> None:
    """Until the end of the transaction: many may hand in at once, a closing or an amendment is alone."""
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [CLOSING, round_id])


def _belongs(due: DueList, deadline: Deadline) -> bool:
    return due.round.pk == deadline.round_id and due.kind == deadline.kind


def _as_it_stands(due: DueList) -> DueList | None:
    """Read again under the lock: the deadline may have been moved since it was found due. A correction's does not move."""
    if due.kind == DeadlineKind.CORRECTION:
        return due
    deadline = queries.deadlines().get(round=due.round, kind=due.kind)
    lists = queries.lists_of(deadline, sorted(due.provinces))
    return next((each for each in lists if each.closes_at == due.closes_at), None)


def _sealed(due: DueList) -> bool:
    return Closing.objects.filter(round=due.round, kind=due.kind, closes_at=due.closes_at).exists()
