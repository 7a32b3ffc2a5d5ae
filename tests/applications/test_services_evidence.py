"""Evidence: added, replaced, described, taken out, brought back; large files in parts; what stands in the way of a submission."""

import hashlib
from datetime import timedelta

import pytest

from applications import queries
from applications.enums import AttachmentKind, EvidenceRefusal, Refusal
from applications.models import Attachment, Nomination
from applications.rules import Refused
from applications.services import decisions, evidence, holding, nominations
from pilotportal.audit.models import Event
from pilotportal.digests import digest_of
from pilotportal.files.enums import Refusal as FileRefusal
from pilotportal.files.enums import ScanState
from pilotportal.files.models import Scan, Upload
from pilotportal.files.services import Refused as Unfit
from pilotportal.files.services import uploads
from tests import factories
from tests.factories import DEADLINE, IN_TIME
from tests.files import hostile

pytestmark = pytest.mark.django_db
MEGABYTE = 2**20


@pytest.fixture
def by():
    return factories.handler()


@pytest.fixture
def nomination(by):
    return factories.complete_draft(factories.opened_round(), by=by)


@pytest.fixture
def act(nomination, by):
    return {"nomination_id": nomination.pk, "by": by, "at": IN_TIME}


@pytest.fixture
def added(act):
    return evidence.add(file=factories.stored_pdf("first"), name="一.pdf", caption="企业名单", proves="gdp", **act)


def standing(nomination) -> list[Attachment]:
    files = holding.files_of(queries.nominations().get(pk=nomination.pk))
    return [file for file in files if file.kind == AttachmentKind.EVIDENCE]


def refused(call, error=Refused):
    with pytest.raises(error) as raised:
        call()
    return raised.value.refusal


class TestAdding:
    def test_a_file_with_its_caption_and_what_it_proves(self, nomination, added):
        assert [(each.caption, each.proves) for each in standing(nomination)] == [("企业名单", "gdp")]
        assert Event.objects.filter(kind="nomination.attached").latest("pk").data["file"] == added.file.digest

    def test_an_entry_that_the_form_does_not_have_is_refused(self, nomination, act):
        call = lambda: evidence.add(file=factories.stored_pdf(), name="x.pdf", caption="x", proves="nothing", **act)  # noqa: E731
        assert refused(call) == EvidenceRefusal.UNKNOWN_ENTRY
        assert standing(nomination) == []

    def test_after_the_deadline_nothing_changes(self, added, act, nomination):
        late = act | {"at": DEADLINE}
        file = factories.stored_pdf("late")
        assert refused(lambda: evidence.add(file=file, name="x.pdf", caption="x", **late)) == Refusal.CLOSED
        assert refused(lambda: evidence.replace(replaced=added, file=file, name="x.pdf", **late)) == Refusal.CLOSED
        assert refused(lambda: evidence.describe(described=added, caption="x", proves="", **late)) == Refusal.CLOSED
        assert refused(lambda: evidence.restore(attachment_id=added.pk, **late)) == Refusal.CLOSED
        assert standing(nomination) == [added]

    def test_all_together_stay_within_the_room(self, added, act, nomination, settings):
        file = factories.stored_pdf("second")
        settings.EVIDENCE_LIMIT = added.file.size + file.size - 1
        assert refused(lambda: evidence.add(file=file, name="x.pdf", caption="x", **act), Unfit) == FileRefusal.NO_ROOM
        settings.EVIDENCE_LIMIT += 1
        evidence.add(file=file, name="x.pdf", caption="x", **act)
        assert len(standing(nomination)) == 2


