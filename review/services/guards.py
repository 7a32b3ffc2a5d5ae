"""What every service does before it writes: refuse who may not, and lock."""

from applications.models import Round
from applications.rules import Refused
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from review import queries
from review.enums import Refusal


def refuse_unless_staff(by: User) -> None:
    if by.role != Role.STAFF:
        raise Refused(Refusal.NOT_STAFF)


def refuse_if_selected(round: Round) -> None:
    """What a list rests on stays as it is while the list is in force."""
    if queries.selection_in_force(round):
        raise Refused(Refusal.SELECTION_IN_FORCE)


def locked_round(round_id: int) -> Round:
    """One bulk act of a round at a time. The lock lets rows that refer to the round be inserted meanwhile."""
    Round.objects.select_for_update(of=("self",), no_key=True).get(pk=round_id)
    return Round.objects.prefetch_related("deadlines__amendments").get(pk=round_id)
