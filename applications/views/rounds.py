"""Rounds: read by all who take part, prepared and opened by the staff."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import permissions, queries, rules, shipped
from applications.enums import DeadlineKind, Refusal
from applications.forms.criteria import CriteriaPart, arranged
from applications.forms.rounds import DeadlinesPart, GeneralPart, NewRoundForm, ProvincesPart, QuotasPart, RegionsPart, RoundPart
from applications.models import Round
from applications.rules import Refused
from applications.services import rounds
from applications.views import acts
from applications.views.definitions import defined_sections
from pilotportal.accounts.enums import Branch, Region
from pilotportal.accounts.requests import SignedInRequest

SHIPPED = "shipped"  # the pattern that comes with the portal
PARTS: dict[str, type[RoundPart]] = {
    "general": GeneralPart,
    "criteria": CriteriaPart,
    "quotas": QuotasPart,
    "regions": RegionsPart,
    "deadlines": DeadlinesPart,
    "provinces": ProvincesPart,
}


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The nomination deadline shown is that of the reader's province."""
    lines = [
        {"round": round, "closes_at": _closes_at(round, _province(request))}
        for round in queries.rounds_visible_to(request.user).defer("form")
    ]
    may_prepare = permissions.can_prepare_rounds(request.user)
    return render(request, "applications/round_list.html", {"lines": lines, "may_prepare": may_prepare})


@login_required
@require_safe
def show(request: SignedInRequest, code: str) -> HttpResponse:
    """All rules of the round as text, each with its basis."""
    round = permissions.round_for(request.user, code)
    prepares = permissions.can_prepare_rounds(request.user) and not round.is_opened
    context = _rules_of(round, province=_province(request)) | {
        "round": round,
        "prepares": prepares,
        "grants": permissions.can_grant_places(request.user) and round.is_opened,
        "watches": permissions.can_watch_deadlines(request.user) and round.is_opened,
        "refusals": [str(refused) for refused in rules.why_not_open(rounds.facts_of(round))] if prepares else [],
    }
    return render(request, "applications/round_detail.html", context)


