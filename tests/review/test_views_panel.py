"""The panel and its assignment, from the commitment to the last empty seat."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from applications.models import Round
from pilotportal.accounts.enums import Role
from review import queries
from review.enums import Ground, RunStatus
from review.models import AssignmentRun, DrawCommitment, PanelDraw, ScoreSheet
from review.services import assignment, panel, scoring
from tests import factories
from tests.review import factories as review
from tests.review.factories import DRAWN_AT, NONCE, PUBLIC_NUMBER
from tests.review.visits import Visitor, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day_of_the_draw() -> Iterator[None]:
    with moment(DRAWN_AT):
        yield


@pytest.fixture
def round(db: None) -> Round:
    return review.small_round()


@pytest.fixture
def staff(round: Round) -> Visitor:
    return Visitor(review.staff_of(round))


def committed(round: Round, *, size: int = 4) -> DrawCommitment:
    return panel.commit(round_id=round.pk, size=size, nonce=NONCE, by=review.staff_of(round), at=DRAWN_AT)


def test_commit_and_draw(round: Round, staff: Visitor) -> None:
    review.experts(5)
    page = staff.get("panel")
    assert page.says("The pool has 5 experts who can be drawn.")
    assert page.value("size") == "5"  # no more than there are
    secret = page.value("nonce")
    answer = staff.post("commit", round.code, size="4", nonce=f" {secret[:32].upper()} {secret[32:]} ", kept="on")
    page = staff.follow(answer)
    assert page.says("Pool and number are committed to.")
    assert secret not in page.html  # it is nowhere kept
    answer = staff.post("draw", round.code, nonce=secret, public_number=PUBLIC_NUMBER)
    page = staff.follow(answer)
    assert page.says("The panel has been drawn.")
    assert len(page.heads) == 4
    assert PanelDraw.objects.get().nonce == secret


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"size": "2"}, "A panel needs at least 3 experts: so many score each nomination."),
        ({"size": "6"}, "The pool has 5 experts; 6 are needed."),
        ({"size": "many"}, "Enter a whole number."),
        ({"nonce": "ab" * 31}, "The secret number has 64 digits from 0 to 9 and a to f."),
        ({"nonce": "xy" * 32}, "The secret number has 64 digits from 0 to 9 and a to f."),
        ({"kept": ""}, "Write the number down first. Once committed, the portal cannot show it again."),
    ],
)
def test_a_commitment_out_of_order_is_explained_and_loses_nothing(
    round: Round, staff: Visitor, entries: dict[str, str], sentence: str
) -> None:
    review.experts(5)
    sent = {"size": "4", "nonce": NONCE, "kept": "on"} | entries
    page = staff.post("commit", round.code, **sent)
    assert page.status == 422
    assert len(page.errors) == 1
    assert page.errors[0].endswith(sentence)
    assert (page.value("size"), page.value("nonce")) == (sent["size"], sent["nonce"])
    assert not DrawCommitment.objects.exists()


def test_a_wrong_secret_number_does_not_open_the_commitment(round: Round, staff: Visitor) -> None:
    review.experts(4)
    committed(round)
    page = staff.post("draw", round.code, nonce="cd" * 32, public_number=PUBLIC_NUMBER)
    assert page.status == 422
    assert page.errors == ["Secret number: Secret number, size or pool differ from what was committed to."]
    assert page.value("public_number") == PUBLIC_NUMBER
    page = staff.post("draw", round.code, nonce=NONCE, public_number="  ")
    assert page.errors == ["Public number: This field is required."]
    assert not PanelDraw.objects.exists()


def test_drawing_without_a_commitment_is_refused(round: Round, staff: Visitor) -> None:
    review.experts(4)
    answer = staff.post("draw", round.code, nonce=NONCE, public_number=PUBLIC_NUMBER)
    assert staff.follow(answer).says("No draw has been committed to.")


def test_a_lost_secret_number(round: Round, staff: Visitor) -> None:
    review.experts(4)
    committed(round)
    page = staff.post("withdraw_commitment", round.code, reason="")
    assert (page.status, page.errors) == (422, ["Reason: This field is required."])
    answer = staff.post("withdraw_commitment", round.code, reason="随机数丢失")
    assert staff.follow(answer).says("The commitment has been withdrawn; it stays on record.")
    again = staff.post("withdraw_commitment", round.code, reason="再次撤回")
    assert again.errors == ["No draw has been committed to."]
    assert again.value("reason") == "再次撤回"


def test_propose_apply_undo(round: Round, staff: Visitor) -> None:
    review.accepted(round)
    review.panel(round)
    page = staff.follow(staff.post("propose_assignment", round.code))
    assert page.says("The certificate proves that no better assignment exists.")
    run = AssignmentRun.objects.get()
    page = staff.follow(staff.post("apply_assignment", round.code, run.pk))
    assert page.says("12 score sheets.")
    assert page.says("Every seat is taken.")
    assert staff.follow(staff.post("apply_assignment", round.code, run.pk)).says("The assignment is in force")  # a second click
    assert ScoreSheet.objects.count() == 12
    page = staff.follow(staff.post("undo_assignment", round.code, run.pk))
    assert page.says("The assignment has been undone as a whole.")
    assert not ScoreSheet.objects.exists()


def test_proposing_too_early_says_why(round: Round, staff: Visitor) -> None:
    review.submitted(round, factories.TANGSHAN)
    page = staff.follow(staff.post("propose_assignment", round.code))
    assert page.says("The panel has not been drawn yet.")
    review.panel(round)
    page = staff.follow(staff.post("propose_assignment", round.code))
    assert page.says("1 nominations still await the formal review.")
    assert page.says("1 nomination still awaits the formal review.")


def test_a_proposal_names_the_nominations_that_are_short_and_why(round: Round, staff: Visitor) -> None:
    review.accepted(round, [factories.TANGSHAN, factories.TAIYUAN])
    colleague = review.expert("310000")
    for home in ("310000", "330000", factories.HEBEI):
        review.expert(home, employer=colleague.user.organisation if home == "310000" else None)
    drawn = panel.draw(round_id=round.pk, size=4, nonce=NONCE, public_number=PUBLIC_NUMBER, by=review.staff_of(round), at=DRAWN_AT)
    assert drawn.size == 4
    page = staff.follow(staff.post("propose_assignment", round.code))
    assert page.says("Experts missing: 1. Of the others: 1 work in the province that nominates it, 1 have a colleague on it.")
    assert AssignmentRun.objects.get().unfilled


def test_an_assignment_that_somebody_acted_on_stays(round: Round, staff: Visitor) -> None:
    run = review.assigned(round)
    review.pledge(round)
    review.fill_in(review.sheets(round)[0], at=DRAWN_AT)
    page = staff.follow(staff.post("undo_assignment", round.code, run.pk))
    assert page.says("The assignment can no longer be undone: an expert has already acted on it.")
    assert AssignmentRun.objects.get().status == RunStatus.APPLIED


def test_empty_seats_are_previewed_then_filled(round: Round, staff: Visitor) -> None:
    review.assigned(round, n=3, waiting=2)
    review.pledge(round)
    sheet = review.sheets(round)[0]
    scoring.recuse(sheet_id=sheet.pk, ground=Ground.KIN, by=sheet.expert.user, at=DRAWN_AT)
    assert staff.get("panel").says("1 seat is empty.")
    preview = staff.get("fill_vacancies", round.code)
    assert preview.says("Substitutes called up")
    assert preview.heads == [sheet.nomination.city.name]
    assert ScoreSheet.objects.count() == 12  # so far only looked at
    page = staff.follow(staff.post("fill_vacancies", round.code))
    assert page.says("1 empty seat has been filled.")
    assert page.says("Every seat is taken.")
    assert queries.panel_of(round).filter(substitute=True).count() == 1
    assert staff.get("fill_vacancies", round.code).says("No empty seat can be filled")
    assert staff.follow(staff.post("fill_vacancies", round.code)).says("No seat could be filled.")


def test_filling_before_there_is_an_assignment_says_why(round: Round, staff: Visitor) -> None:
    for visit in (staff.get, staff.post):
        assert staff.follow(visit("fill_vacancies", round.code)).says("No assignment is in force.")


def test_releasing_an_expert(round: Round, staff: Visitor) -> None:
    review.assigned(round)
    member = queries.panel_of(round)[0]
    page = staff.post("excuse", round.code, member.expert_id, reason="")
    assert (page.status, page.errors) == (422, ["Reason: This field is required."])
    page = staff.follow(staff.post("excuse", round.code, member.expert_id, reason="临时出差"))
    assert page.says("The expert has been released; the open sheets have been given back.")
    assert page.says("Released: 临时出差")
    assert not queries.sheets_of(round).filter(expert=member.expert).exists()
    again = staff.post("excuse", round.code, member.expert_id, reason="再次")
    assert (again.status, again.value("reason")) == (422, "再次")
    assert staff.get("excuse", round.code, 0).status == 404


def test_the_supervisor_reads_and_has_no_buttons(round: Round) -> None:
    run = review.assigned(round, cities=[factories.TANGSHAN])
    reader = Visitor(factories.user(Role.SUPERVISOR))
    page = reader.get("panel")
    assert page.says("Seed")
    assert not page.document.all("form", action=f"/review/panel/{round.code}/runs/{run.pk}/undo/")
    assert not page.says("Release")


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_however_many_nominations(
    round: Round, staff: Visitor, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    review.accepted(round, review.CITIES[:number])
    review.panel(round, n=3 + number)
    run = assignment.propose(round_id=round.pk, by=staff.user, at=DRAWN_AT)
    with django_assert_num_queries(18):
        staff.get("panel")
    assignment.apply(run_id=run.pk, by=staff.user, at=DRAWN_AT)
    with django_assert_num_queries(14):
        staff.get("panel")
