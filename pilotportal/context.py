"""What every template may show: the portal's mode and its clock, and how long a session lasts without a request."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pilotportal import clock
from pilotportal.middleware import SESSION_RENEWED_EVERY


def portal(_request: HttpRequest) -> dict[str, Any]:
    idle = settings.SESSION_COOKIE_AGE
    session = {"session_minutes": idle // 60, "session_seconds": idle - SESSION_RENEWED_EVERY}  # it may have been renewed that much earlier
    return {"demonstration": settings.DEMONSTRATION, "now": clock.now(), **session}
