"""Evidence in the browser: who may add, look and bring back; uploads in parts; what is withheld; queries that do not grow."""

import hashlib
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import AttachmentKind
from applications.models import Attachment, Nomination
from applications.services import nominations
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.audit.models import Event
from pilotportal.files.enums import ScanState
from pilotportal.files.models import Scan, StoredFile, Upload
from pilotportal.files.rules import PART
from pilotportal.files.services import store_upload
from tests import factories
from tests.factories import DEADLINE, IN_TIME, SHANXI, TAIYUAN
from tests.files import hostile

pytestmark = pytest.mark.django_db
PAGE, REDIRECT, FORBIDDEN, NOT_FOUND, CONFLICT, REFUSED = 200, 302, 403, 404, 409, 422


@pytest.fixture(autouse=True)
def three_days_left():
    clock.set_simulated(IN_TIME, running=False)
    yield
    Path(portal.CLOCK_FILE).unlink()


@pytest.fixture
def handler(client):
    user = factories.handler()
    client.force_login(user)
    return user


@pytest.fixture
def round():
    return factories.opened_round()


@pytest.fixture
def nomination(round, handler) -> Nomination:
    return factories.complete_draft(round, by=handler)


@pytest.fixture
def added(nomination, handler) -> Attachment:
    return factories.attached_evidence(nomination, by=handler)


@pytest.fixture
def post(client):
    return partial(client.post, headers={"accept": "text/html"})


def url(name, nomination, *more):
    return reverse(f"applications:{name}", args=[nomination.code, *more])


def pdf(name="企业名单.pdf", content=None):
    return SimpleUploadedFile(name, content or hostile.pdf(), "application/pdf")


def given(client, address):
    """The answer, with a stream read to its end, which closes its file."""
    answer = client.get(address)
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def scanned(file: StoredFile, state: ScanState) -> None:
    Scan.objects.filter(file=file).delete()
    known = {ScanState.CLEAN: {"engine": "ClamAV", "scanned_at": IN_TIME}}
    known[ScanState.INFECTED] = known[ScanState.CLEAN] | {"finding": "Eicar"}
    Scan.objects.create(file=file, state=state, asked_at=IN_TIME, **known.get(state, {}))


