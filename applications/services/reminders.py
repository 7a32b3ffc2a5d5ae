"""Reminders before each deadline to those from whom something is still missing: in the portal and by mail, each once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications import queries, rules
from applications.enums import DeadlineKind, Status
from applications.models import Correction, Nomination, Pilot, Round
from pilotportal.accounts.enums import PROVINCE_ROLES, Role
from pilotportal.accounts.models import User
from pilotportal.moments import lazy_until
from pilotportal.notices import services as notices
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from pilotportal.notices.services import Facts


@dataclass(frozen=True)
class Owed:
    """What somebody still has to hand in, until when, and since when they have known of it."""

    party: str
    to: Sequence[User]
    what: "str | Promise"
    closes_at: datetime
    since: datetime
    url: str
    facts: Facts = field(default_factory=dict)


Find = Callable[[Round, datetime], Iterable[Owed]]
"""What is owed in a round at a kind of deadline that closes after the given instant."""

FINDERS: dict[DeadlineKind, Find] = {}
"""By kind of deadline; an upper room registers its own as it starts."""


def remind(*, at: datetime) -> int:
    """Send what is due and has not been sent. Safe to run twice, late, or from two workers. Returns how many reminders were written."""
    return sum(_send(key, owed, at=at) for round in _near(at) for key, owed in _due(round, at=at))


def _near(at: datetime) -> Iterator[Round]:
    """Rounds with a deadline ahead that is nearer than the first reminder; most runs find none."""
    for round in queries.rounds().filter(opened_at__lte=at).defer("form"):
        horizon = at + timedelta(days=max(round.reminder_days, default=0))
        instants = {deadline.original for deadline in round.deadlines.all()}
        instants |= {move.instant for deadline in round.deadlines.all() for move in deadline.amendments.all()}
        corrections = Correction.objects.filter(nomination__round=round, closes_at__gt=at, closes_at__lte=horizon)
        if any(at < instant <= horizon for instant in instants) or corrections.exists():
            yield round


def _due(round: Round, *, at: datetime) -> list[tuple[str, Owed]]:
    due = {}
    for kind, find in FINDERS.items():
        for owed in find(round, at):
            distance = rules.nearest_reminder(days=round.reminder_days, since=owed.since, closes_at=owed.closes_at, at=at)
            if owed.to and distance is not None:
                due[f"reminder:{round.pk}:{kind}:{owed.party}:{owed.closes_at.astimezone(UTC).isoformat()}:{distance}"] = owed
    sent = set(Notice.objects.filter(key__in=due).values_list("key", flat=True))
    return [(key, owed) for key, owed in due.items() if key not in sent]


@transaction.atomic
def _send(key: str, owed: Owed, *, at: datetime) -> int:
    return notices.notify(
        to=owed.to,
        key=key,
        subject=_("Not handed in yet: %(what)s"),
        body=_("It is due until %(closes_at)s (Beijing time). What counts is when it arrives at the portal."),
        about={"what": owed.what, "closes_at": lazy_until(owed.closes_at)},
        facts=owed.facts,
        url=owed.url,
        kind=Kind.REMINDER,
        at=at,
    )


def of_nominations(round: Round, at: datetime) -> Iterator[Owed]:
    """To the officials of a province with drafts, or with places of its quota left."""
    deadline = next(deadline for deadline in round.deadlines.all() if deadline.kind == DeadlineKind.NOMINATION)
    places = queries.places_by_province(round)
    used, drafts = _used(round), _drafts(round)
    officials = queries.people_of(places, roles=PROVINCE_ROLES)
    for province in queries.provincial_units().filter(pk__in=places):
        own, unused = drafts.get(province.pk, []), places[province.pk] - used.get(province.pk, 0)
        if deadline.closes_at(province.pk) > at and (own or unused > 0):
            yield Owed(
                party=province.pk,
                to=officials.get(province.pk, []),
                what=format_lazy(_("nominations of {province}"), province=province.name),
                closes_at=deadline.closes_at(province.pk),
                since=deadline.in_force_since(province.pk),
                url=reverse("applications:nominations"),
                facts={_("Drafts not handed in"): "、".join(own) or "–", _("Places of the quota not used"): max(unused, 0)},
            )


def of_corrections(round: Round, at: datetime) -> list[Owed]:
    returned = Nomination.objects.filter(round=round, status=Status.RETURNED).select_related("city").prefetch_related("corrections")
    nominations = [one for one in returned if one.open_correction and one.open_correction.closes_at > at]
    officials = queries.people_of({nomination.province_id for nomination in nominations}, roles=PROVINCE_ROLES)
    return [
        Owed(
            party=f"{nomination.code}:{correction.pk}",
            to=officials.get(nomination.province_id, []),
            what=format_lazy(_("correction of {city}"), city=nomination.city.name),
            closes_at=correction.closes_at,
            since=correction.returned_at,
            url=nomination.get_absolute_url(),
        )
        for nomination in nominations
        if (correction := nomination.open_correction)
    ]


def of_plans(round: Round, at: datetime) -> list[Owed]:
    return _of_pilots(round, DeadlineKind.PLAN, [pilot for pilot in queries.pilots_of(round) if not pilot.plan_handed_in_at], at=at)


def of_summaries(round: Round, at: datetime) -> list[Owed]:
    return _of_pilots(round, DeadlineKind.SUMMARY, [pilot for pilot in queries.pilots_of(round) if not pilot.summary_handed_in_at], at=at)


def _of_pilots(round: Round, kind: DeadlineKind, pilots: Iterable[Pilot], *, at: datetime) -> list[Owed]:
    """To the city and to its province."""
    deadline = next(deadline for deadline in round.deadlines.all() if deadline.kind == kind)
    missing = [pilot for pilot in pilots if deadline.closes_at(pilot.nomination.province_id) > at]
    officials = queries.people_of({pilot.nomination.province_id for pilot in missing}, roles=PROVINCE_ROLES)
    bureaus = queries.people_of({pilot.nomination.city_id for pilot in missing}, roles=[Role.CITY])
    return [
        Owed(
            party=pilot.code,
            to=bureaus.get(pilot.nomination.city_id, []) + officials.get(pilot.nomination.province_id, []),
            what=format_lazy("{city}，{kind}", city=pilot.nomination.city.name, kind=kind.label),
            closes_at=deadline.closes_at(pilot.nomination.province_id),
            since=max(pilot.selected_at, deadline.in_force_since(pilot.nomination.province_id)),
            url=pilot.get_absolute_url(),
        )
        for pilot in missing
    ]


def _used(round: Round) -> dict[str, int]:
    standing = Nomination.objects.filter(round=round).exclude(status=Status.WITHDRAWN).values_list("province_id", flat=True)
    used: dict[str, int] = {}
    for province in standing:
        used[province] = used.get(province, 0) + 1
    return used


def _drafts(round: Round) -> dict[str, list[str]]:
    drafts: dict[str, list[str]] = {}
    for province, city in (
        Nomination.objects.filter(round=round, status=Status.DRAFT).order_by("city").values_list("province_id", "city__name")
    ):
        drafts.setdefault(province, []).append(city)
    return drafts


FINDERS |= {
    DeadlineKind.NOMINATION: of_nominations,
    DeadlineKind.CORRECTION: of_corrections,
    DeadlineKind.PLAN: of_plans,
    DeadlineKind.SUMMARY: of_summaries,
}
