"""What co-departments sign and the letter recommends: everything that is handed in, the letter and the undertaking apart."""

import pytest

from applications.enums import AttachmentKind
from applications.services import holding, nominations
from tests import factories
from tests.factories import IN_TIME

pytestmark = pytest.mark.django_db


@pytest.fixture
def complete():
    return factories.complete_draft(factories.opened_round())


def digest_of(nomination) -> str:
    return holding.recommended_digest(nominations.queries.nominations().get(pk=nomination.pk))


def attached(nomination, kind: AttachmentKind, text: str, caption: str = "") -> None:
    by = factories.handler()
    file = factories.stored_pdf(text)
    nominations.attach(nomination_id=nomination.pk, kind=kind, file=file, name=f"{text}.pdf", caption=caption, by=by, at=IN_TIME)


def test_the_letter_changes_what_is_submitted_and_not_what_is_recommended(complete):
    before = digest_of(complete), holding.draft_digest(complete)
    attached(complete, AttachmentKind.LETTER, "another letter")
    fresh = nominations.queries.nominations().get(pk=complete.pk)
    assert holding.recommended_digest(fresh) == before[0]
    assert holding.draft_digest(fresh) != before[1]


def test_evidence_and_its_caption_change_what_is_recommended(complete):
    empty = digest_of(complete)
    attached(complete, AttachmentKind.EVIDENCE, "figures", "2024")
    with_evidence = digest_of(complete)
    evidence = complete.attachments.get(kind=AttachmentKind.EVIDENCE)
    nominations.detach(nomination_id=complete.pk, attachment_id=evidence.pk, by=factories.handler(), at=IN_TIME)
    assert digest_of(complete) == empty != with_evidence
    attached(complete, AttachmentKind.EVIDENCE, "figures", "2023")
    assert digest_of(complete) not in {empty, with_evidence}


def test_an_entry_changes_what_is_recommended_and_the_undertaking_does_not(complete):
    before = digest_of(complete)
    [(_section, undertaking)] = complete.round.definition.undertakings()
    complete.content = {**complete.content, undertaking.code: False}
    assert holding.recommended_digest(complete) == before
    complete.content = {**complete.content, "overview": "另一段话。"}
    assert holding.recommended_digest(complete) != before


def test_equal_entries_of_two_cities_are_recommended_apart():
    round = factories.opened_round()
    one, two = factories.complete_draft(round), factories.complete_draft(round, city=factories.SHIJIAZHUANG)
    assert one.content == two.content
    assert digest_of(one) != digest_of(two)
