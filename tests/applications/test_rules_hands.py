"""Who may act when, for the city that drafts, the departments that sign, and the places beyond the quota."""

from datetime import timedelta

import pytest

from applications import rules
from applications.enums import Refusal, SignatureState, Status, Verdict
from tests.factories import DEADLINE, IN_TIME

CORRECTION = DEADLINE + timedelta(days=10)
BRINK = timedelta(microseconds=1)
MOMENTS = [(-timedelta(seconds=1), None), (-BRINK, None), (timedelta(0), Refusal.CLOSED), (BRINK, Refusal.CLOSED)]


def invite(status=Status.DRAFT, *, at=IN_TIME, **facts):
    facts = {"closes_at": DEADLINE, "correction_closes_at": None, "nominates_itself": False, "invited": False} | facts
    return rules.why_not_invite(status, at=at, **facts)


def ask(status=Status.DRAFT, *, at=IN_TIME):
    return rules.why_not_ask(status, closes_at=DEADLINE, at=at)


def cosign(status=Status.DRAFT, *, verdict=Verdict.SIGNED, asked=True, gaps=0, at=IN_TIME):
    return rules.why_not_cosign(status, verdict=verdict, closes_at=DEADLINE, asked=asked, gaps=gaps, at=at)


def grant(*, at=IN_TIME, **facts):
    facts = {"opened": True, "closes_at": DEADLINE, "nominates_itself": False, "has_quota": True, "has_ground": True} | facts
    return rules.why_not_grant(at=at, **facts)


def submit(status=Status.DRAFT, *, at=IN_TIME, **facts):
    facts = {"closes_at": DEADLINE, "correction_closes_at": None, "gaps": 0, "has_letter": True} | facts
    return rules.why_not_submit(status, at=at, **facts)


@pytest.mark.parametrize(("moment", "refusal"), MOMENTS)
def test_each_act_on_a_draft_ends_with_the_nomination_deadline(moment, refusal):
    at = DEADLINE + moment
    cancelled = rules.why_not_cancel_request(Status.DRAFT, closes_at=DEADLINE, required=False, at=at)
    assert {invite(at=at), ask(at=at), cosign(at=at), cosign(verdict=Verdict.OBJECTED, at=at), cancelled, grant(at=at)} == {refusal}


@pytest.mark.parametrize(("moment", "refusal"), MOMENTS)
def test_a_city_is_invited_to_a_correction_until_its_own_deadline(moment, refusal):
    assert invite(Status.RETURNED, correction_closes_at=CORRECTION, at=CORRECTION + moment) == refusal


@pytest.mark.parametrize("status", [status for status in Status if status not in {Status.DRAFT, Status.RETURNED}])
def test_nobody_is_invited_to_what_cannot_be_edited(status):
    assert invite(status) == Refusal.NOT_EDITABLE


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_departments_are_asked_and_sign_before_the_first_submission_only(status):
    assert ask(status) == cosign(status) == cosign(status, verdict=Verdict.OBJECTED) == Refusal.COSIGNED_BEFORE


def test_a_city_is_invited_once_at_a_time_and_a_municipality_not_at_all():
    assert invite(invited=True) == Refusal.INVITED
    assert invite(nominates_itself=True) == Refusal.OWN_CITY


def test_who_is_not_asked_does_not_sign_and_what_is_unfinished_is_not_signed():
    assert cosign(asked=False) == Refusal.NOT_ASKED
    assert cosign(gaps=1) == Refusal.TO_COMPLETE
    assert cosign(gaps=1, verdict=Verdict.OBJECTED) is None


def test_a_required_department_stays_asked():
    assert rules.why_not_cancel_request(Status.DRAFT, closes_at=DEADLINE, required=True, at=IN_TIME) == Refusal.REQUIRED
    assert rules.why_not_cancel_request(Status.DRAFT, closes_at=DEADLINE, required=False, at=IN_TIME) is None


@pytest.mark.parametrize(
    ("verdict", "signed", "state"),
    [
        (None, "", SignatureState.ASKED),
        (Verdict.SIGNED, "now", SignatureState.SIGNED),
        (Verdict.SIGNED, "before", SignatureState.LAPSED),
        (Verdict.OBJECTED, "now", SignatureState.OBJECTED),
        (Verdict.OBJECTED, "before", SignatureState.OBJECTED),  # changing a comma does not answer an objection
    ],
)
def test_a_signature_holds_for_its_content_and_an_objection_until_it_is_taken_back(verdict, signed, state):
    assert rules.signature_state(verdict=verdict, signed=signed, current="now") == state


def test_gaps_come_before_objections_objections_before_signatures_and_the_letter_last():
    everything = {"gaps": 1, "objected": True, "unsigned": True, "has_letter": False}
    assert submit(**everything) == Refusal.INCOMPLETE
    assert submit(**everything | {"gaps": 0}) == Refusal.OBJECTED
    assert submit(**everything | {"gaps": 0, "objected": False}) == Refusal.UNSIGNED
    assert submit(has_letter=False) == Refusal.NO_LETTER
    assert submit() is None


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"opened": False}, Refusal.NOT_OPENED),
        ({"nominates_itself": True}, Refusal.NO_EXCEPTION_FOR_ITSELF),
        ({"has_quota": False}, Refusal.NO_QUOTA_TO_EXTEND),
        ({"has_ground": False}, Refusal.NO_GROUND),
        ({}, None),
    ],
)
def test_places_are_granted_in_an_opened_round_with_a_ground(facts, refusal):
    assert grant(**facts) == refusal
