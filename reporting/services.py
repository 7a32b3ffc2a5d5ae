"""Asking for files. What is written is a job; the room itself changes nothing below it."""

from datetime import datetime

from django.utils.translation import gettext as _

from applications.models import Nomination, Round
from applications.permissions import can_read_contacts
from pilotportal.accounts.models import User
from pilotportal.jobs import services as jobs
from pilotportal.jobs.models import Job
from reporting import tasks


def request_ranking_workbook(*, round_id: int, by: User, at: datetime) -> Job:
    label = _("Ranking and marks: %(round)s") % {"round": _round(round_id)}
    return jobs.request(kind="reporting.ranking_workbook", label=label, file_name="ranking.xlsx", by=by, at=at, round_id=round_id)


def request_selection_report(*, round_id: int, by: User, at: datetime) -> Job:
    label = _("Report on the selection: %(round)s") % {"round": _round(round_id)}
    return jobs.request(kind="reporting.selection_report", label=label, file_name="selection.pdf", by=by, at=at, round_id=round_id)


def request_dossier(*, nomination_id: int, by: User, at: datetime) -> Job:
    """With the contacts only for those who may read them. For the others the sealed record, which holds them, stays out too."""
    nomination = Nomination.objects.select_related("city__province").get(pk=nomination_id)
    return jobs.request(
        kind="reporting.dossier",
        label=_("Dossier: %(city)s") % {"city": nomination.city.full_name},
        file_name=tasks.dossier_name(nomination),
        by=by,
        at=at,
        nomination_id=nomination_id,
        personal=can_read_contacts(by, nomination),
    )


def request_dossiers(*, round_id: int, by: User, at: datetime) -> Job:
    label = _("All dossiers: %(round)s") % {"round": _round(round_id)}
    return jobs.request(kind="reporting.dossiers", label=label, file_name="dossiers.zip", by=by, at=at, round_id=round_id)


def _round(round_id: int) -> Round:
    return Round.objects.get(pk=round_id)
