"""What every template may show: the portal's mode and its clock."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pilotportal import clock


def portal(_request: HttpRequest) -> dict[str, Any]:
    return {"demonstration": settings.DEMONSTRATION, "now": clock.now()}
