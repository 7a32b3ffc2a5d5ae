"""Keeping, uploading in parts, scanning."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from pilotportal.audit.models import Event
from pilotportal.files import scanner, services, tasks
from pilotportal.files.enums import Refusal, ScanState
from pilotportal.files.models import Scan, StoredFile, Upload
from pilotportal.files.rules import ABANDONED_AFTER, PART
from pilotportal.files.services import Refused, scanning, uploads
from tests import factories
from tests.factories import IN_TIME
from tests.files import hostile

pytestmark = pytest.mark.django_db
NAME = "清单.pdf"


def large_pdf(parts: int = 2) -> bytes:
    """A PDF of a little more than so many parts: bytes behind the end of a PDF belong to nobody."""
    return hostile.pdf() + b"\n%" + b"x" * (parts * PART)


def content_of(file: StoredFile) -> bytes:
    return file.read()


@pytest.fixture
def user():
    return factories.handler()


def begin(user, content, **changes):
    facts = {"purpose": "tests", "name": NAME, "size": len(content), "head": hashlib.sha256(content[:PART]).hexdigest()}
    return uploads.start(**(facts | changes), by=user, at=IN_TIME)


def send(upload, content, *, until=None):
    for offset in range(upload.received, until or len(content), PART):
        upload = uploads.append(upload_id=upload.pk, claim=upload.claim, offset=offset, part=content[offset : offset + PART], at=IN_TIME)
    return upload


class TestKeeping:
    def test_the_same_bytes_are_kept_once(self):
        content = hostile.pdf()
        one, two = (services.store_upload(content, at=IN_TIME) for _ in range(2))
        assert one == two
        assert (content_of(one), one.pages) == (content, 1)

    def test_the_limit_itself_may_be_stored(self, settings):
        content = hostile.pdf()
        settings.UPLOAD_LIMIT = len(content)
        services.store_upload(content, at=IN_TIME)
        settings.UPLOAD_LIMIT -= 1
        with pytest.raises(Refused) as refused:
            services.store_upload(content, at=IN_TIME)
        assert refused.value.refusal == Refusal.TOO_LARGE

    def test_nothing_is_kept_of_what_is_refused(self):
        with pytest.raises(Refused) as refused:
            services.store_upload(hostile.picture(), at=IN_TIME, name="照片.pdf")
        assert "PNG" in str(refused.value)
        assert not StoredFile.objects.exists()

    def test_without_a_scanner_the_record_says_so(self):
        assert services.store_upload(hostile.pdf(), at=IN_TIME).scan.state == ScanState.NOT_CONFIGURED


class TestUploads:
    def test_in_parts_to_the_same_file(self, user):
        content = large_pdf()
        upload = send(begin(user, content), content)
        stored = uploads.finish(upload_id=upload.pk, at=IN_TIME)
        assert (stored.size, stored.pages) == (len(content), 1)
        assert content_of(stored) == content
        assert uploads.finish(upload_id=upload.pk, at=IN_TIME) == stored

    def test_the_parts_are_gone_when_the_file_stands(self, user, django_capture_on_commit_callbacks):
        content = large_pdf()
        upload = send(begin(user, content), content)
        assert default_storage.exists(upload.part(0))
        with django_capture_on_commit_callbacks(execute=True):
            uploads.finish(upload_id=upload.pk, at=IN_TIME)
        assert not default_storage.exists(upload.part(0))

    def test_goes_on_where_it_stopped(self, user):
        content = large_pdf()
        begun = send(begin(user, content), content, until=PART)
        again = begin(user, content)
        assert (again.pk, again.received) == (begun.pk, PART)
        assert content_of(uploads.finish(upload_id=send(again, content).pk, at=IN_TIME)) == content

    def test_the_window_that_had_it_before_cannot_mix_its_parts_in(self, user):
        content = large_pdf()
        first = begin(user, content)
        begin(user, content)
        with pytest.raises(Refused) as refused:
            send(first, content)
        assert refused.value.refusal == Refusal.ELSEWHERE

    @pytest.mark.parametrize(
        "change",
        [{"name": "另一份.pdf"}, {"size": 9}, {"head": "0" * 64}, {"modified": 5}, {"purpose": "else"}],
        ids=lambda change: next(iter(change)),
    )
    def test_another_file_is_another_upload(self, user, change):
        assert begin(user, large_pdf()) != begin(user, large_pdf(), **change)

    def test_somebody_else_begins_anew(self, user):
        assert begin(user, large_pdf()) != begin(factories.handler(), large_pdf())

    def test_a_first_part_of_another_file_is_refused(self, user):
        content = large_pdf()
        upload = begin(user, content)
        with pytest.raises(Refused) as refused:
            send(upload, b"%PDF-1.7 something else" + content[23:])
        assert refused.value.refusal == Refusal.ANOTHER_FILE
        assert Upload.objects.get().received == 0

    def test_a_part_that_was_not_committed_is_sent_again(self, user):
        content = large_pdf()
        upload = begin(user, content)
        with transaction.atomic():
            send(upload, content, until=PART)
            transaction.set_rollback(True)
        upload.refresh_from_db()
        assert upload.received == 0
        assert content_of(uploads.finish(upload_id=send(upload, content).pk, at=IN_TIME)) == content

    def test_half_a_file_is_not_finished(self, user):
        content = large_pdf()
        upload = send(begin(user, content), content, until=PART)
        with pytest.raises(Refused) as refused:
            uploads.finish(upload_id=upload.pk, at=IN_TIME)
        assert refused.value.refusal == Refusal.NOT_WHOLE
        assert Upload.objects.get().received == PART

    def test_what_is_refused_by_its_content_is_given_up(self, user):
        content = hostile.pdf(password="secret")
        upload = send(begin(user, content), content)
        with pytest.raises(Refused) as refused:
            uploads.finish(upload_id=upload.pk, at=IN_TIME)
        assert refused.value.refusal == Refusal.ENCRYPTED
        assert not Upload.objects.exists()

    def test_it_is_used_once(self, user):
        content = large_pdf()
        upload = send(begin(user, content), content)
        assert uploads.take(upload_id=upload.pk, at=IN_TIME) is None
        uploads.finish(upload_id=upload.pk, at=IN_TIME)
        assert uploads.take(upload_id=upload.pk, at=IN_TIME)
        assert uploads.take(upload_id=upload.pk, at=IN_TIME) is None

    def test_abandoned_ones_go_with_their_bytes(self, user, django_capture_on_commit_callbacks):
        content = large_pdf()
        upload = send(begin(user, content), content, until=PART)
        assert uploads.remove_abandoned(at=IN_TIME + ABANDONED_AFTER) == 0
        with django_capture_on_commit_callbacks(execute=True):
            assert uploads.remove_abandoned(at=IN_TIME + ABANDONED_AFTER + timedelta(seconds=1)) == 1
        assert not default_storage.exists(upload.part(0))
        assert uploads.remove_abandoned(at=IN_TIME + 2 * ABANDONED_AFTER) == 0

    @pytest.mark.parametrize(
        "wrong", [{"received": 10**9}, {"finished_at": IN_TIME}, {"used_at": IN_TIME}], ids=lambda wrong: next(iter(wrong))
    )
    def test_the_database_refuses_what_cannot_be(self, user, wrong):
        upload = begin(user, large_pdf())
        with pytest.raises(IntegrityError), transaction.atomic():
            Upload.objects.filter(pk=upload.pk).update(**wrong)


class TestScanning:
    @pytest.fixture(autouse=True)
    def scanner_is_configured(self, settings):
        settings.CLAMD = "tcp://127.0.0.1:3310"

    @pytest.fixture
    def answers(self, monkeypatch):
        """What the scanner says, in place of the network; the client itself is tested in test_scanner."""

        def answer(finding: str = "", fault: str = "") -> None:
            def scan(stream: io.BufferedIOBase, *, address: str) -> scanner.Answer:
                assert stream.read(5) == b"%PDF-"
                if fault:
                    raise scanner.Unavailable(fault)
                return scanner.Answer(engine="ClamAV 1.4", finding=finding)

            monkeypatch.setattr(scanner, "scan", scan)

        return answer

    @pytest.fixture
    def stored(self):
        return services.store_upload(hostile.pdf(), at=IN_TIME)

    def test_an_upload_waits_for_its_scan(self, stored, django_capture_on_commit_callbacks):
        assert stored.scan.state == ScanState.PENDING

    @pytest.mark.parametrize(("finding", "state"), [("", ScanState.CLEAN), ("Eicar", ScanState.INFECTED)])
    def test_the_answer_is_kept_with_who_gave_it_and_recorded(self, stored, answers, finding, state):
        answers(finding)
        tasks.scan(file_id=stored.pk)
        scan = Scan.objects.get()
        assert (scan.state, scan.finding, scan.engine) == (state, finding, "ClamAV 1.4")
        assert scan.scanned_at
        assert Event.objects.get(kind="file.scanned").data["state"] == state

    def test_the_first_answer_stands(self, stored, answers):
        answers("Eicar")
        tasks.scan(file_id=stored.pk)
        answers("")
        tasks.scan(file_id=stored.pk)
        assert Scan.objects.get().state == ScanState.INFECTED
        assert Event.objects.filter(kind="file.scanned").count() == 1

    def test_a_scanner_that_does_not_answer_leaves_it_pending_and_says_why(self, stored, answers):
        answers(fault="connection refused")
        tasks.scan(file_id=stored.pk)
        scan = Scan.objects.get()
        assert (scan.state, scan.trouble, scan.scanned_at) == (ScanState.PENDING, "connection refused", None)

    def test_bytes_known_as_infected_are_refused_at_once(self, stored, answers):
        answers("Eicar")
        tasks.scan(file_id=stored.pk)
        with pytest.raises(Refused) as refused:
            services.store_upload(stored.read(), at=IN_TIME)
        assert refused.value.refusal == Refusal.INFECTED

    def test_what_was_lost_is_queued_again(self, stored, monkeypatch):
        queued = []
        monkeypatch.setattr(tasks.scan, "delay", lambda **arguments: queued.append(arguments["file_id"]))
        assert scanning.catch_up(at=IN_TIME) == 0
        assert scanning.catch_up(at=IN_TIME + timedelta(minutes=3)) == 1
        assert queued == [stored.pk]

    def test_files_from_before_there_was_a_scanner_are_scanned_too(self, settings, monkeypatch, answers):
        settings.CLAMD = ""
        stored = services.store_upload(hostile.pdf(), at=IN_TIME)
        assert scanning.catch_up(at=IN_TIME + timedelta(days=1)) == 0
        settings.CLAMD = "tcp://127.0.0.1:3310"
        monkeypatch.setattr(tasks.scan, "delay", tasks.scan)
        answers()
        assert scanning.catch_up(at=IN_TIME) == 1
        assert Scan.objects.get(file=stored).state == ScanState.CLEAN

    @pytest.mark.parametrize(
        "wrong", [{"state": ScanState.CLEAN}, {"state": ScanState.INFECTED, "scanned_at": IN_TIME, "engine": "x"}, {"finding": "Eicar"}]
    )
    def test_the_database_refuses_a_verdict_without_its_proof(self, stored, wrong):
        with pytest.raises(IntegrityError), transaction.atomic():
            Scan.objects.update(**wrong)
