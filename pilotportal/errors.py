"""What people read when a request cannot be answered: what happened, what it means, what to do."""

import sys
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import structlog
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from pilotportal import maintenance
from pilotportal.middleware import Respond

log = structlog.get_logger(__name__)

AUTOSAVE = "X-Autosave"  # a page that saves itself reads an answer in words, not a page


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django calls this also for a body that is too large, which deserves its own words."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


@requires_csrf_token
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """For allauth, when somebody tries to sign in too often."""
    return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)


@requires_csrf_token
def conflict(request: HttpRequest) -> HttpResponse:
    """Somebody else saved the same thing in the meantime, and the entries cannot be shown beside each other."""
    return render(request, "409.html", status=HTTPStatus.CONFLICT)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Somebody signed in again since the page was opened. What was typed there comes back, unless another site's page sent it."""
    log.warning("request without the token of its page", reason=reason)
    if AUTOSAVE in request.headers:
        return JsonResponse({"state": "signed_out"}, status=HTTPStatus.UNAUTHORIZED)
    if not _from_our_page(request):
        return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)
    return _given_back(request, status=HTTPStatus.FORBIDDEN)


def give_back_what_was_typed(get_response: Respond) -> Respond:
    """Middleware: who was signed out while writing, and then sends the form, gets his text back and the way to the sign-in beside it."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and not request.user.is_authenticated and _led_away(request, response) and _typed(request):
            return _given_back(request, status=HTTPStatus.UNAUTHORIZED)
        return response

    return respond


def _led_away(request: HttpRequest, response: HttpResponse) -> bool:
    """To the sign-in, and from there back to the same address; the switch of the language on the page of the sign-in leads elsewhere."""
    if response.status_code != HTTPStatus.FOUND:
        return False
    to = urlsplit(response.headers["Location"])
    return to.path == resolve_url(settings.LOGIN_URL) and parse_qs(to.query).get(REDIRECT_FIELD_NAME) == [request.get_full_path()]


def _from_our_page(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return origin == own or (not origin and request.headers.get("Referer", "").startswith(f"{own}/"))


def _given_back(request: HttpRequest, *, status: HTTPStatus) -> HttpResponse:
    facts = {"typed": _typed(request), "had_files": bool(request.FILES), "signed_in": request.user.is_authenticated}
    return render(request, "given_back.html", facts, status=status)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """All that was sent but passwords and the token."""
    names = [name for name in request.POST if name != "csrfmiddlewaretoken" and "password" not in name]
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def explain_refused_method(get_response: Respond) -> Respond:
    """Middleware: an address that takes only what a form sends is met with GET after a new sign-in, or when somebody pastes it."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    return respond


def server_error(_request: HttpRequest) -> HttpResponse:
    """In both languages and without a context: whatever failed, neither database, session nor language may be needed here.

    Where the database does not answer, the page says so, and when to try again.
    """
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return maintenance.closed(None)
    incident = structlog.contextvars.get_contextvars().get("request", "")
    return HttpResponse(render_to_string("500.html", {"incident": incident}), status=HTTPStatus.INTERNAL_SERVER_ERROR)
