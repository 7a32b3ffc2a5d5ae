from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from pilotportal.accounts.requests import SignedInRequest
from pilotportal.notices import permissions, queries, services
from pilotportal.notices.enums import Kind

ROWS = 25


@login_required
@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """One's own, the newest first; of one kind or the unread ones only, where asked for."""
    notices = queries.visible_to(request.user)
    kind, unread = request.GET.get("kind", ""), "unread" in request.GET
    if kind in Kind.values:
        notices = notices.filter(kind=kind)
    if unread:
        notices = notices.filter(read_at__isnull=True)
    page = Paginator(notices, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "kinds": Kind.choices, "kind": kind, "unread": unread, "filtered": unread or kind in Kind.values}
    return render(request, "notices/notice_list.html", context)


@login_required
@require_GET
def detail(request: SignedInRequest, code: str) -> HttpResponse:
    """Whoever opens it has read it."""
    notice = permissions.notice_for(request.user, code)
    services.mark_read(notice=notice, at=request.received_at)
    return render(request, "notices/notice_detail.html", {"notice": notice})


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    count = services.mark_all_read(by=request.user, at=request.received_at)
    if count:
        messages.success(
            request, ngettext("%(count)s notice marked as read.", "%(count)s notices marked as read.", count) % {"count": count}
        )
    else:
        messages.info(request, _("All notices had been read already."))
    return redirect("notices:list")
