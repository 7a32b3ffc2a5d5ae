"""推荐函: what it names, which scan is taken for it, and what a changed content does to it."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from applications import queries
from applications.enums import AttachmentKind, LetterRefusal, MatchedBy, Refusal, Status
from applications.models import Letter, Nomination
from applications.rules import Refused
from applications.services import decisions, holding, letters, nominations, ordering
from pilotportal.audit.models import Event
from pilotportal.digests import canonical, matches
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from tests import factories
from tests.applications import lettering
from tests.applications.lettering import letter, ready, rewrite, scan, scanned
from tests.factories import DEADLINE, IN_TIME, LANGFANG, SHANXI, SHIJIAZHUANG, TAIYUAN, TANGSHAN

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return factories.opened_round()


@pytest.fixture
def ranking():
    return factories.opened_round(ranks_nominations=True)


def refusal_of(act):
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    return caught.value


def fresh(nomination):
    return queries.nominations().get(pk=nomination.pk)


def attached(nomination):
    return holding.letter_of(fresh(nomination))


def test_a_letter_names_each_nomination_with_the_digest_of_what_stands(round):
    chosen = [ready(round, city=TANGSHAN), ready(round, city=SHIJIAZHUANG)]
    made = letter(*chosen)
    assert [line["city"] for line in made.lines] == [SHIJIAZHUANG, TANGSHAN]  # as the divisions are ordered
    assert [line["position"] for line in made.lines] == [1, 2]
    for line in made.lines:
        nomination = Nomination.objects.get(code=line["nomination"])
        assert line["digest"] == holding.recommended_digest(fresh(nomination))
    assert matches(canonical(Letter.objects.get().record()), made.digest)
    event = Event.objects.get(kind="letter.made")
    assert (event.target_id, event.data["digest"]) == (made.pk, made.digest)


def test_where_the_order_counts_the_letter_has_the_province_s_own(ranking):
    first, second, third = (ready(ranking, city=city) for city in (TANGSHAN, LANGFANG, SHIJIAZHUANG))
    ordering.move(nomination_id=third.pk, up=True, by=factories.handler(), at=IN_TIME)
    made = letter(second, third)
    assert [(line["nomination"], line["position"]) for line in made.lines] == [(third.code, 2), (second.code, 3)]
    assert first.code not in made.nominated


def test_a_letter_is_never_changed(round):
    made = letter(ready(round))
    made.document_number = "冀人社函〔2025〕13号"
    with pytest.raises(ProgrammingError), transaction.atomic():
        made.save()
    with pytest.raises(ProgrammingError), transaction.atomic():
        Letter.objects.all().delete()


def test_the_same_letter_asked_for_twice_is_made_once(round):
    nomination = ready(round)
    assert letter(nomination) == letter(nomination, number="冀人社函[2025]012号")
    rewrite(nomination)
    assert letter(nomination) != Letter.objects.first()
    assert Letter.objects.count() == 2


def test_only_what_is_complete_but_for_the_letter_gets_one(round):
    unfinished, complete = factories.draft(round, city=LANGFANG), ready(round)
    refused = refusal_of(lambda: letter(complete, unfinished))
    assert refused.refusal == LetterRefusal.NOT_IN_LETTER
    assert "廊坊市" in str(refused)
    assert "唐山市" not in str(refused)
    assert not Letter.objects.exists()
    assert letter(complete)


def test_what_has_been_handed_in_gets_no_new_letter(round):
    submitted = factories.submitted(round)
    assert refusal_of(lambda: letter(submitted)).facts["why"].refusal == Refusal.NOT_EDITABLE


@pytest.mark.parametrize(
    ("left", "expected"), [(timedelta(microseconds=1), None), (timedelta(0), Refusal.CLOSED), (timedelta(seconds=-1), Refusal.CLOSED)]
)
def test_letters_are_made_until_the_deadline(round, left, expected):
    nomination = ready(round)
    if expected is None:
        assert letter(nomination, at=DEADLINE - left)
    else:
        assert refusal_of(lambda: letter(nomination, at=DEADLINE - left)).facts["why"].refusal == expected


def test_nobody_writes_a_letter_for_another_province(round):
    own, foreign = ready(round, city=TAIYUAN), ready(round)
    by = factories.handler(SHANXI)
    assert refusal_of(lambda: letter(foreign, by=by)).refusal == LetterRefusal.NOBODY
    assert letter(own, foreign, by=by).nominated == [own.code]


def test_a_letter_without_a_number_or_without_anybody_is_refused(round):
    nomination = ready(round)
    assert refusal_of(lambda: letter(nomination, number="十二号")).refusal == LetterRefusal.NUMBER
    nothing = lambda: letters.make(  # noqa: E731
        round_id=round.pk, nomination_ids=[], document_number=lettering.NUMBER, by=factories.handler(), at=IN_TIME
    )
    assert refusal_of(nothing).refusal == LetterRefusal.NOBODY


def test_a_scan_is_read_and_stands_with_every_nomination_of_its_letter(round):
    chosen = [ready(round, city=TANGSHAN), ready(round, city=SHIJIAZHUANG)]
    made = letter(*chosen)
    taken = scanned(made)
    assert {each.code for each in taken.nominations} == {each.code for each in chosen}
    for nomination in chosen:
        file = attached(nomination)
        assert (file.letter, file.matched_by, file.name) == (made, MatchedBy.READ, "推荐函.png")
    receipt = Notice.objects.get(kind=Kind.RECEIPT)
    assert (receipt.digest, receipt.url) == (made.digest, made.get_absolute_url())
    assert all(part in str(receipt.texts) for part in (made.document_number, "唐山市", "石家庄市"))
    event = Event.objects.get(kind="letter.scanned")
    assert (event.data["matched_by"], len(event.data["nominations"])) == ("read", 2)


@pytest.mark.parametrize("written", [str, str.lower, lambda code: f" {code[:4]}-{code[4:]} ", lambda code: code.replace("2", "２")])
def test_a_scan_without_a_readable_code_is_taken_with_the_code_typed(round, written):
    nomination = ready(round)
    made = letter(nomination)
    refused = refusal_of(lambda: letters.attach_scan(letter_id=made.pk, file=scan(), name="f.png", by=factories.handler(), at=IN_TIME))
    assert refused.refusal == LetterRefusal.UNREAD
    assert attached(nomination) is None
    scanned(made, typed=written(made.code))
    assert attached(nomination).matched_by == MatchedBy.TYPED


def test_a_wrong_code_says_which_letter_it_is(round):
    one, other = ready(round, city=TANGSHAN), ready(round, city=SHIJIAZHUANG)
    made, wrong = letter(one), letter(other, number="冀人社函〔2025〕13号")
    upload = lambda **given: letters.attach_scan(letter_id=made.pk, name="f.png", by=factories.handler(), at=IN_TIME, **given)  # noqa: E731
    for given in ({"file": scan(wrong.seal)}, {"file": scan(), "typed": wrong.code}):
        refused = refusal_of(lambda: upload(**given))  # noqa: B023 - called at once
        assert refused.refusal == LetterRefusal.OTHER_LETTER
        assert all(part in str(refused) for part in ("冀人社函〔2025〕13号", wrong.code, "石家庄市"))
    assert attached(one) is attached(other) is None


def test_of_another_province_s_letter_nothing_is_told(round):
    made, foreign = letter(ready(round)), letter(ready(round, city=TAIYUAN), number="晋人社函〔2025〕9号")
    upload = lambda: letters.attach_scan(  # noqa: E731
        letter_id=made.pk, file=scan(foreign.seal), name="f.png", by=factories.handler(), at=IN_TIME
    )
    refused = refusal_of(upload)
    assert refused.refusal == LetterRefusal.UNKNOWN_CODE
    assert "晋人社函" not in str(refused)


def test_pages_of_two_letters_in_one_scan_are_refused(round):
    made = letter(ready(round))
    wrong = letter(ready(round, city=LANGFANG))
    upload = lambda: letters.attach_scan(  # noqa: E731
        letter_id=made.pk, file=scan(made.seal, wrong.seal), name="f.png", by=factories.handler(), at=IN_TIME
    )
    assert refusal_of(upload).refusal == LetterRefusal.OTHER_LETTER


def test_a_square_that_is_none_of_ours_does_not_count(round):
    made = letter(ready(round))
    upload = lambda typed="": letters.attach_scan(  # noqa: E731
        letter_id=made.pk, file=scan("扫码关注"), name="f.png", typed=typed, by=factories.handler(), at=IN_TIME
    )
    assert refusal_of(upload).refusal == LetterRefusal.UNREAD
    assert upload(typed=made.code).nominations


def test_a_square_with_this_code_and_another_digest_is_no_scan_of_this_letter(round):
    made = letter(ready(round))
    forged = f"L/{made.code}/{'0' * 8}"
    upload = lambda: letters.attach_scan(  # noqa: E731
        letter_id=made.pk, file=scan(forged), name="f.png", by=factories.handler(), at=IN_TIME
    )
    assert refusal_of(upload).refusal == LetterRefusal.UNKNOWN_CODE


def test_a_content_changed_since_refuses_the_whole_and_names_the_city(round):
    kept, changed = ready(round, city=TANGSHAN), ready(round, city=SHIJIAZHUANG)
    made = letter(kept, changed)
    rewrite(changed)
    refused = refusal_of(lambda: scanned(made))
    assert refused.refusal == LetterRefusal.CHANGED_SINCE
    assert "石家庄市" in str(refused)
    assert "唐山市" not in str(refused)
    assert attached(kept) is attached(changed) is None
    scanned(letter(kept, changed, number="冀人社函〔2025〕14号"))
    assert attached(kept)
    assert attached(changed)


def test_an_order_changed_since_refuses_the_scan(ranking):
    first, second = ready(ranking, city=TANGSHAN), ready(ranking, city=SHIJIAZHUANG)
    made = letter(first, second)
    ordering.move(nomination_id=second.pk, up=True, by=factories.handler(), at=IN_TIME)
    assert refusal_of(lambda: scanned(made)).refusal == LetterRefusal.REORDERED
    assert scanned(letter(first, second)).nominations


def test_a_new_scan_leaves_those_out_that_can_take_none(round):
    withdrawn, handed_in, open_still = (ready(round, city=city) for city in (LANGFANG, TANGSHAN, SHIJIAZHUANG))
    made = letter(withdrawn, handed_in, open_still)
    scanned(made)
    nominations.submit(nomination_id=handed_in.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    nominations.withdraw(nomination_id=withdrawn.pk, reason="改推", by=factories.approver(), at=IN_TIME)
    taken = scanned(made, at=IN_TIME + timedelta(hours=1))
    assert [each.code for each in taken.nominations] == [open_still.code]
    assert {each.code for each in taken.left_out} == {handed_in.code, withdrawn.code}


def test_when_none_can_take_it_the_scan_is_refused(round):
    nomination = ready(round)
    made = letter(nomination)
    assert letters.why_not_scan(made, at=IN_TIME) is None
    assert letters.why_not_scan(made, at=DEADLINE).refusal == Refusal.CLOSED
    assert refusal_of(lambda: scanned(made, at=DEADLINE)).refusal == Refusal.CLOSED
    assert scanned(made, at=DEADLINE - timedelta(microseconds=1)).nominations


def test_what_the_letter_does_not_name_cannot_be_handed_in(round):
    nomination, by = ready(round), factories.approver()
    scanned(letter(nomination))
    rewrite(nomination)
    submit = lambda: nominations.submit(nomination_id=nomination.pk, undertaken=True, by=by, at=IN_TIME)  # noqa: E731
    assert refusal_of(submit).refusal == LetterRefusal.OTHER_CONTENT
    scanned(letter(nomination, number="冀人社函〔2025〕15号"))
    assert submit().number == 1


def test_a_letter_of_the_province_s_own_is_taken_as_it_is(round):
    """It names no digest, so nothing can be compared: everybody is told so."""
    nomination = factories.complete_draft(round)
    rewrite(nomination)
    assert nominations.submit(nomination_id=nomination.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    assert "own letter" in attached(nomination).provenance.lower() or "自行" in attached(nomination).provenance


def test_in_a_correction_the_letter_of_the_first_version_stands(round):
    nomination = ready(round)
    made = letter(nomination)
    scanned(made)
    first = nominations.submit(nomination_id=nomination.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    later = IN_TIME + timedelta(days=1)
    returned(nomination, "overview", at=later)
    rewrite(nomination, at=later)
    second = nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=later)
    assert second.number == 2
    assert holding.version_named_by(made, fresh(nomination)) == first


def test_in_a_correction_a_new_letter_is_made_only_where_it_is_asked_for(round):
    nomination = ready(round)
    scanned(letter(nomination))
    nominations.submit(nomination_id=nomination.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    later = IN_TIME + timedelta(days=1)
    returned(nomination, "overview", at=later)
    assert letters.why_not_recommend(fresh(nomination), at=later).refusal == Refusal.NOT_OPEN_FIELD


def test_in_a_correction_a_new_letter_names_what_is_handed_in(round):
    nomination = ready(round)
    scanned(letter(nomination))
    nominations.submit(nomination_id=nomination.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    later = IN_TIME + timedelta(days=1)
    returned(nomination, "overview", AttachmentKind.LETTER, at=later)
    new = letter(nomination, number="冀人社函〔2025〕30号", at=later)
    scanned(new, at=later)
    rewrite(nomination, at=later)
    submit = lambda: nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=later)  # noqa: E731
    assert refusal_of(submit).refusal == LetterRefusal.OTHER_CONTENT
    newest = letter(nomination, number="冀人社函〔2025〕31号", at=later)
    scanned(newest, at=later)
    assert holding.version_named_by(newest, fresh(nomination)) is None
    assert holding.version_named_by(newest, fresh(submit().nomination)).number == 2


def returned(nomination, *codes, at):
    fields = [{"code": code, "note": "请核对"} for code in codes]
    decisions.return_for_correction(
        nomination_id=nomination.pk, fields=fields, closes_at=at + timedelta(days=5), by=factories.staff(), at=at
    )


def test_the_order_is_kept_and_moved_by_one(ranking):
    first, second, third = (ready(ranking, city=city) for city in (TANGSHAN, LANGFANG, SHIJIAZHUANG))
    by = factories.handler()

    def row():
        return [each.code for each in ordering.in_order(ranking, Nomination.objects.all())]

    assert row() == [first.code, second.code, third.code]  # as they were named
    ordering.move(nomination_id=third.pk, up=True, by=by, at=IN_TIME)
    assert row() == [first.code, third.code, second.code]
    ordering.move(nomination_id=first.pk, up=False, by=by, at=IN_TIME)
    assert row() == [third.code, first.code, second.code]
    ordering.move(nomination_id=third.pk, up=True, by=by, at=IN_TIME)  # first already
    ordering.move(nomination_id=second.pk, up=False, by=by, at=IN_TIME)  # last already
    assert row() == [third.code, first.code, second.code]
    assert Event.objects.filter(kind="nomination.moved").count() == 2


def test_what_is_named_by_a_scanned_letter_or_handed_in_keeps_its_place(ranking):
    named, free, last = (ready(ranking, city=city) for city in (TANGSHAN, LANGFANG, SHIJIAZHUANG))
    by = factories.handler()
    scanned(letter(named))
    assert refusal_of(lambda: ordering.move(nomination_id=free.pk, up=True, by=by, at=IN_TIME)).refusal == LetterRefusal.PLACE_FIXED
    ordering.move(nomination_id=last.pk, up=True, by=by, at=IN_TIME)
    nominations.submit(nomination_id=named.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    refused = refusal_of(lambda: ordering.move(nomination_id=named.pk, up=False, by=by, at=IN_TIME))
    assert refused.refusal == LetterRefusal.PLACE_FIXED
    assert "唐山市" in str(refused)


def test_the_order_stands_from_the_deadline_on(ranking):
    _first, second = ready(ranking, city=TANGSHAN), ready(ranking, city=SHIJIAZHUANG)
    move = lambda at: ordering.move(nomination_id=second.pk, up=True, by=factories.handler(), at=at)  # noqa: E731
    assert refusal_of(lambda: move(DEADLINE)).refusal == Refusal.CLOSED
    move(DEADLINE - timedelta(microseconds=1))


def test_where_the_order_does_not_count_nothing_is_moved(round):
    _first, second = ready(round, city=TANGSHAN), ready(round, city=SHIJIAZHUANG)
    refused = refusal_of(lambda: ordering.move(nomination_id=second.pk, up=True, by=factories.handler(), at=IN_TIME))
    assert refused.refusal == LetterRefusal.NO_ORDER
    assert set(Nomination.objects.values_list("position", flat=True)) == {None}


def test_a_withdrawn_nomination_leaves_the_row(ranking):
    first, second = ready(ranking, city=TANGSHAN), ready(ranking, city=SHIJIAZHUANG)
    nominations.withdraw(nomination_id=first.pk, reason="改推", by=factories.approver(), at=IN_TIME)
    assert Nomination.objects.get(pk=first.pk).status == Status.WITHDRAWN
    assert letter(second).lines[0]["position"] == 1
