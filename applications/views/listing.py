"""A province's nominations by round, as its list shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from applications import queries
from applications.enums import DeadlineKind, Status
from applications.models import Nomination, Round
from applications.models.nominations import deadline_of
from applications.rules import Refused
from applications.services import nominations
from applications.views import checklist
from pilotportal.accounts.models import User


@dataclass(frozen=True)
class NominationLine:
    """`state` says what is still to be done, in words; empty once nothing is."""

    nomination: Nomination
    state: str
    saved_by: str
    saved_at: datetime | None


@dataclass(frozen=True)
class RoundOverview:
    round: Round
    places: int
    used: int
    closes_at: datetime
    refused: Refused | None
    lines: Sequence[NominationLine]


def rounds_of(user: User, *, at: datetime) -> list[RoundOverview]:
    """Opened rounds in which the province has a quota or a nomination, the newest first."""
    province = str(user.division_id)
    quotas = queries.quotas_of(province)
    own = list(queries.nominations_visible_to(user).order_by("city_id", "pk"))
    rounds = queries.rounds_visible_to(user).filter(opened_at__isnull=False)
    return [
        _overview(round, [each for each in own if each.round_id == round.pk], province=province, places=quotas.get(round.pk, 0), at=at)
        for round in rounds
        if quotas.get(round.pk) or any(each.round_id == round.pk for each in own)
    ]


def _overview(round: Round, own: Iterable[Nomination], *, province: str, places: int, at: datetime) -> RoundOverview:
    own = list(own)
    used = sum(1 for each in own if each.status != Status.WITHDRAWN)
    return RoundOverview(
        round=round,
        places=places,
        used=used,
        closes_at=deadline_of(round, DeadlineKind.NOMINATION, province),
        refused=nominations.why_not_start(round, province_id=province, nominated=used, places=places, at=at),
        lines=[_line(each, at=at) for each in own],
    )


def _line(nomination: Nomination, *, at: datetime) -> NominationLine:
    last = max(nomination.sections.values(), key=lambda saved: saved["at"], default=None)
    return NominationLine(
        nomination=nomination,
        state=_state(nomination, at=at),
        saved_by=last["by"] if last else "",
        saved_at=datetime.fromisoformat(last["at"]) if last else None,
    )


def _state(nomination: Nomination, *, at: datetime) -> str:
    if nominations.why_not_edit(nomination, at=at):
        return _("Lapsed: the deadline passed before it was submitted") if nomination.status == Status.DRAFT else ""
    gaps = checklist.without_undertaking(nominations.gaps_of(nomination))
    if gaps:
        return _("%(count)s entries missing") % {"count": len(gaps)}
    refused = nominations.why_not_submit(nomination, at=at, undertaken=True)
    return str(refused) if refused else _("Complete, to be submitted")
