"""What a nomination may begin with: entries of earlier ones, looked through before they are taken over."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_http_methods

from applications import content, permissions
from applications.definition import GroupDefinition
from applications.forms.layout import shown
from applications.rules import Refused
from applications.services import nominations, taking_over
from pilotportal.accounts.requests import SignedInRequest

DATED = {"year", "integer", "decimal"}


@dataclass(frozen=True)
class Line:
    """An entry that is offered. `dated` says that it is a figure or a year, which the new round asks anew."""

    code: str
    shown: content.ShownField | content.ShownGroup
    source: str
    dated: bool


@dataclass(frozen=True)
class Part:
    label: str
    lines: Sequence[Line]


@login_required
@require_http_methods(["GET", "POST"])
def take_over(request: SignedInRequest, code: str) -> HttpResponse:
    nomination = permissions.nomination_for(request.user, code, can=permissions.can_edit)
    refused = nominations.why_not_edit(nomination, at=request.received_at)
    if request.method == "POST" and not refused:
        try:
            taken = taking_over.take_over(
                nomination_id=nomination.pk, codes=set(request.POST.getlist("take")), by=request.user, at=request.received_at
            )
        except Refused as answer:
            refused = answer
        else:
            said = ngettext(
                "%(count)s entry was taken over. Please check it.", "%(count)s entries were taken over. Please check them.", taken
            )
            messages.success(request, said % {"count": taken})
            return redirect(nomination)
    offers = [] if refused else taking_over.offers(nomination, by=request.user)
    facts = {"nomination": nomination, "parts": _parts(offers), "refused": refused}
    return render(request, "applications/nomination_take_over.html", facts, status=422 if refused and request.method == "POST" else 200)


def _parts(offers: Sequence[taking_over.Offer]) -> list[Part]:
    language = get_language()
    grouped = groupby(offers, key=lambda offer: offer.section.code)
    parts = [list(each) for _code, each in grouped]
    return [Part(each[0].section.label.in_language(language), [_line(offer) for offer in each]) for each in parts]


def _line(offer: taking_over.Offer) -> Line:
    columns = offer.item.fields if isinstance(offer.item, GroupDefinition) else [offer.item]
    return Line(
        code=offer.item.code,
        shown=shown(offer.item, offer.value),
        source=f"{offer.source.round.code} · {offer.source.city.name}",
        dated=any(field.type in DATED for field in columns),
    )
