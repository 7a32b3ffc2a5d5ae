"""The exports, asked for as jobs and worked off by the queue."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from applications.models import Nomination
from applications.rules import NOMINATION_IN
from pilotportal.jobs.models import Job
from pilotportal.rehearsal import moments
from pilotportal.rehearsal.play import Act, Play, wait_for
from reporting import services as reporting

EXPORT_LIMIT = 1800.0  # seconds of real time for all of them


def acts(play: Play) -> Iterator[Act]:
    yield from results(play)
    yield Act(moments.EXPORTED, partial(_dossiers, play))


def results(play: Play) -> Iterator[Act]:
    yield Act(moments.EXPORTED, partial(_results, play))


def _results(play: Play, at: datetime) -> None:
    by, number = play.cast.staff, play.round.pk
    play.exports["ranking.xlsx"] = reporting.request_ranking_workbook(round_id=number, by=by, at=at).pk
    play.exports["selection.pdf"] = reporting.request_selection_report(round_id=number, by=by, at=at).pk
    _wait(play)


def _dossiers(play: Play, at: datetime) -> None:
    for nomination in Nomination.objects.filter(round=play.round, status__in=NOMINATION_IN).select_related("city").order_by("city"):
        job = reporting.request_dossier(nomination_id=nomination.pk, by=play.cast.staff, at=at)
        play.exports[f"dossiers/{nomination.city_id}-{nomination.city.name}.pdf"] = job.pk
    _wait(play)


def _wait(play: Play) -> None:
    unfinished = Job.objects.filter(pk__in=play.exports.values(), finished_at__isnull=True)
    wait_for(lambda: not unfinished.exists(), what="exports", limit=EXPORT_LIMIT)
