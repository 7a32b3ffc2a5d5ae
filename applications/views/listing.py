"""A province's nominations by round, as its list shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from applications import permissions, queries
from applications.enums import DeadlineKind, Status
from applications.models import Nomination, Round
from applications.models.nominations import deadline_of
from applications.rules import Refused
from applications.services import nominations, ordering, signatures
from applications.views import checklist
from applications.views.tones import TONE_OF_SIGNATURE
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User


@dataclass(frozen=True)
class NominationLine:
    """`state` says what is still to be done, in words; empty once nothing is."""

    nomination: Nomination
    state: str
    saved_by: str
    saved_at: datetime | None


@dataclass(frozen=True)
class HandsLine:
    """A nomination as a city or a co-department finds it in its list: what it is to do there, and until when."""

    nomination: Nomination
    state: str
    tone: str
    url: str
    closes_at: datetime | None


@dataclass(frozen=True)
class RoundOverview:
    round: Round
    places: queries.Places
    used: int
    closes_at: datetime
    refused: Refused | None
    lines: Sequence[NominationLine]


def rounds_of(user: User, *, at: datetime) -> list[RoundOverview]:
    """Opened rounds in which the province has a quota or a nomination, the newest first."""
    province = str(user.division_id)
    quotas = queries.places_by_round(province)
    own = list(queries.nominations_visible_to(user).order_by("city_id", "pk"))
    rounds = queries.rounds_visible_to(user).filter(opened_at__isnull=False)
    return [
        _overview(
            round,
            [each for each in own if each.round_id == round.pk],
            province=province,
            places=quotas.get(round.pk, queries.Places()),
            at=at,
        )
        for round in rounds
        if (round.pk in quotas and quotas[round.pk].total) or any(each.round_id == round.pk for each in own)
    ]


def _overview(round: Round, own: Iterable[Nomination], *, province: str, places: queries.Places, at: datetime) -> RoundOverview:
    own = list(own)
    used = sum(1 for each in own if each.status != Status.WITHDRAWN)
    return RoundOverview(
        round=round,
        places=places,
        used=used,
        closes_at=deadline_of(round, DeadlineKind.NOMINATION, province),
        refused=nominations.why_not_start(round, province_id=province, nominated=used, places=places.total, at=at),
        lines=[_line(each, at=at) for each in ordering.in_order(round, own)],
    )


def lines_of(user: User, *, at: datetime) -> list[HandsLine]:
    """For a city and for a co-department, the newest round first."""
    visible = queries.nominations_visible_to(user).order_by("-round__code", "city_id", "pk")
    make = _line_of_city if user.role == Role.CITY else _line_of_department
    return [make(nomination, user, at=at) for nomination in visible]


def _line_of_city(nomination: Nomination, user: User, *, at: datetime) -> HandsLine:
    address = nomination.get_absolute_url()
    if not permissions.can_draft(user, nomination) or nominations.why_not_edit(nomination, at=at):
        return HandsLine(nomination, _("Nothing to do: you can read it"), "plain", address, None)
    correction = nomination.open_correction
    gaps = checklist.without_undertaking(nominations.gaps_of(nomination))
    state = _("%(count)s entries missing") % {"count": len(gaps)} if gaps else _("Complete, to be handed back")
    return HandsLine(nomination, state, "warn" if gaps else "info", address, correction.closes_at if correction else nomination.closes_at())


def _line_of_department(nomination: Nomination, user: User, *, at: datetime) -> HandsLine:
    line = signatures.line_of(nomination, user)
    if line is None:
        return HandsLine(nomination, _("No longer asked"), "plain", nomination.get_absolute_url(), None)
    address = reverse("applications:nomination_sign", args=[nomination.code])
    is_open = not signatures.why_not_ask(nomination, at=at)
    return HandsLine(nomination, str(line.state.label), TONE_OF_SIGNATURE[line.state], address, nomination.closes_at() if is_open else None)


def _line(nomination: Nomination, *, at: datetime) -> NominationLine:
    last = max(nomination.sections.values(), key=lambda saved: saved["at"], default=None)
    return NominationLine(
        nomination=nomination,
        state=_state(nomination, at=at),
        saved_by=last["by"] if last else "",
        saved_at=datetime.fromisoformat(last["at"]) if last else None,
    )


def _over(nomination: Nomination) -> str:
    """How it ended, where that needs a word beside the status."""
    if nomination.status == Status.DRAFT:
        return _("Lapsed: the deadline passed before it was submitted")
    if nomination.status == Status.RETURNED and (correction := nomination.unanswered_correction):
        return _("Correction not answered in time: version %(number)s stands") % {"number": correction.version.number}
    return nomination.rejected_because


def _state(nomination: Nomination, *, at: datetime) -> str:
    if nominations.why_not_edit(nomination, at=at):
        return _over(nomination)
    gaps = checklist.without_undertaking(nominations.gaps_of(nomination))
    if gaps:
        return _("%(count)s entries missing") % {"count": len(gaps)}
    refused = nominations.why_not_submit(nomination, at=at, undertaken=True)
    return str(refused) if refused else _("Complete, to be submitted")
