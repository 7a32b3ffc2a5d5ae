"""A workbook confirmed twice at once, or while somebody saves: one outcome, and nothing overwritten unseen."""

from functools import partial

import pytest

from applications.enums import Refusal, WorkbookRefusal
from applications.models import Nomination
from applications.rules import Refused
from applications.services import nominations, workbooks
from pilotportal.audit.models import Event
from tests import factories
from tests.applications.test_views_workbooks import Pen
from tests.factories import IN_TIME
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def kept(by):
    """A workbook that changes one figure, the nomination it is for, and what a person would confirm."""
    nomination = factories.complete_draft(factories.opened_round(), by=by)
    book = Pen(workbooks.write(nomination, by=by, at=IN_TIME)).write("section:basics", "gdp", 5).saved()
    workbook = workbooks.keep(nomination_id=nomination.pk, content=book, name="表.xlsx", by=by, at=IN_TIME)
    seen = workbooks.judge(nomination, book).proposal.digest(nomination.content)
    return nomination, partial(workbooks.apply, workbook_id=workbook.pk, decided={}, seen=seen, by=by, at=IN_TIME)


def test_two_confirmations_take_a_workbook_over_once():
    nomination, confirm = kept(factories.handler())
    outcomes = together(confirm, confirm, confirm)
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exception)] == [["gdp"]]
    assert [outcome.refusal for outcome in outcomes if isinstance(outcome, Refused)] == [WorkbookRefusal.APPLIED] * 2
    assert Nomination.objects.get(pk=nomination.pk).revision_of("basics") == nomination.revision_of("basics") + 1
    assert Event.objects.filter(kind="nomination.workbook_applied").count() == 1


def test_a_confirmation_and_a_saving_leave_one_figure_and_tell_the_other():
    by = factories.handler()
    nomination, confirm = kept(by)
    save = partial(
        nominations.save_section,
        nomination_id=nomination.pk,
        section=nomination.round.definition.section("basics"),
        values={"gdp": "7.00"},
        revision=nomination.revision_of("basics"),
        by=by,
        at=IN_TIME,
    )
    outcomes = together(confirm, save)
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    refused = next(outcome.refusal for outcome in outcomes if isinstance(outcome, Refused))
    figure = Nomination.objects.get(pk=nomination.pk).content["gdp"]
    assert (refused, figure) in {(WorkbookRefusal.MOVED_ON, "7.00"), (Refusal.STALE, "5.00")}
