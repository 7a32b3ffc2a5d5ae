"""竞争性选择: proposed by one person, released by another, put on public notice, decided; or voided."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.models import Round
from applications.permissions import round_for
from pilotportal.accounts.enums import Region
from pilotportal.accounts.models import User
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.documents.charts import Stack, stacked
from pilotportal.moments import day
from review import permissions, queries, reasons
from review.enums import Place, SelectionStatus
from review.forms import DecisionForm, ProposalForm, ReasonForm
from review.models import Selection, SelectionEntry
from review.services import selection as services
from review.views.acts import Question, address, answer, ask, carried_out, chosen_round, posted, status_of


@login_required
@require_GET
def selection(request: SignedInRequest) -> HttpResponse:
    round = chosen_round(request, can=permissions.can_watch)
    return _page(request, round) if round else render(request, "review/selection.html", {"round": None})


@login_required
@require_POST
def propose(request: SignedInRequest, code: str) -> HttpResponse:
    round = round_for(request.user, code, can=permissions.can_select)
    form = ProposalForm(request.POST)
    if carried_out(form, lambda: services.propose(round_id=round.pk, by=request.user, at=request.received_at, **form.cleaned_data)):
        messages.success(request, _("The list has been proposed. A second person signs it off."))
        return redirect(address("selection", round))
    return _page(request, round, proposing=form)


@login_required
@require_POST
def sign_off(request: SignedInRequest, code: str) -> HttpResponse:
    """Bound to the digest of the list on the page."""
    found = _in_force(request, code)
    act = partial(services.sign_off, selection_id=found.pk, digest=request.POST.get("digest", ""), by=request.user, at=request.received_at)
    return answer(request, act, done=_("The list has been signed off."), to=address("selection", found.round))


@login_required
@require_POST
def publish_notice(request: SignedInRequest, code: str) -> HttpResponse:
    found = _in_force(request, code)
    act = partial(services.publish_notice, selection_id=found.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The public notice has begun."), to=address("selection", found.round))


@login_required
@require_POST
def decide(request: SignedInRequest, code: str) -> HttpResponse:
    found, form = _in_force(request, code), DecisionForm(request.POST)
    if carried_out(form, lambda: services.decide(selection_id=found.pk, by=request.user, at=request.received_at, **form.cleaned_data)):
        messages.success(request, _("The decision is on record; the selected cities are pilots now."))
        return redirect(address("selection", found.round))
    return _page(request, found.round, deciding=form)


@login_required
@require_http_methods(["GET", "POST"])
def void(request: SignedInRequest, code: str) -> HttpResponse:
    found, form = _in_force(request, code), ReasonForm(posted(request))
    question = Question(
        danger=True,
        title=_("Void the list"),
        above=[(_("Selection"), address("selection", found.round))],
        kicker=found.round,
        lead=_(
            "The list loses its force with everything signed on it, and stays on record with the reason. Then a new one can be proposed."
        ),
        act=_("Void the list"),
        done=_("The list has been voided; it stays on record with the reason."),
        to=address("selection", found.round),
    )
    return ask(
        request,
        question,
        form,
        lambda: services.void(selection_id=found.pk, by=request.user, at=request.received_at, **form.cleaned_data),
    )


def _in_force(request: SignedInRequest, code: str) -> Selection:
    round = round_for(request.user, code, can=permissions.can_select)
    return permissions.selection_for(request.user, round, can=_may_select)


def _may_select(user: User, _selection: Selection) -> bool:
    return permissions.can_select(user)


def _page(
    request: SignedInRequest, round: Round, *, proposing: ProposalForm | None = None, deciding: DecisionForm | None = None
) -> HttpResponse:
    lists = queries.selections_visible_to(request.user).filter(round=round)
    found = lists.exclude(status=SelectionStatus.VOIDED).first()
    proposing = proposing or ProposalForm(initial={"places": round.planned_places})
    deciding = deciding or DecisionForm()
    context: dict[str, Any] = {
        "round": round,
        "selection": found,
        "voided": lists.filter(status=SelectionStatus.VOIDED),
        "ranked": queries.latest_ranking(round) is not None,
        "proposing": proposing,
        "deciding": deciding,
        "can_select": permissions.can_select(request.user),
    }
    if found:
        context |= _list(found) | {
            "steps": _steps(found),
            "can_sign_off": permissions.can_sign_off(request.user, found),
            "notice_over": found.notice_until is not None and request.received_at >= found.notice_until,
        }
    return render(request, "review/selection.html", context, status=status_of(proposing, deciding))


def _list(found: Selection) -> dict[str, Any]:
    entries = list(found.entries.select_related("nomination__city__province", "nomination__province").defer("nomination__content"))
    regions = _regions(found.round, entries)
    return {
        "rows": [(entry, reasons.sentence(entry)) for entry in entries],
        "chosen": sorted((entry for entry in entries if entry.place == Place.CHOSEN), key=lambda entry: entry.nomination.city_id),
        "regions": regions,
        "chart": _chart(regions),
    }


def _regions(round: Round, entries: Sequence[SelectionEntry]) -> list[dict[str, Any]]:
    limits = {limit.region: limit for limit in round.region_limits.all()}
    return [
        {"label": region.label, "limit": limits.get(region)}
        | _counted([entry for entry in entries if entry.nomination.city.region == region])
        for region in Region
    ]


def _counted(entries: Sequence[SelectionEntry]) -> dict[str, int]:
    return {"reviewed": len(entries), "chosen": sum(entry.place == Place.CHOSEN for entry in entries)}


def _chart(regions: Sequence[dict[str, Any]]) -> str:
    rows = [Stack(label=str(region["label"]), values=[region["chosen"], region["reviewed"] - region["chosen"]]) for region in regions]
    return stacked(name="regions", title=_("Nominations by region"), keys=[_("On the list"), _("Others")], rows=rows)


def _steps(found: Selection) -> list[dict[str, str]]:
    moments = [
        (_("Proposing the list"), found.proposed_at),
        (_("Signing off"), found.signed_off_at),
        (_("Public notice"), found.notice_from),
        (_("Decision"), found.decided_at),
    ]
    done = sum(at is not None for _label, at in moments)
    states = ["done"] * done + ["current"] * (done < len(moments)) + ["todo"] * (len(moments) - done - 1)
    return [{"label": label, "state": state, "date": day(at) if at else ""} for (label, at), state in zip(moments, states, strict=True)]
