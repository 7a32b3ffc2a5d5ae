"""The expert's work: pledge, list, sheet with the dossier beside it, recusal."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from applications.enums import AttachmentKind
from applications.models import Attachment, Round
from pilotportal.audit.models import Event
from pilotportal.files.models import Scan
from review.enums import Ground, SheetStatus
from review.models import Pledge, Recusal, ScoreSheet
from review.services import scoring
from tests import factories
from tests.review import factories as review
from tests.review.factories import SCORED_AT, SHEETS_CLOSE
from tests.review.visits import Page, Visitor, moment

pytestmark = pytest.mark.django_db
CODES = ["manufacturing", "hr_services", "talent", "demonstration", "plan", "safeguards"]


@pytest.fixture(autouse=True)
def while_they_score() -> Iterator[None]:
    with moment(SCORED_AT):
        yield


@pytest.fixture
def round(db: None) -> Round:
    return review.small_round()


@pytest.fixture
def sheet(round: Round) -> ScoreSheet:
    """The first of an expert who has two to fill in."""
    review.assigned(round, cities=review.CITIES[:2], n=3)
    review.pledge(round)
    return mine(review.sheets(round)[0])[0]


def mine(sheet: ScoreSheet) -> list[ScoreSheet]:
    """All sheets of the same expert, in the order of the expert's list."""
    page = Visitor(sheet.expert.user).get("sheets")
    codes = [link.attributes["href"].split("/")[-2] for cell in page.document.all("th", scope="row") for link in cell.all("a")]
    sheets = {found.code: found for found in review.sheets(sheet.nomination.round)}
    return [sheets[code] for code in codes]


def entered(mark: str = "8", comment: str = "材料充分。", **changes: str) -> dict[str, str]:
    """A complete sheet as a browser sends it."""
    entries = {f"mark__{code}": mark for code in CODES} | {f"comment__{code}": comment for code in CODES}
    return entries | {"revision": "0"} | changes


def save(sheet: ScoreSheet, **entries: str) -> Page:
    return Visitor(sheet.expert.user).post("sheet", sheet.code, save="1", **entries)


def submit(sheet: ScoreSheet, **entries: str) -> Page:
    return Visitor(sheet.expert.user).post("sheet", sheet.code, submit="1", **entries)


def now(sheet: ScoreSheet) -> ScoreSheet:
    return ScoreSheet.objects.get(pk=sheet.pk)


def test_before_the_pledge_no_dossier_opens(round: Round) -> None:
    review.assigned(round, cities=[factories.TANGSHAN])
    sheet = review.sheets(round)[0]
    expert = Visitor(sheet.expert.user)
    assert expert.get("sheets").says("Sign the pledge of integrity before you open a dossier.")
    assert expert.get("sheet", sheet.code).location == f"/review/pledge/{round.code}/"
    page = expert.get("pledge", round.code)
    answer = expert.post("pledge", round.code, digest="sm3:00")
    assert expert.follow(answer).says("The text of the pledge has changed since you opened it.")
    assert not Pledge.objects.exists()
    answer = expert.post("pledge", round.code, digest=page.value("digest"))
    assert expert.follow(answer).says("You have signed the pledge.")
    assert expert.get("sheet", sheet.code).status == 200
    assert expert.get("pledge", round.code).says("You signed the pledge on 8 August 2025")


def test_an_expert_who_was_not_drawn_cannot_pledge(round: Round) -> None:
    review.assigned(round, cities=[factories.TANGSHAN])
    stranger = Visitor(review.expert().user)
    assert stranger.get("sheets").says("No nomination has been assigned to you")
    answer = stranger.post("pledge", round.code, digest=stranger.get("pledge", round.code).value("digest"))
    assert stranger.follow(answer).says("You are not on the panel of this round.")


def test_the_list_leads_from_sheet_to_sheet(round: Round, sheet: ScoreSheet) -> None:
    first, second = mine(sheet)
    expert = Visitor(sheet.expert.user)
    page = expert.get("sheets")
    assert page.says("2 sheets are still to be submitted")
    assert page.says(f"Go on with {first.nomination}")
    assert expert.get("sheet", first.code).document.one("a", rel="next").attributes["href"] == second.get_absolute_url()
    assert expert.get("sheet", second.code).document.one("a", rel="prev").attributes["href"] == first.get_absolute_url()
    page = expert.follow(expert.post("sheet", first.code, submit="1", **entered()))
    assert page.says(f"The score sheet of {first.nomination} has been submitted.")
    assert page.says("1 sheet is still to be submitted")
    assert page.says(f"Go on with {second.nomination}")
    assert page.document.one("tr", class_="following").one("th", scope="row").text == f"{second.nomination} next"
    assert page.says("80.00")
    page = expert.follow(submit(second, **entered()))
    assert page.says("All your sheets are in. Thank you.")


