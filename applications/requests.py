"""The round that a request is about: the one that the address names, else the one chosen last in this session, else the latest."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language

from applications.models import Round
from applications.queries import rounds_visible_to
from pilotportal.accounts.requests import SignedInRequest

CHOSEN = "round"  # the name in the address and in the session


@dataclass(frozen=True)
class Known:
    """A round that the person may see, as it came with them."""

    code: str
    title: str
    opened: bool


def known_rounds(request: HttpRequest) -> list[Known]:
    """The last opened first, at the end those in preparation; no query."""
    records: list[dict[str, Any]] = getattr(getattr(request, "user", None), "known_rounds", [])
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return [Known(record["code"], record[language], record["opened_at"] is not None) for record in records]


def chosen_code(request: HttpRequest) -> str:
    """Of an opened round; empty where there is none. What the address names is kept for the session. No query."""
    codes = [known.code for known in known_rounds(request) if known.opened]
    asked = request.GET.get(CHOSEN, "")
    if asked in codes:
        remember(request, asked)
        return asked
    kept = request.session.get(CHOSEN, "")
    return kept if kept in codes else next(iter(codes), "")


def remember(request: HttpRequest, code: str) -> None:
    """Written only when it is another, so that pages that are read write nothing."""
    if request.session.get(CHOSEN) != code:
        request.session[CHOSEN] = code


def code_of_list(request: HttpRequest) -> str:
    """The same for a list of one round: 404 where the address names one that is not open to the person."""
    code = chosen_code(request)
    if request.GET.get(CHOSEN, code) not in {code, ""}:
        raise Http404
    return code


def chosen_round(request: SignedInRequest) -> Round | None:
    """None where no round has been opened. 404 as above."""
    code = code_of_list(request)
    return get_object_or_404(rounds_visible_to(request.user).filter(opened_at__isnull=False), code=code) if code else None
