"""Home: what is due from whom."""

from datetime import timedelta

import pytest

from applications.services import decisions
from pilotportal.accounts.enums import Role
from reporting.queries.due import due_from
from tests import factories
from tests.factories import DEADLINE, HEBEI, IN_TIME, SHANXI

pytestmark = pytest.mark.django_db


def titles(user, at):
    return [item.title for item in due_from(user, at=at)]


def test_a_province_is_told_of_free_places_and_drafts_until_the_deadline():
    round = factories.opened_round(quotas={HEBEI: 2, SHANXI: 1})
    by = factories.handler(HEBEI)
    assert len(titles(by, IN_TIME)) == 1
    factories.draft(round, by=by)
    assert len(titles(by, IN_TIME)) == 2
    assert titles(by, DEADLINE) == []


def test_the_draft_of_another_province_is_nobody_elses_business():
    round = factories.opened_round()
    factories.draft(round, by=factories.handler(HEBEI))
    assert any("唐山" in title for title in titles(factories.handler(HEBEI), IN_TIME))
    assert not any("唐山" in title for title in titles(factories.handler(SHANXI), IN_TIME))


def test_a_correction_is_due_at_its_own_deadline():
    round = factories.opened_round()
    nomination, after = factories.submitted(round), DEADLINE + timedelta(days=1)
    assert titles(factories.handler(HEBEI), after) == []
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": round.definition.sections[0].codes[0], "note": "请补充"}],
        closes_at=after + timedelta(days=2),
        by=factories.staff(),
        at=after,
    )
    (item,) = due_from(factories.handler(HEBEI), at=after)
    assert item.closes_at == after + timedelta(days=2)
    assert titles(factories.handler(HEBEI), after + timedelta(days=2)) == []


def test_staff_are_told_of_rounds_in_preparation_and_nominations_to_check():
    factories.preparing_round(code="2026")
    factories.submitted(factories.opened_round())
    assert len(titles(factories.staff(), DEADLINE)) == 2


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.PARTNER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_nothing_is_due_from_those_who_only_watch_or_run_the_portal(role):
    factories.submitted(factories.opened_round())
    assert titles(factories.user(role), DEADLINE) == []


@pytest.mark.parametrize("drafts", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_drafts(drafts, django_assert_num_queries):
    round, by = factories.opened_round(), factories.handler(HEBEI)
    for city in (factories.TANGSHAN, factories.SHIJIAZHUANG, factories.LANGFANG)[:drafts]:
        factories.draft(round, city=city, by=by)
    by = type(by).objects.select_related("organisation").get(pk=by.pk)
    with django_assert_num_queries(16):
        due_from(by, at=IN_TIME)
