"""The ranking with the marks behind it, and its ties."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from applications.models import Round
from pilotportal.accounts.enums import Role
from review.models import Ranking, ScoreSheet, TieResolution
from review.services import ranking, scoring
from tests import factories
from tests.review import factories as review
from tests.review.factories import RANKED_AT, SCORED_AT, SHEETS_CLOSE
from tests.review.visits import Page, Visitor, moment

pytestmark = pytest.mark.django_db
TWO = [factories.TANGSHAN, factories.TAIYUAN]


@pytest.fixture(autouse=True)
def after_the_deadline_of_the_sheets() -> Iterator[None]:
    with moment(RANKED_AT):
        yield


@pytest.fixture
def round(db: None) -> Round:
    return review.small_round()


@pytest.fixture
def staff(round: Round) -> Visitor:
    return Visitor(review.staff_of(round))


def all_alike(_city: str, _position: int, _criterion: str) -> int:
    return 8


@pytest.fixture
def tied(round: Round, staff: Visitor) -> Ranking:
    return review.ranked(round, cities=TWO, n=3, marks=all_alike)


def entries_of(found: Ranking) -> dict[str, str]:
    return {entry["city"]: entry["nomination"] for entry in found.entries}


def part(staff: Visitor, round: Round, first: str, second: str, places: tuple[str, str] = ("1", "2"), **entries: str) -> Page:
    prefixed = {f"tie__1__{first}": places[0], f"tie__1__{second}": places[1]} | {f"tie__1__{key}": v for key, v in entries.items()}
    return staff.post("part_tie", round.code, 1, **prefixed)


def test_ranking_is_computed_and_shown_with_exact_scores(round: Round, staff: Visitor) -> None:
    review.scored(round, cities=TWO, n=3)
    assert staff.get("ranking").says("There is no ranking yet")
    page = staff.follow(staff.post("compute", round.code))
    assert page.says("The ranking has been computed.")
    assert page.heads == ["唐山市", "太原市"]
    entry = Ranking.objects.get().entries[0]
    score = page.document.one("span", title=entry["score"])
    assert "/" in entry["score"]
    assert score.text == f"{eval(entry['score']):.2f}"  # noqa: S307 (two numbers and a stroke, from our own table)


def test_computing_too_early_says_why(round: Round, staff: Visitor) -> None:
    assert staff.follow(staff.post("compute", round.code)).says("No nomination has been accepted for review yet.")
    review.assigned(round, cities=TWO, n=3)
    with moment(SCORED_AT):
        assert staff.follow(staff.post("compute", round.code)).says("6 score sheets are still out and their deadline has not passed.")


@pytest.mark.parametrize(("prepared", "offered"), [(review.assigned, False), (review.scored, True)])
def test_the_ranking_is_offered_once_the_marks_may_be_seen(round: Round, staff: Visitor, prepared: Any, offered: bool) -> None:
    prepared(round, cities=TWO, n=3)
    with moment(SCORED_AT):
        assert staff.get("ranking").says("Compute the ranking") == offered


def test_too_few_sheets_are_said(round: Round, staff: Visitor) -> None:
    review.assigned(round, cities=TWO, n=3)
    review.pledge(round)
    for sheet in review.sheets(round):
        if sheet.nomination.city_id == factories.TANGSHAN:
            review.submit(sheet)
    page = staff.follow(staff.post("compute", round.code))
    assert page.says("Not ranked: 0 valid score sheets, where the rules of the round ask for at least 2.")


def test_no_mark_is_seen_while_a_sheet_is_out(round: Round, staff: Visitor) -> None:
    """All in before the deadline: open. One reopened: closed again, with the ranking that was there, for everybody but the supervisor."""
    sheets = review.scored(round, cities=TWO, n=3)
    with moment(SCORED_AT):
        page = staff.follow(staff.post("compute", round.code))
        assert len(page.heads) == 2
        scoring.reopen(sheet_id=sheets[0].pk, reason="分数与评语不符", by=staff.user, at=SCORED_AT)
        for reader in (staff, Visitor(factories.user(Role.PARTNER))):
            page = reader.get("ranking")
            assert page.says("Marks are still closed")
            assert page.heads == []
            assert "唐山市" not in page.html
            assert reader.get("marks", sheets[0].nomination.code).status == 404
        supervisor = Visitor(factories.user(Role.SUPERVISOR))
        assert len(supervisor.get("ranking").heads) == 2
        assert supervisor.get("marks", sheets[0].nomination.code).status == 200
    with moment(SHEETS_CLOSE):
        assert len(staff.get("ranking").heads) == 2


def test_no_mark_is_seen_before_all_sheets_are_in(round: Round, staff: Visitor) -> None:
    review.assigned(round, cities=TWO, n=3)
    review.pledge(round)
    first, *others = review.sheets(round)
    review.submit(first)
    with moment(SHEETS_CLOSE - timedelta(seconds=1)):
        assert staff.get("marks", first.nomination.code).status == 404
        assert staff.get("ranking").says("Marks are still closed")
        for sheet in others:
            review.submit(sheet)
        assert staff.get("marks", first.nomination.code).status == 200


def test_marks_and_comments_of_a_nomination(round: Round, staff: Visitor) -> None:
    sheets = review.scored(round, cities=TWO, n=3)
    nomination = sheets[0].nomination
    names = {sheet.expert.user.name for sheet in sheets}
    page = staff.get("marks", nomination.code)
    assert set(page.heads) == names
    assert page.says("plan：材料充分。")
    partner = Visitor(factories.user(Role.PARTNER)).get("marks", nomination.code)
    assert partner.heads == ["Expert 1", "Expert 2", "Expert 3"]
    assert not any(name in partner.html for name in names)
    assert Visitor(sheets[0].expert.user).get("marks", nomination.code).status == 404


def test_a_tie_is_parted_on_record(round: Round, staff: Visitor, tied: Ranking) -> None:
    tangshan, taiyuan = (entries_of(tied)[city] for city in ("唐山市", "太原市"))
    assert staff.get("ranking").says("Tied · 唐山市, 太原市")
    page = staff.follow(part(staff, round, tangshan, taiyuan, ("2", "1"), method="draw", reason="公开抽签，监督人员在场"))
    assert page.says("The tie has been parted; the record says how.")
    assert page.heads == ["太原市", "唐山市"]
    assert page.says("Tie parted by a public draw")
    assert not page.says("Tied:")
    again = staff.follow(part(staff, round, tangshan, taiyuan, method="draw", reason="再抽"))
    assert again.says("This tie no longer exists. The ranking has changed.")
    assert TieResolution.objects.count() == 1


def test_a_place_given_twice_is_explained_and_nothing_is_lost(round: Round, staff: Visitor, tied: Ranking) -> None:
    tangshan, taiyuan = (entries_of(tied)[city] for city in ("唐山市", "太原市"))
    page = part(staff, round, tangshan, taiyuan, ("1", "1"), method="people", reason="集体研究")
    assert page.status == 422
    assert page.errors == [
        "Place of 唐山市 among those tied: Each place can be given once.",
        "Place of 太原市 among those tied: Each place can be given once.",
    ]
    assert (page.value(f"tie-1-{tangshan}"), page.value("tie-1-reason")) == ("1", "集体研究")
    assert page.chosen("tie-1-method") == ["people"]
    page = part(staff, round, tangshan, taiyuan, ("1", ""), reason="")
    assert len(page.errors) == 3  # a place, the method, the reason
    assert not TieResolution.objects.exists()


def test_readers_have_no_buttons(round: Round, tied: Ranking) -> None:
    for role in (Role.PARTNER, Role.SUPERVISOR):
        reader = Visitor(factories.user(role))
        page = reader.get("ranking")
        assert len(page.heads) == 2
        assert not page.document.one("main").all("form", method="post")
        assert reader.post("compute", round.code).status == 403


def test_the_ranking_is_turned_round_and_narrowed(round: Round, staff: Visitor) -> None:
    review.ranked(round, cities=review.CITIES[:3])
    heads = staff.get("ranking").heads
    assert staff.get("ranking", sort="-rank").heads == heads[::-1]
    assert staff.get("ranking", sort="nonsense", page="99").heads == heads
    assert staff.get("ranking", find=heads[1]).heads == [heads[1]]
    assert staff.get("ranking", region="nowhere").heads == heads
    assert staff.get("ranking", find="没有这个城市").says("Nothing matches")
    (score,) = (head for head in staff.get("ranking", sort="-score").document.all("th", scope="col") if head.text == "Score")
    assert score.attributes["aria-sort"] == "descending"


def test_the_scores_are_drawn_with_their_table(round: Round, staff: Visitor) -> None:
    review.ranked(round, cities=review.CITIES[:3])
    section = staff.get("ranking").document.one("section", class_="charted")
    rows = [[cell.text for cell in row.children] for row in section.one("tbody").all("tr")]
    assert sum(int(count) for _band, count, _remark in rows) == 3
    told = section.one("desc").text
    assert all(f"{band}: {count}" in told for band, count, _remark in rows)
    assert staff.get("ranking", find="没有这个城市").document.all("section", class_="charted")  # of all cities, whatever the list shows


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_take_the_same_queries_however_many(
    round: Round, staff: Visitor, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    review.ranked(round, cities=review.CITIES[:number], n=2 + number)
    with django_assert_num_queries(14):
        page = staff.get("ranking")
    assert len(page.heads) == number
    nomination = ScoreSheet.objects.first().nomination
    with django_assert_num_queries(19):
        staff.get("marks", nomination.code)


def test_recomputing_the_same_marks_changes_nothing(round: Round, staff: Visitor, tied: Ranking) -> None:
    again = ranking.compute(round_id=round.pk, by=staff.user, at=RANKED_AT)
    assert again.digest == tied.digest
    assert staff.get("ranking").heads == ["唐山市", "太原市"]
