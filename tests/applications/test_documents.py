"""The receipt as a PDF, read back with other programs than wrote it."""

import io
import json
from pathlib import Path

import pikepdf
import pytest

from applications import documents, tasks
from applications.models import NominationVersion
from pilotportal.accounts.enums import Role
from pilotportal.digests import canonical, matches
from pilotportal.files.enums import MediaType
from pilotportal.jobs import services as jobs
from pilotportal.jobs.models import Job
from pilotportal.jobs.tasks import BUILDERS
from tests import factories
from tests.documents.reading import pages
from tests.factories import HEBEI, IN_TIME

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return factories.submitted(factories.opened_round()).versions.get()


def embedded(content):
    with pikepdf.open(io.BytesIO(content)) as document:
        return {name: file.get_file().read_bytes() for name, file in document.attachments.items()}


def test_the_receipt_names_what_arrived_when_and_from_whom(version):
    (page,) = pages(documents.receipt(version))
    text = "".join(page.split())
    digest = version.digest.partition(":")[2]
    for part in (
        "申报回执",
        version.nomination.code,
        "河北省唐山市",
        "2025年7月16日00:00:00",
        version.submitted_by.name,
        "推荐函.pdf",
        digest,
    ):
        assert part in text, part


def test_the_receipt_carries_the_record_that_its_digest_covers(version):
    (record,) = embedded(documents.receipt(version)).values()
    assert matches(record, version.digest)
    assert json.loads(record)["content"] == version.content
    assert record == canonical(version.record())


def test_the_same_version_gives_the_same_bytes(version):
    assert documents.receipt(version) == documents.receipt(version)


def test_only_a_demonstration_says_that_it_is_one(version, settings):
    sentence = "不代表真实评审结果"
    assert sentence not in pages(documents.receipt(version))[0]
    settings.DEMONSTRATION = True
    assert sentence in pages(documents.receipt(version))[0]


def test_the_worker_builds_it_in_the_language_of_whoever_asked(version):
    by = factories.user(Role.PROVINCE_APPROVER, HEBEI)
    job = jobs.request(kind="applications.receipt", label="回执", file_name="回执.pdf", by=by, at=IN_TIME, version_id=version.pk)
    builder = BUILDERS["applications.receipt"]
    assert (builder.build, builder.media_type) == (tasks.receipt, MediaType.PDF)
    with_language = Job.objects.get(pk=job.pk).arguments
    assert with_language["language"] == "zh-hans"
    content = builder.build(with_language, lambda *_progress: None)
    assert content == documents.receipt(NominationVersion.objects.get(pk=version.pk))
    assert content.startswith(b"%PDF")


def test_the_lines_of_page_and_paper_are_the_same(version):
    labels = [label for label, _value in documents.receipt_lines(version)]
    assert len(labels) == len(set(labels)) == 8
    template = Path(__file__).parents[2] / "templates" / "applications" / "nomination_receipt.html"
    assert "in lines" in template.read_text(encoding="utf-8")
