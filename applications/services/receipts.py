"""Receipts for the one who acted, in the transaction of the act."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.enums import Act
from applications.models import Letter, Nomination, Pilot
from pilotportal.accounts.models import User
from pilotportal.notices import services as notices
from pilotportal.notices.services import Facts, Words


def of_nomination(nomination: Nomination, *, act: Act, digest: str, facts: Facts | None = None, by: User, at: datetime) -> None:
    given = {_("City"): nomination.city.full_name, _("Round"): nomination.round, _("Code"): nomination.code, **(facts or {})}
    notices.give_receipt(to=by, act=act, target=nomination, facts=given, digest=digest, at=at)


def of_pilot(pilot: Pilot, *, act: Act, digest: str, facts: Facts | None = None, by: User, at: datetime) -> None:
    nomination = pilot.nomination
    given = {_("City"): nomination.city.full_name, _("Round"): nomination.round, _("Code"): pilot.code, **(facts or {})}
    notices.give_receipt(to=by, act=act, target=pilot, facts=given, digest=digest, at=at)


def of_letter(letter: Letter, *, act: Act, cities: str, matched: Words, by: User, at: datetime) -> None:
    given: dict[Any, object] = {
        _("Document number"): letter.document_number,
        _("City"): cities,
        _("Code"): letter.code,
        _("Letter recognised by"): matched,
    }
    notices.give_receipt(to=by, act=act, target=letter, facts=given, digest=letter.digest, at=at)
