"""The report is green for a round that was played by the rules, and red where something behind the rules has been changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pgtrigger
import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import F

from applications.models import Closing, Nomination, NominationVersion, Quota
from pilotportal.audit.models import Event
from pilotportal.notices.models import Notice
from pilotportal.rehearsal import programme
from pilotportal.rehearsal.acceptance import files, nominations, pilots, report, review
from pilotportal.rehearsal.acceptance.check import Check, all_of, same
from pilotportal.rehearsal.acceptance.report import Report
from pilotportal.rehearsal.play import Attempt, Play
from pilotportal.rehearsal.stages import opening
from review.enums import Place, SheetStatus
from review.models import Mark, PanelDraw, Ranking, Recusal, ScoreSheet, Selection, SelectionEntry
from tests.rehearsal.conftest import SMALL


def _swap_places() -> None:
    """The last on the list gives way to somebody who was passed over."""
    chosen = SelectionEntry.objects.filter(place=Place.CHOSEN).order_by("-rank").first()
    other = SelectionEntry.objects.exclude(place=Place.CHOSEN).order_by("-rank").first()
    SelectionEntry.objects.filter(pk=chosen.pk).update(place=Place.PASSED_OVER)
    SelectionEntry.objects.filter(pk=other.pk).update(place=Place.CHOSEN)


BEHIND_THE_RULES: dict[str, Callable[[], object]] = {
    "rules_frozen": lambda: Quota.objects.filter(province="130000").update(places=4),
    "version_digests": lambda: NominationVersion.objects.update(content={}),
    "sealed_list_exact": lambda: Closing.objects.filter(kind="nomination").update(entries=[]),
    "none_late": lambda: NominationVersion.objects.update(submitted_at="2025-07-19T00:00:00+08:00"),
    "last_second": lambda: NominationVersion.objects.update(submitted_at="2025-07-18T23:59:58+08:00"),
    "receipts": lambda: Notice.objects.filter(kind="receipt").update(digest=""),
    "draw": lambda: PanelDraw.objects.update(public_number="another"),
    "commitment": lambda: PanelDraw.objects.update(nonce="0" * 64),
    "scores": lambda: Mark.objects.update(mark=F("mark") - 1),
    "ranks": lambda: Mark.objects.filter(sheet__nomination__selection_entries__rank=1).update(mark=0),
    "marks": lambda: Mark.objects.update(mark=None),
    "panels": lambda: ScoreSheet.objects.filter(pk=ScoreSheet.objects.filter(status="submitted").first().pk).update(status="recused"),
    "sheets_in_time": lambda: ScoreSheet.objects.filter(status=SheetStatus.SUBMITTED).update(submitted_at="2025-08-30T00:00:00+08:00"),
    "selection": _swap_places,
    "reasons": lambda: SelectionEntry.objects.update(clause=""),
    "record": lambda: Event.objects.filter(kind="nomination.submitted").update(actor_name="somebody"),
}
TRIGGERS = [
    model._meta.label
    for model in (
        Quota,
        NominationVersion,
        Nomination,
        Closing,
        PanelDraw,
        Mark,
        ScoreSheet,
        Selection,
        SelectionEntry,
        Event,
        Ranking,
        Recusal,
        Notice,
    )
]


@contextmanager
def _changed(name: str) -> Iterator[None]:
    """Changed past every trigger, and back again."""
    with transaction.atomic():
        uris = [f"{label}:{trigger.name}" for label in TRIGGERS for trigger in apps.get_model(label)._meta.triggers]
        with pgtrigger.ignore(*uris):
            BEHIND_THE_RULES[name]()
        yield
        transaction.set_rollback(True)


def _checks(play: Play) -> dict[str, Check]:
    return {check.name: check for part in (nominations.checks, review.checks, pilots.checks) for check in part(play)}


@pytest.mark.django_db(transaction=True)
def test_a_played_round_is_green_and_every_change_behind_the_rules_shows(marked_as_demonstration, eager):
    play = opening.prepare(size=SMALL, seed=1)
    for stage in (*programme.BEFORE_EXPORTS, programme.PILOTING):
        assert play.perform(stage)
    checks = _checks(play)
    assert [check for check in checks.values() if not check.ok] == []
    missed = []
    for name in BEHIND_THE_RULES:
        with _changed(name):
            if _checks(play)[name].ok:
                missed.append(name)
    assert missed == []
    assert all(check.ok for check in _checks(play).values())


def test_a_check_of_nothing_is_red():
    assert not all_of("name", "title", wrong=[], of=0).ok
    assert all_of("name", "title", wrong=[], of=3).ok
    assert all_of("name", "title", wrong=["甲"], of=3) == Check("name", "title", ok=False, detail="2/3 (甲)")
    assert not same("name", "title", found=1, expected=2).ok


def test_an_attempt_that_was_not_refused_is_red():
    play = Play(size=SMALL, chance=None, lineup=None, cast=None, round=None)
    play.attempts = [
        Attempt("late", "late", "closed", "closed"),
        Attempt("late", "late", "closed", "done"),
        Attempt("quota", "q", "quota", "quota"),
    ]
    found = {check.name: check.ok for check in nominations._attempts(play)}
    assert found == {"refused_late": False, "refused_quota": True}


def test_checks_that_break_are_a_failed_check():
    play = Play(size=SMALL, chance=None, lineup=None, cast=None, round=None)
    (check,) = report._checks(review.checks, play)
    assert (check.name, check.ok) == ("review_unfinished", False)


def test_a_report_is_accepted_only_when_all_is_green():
    green, red = Check("a", "甲", ok=True, detail="1"), Check("b", "乙", ok=False, detail="2")
    assert Report([green], {}).ok
    assert not Report([green, red], {}).ok
    assert "✗ 乙 — 2" in Report([green, red], {}).text()
    assert Report([red], {}).record() == {"checks": [{"name": "b", "ok": False, "detail": "2"}], "figures": {}}


def test_a_file_that_is_no_pdf_has_no_pages():
    assert files._pages(b"PK\x03\x04") == []
    assert files._pages(b"%PDF-1.7 cut short") == []
