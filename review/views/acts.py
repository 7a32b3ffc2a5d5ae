"""What the pages of the review share: the round they are about, and one act with its answer."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from applications.models import Round
from applications.permissions import round_for
from applications.queries import rounds_visible_to
from applications.rules import Refused
from pilotportal.accounts.requests import SignedInRequest


def chosen_round(request: SignedInRequest) -> Round | None:
    """The opened round that `?round=` names, else the latest; none where no round has been opened."""
    if code := request.GET.get("round", ""):
        return round_for(request.user, code)
    return rounds_visible_to(request.user).filter(opened_at__isnull=False).order_by("-opened_at").first()


def answer(request: SignedInRequest, act: Callable[[], object], *, done: str, to: str) -> HttpResponse:
    """Do it; say that it is done, or why not; go to the page `to`, an address."""
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect(to)
