"""Of the files that leave the portal: read back, they say what the database says, and that they are demonstration data."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from django.utils.translation import gettext as _

from pilotportal.documents.pdf import demonstration_sentence
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job
from pilotportal.rehearsal import reading
from pilotportal.rehearsal.acceptance.check import Check, all_of, same
from pilotportal.rehearsal.play import Play
from review.enums import Place
from review.models import Ranking, SelectionEntry

WRITTEN = ("acceptance.json", "acceptance.txt", "timings.json", "ranking.xlsx", "selection.pdf")


def clear(folder: Path) -> None:
    """Make the folder; what an earlier rehearsal left in it must not be taken for the result of this one."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in (*(folder / name for name in WRITTEN), *folder.glob("dossiers/*.pdf")):
        left.unlink(missing_ok=True)


def write(play: Play, folder: Path) -> None:
    """Put the files of the finished jobs into `folder`."""
    jobs = Job.objects.select_related("result").in_bulk(list(play.exports.values()))
    for name, job_id in play.exports.items():
        if result := jobs[job_id].result:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(result.read())


def checks(play: Play) -> Iterator[Check]:
    jobs = Job.objects.select_related("result").in_bulk(list(play.exports.values()))
    failed = [f"{name}: {jobs[pk].error}" for name, pk in play.exports.items() if jobs[pk].status != Status.READY]
    yield all_of("jobs", _("Every job is ready"), wrong=failed, of=len(jobs))
    made = {name: result.read() for name, pk in play.exports.items() if (result := jobs[pk].result)}
    pages = {name: _pages(content) for name, content in made.items() if name.endswith(".pdf")}
    unreadable = [name for name, texts in pages.items() if not texts]
    yield all_of("pdfs", _("Every PDF can be read"), wrong=unreadable, of=len(pages))
    unmarked = [name for name, texts in pages.items() if not all(demonstration_sentence() in text for text in texts)]
    yield all_of("pdfs_marked", _("Every page says that it is demonstration data"), wrong=unmarked, of=len(pages))
    yield from _dossiers(play, pages)
    yield from _report(play, pages.get("selection.pdf", []))
    yield from _workbook(play, made.get("ranking.xlsx", b""))


def _pages(content: bytes) -> list[str]:
    try:
        return reading.pages_of(content) if content.startswith(b"%PDF-") else []
    except pikepdf.PdfError:
        return []


def _dossiers(play: Play, pages: dict[str, list[str]]) -> Iterator[Check]:
    dossiers = {name: "".join(texts) for name, texts in pages.items() if name.startswith("dossiers/")}
    inside = [nominee for nominee in play.lineup.nominees if nominee.is_in]
    yield same("dossiers", _("There is a dossier for every nomination that is in"), found=len(dossiers), expected=len(inside))
    wrong = [name for name, text in dossiers.items() if name.partition("-")[2].removesuffix(".pdf") not in text]
    yield all_of("dossiers_named", _("Every dossier names its city"), wrong=wrong, of=len(dossiers))


def _report(play: Play, texts: list[str]) -> Iterator[Check]:
    chosen = SelectionEntry.objects.filter(selection__round=play.round, place=Place.CHOSEN).select_related("nomination__city")
    missing = [entry for entry in chosen if entry.nomination.city.name not in "".join(texts)]
    yield all_of("report", _("The report on the selection names every city on the list"), wrong=missing, of=len(chosen))


def _workbook(play: Play, content: bytes) -> Iterator[Check]:
    sheets = reading.sheets_of(content) if zipfile.is_zipfile(io.BytesIO(content)) else {}
    unmarked = [name for name, rows in sheets.items() if not any(demonstration_sentence() in row for row in rows)]
    yield all_of("workbook_marked", _("Every sheet of the workbook says that it is demonstration data"), wrong=unmarked, of=len(sheets))
    ranking = Ranking.objects.filter(round=play.round).latest("pk")
    expected = {(entry["city"], entry["score"]) for entry in ranking.entries}
    cells = [row for rows in list(sheets.values())[1:2] for row in rows]
    found = {pair for pair in expected if any(pair[0] in row and pair[1] in row for row in cells)}
    yield same("workbook", _("The workbook holds every city with its exact score"), found=len(found), expected=len(expected))