@login_required
@require_safe
def show_form(request: SignedInRequest, code: str) -> HttpResponse:
    """The form of a nomination as those who fill it in will read it."""
    round = permissions.round_for(request.user, code)
    context = {
        "round": round,
        "note": round.definition.note.in_language(get_language()),
        "sections": defined_sections(round.definition, get_language()),
    }
    return render(request, "applications/round_form.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """First the pattern, then what differs from it."""
    if not permissions.can_prepare_rounds(request.user):
        raise PermissionDenied
    pattern = request.GET.get("pattern", "")
    if not pattern:
        return render(request, "applications/round_new.html", {"patterns": queries.rounds_visible_to(request.user).defer("form")})
    record = _record_of(request, pattern)
    form = NewRoundForm(acts.posted(request), record=record)
    if request.method == "POST" and form.is_valid():
        try:
            made = rounds.create(record=rounds.renewed(record, **form.wanted()), by=request.user, at=request.received_at)
        except Refused as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, _("The round has been prepared. Check each rule and its basis before you open it."))
            return redirect(made)
    return acts.answer(
        request, "applications/round_new_form.html", {"form": form, "pattern": pattern, "record": record}, refused=form.is_bound
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, code: str, part: str = "general") -> HttpResponse:
    """One part of the rules at a time; the other parts stay as they stand."""
    round = permissions.round_for(request.user, code, can=permissions.can_prepare_rounds)
    if part not in PARTS:
        raise Http404
    if round.is_opened:
        messages.error(request, Refusal.NOT_PREPARING.label)
        return redirect(round)
    command = request.POST.get("command", "")
    if command and part == "criteria":
        form = _part(part, round, data=request.POST, rows=arranged(request.POST, command))
    else:
        form = _part(part, round, data=acts.posted(request))
        if form.is_bound and form.is_valid() and (saved := _save(request, round, form)):
            messages.success(request, _("Saved: %(part)s.") % {"part": form.title})
            return redirect("applications:round_edit", saved.code, part)
    context = {"round": round, "form": form, "part": part, "parts": _links(part)}
    return acts.answer(request, "applications/round_edit.html", context, refused=form.is_bound and not command)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: SignedInRequest, code: str) -> HttpResponse:
    """Everything that keeps the round from being opened, or what will be frozen; then the opening."""
    round = permissions.round_for(request.user, code, can=permissions.can_prepare_rounds)
    if request.method == "POST":
        try:
            opened = rounds.open_round(round_id=round.pk, seen=request.POST.get("seen"), by=request.user, at=request.received_at)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("applications:round_open", round.code)
        messages.success(request, _("The round has been opened. Its rules are frozen; provinces can nominate."))
        return redirect(opened)
    if round.is_opened:
        return redirect(round)
    context = _rules_of(round, province=_province(request)) | {
        "round": round,
        "refusals": [str(refused) for refused in rules.why_not_open(rounds.facts_of(round))],
        "remarks": _remarks(round, request),
        "seen": rounds.digest_of_rules(round),
    }
    return render(request, "applications/round_open.html", context)


def _record_of(request: SignedInRequest, pattern: str) -> dict[str, Any]:
    return shipped.round_2025() if pattern == SHIPPED else rounds.snapshot(permissions.round_for(request.user, pattern))


def _part(name: str, round: Round, **arguments: Any) -> RoundPart:
    if name == "quotas":
        arguments["units"] = list(queries.provincial_units())
    return PARTS[name](record=rounds.snapshot(round), seen=rounds.digest_of_rules(round), **arguments)


def _save(request: SignedInRequest, round: Round, form: RoundPart) -> Round | None:
    seen = form.cleaned_data["seen"]
    try:
        return rounds.save(round_id=round.pk, record=form.applied(), seen=seen, by=request.user, at=request.received_at)
    except Refused as refused:
        form.add_error(None, str(refused))
        form.see_anew(rounds.digest_of_rules(round))
        return None


def _links(current: str) -> list[dict[str, Any]]:
    return [{"name": name, "label": part.title, "current": name == current} for name, part in PARTS.items()]


def _rules_of(round: Round, *, province: str | None) -> dict[str, Any]:
    """What the readable preview shows; deadlines as they hold for the reader's province."""
    criteria, quotas = list(round.criteria.all()), list(round.quotas.select_related("province"))
    names = {criterion.code: str(criterion) for criterion in criteria}
    deadlines = {deadline.kind: deadline for deadline in round.deadlines.all()}
    return {
        "criteria": criteria,
        "total_weight": sum(criterion.weight for criterion in criteria),
        "ties": [names.get(code, code) for code in round.tie_rules],
        "regions": [{"label": region.label, "quotas": [quota for quota in quotas if quota.province.region == region]} for region in Region],
        "total_quota": sum(quota.places for quota in quotas),
        "exceptions": list(queries.exceptions_of(round)),
        "co_departments": [Branch(branch).label for branch in round.co_departments],
        "reminder_days": pgettext("between the items of a list", ", ").join(map(str, round.reminder_days)),
        "region_limits": list(round.region_limits.all()),
        "grounds": {rule: round.ground_of(rule) for part in PARTS.values() for rule in part.rules},
        "deadlines": [
            {"deadline": deadlines[kind], "closes_at": deadlines[kind].closes_at(province), "ground": round.ground_of(f"deadline_{kind}")}
            for kind in rules.DEADLINES_IN_ORDER
            if kind in deadlines
        ],
        "sections": defined_sections(round.definition, get_language()),
    }


def _remarks(round: Round, request: SignedInRequest) -> list[str]:
    """What does not keep the round from being opened and should be known."""
    facts = rounds.facts_of(round)
    remarks = []
    closes_at = facts.deadlines.get(DeadlineKind.NOMINATION)
    if closes_at and closes_at <= request.received_at:
        remarks.append(_("The nomination deadline has passed already: no province will be able to nominate."))
    if sum(facts.quotas) < facts.planned_places:
        remarks.append(_("The quotas of all provinces together are fewer than the planned number of cities."))
    return remarks


def _province(request: SignedInRequest) -> str | None:
    """In which a city official too has his deadlines."""
    division = request.user.organisation.division
    return division.province_id if division else None


def _closes_at(round: Round, province_id: str | None) -> Any:
    return next((each.closes_at(province_id) for each in round.deadlines.all() if each.kind == DeadlineKind.NOMINATION), None)
