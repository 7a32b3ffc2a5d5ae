"""Two at once, on PostgreSQL: a signature against what would change under it, and the last place with an exception."""

from functools import partial

import pytest

from applications import queries
from applications.enums import Refusal, SignatureState, Verdict
from applications.models import CoSignature, Invitation, Nomination
from applications.rules import Refused
from applications.services import holding, invitations, nominations, signatures
from pilotportal.accounts.models import Division
from pilotportal.notices.models import Notice
from tests import factories
from tests.factories import HEBEI, IN_TIME, LANGFANG, SHIJIAZHUANG, TANGSHAN
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(outcomes):
    return [outcome.refusal for outcome in outcomes if isinstance(outcome, Refused)]


def asked():
    return factories.asked(factories.complete_draft(factories.opened_round(co_departments=["industry"])))


def fresh(nomination):
    return queries.nominations().get(pk=nomination.pk)


def answering(nomination, verdict=Verdict.SIGNED):
    seen, by = holding.recommended_digest(fresh(nomination)), factories.cosigner()
    return partial(signatures.answer, nomination_id=nomination.pk, verdict=verdict, reason="不一致", seen=seen, by=by, at=IN_TIME)


def test_a_signature_against_an_edit_is_for_what_was_read_or_not_given():
    nomination = asked()
    section = nomination.round.definition.section("basics")
    save = partial(
        nominations.save_section,
        nomination_id=nomination.pk,
        section=section,
        values={"overview": "同时改动"},
        revision=nomination.revision_of("basics"),
        by=factories.handler(),
        at=IN_TIME,
    )
    read = holding.recommended_digest(nomination)
    signed, saved = together(answering(nomination), save)
    assert not isinstance(saved, Exception)
    (line,) = nominations.signatures_of(fresh(nomination))
    if isinstance(signed, Refused):
        assert signed.refusal == Refusal.CHANGED_FOR_SIGNER
        assert line.state == SignatureState.ASKED
    else:
        assert signed.digest == read
        assert line.state == SignatureState.LAPSED


def test_a_signature_against_the_submission_never_leaves_one_without_the_other():
    nomination = asked()
    submit = partial(nominations.submit, nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
    signed, submitted = together(answering(nomination), submit)
    assert isinstance(signed, CoSignature)
    if isinstance(submitted, Refused):
        assert submitted.refusal == Refusal.UNSIGNED
    else:
        assert holding.signed_digest(fresh(nomination)) == signed.digest


def test_an_objection_against_the_submission_is_heard_or_too_late():
    nomination = asked()
    factories.cosigned(nomination, factories.cosigner())
    submit = partial(nominations.submit, nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
    outcomes = together(answering(nomination, Verdict.OBJECTED), submit)
    assert refusals(outcomes) in ([Refusal.COSIGNED_BEFORE], [Refusal.OBJECTED])


def test_a_double_click_signs_once():
    nomination = asked()
    outcomes = together(*[answering(nomination)] * 3)
    assert refusals(outcomes) == [Refusal.SAID_BEFORE] * 2
    assert CoSignature.objects.count() == 1
    assert Notice.objects.filter(key__startswith="receipt:cosigned").count() == 1


def test_a_department_is_asked_once_by_two_officials():
    nomination = factories.complete_draft(factories.opened_round())
    department = factories.co_department()
    calls = [
        partial(signatures.ask, nomination_id=nomination.pk, organisations=[department], by=by, at=IN_TIME)
        for by in (factories.handler(), factories.approver())
    ]
    assert refusals(together(*calls)) == [Refusal.ASKED_BEFORE]
    assert len(fresh(nomination).requests_in_force) == 1


def test_a_city_is_invited_once_and_its_invitation_ends_once():
    nomination, by = factories.draft(factories.opened_round()), factories.handler()
    invite = partial(invitations.invite, nomination_id=nomination.pk, note="", by=by, at=IN_TIME)
    assert refusals(together(invite, invite)) == [Refusal.INVITED]
    end = partial(invitations.end, nomination_id=nomination.pk, by=by, at=IN_TIME)
    hand_back = partial(invitations.hand_back, nomination_id=nomination.pk, by=factories.city_official(), at=IN_TIME)
    assert refusals(together(end, hand_back)) == [Refusal.NOT_INVITED]
    assert Invitation.objects.filter(ended_at__isnull=False).count() == 1


def test_a_city_saves_before_its_invitation_ends_or_not_at_all():
    nomination = factories.invited(factories.draft(factories.opened_round()))
    section = nomination.round.definition.section("basics")
    save = partial(
        nominations.save_section,
        nomination_id=nomination.pk,
        section=section,
        values={"overview": "最后一句"},
        revision=0,
        by=factories.city_official(),
        at=IN_TIME,
    )
    end = partial(invitations.end, nomination_id=nomination.pk, by=factories.handler(), at=IN_TIME)
    saved, _ended = together(save, end)
    written = Nomination.objects.get().content.get("overview")
    assert (written == "最后一句") == (not isinstance(saved, Refused))
    assert refusals([saved]) in ([], [Refusal.NOT_INVITED])


def test_the_last_place_with_an_exception_is_given_once():
    round = factories.opened_round(quotas={HEBEI: 1})
    factories.granted(round)
    by = factories.handler()
    cities = list(Division.objects.filter(pk__in=[TANGSHAN, SHIJIAZHUANG, LANGFANG]))
    outcomes = together(*[partial(nominations.start, round_id=round.pk, city=city, by=by, at=IN_TIME) for city in cities])
    assert refusals(outcomes) == [Refusal.QUOTA]
    assert Nomination.objects.count() == 2
