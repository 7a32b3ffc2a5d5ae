"""What the page of a nomination shows of its other hands, to whom."""

from typing import Any

from applications import permissions
from applications.models import Invitation, Nomination
from applications.services import invitations, nominations, signatures
from applications.views.tones import TONE_OF_SIGNATURE
from pilotportal.accounts.enums import Role
from pilotportal.accounts.requests import SignedInRequest


def facts_for(request: SignedInRequest, nomination: Nomination) -> dict[str, Any]:
    user, handles = request.user, permissions.can_handle(request.user, nomination)
    line = signatures.line_of(nomination, user) if user.role == Role.CO_DEPARTMENT else None
    return {
        "handles": handles,
        "drafts": permissions.can_draft(user, nomination),
        "invitation": _last(nomination) if handles or user.role == Role.CITY else None,
        "may_invite": handles and not invitations.why_not_invite(nomination, at=request.received_at),
        "signatures": [{"line": each, "tone": TONE_OF_SIGNATURE[each.state]} for each in nominations.signatures_of(nomination)]
        if permissions.can_read_signatures(user, nomination)
        else [],
        "may_ask": handles and not signatures.why_not_ask(nomination, at=request.received_at),
        "own_line": line,
        "own_tone": TONE_OF_SIGNATURE[line.state] if line else "plain",
    }


def _last(nomination: Nomination) -> Invitation | None:
    return max(nomination.invitations.all(), key=lambda invitation: invitation.pk, default=None)
