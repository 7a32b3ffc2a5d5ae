"""Who may do what, as a table; and loaders that give only what may be seen."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from pilotportal.accounts.enums import Role
from review import permissions
from tests import factories
from tests.factories import HEBEI, TAIYUAN, TANGSHAN
from tests.review import factories as review
from tests.review.factories import RANKED_AT

pytestmark = pytest.mark.django_db
DIVISION = {
    Role.PROVINCE_HANDLER: HEBEI,
    Role.PROVINCE_APPROVER: HEBEI,
    Role.CO_DEPARTMENT: HEBEI,
    Role.CITY: TANGSHAN,
    Role.EXPERT: "310000",
}
READERS = {Role.STAFF, Role.PARTNER, Role.SUPERVISOR}


def person(role):
    return factories.user(role, DIVISION.get(role))


@pytest.fixture
def round():
    return review.small_round(planned_places=1)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("can", "allowed"),
    [
        (permissions.can_check, {Role.STAFF}),
        (permissions.can_draw, {Role.STAFF}),
        (permissions.can_assign, {Role.STAFF}),
        (permissions.can_watch, READERS),
        (permissions.can_rank, {Role.STAFF}),
        (permissions.can_select, {Role.STAFF}),
    ],
)
def test_acts_on_a_round(role, can, allowed):
    assert can(person(role)) is (role in allowed)


@pytest.mark.parametrize("role", Role)
def test_acts_on_a_sheet_and_a_list(round, role):
    made = review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    sheet, user = review.sheets(round)[0], person(role)
    assert permissions.can_score(user, sheet) is False
    assert permissions.can_recuse(user, sheet) is (role == Role.STAFF)
    assert permissions.can_reopen(user, sheet) is (role == Role.STAFF)
    assert permissions.can_sign_off(user, made) is (role == Role.STAFF)
    assert permissions.can_see_marks(user, round, at=RANKED_AT) is (role in READERS)


def test_the_owner_of_a_sheet_and_the_proposer_of_a_list(round):
    made = review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    sheet = review.sheets(round)[0]
    assert permissions.can_score(sheet.expert.user, sheet)
    assert permissions.can_recuse(sheet.expert.user, sheet)
    assert not permissions.can_reopen(sheet.expert.user, sheet)
    assert not permissions.can_sign_off(made.proposed_by, made)


def test_a_sheet_that_is_not_ones_own_looks_as_if_it_did_not_exist(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    mine, other = review.sheets(round)[:2]
    assert permissions.sheet_for(mine.expert.user, mine.code, can=permissions.can_score) == mine
    with pytest.raises(Http404):
        permissions.sheet_for(mine.expert.user, other.code)
    with pytest.raises(PermissionDenied):
        permissions.sheet_for(person(Role.SUPERVISOR), mine.code, can=permissions.can_reopen)


def test_a_dossier_is_loaded_only_where_it_may_be_read(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    sheet = review.sheets(round)[0]
    with pytest.raises(Http404):
        permissions.dossier_for(sheet.expert.user, sheet)
    review.pledge(round)
    assert permissions.dossier_for(sheet.expert.user, sheet).nomination == sheet.nomination


def test_a_run_is_loaded_for_staff_and_supervisor_of_its_own_round(round):
    run = review.assigned(round, cities=[TANGSHAN], n=3)
    assert permissions.run_for(person(Role.SUPERVISOR), round, run.pk) == run
    with pytest.raises(Http404):
        permissions.run_for(person(Role.PARTNER), round, run.pk)
    with pytest.raises(Http404):
        permissions.run_for(person(Role.STAFF), review.small_round(code="2026"), run.pk)


def test_the_list_in_force_is_loaded_for_those_who_read_the_review(round):
    staff = person(Role.STAFF)
    with pytest.raises(Http404):
        permissions.selection_for(staff, round)
    made = review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    assert permissions.selection_for(staff, round, can=permissions.can_sign_off) == made
    with pytest.raises(PermissionDenied):
        permissions.selection_for(made.proposed_by, round, can=permissions.can_sign_off)
    with pytest.raises(Http404):
        permissions.selection_for(person(Role.PROVINCE_APPROVER), round)
