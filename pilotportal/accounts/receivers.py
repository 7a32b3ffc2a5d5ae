"""Every sign-in, sign-out and failed attempt is an event."""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from pilotportal import clock
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **_signal: object) -> None:
    audit.record("account.signed_in", at=_arrival(request), by=user, target=user, address=_address(request))


@receiver(user_logged_out)
def record_sign_out(request: HttpRequest, user: User | None, **_signal: object) -> None:
    if user:
        audit.record("account.signed_out", at=_arrival(request), by=user, target=user, address=_address(request))


@receiver(user_login_failed)
def record_failed_sign_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: object) -> None:
    """Names an account that exists and nothing else: people type passwords into the field of the username."""
    user = User.objects.filter(username=credentials.get("username", "")).first()
    audit.record("account.sign_in_failed", at=_arrival(request), target=user, address=_address(request))


@receiver(password_changed)
def record_new_password(request: HttpRequest, user: User, **_signal: object) -> None:
    """One's own password takes the place of the one that was given."""
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    audit.record("account.password_changed", at=_arrival(request), by=user, target=user, address=_address(request))


def _arrival(request: HttpRequest | None) -> datetime:
    return getattr(request, "received_at", None) or clock.now()  # commands and Django's test client sign in without a request of ours


def _address(request: HttpRequest | None) -> str:
    known = request is not None and "REMOTE_ADDR" in request.META
    return get_adapter(request).get_client_ip(request) if known else ""
