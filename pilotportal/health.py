"""Is the portal alive, and can it work? For load balancers, the trial's start and whoever is on duty.

The tick is how beat and the workers show that they run: beat publishes `pilotportal.tick` every 15 s, a worker runs it, and each leaves
the time in Redis. These times are the machine's own, since a demonstration's simulated clock may stand still or leap.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = structlog.get_logger(__name__)

BEAT_SILENT_FOR = 60  # seconds without a tick, after which beat counts as stopped: four ticks
WORKER_SILENT_FOR = 180  # a worker may be busy with one long document


class Unfit(Exception):
    """A part of the portal does not do its work."""


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is touched."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Every part by name; 503 as soon as one of them fails."""
    parts = {name: _outcome(name, check) for name, check in CHECKS.items()}
    fit = all(part["ok"] for part in parts.values())
    return JsonResponse({"ready": fit, "parts": parts}, status=200 if fit else 503)


def note_tick(who: str) -> None:
    """`who` is "beat" or "worker"."""
    caches["queue"].set(f"tick:{who}", time.time(), timeout=None)


def _outcome(name: str, check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"ok": True, **check()}
    except Unfit as unfit:
        reason = str(unfit)
    except Exception as fault:  # noqa: BLE001 - whatever the part raises, the others are still asked
        reason = type(fault).__name__  # its words may hold addresses; they go to the log
        log.warning("part not ready", part=name, fault=repr(fault))
    return {"ok": False, "reason": reason}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def _queue() -> dict[str, Any]:
    """Redis answers, and a worker has worked off a tick."""
    return _heard("worker", silent_for=WORKER_SILENT_FOR)


def _storage() -> dict[str, Any]:
    name = default_storage.save(f"ready/{uuid4().hex}", ContentFile(b"ready"))
    default_storage.delete(name)
    return {}


def _beat() -> dict[str, Any]:
    return _heard("beat", silent_for=BEAT_SILENT_FOR)


def _heard(who: str, *, silent_for: int) -> dict[str, Any]:
    ticked_at = caches["queue"].get(f"tick:{who}")
    if ticked_at is None:
        raise Unfit(f"no tick of the {who} yet")
    age = round(time.time() - ticked_at)
    if age > silent_for:
        raise Unfit(f"last tick of the {who} {age} s ago")
    return {"age": age}


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {"database": _database, "queue": _queue, "storage": _storage, "beat": _beat}
