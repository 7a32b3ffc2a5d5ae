"""One box for everything that somebody may see."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pilotportal.accounts.requests import SignedInRequest
from reporting import permissions
from reporting.queries import search as searching


@login_required
@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """The first few of each kind; with `in` all of one kind, page by page."""
    if not permissions.can_search(request.user):
        raise PermissionDenied
    typed, kind = request.GET.get("q", "").strip(), request.GET.get("in", "")
    words = searching.words_of(typed)
    context = {"typed": typed, "longest": searching.LONGEST, "too_short": bool(typed) and searching.too_short(words)}
    if typed and not context["too_short"]:
        found = searching.find_kind(request.user, words, kind=kind, page=request.GET.get("page")) if kind else None
        if kind and found is None:
            raise Http404
        groups = [found] if found else searching.find(request.user, words)
        context |= {"searched": True, "groups": [group for group in groups if group.count], "kind": kind}
    return render(request, "reporting/search.html", context)
