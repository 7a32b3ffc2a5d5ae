"""Where a round may be played: never in a production database, and not over something that is there already."""

from django.conf import settings
from django.core.management.base import CommandError

from applications.models import Round
from pilotportal.accounts.models import User


def require_demonstration() -> None:
    """Raises CommandError unless everything here is marked as demonstration data and the clock is simulated."""
    if not settings.DEMONSTRATION:
        raise CommandError("Rounds are played only where PORTAL_MODE=demonstration marks everything as demonstration data.")
    if not settings.CLOCK_FILE:
        raise CommandError("Set PORTAL_CLOCK_FILE: a played round needs a simulated clock.")


def require_empty_demonstration() -> None:
    require_demonstration()
    if User.objects.exists() or Round.objects.exists():
        raise CommandError("The database is not empty. Give an empty one; scripts/demo --fresh begins anew.")
