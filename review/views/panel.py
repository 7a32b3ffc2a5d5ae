"""The panel: committed to, drawn, and who is released from it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.models import Round
from applications.permissions import round_for
from pilotportal.accounts.requests import SignedInRequest
from review import permissions, queries
from review.forms import CommitForm, DrawForm, ReasonForm
from review.services import panel, scoring
from review.views.acts import Question, address, ask, carried_out, chosen_round, posted, status_of
from review.views.assignment import facts_of_assignment


@login_required
@require_GET
def page(request: SignedInRequest) -> HttpResponse:
    round = chosen_round(request, can=permissions.can_see_seats)
    return _page(request, round) if round else render(request, "review/panel.html", {"round": None})


@login_required
@require_POST
def commit(request: SignedInRequest, code: str) -> HttpResponse:
    round = round_for(request.user, code, can=permissions.can_draw)
    form = CommitForm(request.POST)
    if carried_out(form, lambda: panel.commit(round_id=round.pk, by=request.user, at=request.received_at, **form.cleaned_data)):
        messages.success(request, _("Pool and number are committed to. Wait for the public number, then draw."))
        return redirect(address("panel", round))
    return _page(request, round, committing=form)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw_commitment(request: SignedInRequest, code: str) -> HttpResponse:
    round = round_for(request.user, code, can=permissions.can_draw)
    form = ReasonForm(posted(request))
    question = Question(
        danger=True,
        title=_("Withdraw the commitment"),
        above=[(_("Experts and assignment"), address("panel", round))],
        kicker=round,
        lead=_("A commitment that can no longer be opened is given up. It stays on record with the reason, and a new one can be made."),
        act=_("Withdraw the commitment"),
        done=_("The commitment has been withdrawn; it stays on record."),
        to=address("panel", round),
    )
    return ask(
        request,
        question,
        form,
        lambda: panel.withdraw_commitment(round_id=round.pk, by=request.user, at=request.received_at, **form.cleaned_data),
    )


@login_required
@require_POST
def draw(request: SignedInRequest, code: str) -> HttpResponse:
    """Opens the commitment; without one there is nothing to open."""
    round = round_for(request.user, code, can=permissions.can_draw)
    form, commitment = DrawForm(request.POST), queries.commitment_in_force(round)
    if commitment is None:
        messages.error(request, _("No draw has been committed to."))
        return redirect(address("panel", round))
    if carried_out(
        form,
        lambda: panel.draw(round_id=round.pk, size=commitment.size, by=request.user, at=request.received_at, **form.cleaned_data),
    ):
        messages.success(request, _("The panel has been drawn."))
        return redirect(address("panel", round))
    return _page(request, round, drawing=form)


@login_required
@require_http_methods(["GET", "POST"])
def excuse(request: SignedInRequest, code: str, expert_id: int) -> HttpResponse:
    round = round_for(request.user, code, can=permissions.can_assign)
    member, form = permissions.member_for(request.user, round, expert_id), ReasonForm(posted(request))
    question = Question(
        danger=True,
        title=_("Release %(expert)s from the panel") % {"expert": member.expert},
        above=[(_("Experts and assignment"), address("panel", round))],
        kicker=round,
        lead=_("Sheets that are not submitted are given back and can be filled by others. Submitted sheets stand."),
        act=_("Release from the panel"),
        done=_("The expert has been released; the open sheets have been given back."),
        to=address("panel", round),
    )
    return ask(
        request,
        question,
        form,
        lambda: scoring.excuse(round_id=round.pk, expert_id=expert_id, by=request.user, at=request.received_at, **form.cleaned_data),
    )


def _page(request: SignedInRequest, round: Round, *, committing: CommitForm | None = None, drawing: DrawForm | None = None) -> HttpResponse:
    committing, drawing = committing or _proposal(round), drawing or DrawForm()
    context = {"round": round, "can_act": permissions.can_draw(request.user), "committing": committing, "drawing": drawing}
    if drawn := queries.draw_of(round):
        context |= {"draw": drawn, "members": queries.panel_by_progress(round)} | facts_of_assignment(request, round)
    else:
        context |= {"pool": queries.pool().count(), "commitment": queries.commitment_in_force(round)}
    return render(request, "review/panel.html", context | {"steps": _steps(context)}, status=status_of(committing, drawing))


def _proposal(round: Round) -> CommitForm:
    return CommitForm(initial=CommitForm.proposal(round, pool=queries.pool().count()))


def _steps(context: dict[str, Any]) -> list[dict[str, str]]:
    """How far panel and assignment have come: all before the first that is not done is done."""
    marks = [
        (_("Commit to the draw"), context.get("commitment") or context.get("draw")),
        (_("Draw the panel"), context.get("draw")),
        (_("Propose the assignment"), context.get("proposed") or context.get("in_force")),
        (_("Apply the assignment"), context.get("in_force")),
    ]
    states = ["done" if done else "todo" for _label, done in marks]
    if "todo" in states:
        states[states.index("todo")] = "current"
    return [{"label": label, "state": state} for (label, _done), state in zip(marks, states, strict=True)]
