"""What every request carries: the instant of its arrival, and the context of its log lines."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import unquote
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.urls import reverse

from pilotportal import clock

SESSION_RENEWED_EVERY = 60  # seconds
NULL = "\x00"
Respond = Callable[[HttpRequest], HttpResponse]


def arrival(get_response: Respond) -> Respond:
    """Sets `request.received_at`: the moment that counts for every deadline.

    Behind the portal's proxy it is the proxy's stamp (seconds since 1970 with milliseconds, header `ARRIVAL_HEADER`), which the
    proxy overwrites, so that waiting for a busy worker costs nobody the deadline. Without a proxy it is the entry here.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        request.received_at = _stamped(request) or clock.now()  # type: ignore[attr-defined]
        return get_response(request)

    return respond


def _stamped(request: HttpRequest) -> datetime | None:
    stamp = request.headers.get(settings.ARRIVAL_HEADER, "") if settings.ARRIVAL_HEADER and not clock.simulated() else ""
    try:
        return datetime.fromtimestamp(float(stamp), UTC) if stamp else None
    except (ValueError, OverflowError, OSError):
        return None


class CompressPages(GZipMiddleware):
    """Pages travel compressed also where no proxy does it; files go as they are stored, with their length. ADR 5 says why it is safe."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


def refuse_null_character(get_response: Respond) -> Respond:
    """No address of ours holds a NUL, and PostgreSQL takes none in any text: a question with one is answered before it gets there."""

    def respond(request: HttpRequest) -> HttpResponse:
        if NULL in request.path or NULL in unquote(request.META.get("QUERY_STRING", "")):
            raise BadRequest("a NUL character in the address")
        return get_response(request)

    return respond


def renew_session(get_response: Respond) -> Respond:
    """A session ends when idle. It is written once a minute of use, not with every request, which would write a row for every page."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.session_key and time.time() - request.session.get("used_at", 0) >= SESSION_RENEWED_EVERY:
            request.session["used_at"] = int(time.time())
        return response

    return respond


def ask_for_own_password(get_response: Respond) -> Respond:
    """Whoever signed in with a password that an administrator gave replaces it before anything else."""

    def respond(request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "must_change_password", False) and not request.path.startswith(_allowed_before()):
            return redirect("account_change_password")
        return get_response(request)

    return respond


def _allowed_before() -> tuple[str, ...]:
    names = ("account_change_password", "account_logout", "set_language", "accessibility", "help", "health", "ready")
    return tuple(reverse(name) for name in names)


def log_context(get_response: Respond) -> Respond:
    def respond(request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=uuid4().hex[:12], path=request.path, user=getattr(request.user, "pk", None))
        return get_response(request)

    return respond
