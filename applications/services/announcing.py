"""Word of a deadline: that it moved, that something was returned under one of its own, who is in the sealed list. Each once, by its key."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications import queries
from applications.enums import DeadlineKind, Status
from applications.models import Amendment, Closing, Correction, Nomination, Pilot, Round
from pilotportal.accounts.enums import PROVINCE_ROLES, Role
from pilotportal.accounts.models import Division, User
from pilotportal.moments import lazy_until
from pilotportal.notices import services as notices
from pilotportal.notices.enums import Kind
from pilotportal.notices.services import Facts, Words

PASSED = _("The deadline of %(closes_at)s (Beijing time) has passed, and the list of what was in has been sealed.")
IN_IT = _("It stands in the list. The digest is that of the whole list.")
STILL_TAKEN = _("It is not in the list. It is still taken, and shown as late.")
STANDS = _("The correction is not in the list: version %(version)s stands as it was handed in.")
MISSING = _("Not handed in: %(drafts)s drafts. Places of the quota not used: %(unused)s. Drafts can be read and no longer be handed in.")


def of_amendment(amendment: Amendment, concerned: Iterable[User], at: datetime) -> None:
    """To those for whom the new instant holds."""
    notices.notify(
        to=concerned,
        key=f"amendment:{amendment.pk}",
        subject=_("Deadline moved: %(kind)s"),
        body=_("It is due until %(closes_at)s (Beijing time). What counts is when it arrives at the portal."),
        about={"kind": DeadlineKind(amendment.deadline.kind).label, "closes_at": lazy_until(amendment.instant)},
        facts={
            _("Round"): amendment.deadline.round,
            _("Original deadline"): lazy_until(amendment.deadline.original),
            _("Reason"): amendment.reason,
            _("Document number"): amendment.document_number,
        },
        at=at,
    )


def of_return(correction: Correction, at: datetime) -> None:
    """To the officials of the province, who are to correct."""
    nomination = correction.nomination
    notices.notify(
        to=queries.people_of([nomination.province_id], roles=PROVINCE_ROLES).get(nomination.province_id, []),
        key=f"correction:{correction.pk}",
        subject=_("Returned for correction: %(city)s"),
        body=_("The named entries can be corrected until %(closes_at)s (Beijing time). After that version %(version)s stands."),
        about={"city": nomination.city.name, "closes_at": lazy_until(correction.closes_at), "version": correction.version.number},
        facts={_("Entries to correct"): len(correction.fields)},
        url=nomination.get_absolute_url(),
        at=at,
    )


def nominating(round: Round, provinces: Collection[str]) -> list[User]:
    """The officials of the provinces that have places."""
    places = queries.places_by_province(round)
    people = queries.people_of([code for code in provinces if places.get(code)], roles=PROVINCE_ROLES)
    return [person for officials in people.values() for person in officials]


def piloting(round: Round, provinces: Collection[str]) -> list[User]:
    """The chosen cities and the officials of their provinces."""
    pilots = [pilot.nomination for pilot in queries.pilots_of(round) if pilot.nomination.province_id in provinces]
    people = queries.people_of({one.city_id for one in pilots}, roles=[Role.CITY])
    people |= queries.people_of({one.province_id for one in pilots}, roles=PROVINCE_ROLES)
    return [person for officials in people.values() for person in officials]


def of_nominations(closing: Closing, at: datetime) -> None:
    nominations = list(
        Nomination.objects.filter(round=closing.round, province__in=closing.provinces)
        .select_related("city")
        .only("code", "status", "province", "city")
    )
    entries = {entry["nomination"]: entry for entry in closing.entries}
    places, officials = queries.places_by_province(closing.round), queries.people_of(closing.provinces, roles=PROVINCE_ROLES)
    provinces = {unit.pk: unit for unit in queries.provincial_units().filter(pk__in=closing.provinces)}
    for code, province in provinces.items():
        own = [nomination for nomination in nominations if nomination.province_id == code and nomination.status != Status.WITHDRAWN]
        inside = {nomination.city.name: entries[nomination.code] for nomination in own if nomination.code in entries}
        drafts = [nomination.city.name for nomination in own if nomination.code not in entries]
        _tell_nominated(closing, province, officials.get(code, []), inside, at=at)
        _tell_missing(closing, province, officials.get(code, []), drafts, places.get(code, 0) - len(own), at=at)
    silent = [unit for code, unit in provinces.items() if places.get(code) and not _any_of(code, nominations, entries)]
    tell_staff(closing, handed_in=len(closing.entries), missing=[unit.name for unit in silent], at=at)


def of_pilots(closing: Closing, at: datetime) -> None:
    pilots = Pilot.objects.filter(nomination__round=closing.round).select_related("nomination__city").defer("nomination__content")
    found = {pilot.code: pilot for pilot in pilots}
    _tell_each(
        closing,
        [(found[entry["pilot"]], found[entry["pilot"]].nomination, entry) for entry in closing.entries],
        missing=STILL_TAKEN,
        cities=True,
        at=at,
    )


def of_corrections(closing: Closing, at: datetime) -> None:
    codes = [entry["nomination"] for entry in closing.entries]
    found = {nomination.code: nomination for nomination in Nomination.objects.filter(code__in=codes).select_related("city")}
    targets = [(found[entry["nomination"]], found[entry["nomination"]], entry) for entry in closing.entries]
    _tell_each(closing, targets, missing=STANDS, cities=False, at=at)


def tell_staff(closing: Closing, *, handed_in: int, missing: Iterable[str], at: datetime) -> None:
    names = "、".join(missing) or "–"
    _tell(
        closing,
        "staff",
        queries.staff(),
        Kind.NOTICE,
        subject=_("Closed: %(kind)s, %(closes_at)s"),
        body=PASSED,
        facts={_("Round"): closing.round, _("In the list"): handed_in, _("Missing"): names},
        url=f"{reverse('applications:deadlines', args=[closing.round.code])}#{closing.kind}",
        at=at,
    )


def tell_party(
    closing: Closing,
    party: str,
    people: Iterable[User],
    *,
    handed_in: bool,
    what: Words,
    missing: Words,
    url: str,
    at: datetime,
    **about: Any,
) -> None:
    """One of those that the list is about: the receipt, or what follows from missing the deadline."""
    subject = _("In the sealed list: %(what)s") if handed_in else _("Not in at the deadline: %(what)s")
    body = format_lazy("{} {}", PASSED, IN_IT if handed_in else missing)
    kind = Kind.RECEIPT if handed_in else Kind.NOTICE
    _tell(closing, party, people, kind, subject=subject, body=body, url=url, at=at, what=what, **about)


def _tell_nominated(closing: Closing, province: Division, to: list[User], inside: Mapping[str, Mapping[str, Any]], *, at: datetime) -> None:
    if inside:
        words = _("Version {version}, {digest}")
        facts: dict[Any, object] = {city: format_lazy(words, **_of_version(entry)) for city, entry in inside.items()}
        party, what = f"{province.pk}:in", format_lazy(_("nominations of {province}"), province=province.name)
        url = reverse("applications:nominations")
        tell_party(closing, party, to, handed_in=True, what=what, missing="", facts=facts, url=url, at=at)


def _tell_missing(closing: Closing, province: Division, to: list[User], drafts: list[str], unused: int, *, at: datetime) -> None:
    if not (drafts or unused > 0):
        return
    facts: dict[Any, object] = {_("Drafts"): "、".join(drafts)} if drafts else {}
    about = {"drafts": len(drafts), "unused": max(unused, 0), "facts": facts}
    party, what = f"{province.pk}:missing", format_lazy(_("nominations of {province}"), province=province.name)
    tell_party(closing, party, to, handed_in=False, what=what, missing=MISSING, url=reverse("applications:nominations"), at=at, **about)


def _tell_each(
    closing: Closing,
    targets: Sequence[tuple[Pilot | Nomination, Nomination, dict[str, Any]]],
    *,
    missing: Words,
    cities: bool,
    at: datetime,
) -> None:
    officials = queries.people_of(closing.provinces, roles=PROVINCE_ROLES)
    bureaus = queries.people_of([nomination.city_id for _target, nomination, _entry in targets], roles=[Role.CITY]) if cities else {}
    for target, nomination, entry in targets:
        to = officials.get(nomination.province_id, []) + bureaus.get(nomination.city_id, [])
        what = format_lazy("{}，{}", nomination.city.name, DeadlineKind(closing.kind).label)
        about = {"handed_in": entry["handed_in"], "version": entry.get("version", "")}
        tell_party(closing, target.code, to, what=what, missing=missing, url=target.get_absolute_url(), at=at, **about)
    out = [nomination.city.name for _target, nomination, entry in targets if not entry["handed_in"]]
    tell_staff(closing, handed_in=len(targets) - len(out), missing=out, at=at)


def _tell(closing: Closing, party: str, to: Iterable[User], kind: Kind, *, facts: Facts | None = None, **given: Any) -> None:
    about = {"kind": DeadlineKind(closing.kind).label, "closes_at": lazy_until(closing.closes_at)}
    subject, body, url, at = (given.pop(name) for name in ("subject", "body", "url", "at"))
    notices.notify(
        to=to,
        key=f"closing:{closing.pk}:{party}",
        subject=subject,
        body=body,
        about=about | given,
        facts=facts,
        url=url,
        kind=kind,
        digest=closing.digest,
        at=at,
    )


def _of_version(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": entry["version"], "digest": entry["digest"]}


def _any_of(province: str, nominations: list[Nomination], entries: Mapping[str, object]) -> bool:
    return any(nomination.province_id == province and nomination.code in entries for nomination in nominations)