def test_the_dossier_stands_beside_the_sheet(sheet: ScoreSheet) -> None:
    page = Visitor(sheet.expert.user).get("sheet", sheet.code)
    dossier = page.document.one("div", id="dossier").text
    assert "第1项说明。" in dossier
    assert "证明材料.pdf" in dossier
    assert "推荐函.pdf" not in dossier
    assert Event.objects.filter(kind="dossier.read", target_id=str(sheet.pk)).count() == 1


def test_contact_persons_are_not_shown_to_experts(sheet: ScoreSheet) -> None:
    """The form has them, and staff read them; who scores does not."""
    label = "Ministry contact"
    definition = sheet.nomination.round.definition
    personal = [field.label.en for section in definition.sections for field in section.fields if field.personal]
    assert personal, label
    staff = Visitor(factories.staff()).get("check", sheet.nomination.code)
    expert = Visitor(sheet.expert.user).get("sheet", sheet.code)
    assert all(staff.says(name) for name in personal)
    assert not any(expert.says(name) for name in personal)


def test_a_draft_is_kept_with_its_gaps(sheet: ScoreSheet) -> None:
    expert = Visitor(sheet.expert.user)
    page = expert.post("sheet", sheet.code, save="1", revision="0", mark__plan="9", comment__talent="院校较多。\r\n培训能力强。")
    assert page.location == sheet.get_absolute_url()
    page = expert.follow(page)
    assert page.says("The sheet has been saved as a draft.")
    assert (page.value("mark-plan"), page.value("mark-talent")) == ("9", "")
    assert page.value("comment-talent") == "院校较多。\n培训能力强。"
    assert page.value("revision") == "1"


@pytest.mark.parametrize(("typed", "read"), [("8", 8), (" ８ ", 8), ("１０", 10), ("0", 0), ("007", 7), ("", None)])
def test_marks_are_read_as_people_type_them(sheet: ScoreSheet, typed: str, read: int | None) -> None:
    save(sheet, **entered(mark__plan=typed))
    assert sheet.marks.get(criterion__code="plan").mark == read


@pytest.mark.parametrize("typed", ["abc", "11", "-1", "8.5", "8,5", "1_0", "八", "99999"])
def test_a_mark_that_is_none_is_explained_and_everything_else_is_saved(sheet: ScoreSheet, typed: str) -> None:
    page = submit(sheet, **entered(mark__plan=typed, comment__plan="思路清楚。"))
    assert page.status == 422
    assert page.errors == ["Mark for “Concept and focus areas”: A whole number from 0 to 10."]
    assert (page.value("mark-plan"), page.value("comment-plan")) == (typed, "思路清楚。")
    assert (page.value("mark-talent"), page.value("revision")) == ("8", "1")
    assert now(sheet).status == SheetStatus.DRAFT
    assert sheet.marks.count() == 5
    page = submit(sheet, **entered(comment__plan="思路清楚。", revision="1"))
    assert now(sheet).status == SheetStatus.SUBMITTED


def test_what_a_submission_lacks_is_said_at_each_entry(sheet: ScoreSheet) -> None:
    page = submit(sheet, **entered(mark__plan="", comment__talent="  "))
    assert page.status == 422
    assert page.errors == [
        "Comment on “Education and talent”: Write a comment.",
        "Mark for “Concept and focus areas”: Give a mark.",
    ]
    assert now(sheet).status == SheetStatus.DRAFT
    assert sheet.marks.get(criterion__code="plan").comment == "材料充分。"  # what was there has been saved


def test_a_comment_that_is_too_long_stays_on_the_page(sheet: ScoreSheet) -> None:
    page = save(sheet, **entered(comment__plan="长" * 1001))
    assert page.status == 422
    assert page.value("comment-plan") == "长" * 1001
    assert save(sheet, **entered(comment__plan="\r\n".join("长" * 500), revision="1")).location  # line breaks count once: 999


