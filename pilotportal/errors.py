"""What people read when a request cannot be answered: what happened, what it means, what to do."""

from http import HTTPStatus

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from pilotportal.middleware import Respond


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
    """In both languages and without a context: whatever failed, neither database, session nor language may be needed here."""
    incident = structlog.contextvars.get_contextvars().get("request", "")
    return HttpResponse(render_to_string("500.html", {"incident": incident}), status=HTTPStatus.INTERNAL_SERVER_ERROR)