class TestReplacing:
    def test_keeps_caption_and_entry_and_the_old_one(self, nomination, added, act):
        new = evidence.replace(replaced=added, file=factories.stored_pdf("second"), name="二.pdf", **act)
        assert standing(nomination) == [new]
        assert (new.caption, new.proves, new.name, new.replaces) == ("企业名单", "gdp", "二.pdf", added)
        event = Event.objects.get(kind="nomination.file_replaced")
        assert (event.data["replaced"], event.data["file"]) == (added.file.digest, new.file.digest)

    def test_whoever_comes_second_is_told(self, nomination, added, act):
        evidence.replace(replaced=added, file=factories.stored_pdf("second"), name="二.pdf", **act)
        call = lambda: evidence.replace(replaced=added, file=factories.stored_pdf("third"), name="三.pdf", **act)  # noqa: E731
        assert refused(call) == EvidenceRefusal.GONE
        assert refused(lambda: nominations.detach(attachment_id=added.pk, **act)) == EvidenceRefusal.GONE
        assert [each.name for each in standing(nomination)] == ["二.pdf"]

    def test_the_letter_is_no_evidence(self, nomination, act):
        letter = nomination.attachments.get(kind=AttachmentKind.LETTER)
        assert refused(lambda: evidence.replace(replaced=letter, file=factories.stored_pdf(), name="x.pdf", **act)) == EvidenceRefusal.GONE

    def test_another_caption_leaves_the_version_that_was_handed_in_as_it_was(self, nomination, added, act):
        version = nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        fields = [{"code": AttachmentKind.EVIDENCE, "note": "说明不清"}]
        decisions.return_for_correction(nomination_id=nomination.pk, fields=fields, closes_at=DEADLINE, by=factories.staff(), at=IN_TIME)
        evidence.describe(described=added, caption="另一份名单", proves="", **act)
        shown = queries.dossier_of(version, nomination.attachments.select_related("file"))
        assert [file.caption for file in shown.files if file.kind == AttachmentKind.EVIDENCE] == ["企业名单"]
        assert [file.caption for file in standing(nomination)] == ["另一份名单"]

    def test_the_same_caption_changes_nothing(self, nomination, added, act):
        assert evidence.describe(described=added, caption="企业名单", proves="gdp", **act) == added
        assert standing(nomination) == [added]


class TestBringingBack:
    def test_what_was_taken_out(self, nomination, added, act):
        before = holding.draft_digest(queries.nominations().get(pk=nomination.pk))
        nominations.detach(attachment_id=added.pk, **act)
        assert standing(nomination) == []
        evidence.restore(attachment_id=added.pk, **act)
        assert standing(nomination) == [added]
        assert holding.draft_digest(queries.nominations().get(pk=nomination.pk)) == before
        assert Event.objects.filter(kind="nomination.file_restored").count() == 1

    def test_what_was_replaced_sends_its_successors_away(self, nomination, added, act):
        second = evidence.replace(replaced=added, file=factories.stored_pdf("second"), name="二.pdf", **act)
        evidence.replace(replaced=second, file=factories.stored_pdf("third"), name="三.pdf", **act)
        evidence.restore(attachment_id=added.pk, **act)
        assert standing(nomination) == [added]

    def test_what_stands_is_not_brought_back(self, added, act):
        assert refused(lambda: evidence.restore(attachment_id=added.pk, **act)) == EvidenceRefusal.STANDING

    def test_not_beyond_the_room(self, nomination, added, act, settings):
        nominations.detach(attachment_id=added.pk, **act)
        settings.EVIDENCE_LIMIT = 1
        assert refused(lambda: evidence.restore(attachment_id=added.pk, **act), Unfit) == FileRefusal.NO_ROOM
        assert standing(nomination) == []


class TestVersions:
    def test_what_a_file_proves_is_under_the_digest_where_it_is_said(self, nomination, added):
        version = nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        letter, proof = version.files
        assert set(letter) == {"kind", "name", "caption", "digest"}
        assert proof["proves"] == "gdp"
        assert version.digest == digest_of(version.record())

    def test_a_record_from_before_still_finds_its_file(self, nomination):
        version = nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        assert [file.kind for file in queries.dossier_of(version, nomination.attachments.select_related("file")).files] == ["letter"]


