"""退回修改: what it opens, until when, what it proves, and what stands when nobody answers."""

from datetime import timedelta

import pytest
from django.db import transaction

from applications import queries
from applications.enums import AttachmentKind, CorrectionRefusal, Refusal, Status
from applications.models import Nomination
from applications.rules import Refused
from applications.services import corrections, decisions, nominations
from pilotportal.accounts.enums import Role
from review.services import formal
from tests import factories
from tests.applications.lettering import rewrite
from tests.factories import DEADLINE, HEBEI, REVIEW_TIME, TANGSHAN

pytestmark = pytest.mark.django_db

CLOSES = REVIEW_TIME + timedelta(days=5)
BEFORE = CLOSES - timedelta(microseconds=1)
MOMENTS = [
    (CLOSES - timedelta(seconds=1), True),
    (BEFORE, True),
    (CLOSES, False),
    (CLOSES + timedelta(microseconds=1), False),
]


@pytest.fixture
def returned():
    return returned_for("overview")


def returned_for(*codes):
    nomination = factories.submitted(factories.opened_round())
    return_(nomination, *codes)
    return fresh(nomination)


def return_(nomination, *codes, note="请补充依据"):
    decisions.return_for_correction(
        nomination_id=nomination.pk,
        fields=[{"code": code, "note": note} for code in codes],
        closes_at=CLOSES,
        by=factories.staff(),
        at=REVIEW_TIME,
    )


def fresh(nomination):
    return queries.nominations().get(pk=nomination.pk)


def refusal_of(act):
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    return caught.value.refusal


def save(nomination, code, value, *, at=REVIEW_TIME, by=None):
    section = nomination.round.definition.section_of(code)
    standing = fresh(nomination)
    values = {each: standing.content.get(each) for each in section.codes} | {code: value}
    nominations.save_section(
        nomination_id=nomination.pk,
        section=section,
        values=values,
        revision=standing.revision_of(section.code),
        by=by or factories.handler(),
        at=at,
    )


def submit(nomination, *, at=REVIEW_TIME):
    return nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=at)


def evidence(nomination, *, kind=AttachmentKind.EVIDENCE, at=REVIEW_TIME):
    file = factories.stored_pdf("evidence")
    return nominations.attach(
        nomination_id=nomination.pk, kind=kind, file=file, name="证明.pdf", caption="证明", by=factories.handler(), at=at
    )


@pytest.mark.parametrize("note", ["", "  \n"])
def test_each_returned_entry_needs_a_note(note):
    nomination = factories.submitted(factories.opened_round())
    assert refusal_of(lambda: return_(nomination, "overview", note=note)) == CorrectionRefusal.NO_NOTE
    assert fresh(nomination).status == Status.SUBMITTED
    return_(nomination, "overview")
    assert fresh(nomination).status == Status.RETURNED


def test_only_the_named_entries_are_open(returned):
    save(returned, "overview", "补充后的说明")
    assert fresh(returned).content["overview"] == "补充后的说明"
    other = next(field.code for field in returned.round.definition.section_of("overview").fields if field.code != "overview")
    value = fresh(returned).content[other]
    assert refusal_of(lambda: save(returned, other, factories.value_of(field_of(returned, other), 7))) == Refusal.NOT_OPEN_FIELD
    assert fresh(returned).content[other] == value


def field_of(nomination, code):
    return next(item for _section, item in nomination.round.definition.items() if item.code == code)


@pytest.mark.parametrize("kind", list(AttachmentKind))
def test_files_are_open_only_where_they_are_named(kind):
    closed = returned_for("overview")
    assert refusal_of(lambda: evidence(closed, kind=kind)) == Refusal.NOT_OPEN_FIELD
    opened = factories.submitted(closed.round, city=factories.SHIJIAZHUANG)
    return_(opened, kind)
    assert evidence(opened, kind=kind)


@pytest.mark.parametrize(("at", "in_time"), MOMENTS)
def test_the_correction_has_its_own_end_for_entries_files_and_submission(at, in_time):
    assert at > DEADLINE
    returned = returned_for("overview", AttachmentKind.EVIDENCE)
    acts = [lambda: save(returned, "overview", "改", at=at), lambda: evidence(returned, at=at), lambda: submit(returned, at=at)]
    for act in acts:
        if in_time:
            act()
        else:
            assert refusal_of(act) == Refusal.CLOSED
    assert fresh(returned).current_version.number == (2 if in_time else 1)


