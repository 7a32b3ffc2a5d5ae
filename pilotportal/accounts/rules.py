"""Which act about an account one administrator does alone, and for which it takes two (三员分立).

The system administrator makes accounts and looks after them, the security administrator confirms whatever opens a door or concerns an
administrator, the audit administrator reads the record of both.
"""

from django.db.models import TextChoices

from pilotportal.accounts.enums import ADMINISTRATORS, Act, Refusal, Role

OPENING = frozenset({Act.ADD, Act.REOPEN})


class Refused(Exception):
    """A rule said no; `str()` is the sentence for the person."""

    def __init__(self, refusal: TextChoices) -> None:
        self.refusal = refusal
        super().__init__(refusal)

    def __str__(self) -> str:
        return str(self.refusal.label)


def takes_two(act: Act, role: Role) -> bool:
    """Whether a security administrator must confirm the act on an account of this role."""
    return act in OPENING or role in ADMINISTRATORS


def why_not_ask(act: Act, *, by_role: Role, own: bool, is_open: bool, waiting: bool) -> Refusal | None:
    if by_role != Role.SYSTEM_ADMIN:
        return Refusal.NOT_SYSTEM_ADMIN
    if own:
        return Refusal.OWN_ACCOUNT
    if waiting:
        return Refusal.WAITING
    if act in OPENING:
        return Refusal.IS_OPEN if is_open else None
    return None if is_open else Refusal.IS_CLOSED


def why_not_decide(*, by_role: Role, own: bool, decided: bool) -> Refusal | None:
    if by_role != Role.SECURITY_ADMIN:
        return Refusal.NOT_SECURITY_ADMIN
    if own:
        return Refusal.OWN_ACCOUNT
    return Refusal.DECIDED if decided else None
