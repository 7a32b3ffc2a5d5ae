"""How an upload within a form is received."""

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers


class BoundedUploadHandler(FileUploadHandler):
    """First in line: what is larger than UPLOAD_LIMIT is counted and thrown away, so that it fills neither memory nor disk.

    The rest of the form is still read, since a browser shows the answer only to a request that it could send, and what was typed
    beside the file stays. The form then finds a file of that size and says its sentence.
    """

    too_large = False

    def handle_raw_input(self, _input: Any, _meta: Any, content_length: int, *_boundary_and_encoding: Any, **_named: Any) -> None:
        """A request that is larger than the file and the fields around it may be is known at once."""
        self.too_large = content_length > settings.UPLOAD_LIMIT + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        self.counted = 0
        if self.too_large:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> bytes | None:
        self.counted += len(raw_data)
        self.too_large = self.too_large or self.counted > settings.UPLOAD_LIMIT
        return None if self.too_large else raw_data

    def file_complete(self, _file_size: int) -> "UploadedFile[Any] | None":
        if not self.too_large:
            return None
        size = max(self.counted, settings.UPLOAD_LIMIT + 1)
        return UploadedFile(io.BytesIO(), name=self.file_name, content_type=self.content_type, size=size)
