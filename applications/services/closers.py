"""The kinds of deadline that this room closes. Imported when it starts."""

from applications.enums import DeadlineKind
from applications.services import announcing, lists
from applications.services.closing import CLOSERS, Closer

CLOSERS |= {
    DeadlineKind.NOMINATION: Closer(lists.of_nominations, announcing.of_nominations, announcing.nominating),
    DeadlineKind.PLAN: Closer(lists.of_plans, announcing.of_pilots, announcing.piloting),
    DeadlineKind.SUMMARY: Closer(lists.of_summaries, announcing.of_pilots, announcing.piloting),
    DeadlineKind.CORRECTION: Closer(lists.of_corrections, announcing.of_corrections, announcing.nominating),
}
