"""Complete drafts, each with an approving official who is signed in."""

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.db import connection

from applications.enums import AttachmentKind
from applications.models import Nomination
from applications.services import nominations
from pilotportal import clock
from pilotportal.accounts.enums import Kind, Role
from pilotportal.accounts.models import Division, User
from tests import factories

PLACES = 20  # the most that a province can have


@dataclass(frozen=True)
class Draft:
    code: str
    session: str


def build(number: int) -> list[Draft]:
    clock.set_simulated(factories.IN_TIME, running=False)
    cities = _cities(number)
    places = {code: 1 if code in {"110000", "120000", "310000", "500000"} else PLACES for code in {city.province_id for city in cities}}
    round = factories.opened_round(quotas=places)
    handlers = {province: _official(Role.PROVINCE_HANDLER, province, f"handler{province}") for province in places}
    content = factories.complete_content(round.definition)
    drafts = []
    for city in cities:
        nomination = factories.draft(round, city=city.pk, by=handlers[city.province_id])
        nomination.content = content
        nomination.save(update_fields=["content"])
        _attach_letter(nomination, handlers[city.province_id])
        approver = _official(Role.PROVINCE_APPROVER, city.province_id, f"approver{city.pk}")
        drafts.append(Draft(nomination.code, _signed_in(approver)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return drafts


def _cities(number: int) -> list[Division]:
    """In turn from every province, so that all of them hand in until the end."""
    by_province: dict[str, list[Division]] = {}
    for city in Division.objects.filter(level__in=["prefecture_city", "municipality"]).order_by("code"):
        if len(own := by_province.setdefault(city.province_id, [])) < PLACES:
            own.append(city)
    found = [own[turn] for turn in range(PLACES) for own in by_province.values() if turn < len(own)]
    if number > len(found):
        raise SystemExit(f"At most {len(found)} cities can be nominated at once.")
    return found[:number]


def _official(role: Role, province: str, username: str) -> User:
    organisation = factories.organisation(Kind.PROVINCE, province)
    return User.objects.create(username=username, name=username, role=role, organisation=organisation, password=make_password(None))


def _attach_letter(nomination: Nomination, by: User) -> None:
    file = factories.stored_pdf(nomination.code)
    at = factories.IN_TIME + timedelta(minutes=1)
    nominations.attach(nomination_id=nomination.pk, kind=AttachmentKind.LETTER, file=file, name="推荐函.pdf", by=by, at=at)


def _signed_in(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
