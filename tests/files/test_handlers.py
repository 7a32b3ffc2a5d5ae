"""An upload within a form: bounded on the disk, and what was typed beside it stays."""

import tempfile

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.test import RequestFactory

from pilotportal.files.handlers import BoundedUploadHandler

LIMIT = 300_000


@pytest.fixture(autouse=True)
def limits(settings):
    settings.UPLOAD_LIMIT = LIMIT
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000


@pytest.fixture
def written(monkeypatch):
    """Bytes that reached the disk."""
    counted = []
    receive = BoundedUploadHandler.__mro__[1].receive_data_chunk

    def count(self, raw_data, start):
        counted.append(len(raw_data))
        return receive(self, raw_data, start)

    monkeypatch.setattr(BoundedUploadHandler.__mro__[1], "receive_data_chunk", count)
    return counted


def posted(size: int):
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * size)
        file.seek(0)
        request = RequestFactory().post("/", {"before": "一", "file": file, "caption": "企业名单"})
    request.upload_handlers = [MemoryFileUploadHandler(request), BoundedUploadHandler(request)]
    return request.POST, request.FILES["file"]


@pytest.mark.parametrize("size", [500, 2000, LIMIT])
def test_what_fits_arrives(size, written):
    fields, file = posted(size)
    assert (file.size, file.read(), fields["caption"]) == (size, b"x" * size, "企业名单")
    file.close()


def test_a_little_too_large_stops_at_the_limit(written):
    fields, file = posted(LIMIT + 1)
    assert (file.size, file.read()) == (LIMIT + 1, b"")
    assert sum(written) <= LIMIT
    assert (fields["before"], fields["caption"]) == ("一", "企业名单")


def test_far_too_large_never_reaches_the_disk(written):
    fields, file = posted(10 * LIMIT)
    assert file.size == 10 * LIMIT
    assert written == []
    assert fields["caption"] == "企业名单"
