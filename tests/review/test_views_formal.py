from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from applications.enums import Status
from applications.models import Nomination, Round
from applications.services import nominations
from review.models import FormalCheck
from review.services import formal
from tests import factories
from tests.factories import DEADLINE, REVIEW_TIME
from tests.review import factories as review
from tests.review.visits import Visitor, moment

pytestmark = pytest.mark.django_db
CITIES = sorted(review.CITIES)[:3]


@pytest.fixture(autouse=True)
def in_review_time() -> Iterator[None]:
    with moment(REVIEW_TIME):
        yield


@pytest.fixture
def round(db: None) -> Round:
    return review.small_round()


@pytest.fixture
def staff(round: Round) -> Visitor:
    return Visitor(review.staff_of(round))


@pytest.fixture
def waiting(round: Round) -> Nomination:
    return review.submitted(round, factories.TANGSHAN)


def status_of(nomination: Nomination) -> str:
    return Nomination.objects.values_list("status", flat=True).get(pk=nomination.pk)


def returned(nomination: Nomination, *codes: str) -> FormalCheck:
    return formal.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": code, "note": "请补充。"} for code in codes],
        closes_at=REVIEW_TIME + timedelta(days=5),
        reason="",
        by=factories.made_by(nomination.round),
        at=REVIEW_TIME,
    )


def handed_in_again(nomination: Nomination) -> None:
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(nomination.province_id), at=REVIEW_TIME + timedelta(hours=1))


def test_queue_has_what_waits_and_what_was_decided(round: Round, staff: Visitor) -> None:
    first, second, third = (review.submitted(round, city) for city in CITIES)
    returned(second, "overview")
    formal.accept(nomination_id=third.pk, by=staff.user, at=REVIEW_TIME)
    page = staff.get("queue")
    assert page.heads == [first.city.name, second.city.name, third.city.name, second.city.name]
    assert page.says("Accept 1 nomination …")


def test_queue_without_a_round_says_so(db: None) -> None:
    assert Visitor(factories.staff()).get("queue").says("No round has been opened yet")


@pytest.mark.parametrize("number", [1, 3])
def test_queue_takes_the_same_queries_however_long_it_is(
    round: Round, staff: Visitor, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for city in CITIES[:number]:
        review.submitted(round, city)
    with django_assert_num_queries(14):
        page = staff.get("queue")
    assert len(page.heads) == number


def test_accepting_together_takes_exactly_those_marked(round: Round, staff: Visitor) -> None:
    first, second, third = (review.submitted(round, city) for city in CITIES)
    preview = staff.get("accept_all", round.code)
    assert preview.chosen("nomination") == [f"{nomination.code}.1" for nomination in (first, second, third)]
    answer = staff.post("accept_all", round.code, nomination=[f"{first.code}.1", f"{third.code}.1"])
    assert staff.follow(answer).says("2 nominations have been accepted.")
    assert [status_of(nomination) for nomination in (first, second, third)] == [Status.ACCEPTED, Status.SUBMITTED, Status.ACCEPTED]


def test_accepting_together_with_nothing_marked_is_refused_in_a_sentence(round: Round, staff: Visitor, waiting: Nomination) -> None:
    page = staff.post("accept_all", round.code)
    assert (page.status, page.errors) == (422, ["Nominations: Mark at least one nomination."])
    assert page.chosen("nomination") == []


def test_accepting_together_takes_none_when_one_is_no_longer_as_previewed(round: Round, staff: Visitor) -> None:
    first, second = (review.submitted(round, city) for city in CITIES[:2])
    returned(second, "overview")
    handed_in_again(second)
    page = staff.post("accept_all", round.code, nomination=[f"{first.code}.1", f"{second.code}.1"])
    assert page.status == 422
    assert page.says("Something has changed since you opened this page.")
    assert page.chosen("nomination") == [f"{first.code}.1"]  # the second one is there in its new version, for somebody to look at
    assert not FormalCheck.objects.filter(outcome="accepted").exists()


def test_nothing_can_be_accepted_before_the_deadline(round: Round, staff: Visitor, waiting: Nomination) -> None:
    with moment(DEADLINE - timedelta(seconds=1)):
        assert staff.get("accept_all", round.code).says("Nothing can be accepted now")
        assert not staff.get("queue").says("Accept 1 nomination …")
        page = staff.get("check", waiting.code)
        assert page.says("The deadline for nominations has not passed yet")
        assert not page.document.all("input", name="version")
    with moment(DEADLINE):
        assert staff.get("accept_all", round.code).chosen("nomination") == [f"{waiting.code}.1"]


def test_check_shows_the_dossier_and_accepts_it(staff: Visitor, waiting: Nomination) -> None:
    page = staff.get("check", waiting.code)
    assert page.says("第1项说明。")
    assert page.says("推荐函.pdf")
    answer = staff.post("accept", waiting.code, version=page.value("version"))
    assert staff.follow(answer).says(f"{waiting} has been accepted for review.")
    assert status_of(waiting) == Status.ACCEPTED


def test_a_version_that_was_not_on_the_page_is_not_judged(staff: Visitor, waiting: Nomination) -> None:
    returned(waiting, "overview")
    handed_in_again(waiting)
    page = staff.post("accept", waiting.code, version=1)
    assert page.status == 422
    assert page.says("A newer version has been handed in since you opened this page.")
    assert status_of(waiting) == Status.SUBMITTED
    staff.post("accept", waiting.code, version=page.value("version"))
    assert status_of(waiting) == Status.ACCEPTED


def test_accepting_twice_says_why_the_second_does_nothing(staff: Visitor, waiting: Nomination) -> None:
    for _click in range(2):
        page = staff.post("accept", waiting.code, version=1)
    assert page.status == 422
    assert page.errors
    assert FormalCheck.objects.count() == 1


def test_a_return_opens_the_entries_with_a_note(staff: Visitor, waiting: Nomination) -> None:
    page = staff.get("return", waiting.code)
    assert page.value("closes_at") == "2025-08-01"
    answer = staff.post("return", waiting.code, version=1, closes_at="2025-07-30", note__overview="写明年份。", note__letter="缺公章。")
    assert staff.follow(answer).says(f"{waiting} has been returned; only the entries with a note are open.")
    correction = Nomination.objects.get(pk=waiting.pk).open_correction
    assert correction
    assert correction.fields == [{"code": "overview", "note": "写明年份。"}, {"code": "letter", "note": "缺公章。"}]
    assert correction.closes_at.isoformat() == "2025-07-30T16:00:00+00:00"


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"closes_at": "2025-07-30"}, "Write a note at each entry that is to be corrected; at least one is needed."),
        (
            {"closes_at": "2025-07-30", "note__overview": "  "},
            "Write a note at each entry that is to be corrected; at least one is needed.",
        ),
        ({"closes_at": "2025-07-25", "note__overview": "写明年份。"}, "This day is over."),
        ({"closes_at": "2027-07-25", "note__overview": "写明年份。"}, "This day is more than a year away."),
        ({"closes_at": "9999-12-31", "note__overview": "写明年份。"}, "Enter a day, for example 2025-07-18."),
        ({"closes_at": "soon", "note__overview": "写明年份。"}, "Enter a day, for example 2025-07-18."),
        ({"closes_at": "", "note__overview": "写明年份。"}, "This field is required."),
        ({"closes_at": "2025-07-30", "note__overview": "长" * 301}, "Ensure this value has at most 300 characters"),
    ],
)
def test_a_return_out_of_order_is_explained_and_loses_nothing(
    staff: Visitor, waiting: Nomination, entries: dict[str, str], sentence: str
) -> None:
    page = staff.post("return", waiting.code, version=1, reason="形式审查意见", **entries)
    assert page.status == 422
    assert page.says(sentence)
    assert page.value("reason") == "形式审查意见"
    assert {name: page.value(name.replace("__", "-")) for name in entries} == entries
    assert status_of(waiting) == Status.SUBMITTED


