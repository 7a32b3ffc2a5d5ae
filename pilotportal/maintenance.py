"""Planned maintenance: a file in the data directory, so that it holds for all processes, and while the database is down.

`manage.py maintenance` writes and removes it. Until it is gone every request but those of the probes is answered with 503.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from pilotportal import clock
from pilotportal.middleware import Respond

FILE = "maintenance.json"
PROBES = ("/health/", "/ready/")
RETRY = 300  # seconds, where nobody said until when
SOONEST = 30


@dataclass(frozen=True)
class Maintenance:
    """What the operator said, in each language, and until when; both may be missing."""

    zh: str = ""
    en: str = ""
    until: datetime | None = None

    def retry_after(self, at: datetime) -> int:
        """Seconds after which it is worth to try again."""
        return max(SOONEST, round((self.until - at).total_seconds())) if self.until else RETRY


def announced() -> Maintenance | None:
    """None while the portal is open. A file that cannot be read still closes it: somebody wanted it closed."""
    try:
        body = json.loads(_file().read_text())
        until = datetime.fromisoformat(body["until"]) if body["until"] else None
        return Maintenance(body["zh"], body["en"], until)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Maintenance()


def begin(maintenance: Maintenance) -> None:
    until = maintenance.until.isoformat() if maintenance.until else None
    draft = _file().with_suffix(".draft")
    draft.write_text(json.dumps({"zh": maintenance.zh, "en": maintenance.en, "until": until}, ensure_ascii=False))
    draft.replace(_file())


def end() -> bool:
    """Whether there was any."""
    was = _file().exists()
    _file().unlink(missing_ok=True)
    return was


def hold(get_response: Respond) -> Respond:
    """Middleware, before the session: nothing below may be asked."""

    def respond(request: HttpRequest) -> HttpResponse:
        maintenance = None if request.path in PROBES else announced()
        return closed(maintenance) if maintenance else get_response(request)

    return respond


def closed(maintenance: Maintenance | None) -> HttpResponse:
    """The page in both languages, without a context; without a maintenance it says that a part does not answer."""
    page = render_to_string("503.html", {"maintenance": maintenance})
    response = HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(maintenance.retry_after(clock.now()) if maintenance else SOONEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def _file() -> Path:
    return Path(settings.DATA_DIR) / FILE
