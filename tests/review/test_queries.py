"""What each role can reach, and that an expert never reaches another's marks by any way that a page has."""

from datetime import timedelta
from hashlib import md5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.enums import AttachmentKind
from applications.services import nominations
from pilotportal.accounts.enums import REVIEW_READERS, Role
from review import queries
from review.enums import Ground, SheetStatus
from review.models import Mark
from review.services import formal, scoring
from tests import factories
from tests.factories import BEIJING_CODE, HEBEI, REVIEW_TIME, SHIJIAZHUANG, TAIYUAN, TANGSHAN
from tests.review import factories as review
from tests.review.factories import RANKED_AT, SCORED_AT, SHEETS_CLOSE

pytestmark = pytest.mark.django_db
DIVISION = {
    Role.PROVINCE_HANDLER: HEBEI,
    Role.PROVINCE_APPROVER: HEBEI,
    Role.CO_DEPARTMENT: HEBEI,
    Role.CITY: TANGSHAN,
    Role.EXPERT: "310000",
}


def person(role):
    return factories.user(role, DIVISION.get(role))


def reads(queryset):
    """How many statements it takes to read what a list shows."""
    with CaptureQueriesContext(connection) as captured:
        for sheet in queryset:
            _ = (str(sheet), sheet.nomination.province.name, sheet.nomination.round.code, sheet.expert.user.name, sheet.pledged)
            _ = queries.sheets_close_at(sheet.nomination.round)
    return len(captured)


@pytest.fixture
def round():
    return review.small_round(planned_places=1)


# -- who sees what ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_lists_start_from_nothing_and_give_each_role_its_own(round, role):
    review.proposed(round, cities=[TANGSHAN, TAIYUAN], n=3)
    user, reader = person(role), role in REVIEW_READERS
    assert queries.sheets_visible_to(user).count() == (6 if role in {Role.STAFF, Role.SUPERVISOR} else 0)
    assert queries.checks_visible_to(user).count() == (2 if reader else 0)
    assert queries.rankings_visible_to(user).count() == (1 if reader else 0)
    assert queries.selections_visible_to(user).count() == (1 if reader else 0)
    assert queries.runs_visible_to(user).count() == (1 if role in {Role.STAFF, Role.SUPERVISOR} else 0)
    assert queries.marks_visible_to(user, round, at=RANKED_AT).count() == (36 if reader else 0)


def test_an_expert_sees_only_the_own_sheets_and_marks(round):
    review.scored(round, cities=[TANGSHAN, TAIYUAN], n=3)
    for sheet in review.sheets(round):
        me = sheet.expert.user
        assert {s.expert_id for s in queries.sheets_visible_to(me)} == {sheet.expert_id}
        marks = queries.marks_visible_to(me, round, at=RANKED_AT)
        assert {mark.sheet.expert_id for mark in marks} == {sheet.expert_id}
        assert marks.count() == 12


@pytest.mark.parametrize("at", [SCORED_AT, SHEETS_CLOSE, RANKED_AT])
def test_no_moment_shows_an_expert_anothers_marks(round, at):
    """Not even when all own sheets are in and the deadline has passed."""
    review.scored(round, cities=[TANGSHAN], n=3)
    me = review.sheets(round)[0].expert
    assert Mark.objects.exclude(sheet__expert=me).exists()
    assert not queries.marks_visible_to(me.user, round, at=at).exclude(sheet__expert=me).exists()
    assert queries.sees_marks(me.user, round, at=at) is False
    assert not queries.rankings_visible_to(me.user).exists()


