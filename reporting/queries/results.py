"""What a ranking and a selection hold, with all that a document shows, in a constant number of queries."""

from collections.abc import Iterator

from django.db.models import QuerySet

from applications.models import Round
from review.enums import SelectionStatus, SheetStatus
from review.models import PanelMember, Ranking, ScoreSheet, Selection, SelectionEntry


def ranking_of(round: Round) -> Ranking:
    """The ranking that the selection in force rests on, else the last one. Raises Ranking.DoesNotExist."""
    selection = selection_of(round)
    if selection:
        return selection.ranking
    ranking = round.rankings.last()
    if ranking is None:
        raise Ranking.DoesNotExist(f"Round {round.code} has not been ranked.")
    return ranking


def selection_of(round: Round) -> Selection | None:
    return round.selections.exclude(status=SelectionStatus.VOIDED).select_related("ranking", "round").first()


def entries_of(selection: Selection) -> QuerySet[SelectionEntry]:
    return selection.entries.select_related("nomination__city__province", "nomination__province", "nomination__round")


def submitted_sheets(round: Round) -> Iterator[tuple[ScoreSheet, int | None]]:
    """Every sheet that counts, with the number of its expert in the draw, in the order of city and number."""
    numbers = dict(PanelMember.objects.filter(draw__round=round).values_list("expert", "position"))
    sheets = ScoreSheet.objects.filter(nomination__round=round, status=SheetStatus.SUBMITTED)
    found = sheets.select_related("nomination__city").prefetch_related("marks").order_by("nomination__city", "expert")
    yield from sorted(
        ((sheet, numbers.get(sheet.expert_id)) for sheet in found), key=lambda pair: (pair[0].nomination.city_id, pair[1] or 0)
    )