def test_two_windows_do_not_overwrite_each_other(sheet: ScoreSheet) -> None:
    save(sheet, **entered(mark__plan="3", comment__plan="另一窗口。"))
    page = save(sheet, **entered(mark__plan="9", comment__plan="本窗口。"))
    assert page.status == 409
    assert page.says("This sheet was saved in another window.")
    assert [notice.text for notice in page.document.all("div", class_="notice notice-warning")] == [
        "Saved meanwhile in another window: Mark 3另一窗口。"
    ]
    assert (page.value("mark-plan"), page.value("comment-plan"), page.value("revision")) == ("9", "本窗口。", "1")
    assert sheet.marks.get(criterion__code="plan").mark == 3
    assert save(sheet, **entered(mark__plan="9", comment__plan="本窗口。", revision="1")).location
    assert sheet.marks.get(criterion__code="plan").mark == 9


def test_what_was_left_empty_here_is_not_emptied_there(sheet: ScoreSheet) -> None:
    save(sheet, **entered(mark__plan="3", comment__plan="另一窗口。"))
    page = save(sheet, revision="0", mark__talent="9", comment__talent="本窗口。")
    assert page.status == 409
    assert [notice.text for notice in page.document.all("div", class_="notice notice-warning")] == [
        "Saved meanwhile in another window: Mark 8材料充分。"
    ]
    assert (page.value("mark-plan"), page.value("comment-plan")) == ("3", "另一窗口。")
    assert (page.value("mark-talent"), page.value("comment-talent")) == ("9", "本窗口。")


def test_a_revision_that_is_none_overwrites_nothing(sheet: ScoreSheet) -> None:
    save(sheet, **entered(mark__plan="3"))
    assert save(sheet, **entered(revision="x")).status == 409
    assert save(sheet, **entered(revision="")).status == 409
    assert sheet.marks.get(criterion__code="plan").mark == 3


def test_what_was_typed_when_the_deadline_passed_is_not_lost(sheet: ScoreSheet) -> None:
    with moment(SHEETS_CLOSE):
        page = submit(sheet, **entered(comment__plan="来不及提交的评语。"))
        assert page.status == 422
        assert page.says("The deadline for score sheets has passed: 29 August 2025 24:00 (Beijing time).")
        assert page.value("comment-plan") == "来不及提交的评语。"
        assert not page.document.all("button", name="submit")
        assert not Visitor(sheet.expert.user).get("sheet", sheet.code).document.all("textarea")
    assert now(sheet).status == SheetStatus.ASSIGNED


def test_a_submitted_sheet_is_read_only(sheet: ScoreSheet) -> None:
    submit(sheet, **entered(comment__plan="思路清楚。"))
    page = Visitor(sheet.expert.user).get("sheet", sheet.code)
    assert page.says("This score sheet has been submitted and can no longer be changed.")
    assert page.says("思路清楚。")
    assert not page.document.all("textarea")
    page = save(sheet, **entered(mark__plan="1", revision="1"))
    assert page.status == 422
    assert sheet.marks.get(criterion__code="plan").mark == 8


def test_a_reopened_sheet_says_why(sheet: ScoreSheet) -> None:
    submit(sheet, **entered())
    scoring.reopen(sheet_id=sheet.pk, reason="分数与评语不符", by=factories.made_by(sheet.nomination.round), at=SCORED_AT)
    page = Visitor(sheet.expert.user).get("sheet", sheet.code)
    assert page.says("The ministry has reopened this sheet: 分数与评语不符")
    assert page.value("mark-plan") == "8"
    submit(sheet, **entered(mark__plan="7", revision="1"))
    assert now(sheet).status == SheetStatus.SUBMITTED


