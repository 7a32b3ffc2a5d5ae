"""How allauth behaves here: accounts are made by the administrators, nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from pilotportal import clock
from pilotportal.audit import services as audit


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "The username or the password is wrong. Check the capital letters and the keyboard, then try again."
        ),
        "too_many_login_attempts": _(
            "After too many wrong attempts this account is locked for 15 minutes. Wait, or ask your administrator for a new password."
        ),
        "account_inactive": _("This account has been closed. Ask your administrator."),
        "enter_current_password": _("This is not your present password."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Usernames are given, never derived."""

    def get_password_change_redirect_url(self, _request: HttpRequest) -> str:
        return resolve_url("home")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            audit.record("account.locked_out", at=clock.now(), address=self.get_client_ip(request))
            raise
