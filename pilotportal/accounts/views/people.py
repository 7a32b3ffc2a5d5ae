"""Accounts, for the administrators: the list, one account, and what can be done with it."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotportal.accounts import permissions, queries, rules, services
from pilotportal.accounts.enums import Act, Refusal, Role
from pilotportal.accounts.forms import AccountForm, PeopleFilter
from pilotportal.accounts.models import AccountRequest, User
from pilotportal.accounts.requests import SignedInRequest
from pilotportal.accounts.rules import Refused
from pilotportal.listing import listing

ORDERS = {"username": "username", "name": "name", "role": "role", "organisation": "organisation__name", "last_login": "last_login"}
LAST = 20
ACTS: dict[str, Callable[..., AccountRequest | None]] = {"close": services.close, "reopen": services.reopen}


@login_required
@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_read_accounts(request.user):
        raise PermissionDenied
    narrowing = PeopleFilter(request.GET)
    shown = listing(narrowing.among(queries.accounts_visible_to(request.user)), request.GET, orders=ORDERS, default="username")
    context = {"listing": shown, "filter": narrowing, "kept": {}, "can_keep": permissions.can_keep_accounts(request.user)}
    return render(request, "account/people.html", context)


@login_required
@require_GET
def person(request: SignedInRequest, username: str) -> HttpResponse:
    """One account, what awaits a decision about it, and what happened to it."""
    if not permissions.can_read_accounts(request.user):
        raise PermissionDenied
    account = permissions.account_for(request.user, username)
    waiting = next(iter(queries.open_requests_of(account)), None)
    acts = {act: _why_not(act, account, by=request.user) for act in (Act.CLOSE, Act.REOPEN, Act.RESET)}
    context = {
        "account": account,
        "waiting": waiting,
        "events": queries.events_of(account)[:LAST],
        "can": {act.value for act, refusal in acts.items() if refusal is None},
        "two": {act.value for act in acts if rules.takes_two(act, Role(account.role))},
        "can_decide": waiting is not None and queries.requests_waiting(request.user).filter(pk=waiting.pk).exists(),
    }
    return render(request, "account/person.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """First the role, then what an account of that role needs; the password is shown once."""
    if not permissions.can_keep_accounts(request.user):
        raise PermissionDenied
    chosen = request.GET.get("role", "")
    if chosen not in Role.values:
        return render(request, "account/new_role.html", {"roles": Role})
    role = Role(chosen)
    form = AccountForm(request.POST if request.method == "POST" else None, role=role)
    if form.is_valid():
        try:
            account, password = services.ask_for_account(by=request.user, at=request.received_at, **form.wanted)
        except IntegrityError:  # somebody else made it in the same moment
            form.add_error("username", form.fields["username"].error_messages["taken"])
        else:
            return render(request, "account/password_once.html", {"account": account, "password": password, "waiting": True, "new": True})
    return render(request, "account/new.html", {"form": form, "role": role}, status=422 if form.errors else 200)


@login_required
@require_POST
def act(request: SignedInRequest, username: str, name: str) -> HttpResponse:
    """Close or reopen, at once or once it is confirmed."""
    account = _kept(request, username)
    if name not in ACTS:
        raise Http404
    try:
        asked = ACTS[name](account_id=account.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = _("It takes effect once a security administrator has confirmed it.") if asked else _("The account has been closed.")
        messages.success(request, said)
    return redirect(account)


@never_cache
@login_required
@require_POST
def reset(request: SignedInRequest, username: str) -> HttpResponse:
    """Not a redirect: the password stands on this answer and nowhere else."""
    account = _kept(request, username)
    try:
        password, asked = services.reset_password(account_id=account.pk, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(account)
    return render(request, "account/password_once.html", {"account": account, "password": password, "waiting": asked is not None})


@login_required
@require_POST
def decide(request: SignedInRequest, username: str, number: int) -> HttpResponse:
    if not permissions.can_confirm(request.user):
        raise PermissionDenied
    account = permissions.account_for(request.user, username)
    asked = get_object_or_404(AccountRequest, pk=number, account=account)
    confirmed = "confirm" in request.POST
    try:
        services.decide(request_id=asked.pk, confirmed=confirmed, by=request.user, at=request.received_at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Confirmed: it has taken effect.") if confirmed else _("Refused: nothing has changed."))
    return redirect(account)


def _kept(request: SignedInRequest, username: str) -> User:
    if not permissions.can_keep_accounts(request.user):
        raise PermissionDenied
    return permissions.account_for(request.user, username)


def _why_not(act: Act, account: User, *, by: User) -> Refusal | None:
    own, waiting = account.pk == by.pk, bool(queries.open_requests_of(account))
    return rules.why_not_ask(act, by_role=Role(by.role), own=own, is_open=account.is_active, waiting=waiting)