def test_the_ministries_see_progress_at_once_and_marks_only_when_none_can_be_influenced(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    review.pledge(round)
    first, *others = review.sheets(round)
    review.submit(first)
    assert queries.sheets_visible_to(person(Role.STAFF)).filter(status=SheetStatus.SUBMITTED).count() == 1
    for user in (person(Role.STAFF), person(Role.PARTNER)):
        assert not queries.marks_visible_to(user, round, at=SHEETS_CLOSE - timedelta(microseconds=1)).exists()
        assert queries.marks_visible_to(user, round, at=SHEETS_CLOSE).count() == 6
    assert queries.marks_visible_to(person(Role.SUPERVISOR), round, at=SCORED_AT).count() == 6
    for sheet in others:
        review.submit(sheet)
    assert queries.marks_visible_to(person(Role.STAFF), round, at=SCORED_AT).count() == 18


def test_marks_of_drafts_are_the_experts_and_the_supervisors(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    review.pledge(round)
    sheet = review.fill_in(review.sheets(round)[0])
    assert queries.marks_visible_to(sheet.expert.user, round, at=SCORED_AT).count() == 6
    assert queries.marks_visible_to(person(Role.SUPERVISOR), round, at=SCORED_AT).count() == 6
    assert not queries.marks_visible_to(person(Role.STAFF), round, at=SHEETS_CLOSE).exists()


def test_the_order_of_sheets_is_shuffled_for_each_expert_and_never_changes():
    round = review.small_round()
    cities = [TANGSHAN, SHIJIAZHUANG, TAIYUAN, BEIJING_CODE]
    review.assigned(round, cities=cities, n=3)
    review.pledge(round)

    def seen(expert):
        return [sheet.nomination.city_id for sheet in queries.sheets_visible_to(expert.user)]

    def shuffled(expert):
        return sorted(cities, key=lambda city: md5(f"{expert.pk}|{city}".encode(), usedforsecurity=False).hexdigest())

    experts = [member.expert for member in round.panel_draw.members.all()]
    assert [seen(expert) for expert in experts] == [shuffled(expert) for expert in experts]
    review.submit(review.sheets(round)[0])
    assert [seen(expert) for expert in experts] == [shuffled(expert) for expert in experts]


# -- dossiers ---------------------------------------------------------------------------------------------------------------


def test_the_dossier_opens_with_the_pledge_and_closes_with_the_recusal(round):
    review.assigned(round, cities=[TANGSHAN], n=3)
    sheet = review.sheets(round)[0]
    me = sheet.expert.user
    assert queries.dossier_for(me, sheet) is None
    review.pledge(round)
    dossier = queries.dossier_for(me, sheet)
    assert dossier.version == sheet.nomination.versions.get()
    assert [file.kind for file in dossier.files] == [AttachmentKind.EVIDENCE]  # the letter names the other cities of the province
    scoring.recuse(sheet_id=sheet.pk, ground=Ground.KIN, by=me, at=SCORED_AT)
    assert queries.dossier_for(me, review.sheets(round)[0]) is None


@pytest.mark.parametrize("role", Role)
def test_nobody_opens_a_dossier_through_somebody_elses_sheet(round, role):
    review.assigned(round, cities=[TANGSHAN], n=3)
    review.pledge(round)
    sheet = review.sheets(round)[0]
    assert queries.dossier_for(sheet.expert.user, sheet) is not None
    assert queries.dossier_for(person(role), sheet) is None


def test_the_dossier_is_the_version_that_was_accepted_with_its_files(round):
    nomination = review.submitted(round, TANGSHAN)
    staff, by = review.staff_of(round), factories.approver(HEBEI)
    fields = [{"code": "overview", "note": "请补充"}]
    closes_at = REVIEW_TIME + timedelta(days=1)
    formal.return_for_correction(nomination_id=nomination.pk, fields=fields, closes_at=closes_at, reason="补充", by=staff, at=REVIEW_TIME)
    section = round.definition.section("basics")
    values = {code: nomination.content[code] for code in section.codes} | {"overview": "没有提交的修改"}
    nominations.save_section(nomination_id=nomination.pk, section=section, values=values, revision=1, by=by, at=REVIEW_TIME)
    formal.accept(nomination_id=nomination.pk, by=staff, at=closes_at)
    version = queries.version_of(nomination)
    assert version.number == 1
    assert version.content["overview"] != "没有提交的修改"


# -- numbers of queries -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cities", [[TANGSHAN], [TANGSHAN, SHIJIAZHUANG, TAIYUAN]])
def test_lists_take_the_same_number_of_queries_however_long(round, cities):
    review.assigned(round, cities=cities, n=3)
    expert = review.sheets(round)[0].expert.user
    assert reads(queries.sheets_visible_to(expert)) == 3
    assert reads(queries.sheets_visible_to(person(Role.STAFF))) == 3
    with CaptureQueriesContext(connection) as captured:
        rows = [(str(member), member.held, member.expert.province.name) for member in queries.panel_by_progress(round)]
        rows += [(str(nomination), nomination.held, nomination.province.name) for nomination in queries.nominations_by_progress(round)]
    assert len(rows) == 3 + len(cities)
    assert len(captured) == 2


def test_progress_counts_by_expert_and_by_nomination_without_a_mark(round):
    review.assigned(round, cities=[TANGSHAN, TAIYUAN], n=3)
    review.pledge(round)
    first, second, third, *_rest = review.sheets(round)
    review.submit(first)
    review.fill_in(second)
    scoring.decline(sheet_id=third.pk, reason="专业不符", by=third.expert.user, at=SCORED_AT)
    rows = {n.city_id: (n.held, n.submitted_sheets, n.begun, n.given_up) for n in queries.nominations_by_progress(round)}
    assert rows == {TANGSHAN: (2, 1, 1, 1), TAIYUAN: (3, 0, 0, 0)}
    members = {m.expert_id: (m.held, m.submitted_sheets, m.begun, m.given_up) for m in queries.panel_by_progress(round)}
    assert members[first.expert_id] == (2, 1, 0, 0)
    assert members[third.expert_id] == (1, 0, 0, 1)
    assert queries.count_of(round) == queries.Count(sheets=5, out=4)


def scored(*scores):
    return [{"score": score} for score in scores]


def bands(*scores, places=1):
    return [(band.low, band.count, band.holds_cut) for band in queries.distribution(scored(*scores), places=places)]


def test_the_distribution_counts_each_band_and_marks_the_last_place():
    assert bands("181/2", "90", "449/5", "76") == [(75, 1, False), (80, 0, False), (85, 1, False), (90, 2, True)]
    assert [low for low, _count, cut in bands("181/2", "90", "449/5", "76", places=3) if cut] == [85]


def test_a_band_holds_its_lower_end_and_the_topmost_the_full_score():
    assert bands("95", "100", "85") == [(85, 1, False), (90, 0, False), (95, 2, True)]


@pytest.mark.parametrize("places", [0, 2, 3])
def test_there_is_no_cut_where_everybody_has_a_place(places):
    assert not any(cut for _low, _count, cut in bands("90", "80", places=places))


def test_cities_without_a_score_are_in_no_band():
    assert bands(None, "90", None) == [(90, 1, False)]
    assert bands(None) == []
