"""States of the review. The arithmetic stands in `review.methods`."""

from review.enums import RunStatus, SelectionStatus, SheetStatus

SHEET_TRANSITIONS: dict[str, set[str]] = {
    SheetStatus.ASSIGNED: {SheetStatus.DRAFT, SheetStatus.SUBMITTED, SheetStatus.RECUSED, SheetStatus.DECLINED},
    SheetStatus.DRAFT: {SheetStatus.SUBMITTED, SheetStatus.RECUSED, SheetStatus.DECLINED},
    SheetStatus.SUBMITTED: {SheetStatus.REOPENED, SheetStatus.RECUSED},
    SheetStatus.REOPENED: {SheetStatus.SUBMITTED, SheetStatus.RECUSED},
    SheetStatus.RECUSED: set(),
    SheetStatus.DECLINED: set(),
}
RUN_TRANSITIONS: dict[str, set[str]] = {
    RunStatus.PROPOSED: {RunStatus.APPLIED, RunStatus.UNDONE},
    RunStatus.APPLIED: {RunStatus.UNDONE},
    RunStatus.UNDONE: set(),
}
SELECTION_TRANSITIONS: dict[str, set[str]] = {
    SelectionStatus.PROPOSED: {SelectionStatus.SIGNED_OFF, SelectionStatus.VOIDED},
    SelectionStatus.SIGNED_OFF: {SelectionStatus.NOTICE, SelectionStatus.VOIDED},
    SelectionStatus.NOTICE: {SelectionStatus.DECIDED, SelectionStatus.VOIDED},
    SelectionStatus.DECIDED: set(),
    SelectionStatus.VOIDED: set(),
}
OPEN_SHEET = frozenset({SheetStatus.ASSIGNED, SheetStatus.DRAFT, SheetStatus.REOPENED})
GIVEN_UP = frozenset({SheetStatus.RECUSED, SheetStatus.DECLINED})
