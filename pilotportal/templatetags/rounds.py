"""The round that a page is about, in the head of the page: `{% load rounds %}`."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse

from applications import requests
from applications.models import Nomination, Round
from pilotportal import navigation

register = template.Library()

BY_CODE = {
    "applications:deadlines",
    "applications:round",
    "applications:round_form",
}  # the round stands in the path; also one in preparation


def code_on(context: dict[str, Any]) -> str:
    """The round that a page shows, or that of its nomination; empty where it shows none."""
    about, nomination = context.get("round"), context.get("nomination")
    if isinstance(about, Round):
        return about.code
    return nomination.round.code if isinstance(nomination, Nomination) else ""


@register.inclusion_tag("components/round_switcher.html", takes_context=True)
def round_switcher(context: dict[str, Any]) -> dict[str, Any]:
    """The rounds that the person may see, each with the address at which this page, or the list above it, is about that round."""
    request: HttpRequest | None = context.get("request")
    known = requests.known_rounds(request) if request else []
    if request is None or len(known) < 2:  # noqa: PLR2004 - nothing to choose from
        return {"rounds": []}
    view = request.resolver_match.view_name if request.resolver_match else ""
    current = code_on(context) or requests.chosen_code(request)
    return {
        "current": next((each for each in known if each.code == current), known[0]),
        "rounds": [(each, _address(request, view, each.code)) for each in known if each.opened or view in BY_CODE],
    }


def _address(request: HttpRequest, view: str, code: str) -> str:
    if view in BY_CODE:
        return reverse(view, args=[code])
    sections = navigation.links_for(request.user.role, path=request.path, view_name=view)  # type: ignore[union-attr]
    above = next((page.url for section in sections for page in section.links if page.current and page.of_round), reverse("home"))
    return f"{above}?{requests.CHOSEN}={code}"
