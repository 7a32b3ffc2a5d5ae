"""Where each co-department stands with a nomination. The services that write, and the submission, ask here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import pgettext

from applications import rules
from applications.enums import SignatureState
from applications.models import CoSignature, Nomination, SignatureRequest
from pilotportal.accounts.enums import Branch


@dataclass(frozen=True)
class Line:
    """One department; without a request it is required and has not been asked. `bound` is the digest that counts now."""

    branch: Branch
    required: bool
    request: SignatureRequest | None
    bound: str

    @property
    def last(self) -> CoSignature | None:
        return self.request.last if self.request else None

    @property
    def state(self) -> SignatureState:
        if self.request is None:
            return SignatureState.NOT_ASKED
        return rules.signature_state(
            verdict=self.last.verdict if self.last else None, signed=self.last.digest if self.last else "", current=self.bound
        )

    @property
    def answered(self) -> bool:
        """Whether the department objected to something that has been changed since."""
        return self.state == SignatureState.OBJECTED and self.last is not None and self.last.digest != self.bound

    @property
    def name(self) -> str:
        return self.request.organisation.name if self.request else str(self.branch.label)


def lines(nomination: Nomination, *, bound: str) -> list[Line]:
    """The departments that the round requires, then those that the province added. `bound` is the digest of the content to be signed."""
    asked = {Branch(request.organisation.branch): request for request in nomination.requests_in_force}
    required = [Branch(branch) for branch in nomination.round.co_departments]
    branches = [*required, *(branch for branch in asked if branch not in required)]
    return [Line(branch, branch in required, asked.get(branch), bound) for branch in branches]


def objecting(standing: Iterable[Line]) -> list[Line]:
    return [line for line in standing if line.state == SignatureState.OBJECTED]


def unsigned(standing: Iterable[Line]) -> list[Line]:
    """Required departments that have not signed what stands now. Those that were added only keep the rest waiting by objecting."""
    return [line for line in standing if line.required and line.state != SignatureState.SIGNED]


def waiting(standing: Iterable[Line]) -> list[Line]:
    """Departments that are asked and have not signed what stands now; an objection waits for the province until something changes."""
    return [line for line in standing if line.request and (line.state in {SignatureState.ASKED, SignatureState.LAPSED} or line.answered)]


def named(standing: Sequence[Line]) -> str:
    return pgettext("between the items of a list", ", ").join(line.name for line in standing)
