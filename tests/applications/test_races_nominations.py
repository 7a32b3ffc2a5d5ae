"""Two at once, on PostgreSQL: each race has exactly one outcome."""

from functools import partial

import pytest

from applications import content, queries
from applications.enums import AttachmentKind, LetterRefusal, Refusal, Status
from applications.models import Letter, Nomination
from applications.rules import Refused
from applications.services import holding, letters, nominations, ordering
from pilotportal.accounts.models import Division
from pilotportal.audit.models import Event
from tests import factories
from tests.applications import lettering
from tests.factories import HEBEI, IN_TIME, LANGFANG, SHIJIAZHUANG, TANGSHAN
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(outcomes):
    return [outcome.refusal for outcome in outcomes if isinstance(outcome, Refused)]


def made(outcomes):
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]


def test_two_submissions_make_one_version():
    nomination, by = factories.complete_draft(factories.opened_round()), factories.approver()
    outcomes = together(*[partial(nominations.submit, nomination_id=nomination.pk, by=by, at=IN_TIME)] * 4)
    assert len(made(outcomes)) == 1
    assert refusals(outcomes) == [Refusal.NOT_A_DRAFT] * 3
    assert nomination.versions.count() == 1
    assert Event.objects.filter(kind="nomination.submitted").count() == 1


def test_the_last_place_of_a_quota_is_given_once():
    round = factories.opened_round(quotas={HEBEI: 1})
    by = factories.handler()
    cities = list(Division.objects.filter(pk__in=[TANGSHAN, SHIJIAZHUANG, LANGFANG]))
    outcomes = together(*[partial(nominations.start, round_id=round.pk, city=city, by=by, at=IN_TIME) for city in cities])
    assert len(made(outcomes)) == 1
    assert refusals(outcomes) == [Refusal.QUOTA] * 2
    assert Nomination.objects.count() == 1


def test_one_city_is_named_once_by_two_officials():
    round = factories.opened_round()
    city = Division.objects.get(pk=TANGSHAN)
    people = [factories.handler(), factories.approver()]
    outcomes = together(*[partial(nominations.start, round_id=round.pk, city=city, by=by, at=IN_TIME) for by in people])
    assert len(made(outcomes)) == 1
    assert refusals(outcomes) == [Refusal.TWICE]


def test_two_saves_of_a_section_leave_one_text_and_tell_the_other():
    round = factories.opened_round()
    nomination, section = factories.draft(round), round.definition.section("basics")
    save = partial(nominations.save_section, nomination_id=nomination.pk, section=section, revision=0, by=factories.handler(), at=IN_TIME)
    outcomes = together(partial(save, values={"overview": "甲"}), partial(save, values={"overview": "乙"}))
    (stale,) = [outcome for outcome in outcomes if isinstance(outcome, nominations.Stale)]
    saved = Nomination.objects.get()
    assert stale.theirs["overview"] == saved.content["overview"]
    assert stale.revision == saved.revision_of("basics") == 1


def test_submission_against_withdrawal_has_one_winner_or_withdraws_what_was_submitted():
    nomination, by = factories.complete_draft(factories.opened_round()), factories.approver()
    submit = partial(nominations.submit, nomination_id=nomination.pk, by=by, at=IN_TIME)
    withdraw = partial(nominations.withdraw, nomination_id=nomination.pk, reason="改推", by=by, at=IN_TIME)
    submitted, withdrawn = together(submit, withdraw)
    assert not isinstance(withdrawn, Exception)  # before or after the submission, the deadline being ahead
    assert Nomination.objects.get().status == Status.WITHDRAWN
    assert nomination.versions.count() == (0 if isinstance(submitted, Refused) else 1)


def test_a_submission_holds_exactly_what_was_saved_before_it():
    round = factories.opened_round()
    nomination, by = factories.complete_draft(round), factories.approver()
    section = round.definition.section("basics")
    save = partial(
        nominations.save_section, nomination_id=nomination.pk, section=section, values={"overview": "最后"}, revision=1, by=by, at=IN_TIME
    )
    saved, version = together(save, partial(nominations.submit, nomination_id=nomination.pk, by=by, at=IN_TIME))
    standing = Nomination.objects.get()
    assert standing.content == version.content == standing.current_version.content
    assert (version.content["overview"] == "最后") == (not isinstance(saved, Refused))


