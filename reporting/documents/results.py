"""The results of a round: the workbook of ranking and marks, and the report on the selection."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.models import Criterion, Round
from pilotportal.accounts.enums import Region
from pilotportal.documents.charts import Stack, stacked
from pilotportal.documents.parts import Column as PrintedColumn
from pilotportal.documents.parts import Mark, Table
from pilotportal.documents.pdf import render
from pilotportal.documents.workbook import Column, Kind, Sheet, workbook
from pilotportal.moments import instant
from reporting.queries import results
from review import reasons
from review.enums import Place
from review.models import Ranking, ScoreSheet, Selection, SelectionEntry


def ranking_workbook(round: Round) -> bytes:
    """Sheets: the ranking with exact scores, the marks by sheet, the selection with its reasons where there is one."""
    ranking, selection = results.ranking_of(round), results.selection_of(round)
    criteria = list(round.criteria.all())
    sheets = [_ranking_sheet(ranking, criteria), _marks_sheet(round, criteria), _comments_sheet(round, criteria)]
    about = [(_("Round"), str(round)), (_("Digest of the rules"), round.digest), (_("Digest of the ranking"), ranking.digest)]
    if selection:
        sheets.append(_selection_sheet(selection))
        about.append((_("Digest of the list"), selection.digest))
    return workbook(
        sheets,
        title=_("Ranking and marks: %(round)s") % {"round": round},
        language=_language(),
        created=ranking.computed_at,
        about=about,
        demonstration=settings.DEMONSTRATION,
    )


def selection_report(round: Round) -> bytes:
    """PDF in the layout of an official document: the list in administrative order, the balance by region, a reason for every city."""
    selection = results.selection_of(round)
    if selection is None:
        raise LookupError(f"No selection has been proposed for round {round.code}.")
    entries = list(results.entries_of(selection))
    return render(
        template="reporting/pdf/selection.html",
        context={
            "mark": Mark(code=f"{round.code}-{selection.pk}", digest=selection.digest),
            "round": round,
            "selection": selection,
            "facts": _facts(round, selection, entries),
            "regions": _region_table(round, entries),
            "chart": _region_chart(round, entries),
            "chosen": _list_table(sorted(_at(entries, Place.CHOSEN), key=lambda entry: entry.nomination.city_id)),
            "others": _reason_table([entry for entry in entries if entry.place != Place.CHOSEN]),
        },
        title=_("Report on the selection: %(round)s") % {"round": round},
        language=_language(),
        created=selection.proposed_at,
        demonstration=settings.DEMONSTRATION,
    )


def _ranking_sheet(ranking: Ranking, criteria: list[Criterion]) -> Sheet:
    columns = [
        Column(title=_("Rank"), kind=Kind.INTEGER),
        Column(title=_("City")),
        Column(title=_("Province")),
        Column(title=_("Region")),
        Column(title=_("Score"), kind=Kind.FRACTION),
        Column(title=_("Exact score"), kind=Kind.CODE),
        Column(title=_("Sheets"), kind=Kind.INTEGER),
        *(Column(title=str(criterion), kind=Kind.FRACTION) for criterion in criteria),
        Column(title=_("Remark")),
    ]
    return Sheet(name=_("Ranking"), columns=columns, rows=[_ranking_row(entry, criteria) for entry in ranking.entries])


def _ranking_row(entry: Mapping[str, Any], criteria: list[Criterion]) -> list[Any]:
    score = entry["score"]
    return [
        entry["rank"],
        entry["city"],
        entry["province"],
        Region(entry["region"]).label,
        Fraction(score) if score else None,
        score,
        entry["sheets"],
        *(Fraction(mean) if (mean := entry["criteria"].get(criterion.code)) else None for criterion in criteria),
        _("tied") if entry["tied"] else _("too few sheets") if entry["flagged"] else "",
    ]


def _marks_sheet(round: Round, criteria: list[Criterion]) -> Sheet:
    columns = [
        Column(title=_("City")),
        Column(title=_("Expert (number in the draw)"), kind=Kind.INTEGER),
        *(Column(title=str(criterion), kind=Kind.INTEGER) for criterion in criteria),
        Column(title=_("Submitted at"), kind=Kind.DATETIME),
    ]
    rows = [
        [str(sheet.nomination), number, *_marks(sheet, criteria), sheet.submitted_at] for sheet, number in results.submitted_sheets(round)
    ]
    note = _("Experts stand under the number that they have in the draw.")
    return Sheet(name=_("Marks"), columns=columns, rows=rows, note=note)


def _comments_sheet(round: Round, criteria: list[Criterion]) -> Sheet:
    columns = [
        Column(title=_("City")),
        Column(title=_("Expert (number in the draw)"), kind=Kind.INTEGER),
        *(Column(title=str(criterion), width=40) for criterion in criteria),
    ]
    rows = [[str(sheet.nomination), number, *_comments(sheet, criteria)] for sheet, number in results.submitted_sheets(round)]
    return Sheet(name=_("Comments"), columns=columns, rows=rows)


def _selection_sheet(selection: Selection) -> Sheet:
    columns = [
        Column(title=_("Rank"), kind=Kind.INTEGER),
        Column(title=_("City")),
        Column(title=_("Region")),
        Column(title=_("Result")),
        Column(title=_("Clause"), kind=Kind.CODE),
        Column(title=_("Reason"), width=60),
    ]
    rows = [
        [
            entry.rank,
            str(entry.nomination),
            entry.nomination.city.get_region_display(),
            entry.get_place_display(),
            entry.clause,
            reasons.sentence(entry),
        ]
        for entry in results.entries_of(selection)
    ]
    return Sheet(name=_("Selection"), columns=columns, rows=rows)


def _marks(sheet: ScoreSheet, criteria: list[Criterion]) -> Iterator[int | None]:
    given = {mark.criterion_id: mark.mark for mark in sheet.marks.all()}
    return (given.get(criterion.pk) for criterion in criteria)


def _comments(sheet: ScoreSheet, criteria: list[Criterion]) -> Iterator[str]:
    given = {mark.criterion_id: mark.comment for mark in sheet.marks.all()}
    return (given.get(criterion.pk, "") for criterion in criteria)


def _facts(round: Round, selection: Selection, entries: list[SelectionEntry]) -> list[tuple[str, str]]:
    return [
        (_("Call"), round.call_number),
        (_("Planned number of cities"), str(round.planned_places)),
        (_("Number of cities on the list"), str(selection.places)),
        (_("Reason for the number"), " ".join(filter(None, [selection.places_reason, selection.places_document])) or "—"),
        (_("Nominations reviewed"), str(len(entries))),
        (_("Ranking computed at"), instant(selection.ranking.computed_at)),
        (_("Proposed at"), instant(selection.proposed_at)),
        (_("State"), selection.get_status_display()),
    ]


def _region_table(round: Round, entries: list[SelectionEntry]) -> Table:
    columns = [
        PrintedColumn(title=_("Region"), width=28),
        *(PrintedColumn(title=title, width=18, numeric=True) for title in (_("Reviewed"), _("On the list"), _("At least"), _("At most"))),
    ]
    limits = {limit.region: limit for limit in round.region_limits.all()}
    rows = [
        [
            Region(region).label,
            _count(entries, region),
            _count(_at(entries, Place.CHOSEN), region),
            limits[region].minimum if region in limits else "—",
            limits[region].maximum if region in limits else "—",
        ]
        for region in Region
    ]
    return Table(columns=columns, rows=rows)


def _region_chart(round: Round, entries: list[SelectionEntry]) -> str:
    chosen = _at(entries, Place.CHOSEN)
    rows = [
        Stack(label=str(region.label), values=[_count(chosen, region), _count(entries, region) - _count(chosen, region)])
        for region in Region
    ]
    return stacked(
        name="regions", title=_("Nominations by region: %(round)s") % {"round": round}, keys=[_("On the list"), _("Others")], rows=rows
    )


def _list_table(entries: list[SelectionEntry]) -> Table:
    columns = [
        PrintedColumn(title=_("No."), width=10, numeric=True),
        PrintedColumn(title=_("Province"), width=40),
        PrintedColumn(title=_("City"), width=50),
    ]
    rows = [[number, entry.nomination.province.name, entry.nomination.city.name] for number, entry in enumerate(entries, start=1)]
    return Table(columns=columns, rows=rows, note=_("In the order of the administrative divisions."))


def _reason_table(entries: list[SelectionEntry]) -> Table:
    columns = [
        PrintedColumn(title=_("Rank"), width=9, numeric=True),
        PrintedColumn(title=_("City"), width=20),
        PrintedColumn(title=_("Result"), width=15),
        PrintedColumn(title=_("Reason"), width=56),
    ]
    rows = [[entry.rank or "—", str(entry.nomination), entry.get_place_display(), reasons.sentence(entry)] for entry in entries]
    return Table(columns=columns, rows=rows)


def _at(entries: list[SelectionEntry], place: Place) -> list[SelectionEntry]:
    return [entry for entry in entries if entry.place == place]


def _count(entries: list[SelectionEntry], region: str) -> int:
    return sum(entry.nomination.city.region == region for entry in entries)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
