"""The board of a round: how far everything is, in a constant number of queries."""

from dataclasses import dataclass

from django.db.models import Count

from applications.enums import Status
from applications.models import Nomination, Round
from applications.queries import rounds_visible_to
from pilotportal.accounts.models import User


@dataclass(frozen=True)
class Board:
    round: Round
    counts: list[tuple[str, int]]


def boards(user: User) -> list[Board]:
    """For those who read the review: per opened round the number of nominations in each state that was handed in."""
    opened = [round for round in rounds_visible_to(user) if round.is_opened] if user.reads_the_review else []
    rows = (
        Nomination.objects.filter(round__in=opened, submitted_at__isnull=False).values_list("round", "status").annotate(count=Count("pk"))
    )
    counted = {(round, status): count for round, status, count in rows.order_by()}
    return [
        Board(round, [(str(status.label), counted[round.pk, status]) for status in Status if (round.pk, status) in counted])
        for round in opened
    ]
