"""The request as views see it once somebody is signed in."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

from pilotportal.accounts.models import User

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class SignedInRequest(HttpRequest):
    user: User
    received_at: datetime
    htmx: "HtmxDetails"