def test_a_day_is_read_in_full_width_digits(staff: Visitor, waiting: Nomination) -> None:
    staff.post("return", waiting.code, version=1, closes_at="２０２５年７月３０日", note__overview="写明年份。")
    assert status_of(waiting) == Status.RETURNED


def test_a_rejection_needs_its_reason(staff: Visitor, waiting: Nomination) -> None:
    page = staff.post("reject", waiting.code, version=1, reason=" \r\n ")
    assert (page.status, status_of(waiting)) == (422, Status.SUBMITTED)
    assert page.errors == ["Reason: This field is required."]
    staff.post("reject", waiting.code, version=1, reason="不符合推荐条件：\r\n未达到地级市。")
    assert status_of(waiting) == Status.REJECTED
    assert FormalCheck.objects.get().reason == "不符合推荐条件：\n未达到地级市。"


def test_a_rejection_before_the_deadline_keeps_what_was_written(staff: Visitor, waiting: Nomination) -> None:
    with moment(DEADLINE - timedelta(seconds=1)):
        page = staff.post("reject", waiting.code, version=1, reason="不符合推荐条件。")
    assert page.status == 422
    assert page.says("The deadline for nominations has not passed yet")
    assert page.value("reason") == "不符合推荐条件。"


@pytest.mark.parametrize("name", ["return", "reject"])
def test_what_is_judged_already_is_not_asked_about_again(staff: Visitor, waiting: Nomination, name: str) -> None:
    assert staff.get(name, waiting.code).document.all("textarea")
    staff.post("accept", waiting.code, version=1)
    page = staff.get(name, waiting.code)
    assert page.says("Only a submitted nomination can be reviewed.")
    assert not page.document.all("textarea")


def test_supervisor_and_partners_read_and_have_no_buttons(round: Round, waiting: Nomination) -> None:
    for role in ("supervisor", "partner"):
        reader = Visitor(factories.user(role))
        assert waiting.city.name in reader.get("queue").heads
        assert not reader.get("queue").says("Accept 1 nomination …")
        page = reader.get("check", waiting.code)
        assert page.says("第1项说明。")
        assert not page.says("Accept for review")
