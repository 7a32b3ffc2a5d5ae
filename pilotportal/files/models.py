from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotportal.audit.models import NEVER_CHANGED
from pilotportal.files.enums import MediaType


class StoredFile(models.Model):
    """Bytes under their digest. Two uploads of the same bytes share one row; the row is never changed."""

    digest = models.CharField(_("digest"), max_length=80, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    media_type = models.CharField(_("type"), max_length=100, choices=MediaType)
    pages = models.PositiveIntegerField(_("pages"), null=True)
    stored_at = models.DateTimeField(_("stored at"))

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        triggers = [NEVER_CHANGED]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_is_not_empty")]

    def __str__(self) -> str:
        return self.digest

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage: by digest, so that the name of an upload never becomes a path."""
        algorithm, value = self.digest.split(":")
        return str(PurePosixPath(algorithm, value[:2], value))

    @property
    def suffix(self) -> str:
        return {MediaType.PDF: ".pdf", MediaType.JPEG: ".jpg", MediaType.PNG: ".png", MediaType.XLSX: ".xlsx", MediaType.ZIP: ".zip"}.get(
            MediaType(self.media_type), ".json"
        )

    def read(self) -> bytes:
        with default_storage.open(self.path) as stream:
            return stream.read()
