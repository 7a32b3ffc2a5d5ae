"""What the views of forms have in common."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from pilotportal.accounts.requests import SignedInRequest

UNPROCESSABLE = 422


def posted(request: SignedInRequest) -> QueryDict | None:
    """What was sent, be it empty; nothing where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def answer(request: SignedInRequest, template: str, context: dict[str, Any], *, refused: bool) -> HttpResponse:
    """The page; with the status of a refusal where something that was sent could not be taken."""
    return render(request, template, context, status=UNPROCESSABLE if refused else 200)
