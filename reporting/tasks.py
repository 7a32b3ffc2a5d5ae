"""The builders of the files that leave the portal; `pilotportal.jobs` runs them."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from applications.models import Nomination, Round
from applications.queries import nominations
from applications.rules import NOMINATION_IN
from pilotportal.files.enums import MediaType
from pilotportal.jobs.tasks import Progress, builder
from reporting.documents.dossier import dossier
from reporting.documents.results import ranking_workbook, selection_report

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date of a ZIP entry: the same dossiers give the same bytes


@builder("reporting.ranking_workbook", media_type=MediaType.XLSX)
def build_ranking_workbook(arguments: Mapping[str, Any], _progress: Progress) -> bytes:
    return ranking_workbook(Round.objects.get(pk=arguments["round_id"]))


@builder("reporting.selection_report", media_type=MediaType.PDF)
def build_selection_report(arguments: Mapping[str, Any], _progress: Progress) -> bytes:
    return selection_report(Round.objects.get(pk=arguments["round_id"]))


@builder("reporting.dossier", media_type=MediaType.PDF)
def build_dossier(arguments: Mapping[str, Any], _progress: Progress) -> bytes:
    """`personal` is missing in what an older deployment queued: then nothing personal is printed."""
    return dossier(nominations().get(pk=arguments["nomination_id"]), personal=arguments.get("personal", False))


@builder("reporting.dossiers", media_type=MediaType.ZIP)
def build_dossiers(arguments: Mapping[str, Any], progress: Progress) -> bytes:
    """One PDF per nomination that was handed in, in the order of the divisions."""
    chosen = list(nominations().filter(round_id=arguments["round_id"], status__in=NOMINATION_IN).order_by("city"))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, nomination in enumerate(chosen, start=1):
            archive.writestr(zipfile.ZipInfo(dossier_name(nomination), EPOCH), dossier(nomination))
            progress(number, len(chosen))
    return stream.getvalue()


def dossier_name(nomination: Nomination) -> str:
    """Division code first, so that the files sort as the divisions do."""
    return f"{nomination.city_id}-{nomination.city.name}-{nomination.code}.pdf"