def test_the_proof_compares_what_was_not_opened(returned):
    correction = returned.open_correction
    assert nominations.proof_of_correction(returned).holds
    save(returned, "overview", "补充后的说明")
    proof = nominations.proof_of_correction(fresh(returned))
    assert proof.holds
    assert proof.entries > 20
    assert proof.files == 1
    second = submit(returned)
    answered = corrections.answered_by(fresh(returned), second)
    assert answered.pk == correction.pk
    assert corrections.proof_of(second, answered) == proof


def test_the_proof_sees_any_other_change(returned):
    correction, version = returned.open_correction, returned.current_version
    rest = [code for code in version.content if code != "overview"]
    for code in rest:
        changed = version.content | {code: [] if isinstance(version.content[code], list) else "另一内容"}
        assert not corrections.proof(correction, content=changed, files=version.files).holds, code
    assert not corrections.proof(correction, content=version.content, files=[]).holds
    assert corrections.proof(correction, content=version.content | {"overview": "另一内容"}, files=version.files).holds


def test_what_was_left_empty_is_absent_for_the_proof(returned):
    correction, version = returned.open_correction, returned.current_version
    group = next(item for item, value in version.content.items() if isinstance(value, list) and value)
    rows = [{**row, "nothing": None} for row in version.content[group]]
    assert corrections.proof(correction, content=version.content | {"unsaid": "", group: rows}, files=version.files).holds


def test_what_was_changed_past_the_rule_cannot_be_handed_in(returned):
    """The rule is asked at each save; whoever writes past it is found at the submission."""
    Nomination.objects.filter(pk=returned.pk).update(content=returned.content | {"gdp": "1"})
    assert not nominations.proof_of_correction(fresh(returned)).holds
    assert refusal_of(lambda: submit(returned)) == CorrectionRefusal.REST_CHANGED


@pytest.mark.parametrize(("at", "in_time"), MOMENTS)
def test_after_its_end_the_first_version_stands_and_can_be_accepted(returned, at, in_time):
    save(returned, "overview", "写了一半")
    act = lambda: formal.accept(nomination_id=returned.pk, by=factories.staff(), at=at)  # noqa: E731
    if in_time:
        assert refusal_of(act) == Refusal.NOT_SUBMITTED
        return
    check = act()
    standing = fresh(returned)
    assert check.version.number == standing.current_version.number == 1
    assert standing.status == Status.ACCEPTED
    assert standing.handed_in == standing.current_version.content
    assert standing.handed_in["overview"] != "写了一半"
    assert standing.unanswered_correction.closes_at == CLOSES


def test_what_others_read_is_the_first_version(returned):
    save(returned, "overview", "写了一半")
    for role in (Role.STAFF, Role.PARTNER, Role.SUPERVISOR):
        reader = factories.user(role)
        assert queries.dossier_for(reader, fresh(returned)).content["overview"] != "写了一半"
    assert queries.dossier_for(factories.handler(HEBEI), fresh(returned)).content["overview"] == "写了一半"


def test_an_answered_correction_is_no_longer_flagged(returned):
    assert returned.unanswered_correction == returned.open_correction
    save(returned, "overview", "补充")
    submit(returned)
    assert fresh(returned).unanswered_correction is None


def test_a_nomination_that_was_never_returned_has_none():
    nomination = fresh(factories.submitted(factories.opened_round(), city=TANGSHAN))
    assert nomination.unanswered_correction is None
    assert corrections.answered_by(nomination, nomination.current_version) is None


def test_the_reason_of_a_rejection_is_kept():
    nomination = factories.submitted(factories.opened_round())
    decisions.reject(nomination_id=nomination.pk, reason=" 不属于地级以上城市 ", by=factories.staff(), at=REVIEW_TIME)
    assert Nomination.objects.get().rejected_because == "不属于地级以上城市"


def test_a_correction_is_prolonged_by_nobody(returned):
    rewrite(returned, at=BEFORE)
    assert refusal_of(lambda: rewrite(returned, "再改", at=CLOSES)) == Refusal.CLOSED


def test_the_city_that_is_invited_has_only_what_is_open(returned):
    factories.invited(returned, at=REVIEW_TIME)
    by = factories.city_official()
    save(returned, "overview", "市里补充", by=by)
    other = next(field.code for field in returned.round.definition.section_of("overview").fields if field.code != "overview")
    change = lambda: save(returned, other, factories.value_of(field_of(returned, other), 7), by=by)  # noqa: E731
    assert refusal_of(change) == Refusal.NOT_OPEN_FIELD
    assert refusal_of(lambda: save(returned, "overview", "太晚", by=by, at=CLOSES)) == Refusal.CLOSED
