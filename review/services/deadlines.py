"""The deadline of the score sheets, in the terms of the applications: who is reminded, what its sealed list names, who is told."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.enums import DeadlineKind
from applications.models import Closing, Round
from applications.queries import DueList
from applications.services.announcing import tell_party, tell_staff
from applications.services.closing import CLOSERS, Closer
from applications.services.reminders import FINDERS, Owed
from pilotportal.accounts.models import User
from review import queries
from review.enums import SheetStatus
from review.models import Expert, ScoreSheet
from review.rules import OPEN_SHEET

MISSING = _("%(count)s of your score sheets are not in the list. They can no longer be handed in.")


def entries(due: DueList) -> list[dict[str, Any]]:
    """Every sheet that is held, without the name of its expert: the list is read by those who must not know it, too."""
    sheets = queries.sheets_of(due.round).select_related("nomination").defer("nomination__content").order_by("code")
    return [
        {
            "sheet": sheet.code,
            "city": sheet.nomination.city_id,
            "handed_in": (inside := _is_in(sheet, due)),
            "digest": sheet.digest * inside,
        }
        for sheet in sheets
    ]


def tell(closing: Closing, at: datetime) -> None:
    """The experts, each of their own sheets, and the staff."""
    inside = {entry["sheet"]: entry["handed_in"] for entry in closing.entries}
    held = _by_expert(ScoreSheet.objects.filter(code__in=inside).select_related("expert__user"))
    what = format_lazy(_("score sheets, {round}"), round=closing.round)
    for expert, sheets in held.items():
        out = sum(not inside[sheet.code] for sheet in sheets)
        url = reverse("review:sheets")
        party = f"expert:{expert.pk}"
        tell_party(closing, party, [expert.user], handed_in=not out, what=what, missing=MISSING, url=url, at=at, count=out)
    late = [f"{expert} ({out})" for expert, sheets in held.items() if (out := sum(not inside[sheet.code] for sheet in sheets))]
    tell_staff(closing, handed_in=sum(inside.values()), missing=late, at=at)


def scoring(round: Round, _provinces: Collection[str]) -> list[User]:
    """The experts who hold sheets."""
    return [expert.user for expert in _by_expert(queries.sheets_of(round).select_related("expert__user"))]


def owed(round: Round, at: datetime) -> Iterator[Owed]:
    """By the experts whose sheets are not in, since the first of them was given to them."""
    closes_at = queries.sheets_close_at(round)
    if closes_at <= at:
        return
    deadline = next(deadline for deadline in round.deadlines.all() if deadline.kind == DeadlineKind.SCORE_SHEETS)
    open_sheets = queries.sheets_of(round).filter(status__in=OPEN_SHEET).select_related("expert__user")
    for expert, sheets in _by_expert(open_sheets).items():
        yield Owed(
            party=f"expert:{expert.pk}",
            to=[expert.user],
            what=format_lazy(_("score sheets, {round}"), round=round),
            closes_at=closes_at,
            since=max(deadline.in_force_since(None), min(sheet.assigned_at for sheet in sheets)),
            url=reverse("review:sheets"),
            facts={_("Sheets not handed in"): len(sheets)},
        )


def _is_in(sheet: ScoreSheet, due: DueList) -> bool:
    return sheet.status == SheetStatus.SUBMITTED and sheet.submitted_at is not None and sheet.submitted_at < due.closes_at


def _by_expert(sheets: Iterable[ScoreSheet]) -> dict[Expert, list[ScoreSheet]]:
    held: dict[Expert, list[ScoreSheet]] = {}
    for sheet in sheets:
        held.setdefault(sheet.expert, []).append(sheet)
    return held


CLOSERS[DeadlineKind.SCORE_SHEETS] = Closer(entries, tell, scoring)
FINDERS[DeadlineKind.SCORE_SHEETS] = owed
