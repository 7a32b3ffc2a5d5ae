"""The order in which a province puts its nominations forward, where the round counts it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from applications import queries, rules
from applications.enums import AttachmentKind, Status
from applications.models import Nomination, Round
from applications.rules import Refused
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.moments import until


def in_order(round: Round, nominations: Iterable[Nomination]) -> list[Nomination]:
    """As the province put them; where the order does not count, as the divisions are ordered."""
    if not round.ranks_nominations:
        return sorted(nominations, key=lambda each: (each.city_id, each.pk))
    return sorted(nominations, key=lambda each: (each.position is None, each.position, each.city_id, each.pk))


def next_place(round: Round, province_id: str) -> int | None:
    """Behind all that the province has named so far; nothing where the order does not count."""
    if not round.ranks_nominations:
        return None
    last = Nomination.objects.filter(round=round, province_id=province_id).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


@transaction.atomic
def move(*, nomination_id: int, up: bool, by: User, at: datetime) -> None:
    """Exchange the places of a nomination and the one before it (or behind it). At the end of the row nothing happens. Raises Refused."""
    row = _locked_row(nomination_id)
    moved = next(each for each in row if each.pk == nomination_id)
    place = row.index(moved) + (-1 if up else 1)
    beside = [row[place]] if 0 <= place < len(row) else []
    for each in (moved, *beside):
        if refused := why_not_move(each, at=at):
            raise refused
    if not beside:
        return
    _give_places(row)
    moved.position, row[place].position = row[place].position, moved.position
    Nomination.objects.bulk_update([moved, row[place]], ["position"])
    audit.record("nomination.moved", at=at, by=by, target=moved, round_code=moved.round.code, place=place + 1, changed_with=row[place].code)


def why_not_move(nomination: Nomination, *, at: datetime) -> Refused | None:
    """The place is fixed with the letter that names it."""
    letters = [file for file in nomination.attachments.all() if file.kind == AttachmentKind.LETTER and not file.replaced_at]
    closes_at = nomination.closes_at()
    refusal = rules.why_not_move(
        nomination.status,
        counts=nomination.round.ranks_nominations,
        named=any(file.letter_id for file in letters),
        closes_at=closes_at,
        at=at,
    )
    return Refused(refusal, city=nomination, closed_at=until(closes_at)) if refusal else None


def _locked_row(nomination_id: int) -> list[Nomination]:
    """All that the province has in the round, locked, in their order."""
    one = Nomination.objects.only("round", "province").get(pk=nomination_id)
    row = Nomination.objects.filter(round=one.round_id, province=one.province_id).exclude(status=Status.WITHDRAWN)
    list(row.select_for_update().order_by("pk").values_list("pk"))
    return in_order(one.round, queries.nominations().filter(pk__in=row))


def _give_places(row: Iterable[Nomination]) -> None:
    """To those that were named before the portal kept an order."""
    row = list(row)
    last = max((each.position or 0 for each in row), default=0)
    for number, each in enumerate((each for each in row if each.position is None), start=last + 1):
        each.position = number
        each.save(update_fields=["position"])
