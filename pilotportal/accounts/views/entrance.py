import time
from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from pilotportal.accounts import queries
from pilotportal.accounts.models import User


class SignIn(LoginView):
    """allauth's, with the accounts of the demonstration beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demonstration_accounts": queries.demonstration_accounts()}


sign_in = SignIn.as_view()


@require_POST
def demonstration_sign_in(request: HttpRequest) -> HttpResponse:
    """One click, only in a demonstration and only for an account that it lists."""
    username = request.POST.get("username", "")
    if not settings.DEMONSTRATION or username not in {account.username for account in queries.demonstration_accounts()}:
        raise Http404
    login(request, get_object_or_404(User, username=username, is_active=True))
    return redirect("home")


@require_POST
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody who reads or thinks says that he is still there."""
    request.session["used_at"] = int(time.time())
    return HttpResponse(status=204)


@require_GET
@login_required
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where a sign-in in a second window ends: the page that waits is in the first one."""
    return render(request, "account/signed_in_again.html")
