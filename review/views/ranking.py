"""排序: computed, looked at with the marks behind it, and its ties parted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.models import Criterion, Nomination, Round
from applications.permissions import nomination_for, round_for
from pilotportal.accounts.models import User
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.documents.charts import Bar, bars
from pilotportal.listing import Listing, Order, listing
from review import permissions, queries, reasons
from review.filters import RankingFilter
from review.forms import TieForm
from review.models import Ranking
from review.services import ranking as ranking_services
from review.views.acts import address, answer, carried_out, chosen_round, status_of


@login_required
@require_GET
def ranking(request: SignedInRequest) -> HttpResponse:
    round = chosen_round(request, can=permissions.can_watch)
    return _page(request, round) if round else render(request, "review/ranking.html", {"round": None})


@login_required
@require_POST
def compute(request: SignedInRequest, code: str) -> HttpResponse:
    round = round_for(request.user, code, can=permissions.can_rank)
    act = partial(ranking_services.compute, round_id=round.pk, by=request.user, at=request.received_at)
    return answer(request, act, done=_("The ranking has been computed."), to=address("ranking", round))


@login_required
@require_POST
def part_tie(request: SignedInRequest, code: str, rank: int) -> HttpResponse:
    """Cities that the tie rules leave tied, parted by lot or by a decision with its reason."""
    round = round_for(request.user, code, can=permissions.can_rank)
    form = next((form for form in _tie_forms(request, round) if form.entries[0]["rank"] == rank), None)
    if form is None:
        messages.error(request, _("This tie no longer exists. The ranking has changed."))
        return redirect(address("ranking", round))
    if carried_out(form, lambda: _part(request, round, form)):
        messages.success(request, _("The tie has been parted; the record says how."))
        return redirect(address("ranking", round))
    return _page(request, round, parting=form)


@login_required
@require_GET
def marks(request: SignedInRequest, code: str) -> HttpResponse:
    """All sheets on one nomination with marks and comments, for those who may see them now."""
    nomination = nomination_for(request.user, code, can=_may_watch)
    if not permissions.can_see_marks(request.user, nomination.round, at=request.received_at):
        raise Http404
    sheets = queries.marked_sheets(request.user, nomination, at=request.received_at)
    context = {
        "nomination": nomination,
        "criteria": nomination.round.criteria.all(),
        "sheets": sheets,
        "sees_seats": permissions.can_see_seats(request.user),
    }
    return render(request, "review/marks.html", context)


def _part(request: SignedInRequest, round: Round, form: TieForm) -> Ranking:
    return ranking_services.resolve_tie(
        round_id=round.pk,
        order=form.order,
        reason=form.cleaned_data["reason"],
        method=form.cleaned_data["method"],
        by=request.user,
        at=request.received_at,
    )


def _may_watch(user: User, _nomination: Nomination) -> bool:
    return permissions.can_watch(user)


def _page(request: SignedInRequest, round: Round, *, parting: TieForm | None = None) -> HttpResponse:
    """A ranking is shown only to those who may see the marks now: a reopened sheet hides it again until it is back."""
    sees = permissions.can_see_marks(request.user, round, at=request.received_at)
    found = queries.rankings_visible_to(request.user).filter(round=round).last() if sees else None
    can_rank = permissions.can_rank(request.user)
    count = queries.count_of(round)
    forms = _tie_forms(request, round) if found and can_rank else []
    narrowing = RankingFilter(request.GET)
    criteria = list(round.criteria.all())
    shown = _shown(request, criteria, narrowing.among(found.entries)) if found else None
    context: dict[str, Any] = {
        "round": round,
        "ranking": found,
        "rows": _rows(round, criteria, shown.page) if shown else [],
        "listing": shown,
        "filter": narrowing,
        "kept": {"round": round.code},
        "criteria": criteria,
        "count": count,
        "closes_at": queries.sheets_close_at(round),
        "ties": [parting if parting and parting.prefix == form.prefix else form for form in forms],
        "manages": can_rank,
        "can_rank": can_rank and sees and count.sheets > 0 and not queries.selection_in_force(round),
        "sees_marks": sees,
        "distribution": _distribution(found, places=round.planned_places) if found else None,
    }
    return render(request, "review/ranking.html", context, status=status_of(*([parting] if parting else [])))


def _distribution(found: Ranking, *, places: int) -> dict[str, Any] | None:
    """The chart of the scores with its table."""
    bands = queries.distribution(found.entries, places=places)
    if not bands:
        return None
    drawn = [Bar(label=f"{band.low}–{band.high}", value=band.count, emphasis=band.holds_cut) for band in bands]
    title = _("Distribution of scores")
    return {
        "title": title,
        "picture": bars(name="scores", title=title, items=drawn, axis=_("Number of cities")),
        "note": _("A band holds its lower end. The solid bar holds the score of the last planned place."),
        "heads": [_("Band of scores"), _("Number of cities"), _("Remark")],
        "rows": [(bar.label, [bar.value], _("the last planned place") if bar.emphasis else "") for bar in reversed(drawn)],
    }


def _rows(round: Round, criteria: Iterable[Criterion], entries: Iterable[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], str]]:
    """Each entry with what puts it where it is, in words."""
    names = {criterion.code: str(criterion) for criterion in criteria}
    return [(entry, reasons.separation(entry, names=names, minimum=round.minimum_sheets)) for entry in entries]


def _shown(request: SignedInRequest, criteria: Iterable[Criterion], entries: Sequence[Mapping[str, Any]]) -> Listing:
    """By rank unless the address asks otherwise; what has no rank or no score stands last."""
    orders: dict[str, Order] = {
        "rank": lambda entry: entry["rank"] or len(entries) + 1,
        "city": itemgetter("code"),
        "score": lambda entry: Fraction(entry["score"] or -1),
        "sheets": itemgetter("sheets"),
    }
    of_criteria: dict[str, Order] = {criterion.code: _mean_of(criterion.code) for criterion in criteria}
    return listing(entries, request.GET, orders=of_criteria | orders, default="rank")


def _mean_of(criterion: str) -> Callable[[Mapping[str, Any]], Fraction]:
    return lambda entry: Fraction(entry["criteria"].get(criterion, -1))


def _tie_forms(request: SignedInRequest, round: Round) -> list[TieForm]:
    """One form for each open tie; where this request parts one, that form holds what was entered."""
    found = queries.latest_ranking(round)
    ties = queries.open_ties(found) if found else []
    parted = request.resolver_match.kwargs.get("rank") if request.resolver_match else None
    return [
        TieForm(entries, request.POST if entries[0]["rank"] == parted else None, prefix=f"tie-{entries[0]['rank']}") for entries in ties
    ]
