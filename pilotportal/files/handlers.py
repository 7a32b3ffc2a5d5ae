"""How an upload within a form is received."""

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """What is larger than UPLOAD_LIMIT is counted and thrown away, so that it does not fill the disk.

    The rest of the form is still read, since a browser shows the answer only to a request that it could send, and what was typed
    beside the file stays. The form then finds a file of that size and says its sentence.
    """

    too_large = False

    def handle_raw_input(self, _input: Any, _meta: Any, content_length: int, *_boundary_and_encoding: Any, **_named: Any) -> None:  # type: ignore[override]
        """A request that is larger than the file and the fields around it may be is known at once."""
        self.too_large = content_length > settings.UPLOAD_LIMIT + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        self.counted = 0
        if self.too_large:
            self.file.close()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.counted += len(raw_data)
        if not self.too_large and self.counted > settings.UPLOAD_LIMIT:
            self.too_large = True
            self.file.close()  # which deletes it
        if not self.too_large:
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        if not self.too_large:
            return super().file_complete(file_size)
        size = max(self.counted, settings.UPLOAD_LIMIT + 1)
        return UploadedFile(io.BytesIO(), name=self.file_name, content_type=self.content_type, size=size)

    def upload_interrupted(self) -> None:
        if not self.too_large:
            super().upload_interrupted()