class TestMalware:
    @pytest.fixture
    def found(self, added):
        Scan.objects.create(
            file=added.file, state=ScanState.INFECTED, asked_at=IN_TIME, scanned_at=IN_TIME, engine="ClamAV", finding="Eicar"
        )

    def test_holds_the_submission_up_until_the_file_is_taken_out(self, nomination, added, found, act):
        submit = lambda: nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)  # noqa: E731
        with pytest.raises(Refused) as raised:
            submit()
        assert raised.value.refusal == EvidenceRefusal.INFECTED
        assert "一.pdf" in str(raised.value)
        nominations.detach(attachment_id=added.pk, **act)
        assert submit()

    def test_a_scan_that_is_still_to_come_holds_nobody_up(self, nomination, added):
        Scan.objects.create(file=added.file, state=ScanState.PENDING, asked_at=IN_TIME)
        assert nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)


class TestLargeFiles:
    @pytest.fixture
    def begin(self, act):
        content = hostile.pdf()

        def begin(**changes) -> Upload:
            facts = {"name": "大文件.pdf", "size": len(content), "head": hashlib.sha256(content).hexdigest()}
            return evidence.begin_upload(**(facts | act | changes))

        begin.content = content
        return begin

    def test_from_the_promise_to_the_list(self, nomination, begin, act):
        upload = begin()
        uploads.append(upload_id=upload.pk, claim=upload.claim, offset=0, part=begin.content, at=IN_TIME)
        facts = {"upload_id": upload.pk, "caption": "园区证明", "proves": "gdp"} | act
        assert evidence.add_upload(**facts)
        assert [(each.name, each.caption, each.proves) for each in standing(nomination)] == [("大文件.pdf", "园区证明", "gdp")]
        assert evidence.add_upload(**facts) is None
        assert len(standing(nomination)) == 1

    def test_in_the_place_of_another(self, nomination, added, begin, act):
        upload = begin(instead_of=added)
        assert evidence.replaced_by(upload) == added.pk
        uploads.append(upload_id=upload.pk, claim=upload.claim, offset=0, part=begin.content, at=IN_TIME)
        evidence.add_upload(upload_id=upload.pk, caption="", instead_of=added, **act)
        assert [(each.name, each.caption) for each in standing(nomination)] == [("大文件.pdf", "企业名单")]

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"size": 201 * MEGABYTE}, FileRefusal.TOO_LARGE),
            ({"size": 0}, FileRefusal.EMPTY),
            ({"name": "视频.mp4"}, FileRefusal.NOT_TAKEN),
        ],
    )
    def test_is_refused_before_a_byte_is_sent(self, begin, changes, refusal):
        assert refused(lambda: begin(**changes), Unfit) == refusal
        assert not Upload.objects.exists()

    def test_promises_count_before_they_are_kept(self, begin, settings):
        settings.EVIDENCE_LIMIT = 100 * MEGABYTE
        begin(size=60 * MEGABYTE)
        assert refused(lambda: begin(name="另一份.pdf", size=60 * MEGABYTE), Unfit) == FileRefusal.NO_ROOM
        assert begin(size=60 * MEGABYTE)  # the same file again is the same promise
        assert Upload.objects.count() == 1

    def test_a_closed_nomination_takes_no_promise(self, begin):
        assert refused(lambda: begin(at=DEADLINE)) == Refusal.CLOSED
        assert begin(at=DEADLINE - timedelta(microseconds=1))

    def test_what_arrived_but_came_too_late_is_not_added(self, nomination, begin, act):
        upload = begin()
        uploads.append(upload_id=upload.pk, claim=upload.claim, offset=0, part=begin.content, at=IN_TIME)
        late = act | {"at": DEADLINE}
        assert refused(lambda: evidence.add_upload(upload_id=upload.pk, caption="x", **late)) == Refusal.CLOSED
        assert standing(nomination) == []
        assert Upload.objects.get().used_at is None


def test_a_submitted_nomination_keeps_its_files(nomination, added, act):
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
    assert refused(lambda: nominations.detach(attachment_id=added.pk, **act)) == Refusal.NOT_EDITABLE
    assert refused(lambda: evidence.describe(described=added, caption="x", proves="", **act)) == Refusal.NOT_EDITABLE
    assert Nomination.objects.get().current_version.files[1]["caption"] == "企业名单"