def test_a_recusal_closes_the_dossier(sheet: ScoreSheet) -> None:
    expert = Visitor(sheet.expert.user)
    page = expert.post("recuse", sheet.code, note="曾任顾问")
    assert (page.status, page.errors, page.value("note")) == (422, ["Ground: This field is required."], "曾任顾问")
    page = expert.post("recuse", sheet.code, ground="other", note="")
    assert page.errors == ["Note: Say what the other circumstances are."]
    assert page.chosen("ground") == ["other"]
    page = expert.follow(expert.post("recuse", sheet.code, ground="advised", note="曾任顾问"))
    assert page.says(f"The recusal from {sheet.nomination} is on record.")
    assert Recusal.objects.get().ground == Ground.ADVISED
    page = expert.get("sheet", sheet.code)
    assert page.says("The dossier is closed.")
    assert not page.says("第1项说明。")
    attachment = Attachment.objects.get(nomination=sheet.nomination, kind=AttachmentKind.EVIDENCE)
    assert expert.get("file", sheet.code, attachment.pk).status == 404
    again = expert.post("recuse", sheet.code, ground="kin", note="再次")
    assert (again.status, again.value("note")) == (422, "再次")


def test_giving_a_sheet_back_needs_a_reason(sheet: ScoreSheet) -> None:
    expert = Visitor(sheet.expert.user)
    page = expert.post("decline", sheet.code, reason=" ")
    assert (page.status, page.errors) == (422, ["Reason: This field is required."])
    page = expert.follow(expert.post("decline", sheet.code, reason="专业不符"))
    assert page.says(f"The sheet of {sheet.nomination} has been given back.")
    assert now(sheet).status == SheetStatus.DECLINED


def test_files_of_the_dossier_are_read_on_record(sheet: ScoreSheet) -> None:
    attachment = Attachment.objects.get(nomination=sheet.nomination, kind=AttachmentKind.EVIDENCE)
    other = Attachment.objects.exclude(nomination=sheet.nomination).filter(kind=AttachmentKind.EVIDENCE).first()
    expert = Visitor(sheet.expert.user)
    assert expert.get("file", sheet.code, attachment.pk).status == 200
    assert expert.get("file", sheet.code, other.pk).status == 404
    assert Event.objects.filter(kind="dossier.file_read").count() == 1


@pytest.mark.parametrize(("state", "status"), [("clean", 200), ("pending", 403), ("infected", 403)])
def test_files_of_the_dossier_are_looked_at_where_nothing_harmful_is_in_them(sheet: ScoreSheet, state: str, status: int) -> None:
    attachment = Attachment.objects.get(nomination=sheet.nomination, kind=AttachmentKind.EVIDENCE)
    known = {} if state == "pending" else {"engine": "ClamAV", "scanned_at": SCORED_AT, "finding": "Eicar" if state == "infected" else ""}
    Scan.objects.create(file=attachment.file, state=state, asked_at=SCORED_AT, **known)
    expert = Visitor(sheet.expert.user)
    page = expert.get("file_page", sheet.code, attachment.pk)
    assert (page.status, "<iframe" in page.html) == (200, status == 200)
    assert expert.get("file_view", sheet.code, attachment.pk).status == status
    assert expert.get("file", sheet.code, attachment.pk).status == status
    assert Event.objects.filter(kind="dossier.file_viewed").count() == (status == 200)


def test_an_expert_never_meets_another(round: Round, sheet: ScoreSheet) -> None:
    """Everybody has scored, with comments of their own; on no page of one expert stands the name or the comment of another."""
    for found in review.sheets(round):
        secret = f"只属于{found.expert_id}号专家"
        submit(found, **entered(comment=secret))
    own = Visitor(sheet.expert.user)
    others = [found for found in review.sheets(round) if found.expert_id != sheet.expert_id]
    pages = [own.get("sheets"), own.get("pledge", round.code), *(own.get("sheet", found.code) for found in mine(sheet))]
    assert all(page.status == 200 for page in pages)
    for other in others:
        assert not any(other.expert.user.name in page.html or f"只属于{other.expert_id}号专家" in page.html for page in pages)
        for name in ("sheet", "recuse", "decline"):
            assert own.get(name, other.code).status == 404
    assert any(f"只属于{sheet.expert_id}号专家" in page.html for page in pages)


@pytest.mark.parametrize("number", [1, 3])
def test_list_and_sheet_take_the_same_queries_however_many(
    round: Round, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    review.assigned(round, cities=review.CITIES[:number], n=3)
    review.pledge(round)
    sheet = review.sheets(round)[0]
    expert = Visitor(sheet.expert.user)
    with django_assert_num_queries(13):
        page = expert.get("sheets")
    assert len(page.heads) == number
    with django_assert_num_queries(18):
        expert.get("sheet", sheet.code)