def test_two_new_letters_leave_one_in_force():
    nomination, by = factories.complete_draft(factories.opened_round()), factories.handler()
    attach = partial(nominations.attach, nomination_id=nomination.pk, kind=AttachmentKind.LETTER, by=by, at=IN_TIME)
    calls = [partial(attach, file=factories.stored_pdf(name), name=f"{name}.pdf") for name in ("one", "two")]
    assert len(made(together(*calls))) == 2
    assert nomination.attachments.filter(replaced_at__isnull=True).count() == 1
    assert nomination.attachments.count() == 3


def test_what_a_submission_was_bound_to_is_compared_under_the_lock():
    round = factories.opened_round()
    nomination, by = factories.complete_draft(round), factories.approver()
    seen = holding.draft_digest(Nomination.objects.get())
    save = partial(
        nominations.save_section,
        nomination_id=nomination.pk,
        section=round.definition.section("basics"),
        values={"overview": "读后改动"},
        revision=1,
        by=by,
        at=IN_TIME,
    )
    saved, version = together(save, partial(nominations.submit, nomination_id=nomination.pk, by=by, at=IN_TIME, seen=seen))
    outcomes = {isinstance(saved, Refused), isinstance(version, Refused)}
    assert outcomes == {True, False}  # either the save came first and was not submitted unread, or it came too late
    if isinstance(version, Refused):
        assert version.refusal == Refusal.CHANGED
    else:
        assert not content.differs(version.content, nomination.content, "overview")


def test_a_scan_against_an_edit_never_hands_in_what_the_letter_does_not_name():
    round = factories.opened_round()
    nomination = lettering.ready(round)
    letter = lettering.letter(nomination)
    file = lettering.scan(letter.seal)
    upload = partial(letters.attach_scan, letter_id=letter.pk, file=file, name="推荐函.png", by=factories.handler(), at=IN_TIME)
    taken, saved = together(upload, partial(lettering.rewrite, nomination))
    assert not isinstance(saved, Exception)  # a draft stays open
    assert refusals([taken]) in ([], [LetterRefusal.CHANGED_SINCE])
    standing = queries.nominations().get(pk=nomination.pk)
    assert bool(holding.letter_of(standing)) == (not isinstance(taken, Refused))
    with pytest.raises(Refused) as caught:
        nominations.submit(nomination_id=nomination.pk, undertaken=True, by=factories.approver(), at=IN_TIME)
    assert caught.value.refusal in {LetterRefusal.OTHER_CONTENT, Refusal.NO_LETTER}


def test_the_same_letter_made_at_once_is_one_letter():
    round = factories.opened_round()
    chosen = [lettering.ready(round, city=city) for city in (TANGSHAN, SHIJIAZHUANG)]
    by = factories.handler()
    outcomes = together(*[partial(lettering.letter, *order, by=by) for order in (chosen, chosen[::-1], chosen, chosen[::-1])])
    assert len({letter.pk for letter in made(outcomes)}) == 1
    assert Letter.objects.count() == Event.objects.filter(kind="letter.made").count() == 1


def test_two_scans_of_two_letters_leave_one_in_force_on_each_nomination():
    round = factories.opened_round()
    chosen = [lettering.ready(round, city=city) for city in (TANGSHAN, SHIJIAZHUANG)]
    made_letters = [lettering.letter(*chosen, number=f"冀人社函〔2025〕{number}号") for number in (1, 2)]
    by = factories.handler()
    outcomes = together(*[partial(lettering.scanned, letter, by=by) for letter in made_letters])
    assert len(made(outcomes)) == 2
    in_force = [nomination.attachments.get(kind=AttachmentKind.LETTER, letter__isnull=False, replaced_at=None) for nomination in chosen]
    assert len({file.letter_id for file in in_force}) == 1


def test_neighbours_moved_at_once_keep_every_place_once():
    round = factories.opened_round(ranks_nominations=True)
    row = [lettering.ready(round, city=city) for city in (TANGSHAN, SHIJIAZHUANG, LANGFANG)]
    by = factories.handler()
    outcomes = together(*[partial(ordering.move, nomination_id=each.pk, up=True, by=by, at=IN_TIME) for each in row])
    assert len(made(outcomes)) == 3
    assert sorted(Nomination.objects.values_list("position", flat=True)) == [1, 2, 3]
