"""Ranking and selection: computed, looked at, proposed by one person, released by another."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.models import Round
from applications.permissions import round_for
from applications.rules import Refused
from pilotportal.accounts.enums import Region
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.documents.charts import Stack, stacked
from review import permissions, queries, reasons
from review.enums import Place
from review.forms import DecisionForm, ProposalForm, ReasonForm, TieForm
from review.models import Selection
from review.services import ranking as ranking_services
from review.services import selection as selection_services
from review.views.acts import answer, chosen_round


@login_required
@require_GET
def ranking(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_watch(request.user):
        raise PermissionDenied
    round = chosen_round(request)
    return _ranking_page(request, round) if round else render(request, "review/ranking.html", {"round": None})


@login_required
@require_POST
def compute(request: SignedInRequest, code: str) -> HttpResponse:
    round = _round(request, code)
    act = partial(ranking_services.compute, round_id=round.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The ranking has been computed."), to=_address("ranking", round))


@login_required
@require_POST
def part_tie(request: SignedInRequest, code: str, rank: int) -> HttpResponse:
    """Cities that the tie rules leave tied, parted by lot or by a decision with its reason."""
    round = _round(request, code)
    form = next((form for form in _tie_forms(request, round, rank) if form.prefix == f"tie-{rank}"), None)
    if form is None:
        messages.error(request, _("This tie no longer exists. The ranking has changed."))
        return redirect(_address("ranking", round))
    if not form.is_valid():
        return _ranking_page(request, round, parting=form, status=422)
    facts = {"order": form.order, "reason": form.cleaned_data["reason"], "method": form.cleaned_data["method"]}
    act = partial(ranking_services.resolve_tie, round_id=round.pk, by=request.user, at=request.received_at, **facts)
    return answer(request, act, done=_("The tie has been parted; the record says how."), to=_address("ranking", round))


@login_required
@require_GET
def selection(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_watch(request.user):
        raise PermissionDenied
    round = chosen_round(request)
    return _selection_page(request, round) if round else render(request, "review/selection.html", {"round": None})


@login_required
@require_POST
def propose(request: SignedInRequest, code: str) -> HttpResponse:
    round = _round(request, code)
    form = ProposalForm(request.POST)
    if not form.is_valid():
        return _selection_page(request, round, proposing=form, status=422)
    try:
        selection_services.propose(round_id=round.pk, by=request.user, at=request.received_at, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _selection_page(request, round, proposing=form, status=409)
    return redirect(_address("selection", round))


@login_required
@require_POST
def sign_off(request: SignedInRequest, code: str) -> HttpResponse:
    """Bound to the digest of the list on the page."""
    found = _selection(request, code)
    digest = request.POST.get("digest", "")
    act = partial(selection_services.sign_off, selection_id=found.pk, digest=digest, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The list has been signed off."), to=_address("selection", found.round))


@login_required
@require_POST
def publish_notice(request: SignedInRequest, code: str) -> HttpResponse:
    found = _selection(request, code)
    act = partial(selection_services.publish_notice, selection_id=found.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The public notice has begun."), to=_address("selection", found.round))


@login_required
@require_POST
def decide(request: SignedInRequest, code: str) -> HttpResponse:
    found = _selection(request, code)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _selection_page(request, found.round, deciding=form, status=422)
    act = partial(selection_services.decide, selection_id=found.pk, by=request.user, at=request.received_at, **form.cleaned_data)
    return answer(
        request, act, done=_("The decision is on record; the selected cities are pilots now."), to=_address("selection", found.round)
    )


@login_required
@require_POST
def void(request: SignedInRequest, code: str) -> HttpResponse:
    found = _selection(request, code)
    reason = request.POST.get("reason", "")
    act = partial(selection_services.void, selection_id=found.pk, reason=reason, by=request.user, at=request.received_at)
    return answer(
        request, act, done=_("The list has been voided; it stays on record with the reason."), to=_address("selection", found.round)
    )


def _ranking_page(request: SignedInRequest, round: Round, *, parting: TieForm | None = None, status: int = 200) -> HttpResponse:
    found = queries.rankings_visible_to(request.user).filter(round=round).last()
    forms = [parting if parting and parting.prefix == form.prefix else form for form in _tie_forms(request, round, 0)] if found else []
    context: dict[str, Any] = {
        "round": round,
        "ranking": found,
        "criteria": round.criteria.all(),
        "count": queries.count_of(round),
        "closes_at": queries.sheets_close_at(round),
        "ties": forms,
        "can_rank": permissions.can_rank(request.user),
    }
    return render(request, "review/ranking.html", context, status=status)


def _tie_forms(request: SignedInRequest, round: Round, bound: int) -> list[TieForm]:
    """One form for each tie that is open; the one of rank `bound` holds what was entered."""
    found = queries.latest_ranking(round)
    ties = queries.open_ties(found) if found else []
    return [TieForm(entries, request.POST if entries[0]["rank"] == bound else None, prefix=f"tie-{entries[0]['rank']}") for entries in ties]


def _selection_page(
    request: SignedInRequest,
    round: Round,
    *,
    proposing: ProposalForm | None = None,
    deciding: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.selections_visible_to(request.user).filter(round=round).exclude(status="voided").first()
    entries = list(found.entries.select_related("nomination__city__province", "nomination__province")) if found else []
    context: dict[str, Any] = {
        "round": round,
        "ranking": queries.latest_ranking(round),
        "selection": found,
        "rows": [(entry, reasons.sentence(entry)) for entry in entries],
        "chosen": sorted((entry for entry in entries if entry.place == Place.CHOSEN), key=lambda entry: entry.nomination.city_id),
        "regions": _regions(round, entries),
        "chart": _chart(entries) if entries else "",
        "proposing": proposing or ProposalForm(initial={"places": round.planned_places}),
        "deciding": deciding or DecisionForm(),
        "voiding": ReasonForm(),
        "can_select": permissions.can_select(request.user),
        "can_sign_off": bool(found and permissions.can_sign_off(request.user, found)),
    }
    return render(request, "review/selection.html", context, status=status)


def _regions(round: Round, entries: list[Any]) -> list[dict[str, Any]]:
    limits = {limit.region: limit for limit in round.region_limits.all()}
    return [
        {
            "label": region.label,
            "limit": limits.get(region),
            "reviewed": sum(entry.nomination.city.region == region for entry in entries),
            "chosen": sum(entry.nomination.city.region == region and entry.place == Place.CHOSEN for entry in entries),
        }
        for region in Region
    ]


def _chart(entries: list[Any]) -> str:
    rows = []
    for region in Region:
        own = [entry for entry in entries if entry.nomination.city.region == region]
        chosen = sum(entry.place == Place.CHOSEN for entry in own)
        rows.append(Stack(label=str(region.label), values=[chosen, len(own) - chosen]))
    return stacked(name="regions", title=_("Nominations by region"), keys=[_("On the list"), _("Others")], rows=rows)


def _round(request: SignedInRequest, code: str) -> Round:
    round = round_for(request.user, code)
    if not permissions.can_select(request.user):
        raise PermissionDenied
    return round


def _selection(request: SignedInRequest, code: str) -> Selection:
    return permissions.selection_for(request.user, _round(request, code), can=lambda user, _selection: permissions.can_select(user))


def _address(page: str, round: Round) -> str:
    return f"{reverse(f'review:{page}')}?round={round.code}"
