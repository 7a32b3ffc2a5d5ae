"""The demonstration: a round stopped in the middle, and one account for every role that can sign in to it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.models import Count, Q

from applications.models import Invitation
from pilotportal import clock
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.audit.models import Event
from pilotportal.celery import app
from pilotportal.rehearsal import programme
from pilotportal.rehearsal.lineup import HEBEI
from pilotportal.rehearsal.play import Play
from pilotportal.rehearsal.programme import Standstill
from pilotportal.rehearsal.size import Size
from pilotportal.rehearsal.stages import opening
from pilotportal.rehearsal.stages.piloting import TANGSHAN
from pilotportal.trial.installation import write_secret
from review.enums import SheetStatus
from review.rules import OPEN_SHEET

LOADED = "demonstration.loaded"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without l, i, o, 0, 1
GROUPS, LETTERS = 3, 4


def loaded_stage() -> str:
    """The stage that was loaded here, or nothing."""
    return next((event.data["stage"] for event in Event.objects.filter(kind=LOADED)), "")


def load(standstill: Standstill, *, size: Size | None = None) -> None:
    """Play until the standstill without a worker, open the accounts, and let the clock run on from there."""
    with _without_worker():
        play = opening.prepare(size=size or Size(), seed=programme.SEED)
        play.until = standstill.at
        for stage in programme.SHOWN:
            if not play.perform(stage):
                break
    _open_accounts(_shown(play))
    audit.record(LOADED, at=standstill.at, round_code=play.round.code, stage=standstill.name)
    clock.set_simulated(standstill.at, running=True)


@contextmanager
def _without_worker() -> Iterator[None]:
    """Tasks are worked off where they are queued, since no worker has been started yet."""
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    try:
        yield
    finally:
        app.conf.task_always_eager = app.conf.task_eager_propagates = False


def _shown(play: Play) -> list[User]:
    """One for every role, and a second of the ministry, who releases what the first proposes."""
    cast = play.cast
    return [
        cast.handlers[HEBEI],
        cast.approvers[HEBEI],
        *cast.co_departments[HEBEI].values(),
        cast.cities[TANGSHAN],
        *_drafting(play),
        _expert(),
        cast.staff,
        cast.second,
        cast.partner,
        cast.supervisor,
        *cast.administrators,
    ]


def _drafting(play: Play) -> list[User]:
    """The cities of 河北 that are invited to draft just now."""
    invited = Invitation.objects.filter(ended_at__isnull=True, nomination__province=HEBEI).values_list("nomination__city", flat=True)
    return [play.cast.cities[city] for city in invited if city != TANGSHAN]


def _expert() -> User:
    """The one with most to do who has also done something; before the draw, the first of the pool."""
    sheets = Count("expert__sheets", filter=Q(expert__sheets__status__in=OPEN_SHEET))
    done = Count("expert__sheets", filter=Q(expert__sheets__status=SheetStatus.SUBMITTED))
    experts = User.objects.filter(expert__isnull=False).annotate(to_do=sheets, done=done)
    busy = experts.filter(to_do__gt=0, done__gt=0).order_by("-to_do", "username").first()
    return busy or experts.order_by("-done", "username")[0]


def _open_accounts(users: list[User]) -> None:
    """Generated passwords, kept in a file that only the owner of the data folder can read."""
    lines = []
    for user in users:
        password = _password()
        user.set_password(password)
        user.save(update_fields=["password"])
        lines.append(f"{user.role}\t{user.username}\t{password}\t{user.name}")
    write_secret(settings.DATA_DIR / "accounts.txt", "".join(f"{line}\n" for line in lines))


def _password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
