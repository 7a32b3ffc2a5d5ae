"""专家库: who can be drawn, and how an expert gets in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.industries import label_of
from applications.queries import provincial_units
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.listing import listing
from review import permissions, queries
from review.filters import PoolFilter
from review.forms import AddExpertForm
from review.models import Expert
from review.services import pool as pooling
from review.views.acts import answer, carried_out, posted, status_of

ORDERS = {"expert": "user__name", "employer": "user__organisation__name", "province": "province"}


@login_required
@require_GET
def pool(request: SignedInRequest) -> HttpResponse:
    """All experts, sorted and narrowed; staff add and rest them here."""
    if not permissions.can_see_seats(request.user):
        raise PermissionDenied
    narrowing = PoolFilter(request.GET)
    shown = listing(narrowing.among(queries.experts_visible_to(request.user)), request.GET, orders=ORDERS, default="expert")
    context = {
        "listing": shown,
        "rows": [(expert, _industries(expert)) for expert in shown.page],
        "filter": narrowing,
        "kept": {},
        "can_add": permissions.can_draw(request.user),
    }
    return render(request, "review/pool.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_draw(request.user):
        raise PermissionDenied
    form = AddExpertForm(posted(request), accounts=queries.accounts_outside_the_pool(), provinces=provincial_units())
    if carried_out(form, lambda: pooling.add_expert(by=request.user, at=request.received_at, **form.wanted)):
        messages.success(request, _("%(expert)s is in the pool now and can be drawn.") % {"expert": form.cleaned_data["account"]})
        return redirect("review:pool")
    context: dict[str, Any] = {"form": form, "nobody": not form.is_bound and not queries.accounts_outside_the_pool().exists()}
    return render(request, "review/pool_add.html", context, status=status_of(form))


@login_required
@require_POST
def set_available(request: SignedInRequest, expert_id: int) -> HttpResponse:
    if not permissions.can_draw(request.user):
        raise PermissionDenied
    expert, available = get_object_or_404(queries.experts_visible_to(request.user), pk=expert_id), "available" in request.POST
    done = _("%(expert)s can be drawn again.") if available else _("%(expert)s is not drawn for the time being.")
    return answer(
        request,
        lambda: pooling.set_available(expert_id=expert.pk, available=available, by=request.user, at=request.received_at),
        done=done % {"expert": expert},
        to="review:pool",
    )


def _industries(expert: Expert) -> list[str]:
    return [label_of(code, get_language()) for code in expert.industries]