class TestTheForm:
    def test_adds_a_file_to_an_entry(self, client, nomination, handler):
        page = client.get(url("evidence_add", nomination), {"proves": "gdp"})
        assert page.context["form"]["proves"].value() == "gdp"
        answer = client.post(url("evidence_add", nomination), {"file": pdf(), "caption": "企业名单", "proves": "gdp"})
        assert answer.headers["Location"].endswith(f"{nomination.code}/#files")
        added = nomination.attachments.get(kind=AttachmentKind.EVIDENCE)
        assert (added.name, added.caption, added.proves, added.uploaded_by) == ("企业名单.pdf", "企业名单", "gdp", handler)

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"caption": ""}, "caption"),
            ({"proves": "nothing"}, "proves"),
            ({"file": ""}, "file"),
            ({"file": pdf("图片.pdf", hostile.picture())}, "file"),
            ({"file": pdf(content=hostile.pdf(password="x"))}, "file"),
            ({"file": pdf(content=hostile.pdf() + hostile.archive())}, "file"),
        ],
        ids=["no caption", "no such entry", "no file", "wrong name", "encrypted", "two kinds"],
    )
    def test_says_at_the_field_what_is_wrong_and_keeps_the_words(self, client, nomination, data, field):
        answer = client.post(url("evidence_add", nomination), {"file": pdf(), "caption": "很长的说明", "proves": "gdp"} | data)
        assert answer.status_code == REFUSED
        assert list(answer.context["form"].errors) == [field]
        assert field == "caption" or "很长的说明" in answer.content.decode()
        assert not nomination.attachments.filter(kind=AttachmentKind.EVIDENCE).exists()

    def test_a_file_that_is_too_large_is_refused_with_its_sentence(self, client, nomination, settings):
        settings.UPLOAD_LIMIT = 100
        answer = client.post(url("evidence_add", nomination), {"file": pdf(), "caption": "很长的说明"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (REFUSED, ["file"])
        assert "很长的说明" in answer.content.decode()

    def test_after_the_deadline_nothing_is_stored(self, client, nomination):
        clock.set_simulated(DEADLINE, running=False)
        before = StoredFile.objects.count()
        answer = client.post(url("evidence_add", nomination), {"file": pdf(), "caption": "迟到"})
        assert (answer.status_code, StoredFile.objects.count()) == (REFUSED, before)

    def test_replaces_describes_and_brings_back(self, client, nomination, added):
        assert client.get(url("evidence_replace", nomination, added.pk)).status_code == PAGE
        client.post(url("evidence_replace", nomination, added.pk), {"file": pdf("新.pdf")})
        new = nomination.attachments.get(replaces=added)
        assert (new.name, new.caption, new.replaced_at) == ("新.pdf", added.caption, None)
        client.post(url("evidence_describe", nomination, new.pk), {"caption": "另一种说法", "proves": ""})
        assert nomination.attachments.get(replaces=new).caption == "另一种说法"
        assert "证明材料.pdf" in client.get(nomination.get_absolute_url()).content.decode()
        client.post(url("evidence_restore", nomination, added.pk))
        standing = nomination.attachments.filter(kind=AttachmentKind.EVIDENCE, replaced_at=None)
        assert [each.pk for each in standing] == [added.pk]

    def test_the_letter_is_not_reached_by_these_ways(self, client, nomination):
        letter = nomination.attachments.get(kind=AttachmentKind.LETTER)
        for name in ("evidence_replace", "evidence_describe"):
            assert client.get(url(name, nomination, letter.pk)).status_code == NOT_FOUND
        assert client.post(url("evidence_restore", nomination, letter.pk)).status_code == NOT_FOUND


class TestParts:
    CONTENT = hostile.pdf() + b"\n%" + b"x" * PART

    def start(self, client, nomination, **changes):
        facts = {"name": "大.pdf", "size": len(self.CONTENT), "head": hashlib.sha256(self.CONTENT[:PART]).hexdigest()}
        return client.post(url("upload_start", nomination), facts | changes)

    def send(self, client, nomination, state, offset, part):
        address = f"{url('upload_part', nomination, state['code'])}?offset={offset}&claim={state['claim']}"
        return client.post(address, part, content_type="application/octet-stream")

    def test_from_the_beginning_to_the_list(self, client, nomination):
        state = self.start(client, nomination).json()
        assert self.send(client, nomination, state, 0, self.CONTENT[:PART]).json()["received"] == PART
        assert client.get(url("upload_part", nomination, state["code"])).json()["received"] == PART
        assert self.send(client, nomination, state, PART, self.CONTENT[PART:]).json()["received"] == len(self.CONTENT)
        finish = partial(client.post, url("upload_finish", nomination, state["code"]))
        assert finish({"caption": " "}).status_code == REFUSED
        assert finish({"caption": "大文件", "proves": "gdp"}).json() == {"added": "大.pdf"}
        assert finish({"caption": "大文件", "proves": "gdp"}).status_code == PAGE  # the answer was lost, and it is asked again
        added = nomination.attachments.get(kind=AttachmentKind.EVIDENCE)
        assert (added.file.read(), added.caption) == (self.CONTENT, "大文件")

    def test_parts_out_of_step_are_told_where_it_stands(self, client, nomination):
        state = self.start(client, nomination).json()
        answer = self.send(client, nomination, state, PART, self.CONTENT[PART:])
        assert (answer.status_code, answer.json()["reason"], answer.json()["received"]) == (CONFLICT, "out_of_step", 0)
        again = self.start(client, nomination).json()
        answer = self.send(client, nomination, state, 0, self.CONTENT[:PART])
        assert (answer.status_code, answer.json()["reason"]) == (CONFLICT, "elsewhere")
        assert self.send(client, nomination, again, 0, self.CONTENT[:PART]).status_code == PAGE

    @pytest.mark.parametrize("part", [b"", b"x" * (PART + 1)], ids=["empty", "too long"])
    def test_a_part_of_another_length_is_not_read(self, client, nomination, part):
        state = self.start(client, nomination).json()
        assert self.send(client, nomination, state, 0, part).status_code == REFUSED
        assert Upload.objects.get().received == 0

    @pytest.mark.parametrize(
        "changes",
        [{"size": "viel"}, {"name": ""}, {"head": "xyz"}, {"size": 10**12}, {"name": "a.exe"}],
        ids=lambda change: str(next(iter(change.items()))),
    )
    def test_what_cannot_be_begun_has_a_sentence(self, client, nomination, changes):
        answer = self.start(client, nomination, **changes)
        assert answer.status_code == REFUSED
        assert answer.json()["sentence"]

    def test_a_deadline_between_two_parts_ends_it(self, client, nomination):
        state = self.start(client, nomination).json()
        self.send(client, nomination, state, 0, self.CONTENT[:PART])
        clock.set_simulated(DEADLINE, running=False)
        answer = self.send(client, nomination, state, PART, self.CONTENT[PART:])
        assert answer.status_code == REFUSED
        assert Upload.objects.get().received == PART

    def test_an_upload_of_somebody_else_does_not_exist(self, client, nomination, round):
        state = self.start(client, nomination).json()
        strangers = {factories.handler(): nomination, factories.handler(SHANXI): factories.draft(round, city=TAIYUAN)}
        for stranger, own in strangers.items():
            client.force_login(stranger)
            assert self.send(client, own, state, 0, self.CONTENT[:PART]).status_code == NOT_FOUND
            assert client.get(url("upload_part", own, state["code"])).status_code == NOT_FOUND
            assert client.post(url("upload_finish", own, state["code"]), {"caption": "x"}).status_code == NOT_FOUND
            assert client.post(url("upload_cancel", own, state["code"])).status_code == NOT_FOUND
        assert Upload.objects.get().received == 0

    def test_given_up_by_hand(self, client, post, nomination):
        state = self.start(client, nomination).json()
        assert "大.pdf" in client.get(url("evidence_add", nomination)).content.decode()
        assert post(url("upload_cancel", nomination, state["code"])).status_code == REDIRECT
        assert not Upload.objects.exists()


class TestLooking:
    @pytest.fixture
    def picture(self, nomination, handler):
        file = store_upload(hostile.picture(), at=IN_TIME)
        return factories.attached_evidence(nomination, file=file, name="照片.png", by=handler)

    def test_a_picture_is_shut_in(self, client, nomination, picture):
        answer = given(client, url("nomination_file_view", nomination, picture.pk))
        assert answer.body == hostile.picture()
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]

    def test_a_pdf_may_be_framed_by_the_portal_alone(self, client, nomination, added):
        answer = given(client, url("nomination_file_view", nomination, added.pk))
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        page = client.get(url("nomination_file_page", nomination, added.pk))
        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
        assert "frame-src" not in client.get(nomination.get_absolute_url()).headers["Content-Security-Policy"]

    def test_each_look_is_recorded_like_a_download(self, client, nomination, added, handler):
        client.get(url("nomination_file_page", nomination, added.pk))
        assert not Event.objects.filter(kind="nomination.file_viewed").exists()
        given(client, url("nomination_file_view", nomination, added.pk))
        event = Event.objects.get(kind="nomination.file_viewed")
        assert (event.actor_id, event.data["digest"]) == (handler.pk, added.file.digest)

    @pytest.mark.parametrize(
        ("state", "answers"),
        [
            (ScanState.CLEAN, (PAGE, PAGE)),
            (ScanState.NOT_CONFIGURED, (PAGE, PAGE)),
            (ScanState.PENDING, (PAGE, FORBIDDEN)),
            (ScanState.INFECTED, (FORBIDDEN, FORBIDDEN)),
        ],
    )
    def test_what_may_be_harmful_is_withheld(self, client, nomination, added, state, answers):
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        scanned(added.file, state)
        own, others = answers
        for user, expected in ((added.uploaded_by, own), (factories.staff(), others), (factories.user(Role.SUPERVISOR), others)):
            client.force_login(user)
            for name in ("nomination_file", "nomination_file_view"):
                assert given(client, url(name, nomination, added.pk)).status_code == expected
            page = client.get(url("nomination_file_page", nomination, added.pk))
            assert (page.status_code, bool(page.context["withheld"])) == (PAGE, expected == FORBIDDEN)

    def test_that_nobody_scanned_is_told_to_the_staff(self, client, nomination, added, handler):
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        scanned(added.file, ScanState.NOT_CONFIGURED)
        sentence = str(ScanState.NOT_CONFIGURED.label)
        client.force_login(factories.staff())
        assert sentence in client.get(url("nomination_preview", nomination)).content.decode()
        client.force_login(handler)
        assert sentence not in client.get(url("nomination_preview", nomination)).content.decode()

    def test_what_was_replaced_is_the_provinces_own_affair(self, client, nomination, added, handler):
        client.post(url("evidence_replace", nomination, added.pk), {"file": pdf("新.pdf")})
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        assert client.get(url("nomination_file_page", nomination, added.pk)).status_code == PAGE
        client.force_login(factories.staff())
        assert client.get(url("nomination_file_page", nomination, added.pk)).status_code == NOT_FOUND
        assert "证明材料.pdf" not in client.get(nomination.get_absolute_url()).content.decode()


class TestBesideTheEntry:
    def test_section_preview_and_version_lead_from_the_entry_to_its_file(self, client, nomination, added):
        section = nomination.round.definition.section_of("gdp").code
        assert "企业名单" in client.get(url("nomination_section", nomination, section)).content.decode()
        link = f'href="#file-{added.pk}"'
        preview = client.get(url("nomination_preview", nomination)).content.decode()
        assert link in preview
        assert f'id="file-{added.pk}"' in preview
        nominations.submit(nomination_id=nomination.pk, by=factories.approver(), at=IN_TIME)
        client.force_login(factories.staff())
        assert link in client.get(url("nomination_version", nomination, 1)).content.decode()


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("evidence_add", 14), ("nomination_section", 13), ("nomination_file_page", 13)])
def test_pages_take_the_same_queries_however_many_files(client, nomination, number, name, queries):
    by = nomination.created_by
    files = [factories.attached_evidence(nomination, file=factories.stored_pdf(str(each)), by=by) for each in range(number)]
    more = {"nomination_section": ["basics"], "nomination_file_page": [files[0].pk]}.get(name, [])
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url(name, nomination, *more)).status_code == PAGE
    assert len(captured) == queries


def test_a_moment_before_the_deadline_counts(client, nomination):
    clock.set_simulated(DEADLINE - timedelta(microseconds=1), running=False)
    client.post(url("evidence_add", nomination), {"file": pdf(), "caption": "最后一刻"})
    assert nomination.attachments.filter(kind=AttachmentKind.EVIDENCE).exists()
