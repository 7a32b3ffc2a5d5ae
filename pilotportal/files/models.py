import secrets
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pilotportal.audit.models import NEVER_CHANGED
from pilotportal.files.enums import MediaType, ScanState


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

    @property
    def scan_state(self) -> str:
        """Empty for what the portal made itself. Lists fetch `scan` together with the file."""
        scan: Scan | None = getattr(self, "scan", None)
        return scan.state if scan else ""

    @property
    def is_picture(self) -> bool:
        return self.media_type in {MediaType.JPEG, MediaType.PNG}

    def read(self) -> bytes:
        with default_storage.open(self.path) as stream:
            return stream.read()


class Scan(models.Model):
    """What the malware scanner said about an uploaded file; `trouble` is why it could not say anything yet."""

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="scan", verbose_name=_("file"))
    state = models.CharField(_("state"), max_length=15, choices=ScanState)
    asked_at = models.DateTimeField(_("asked for at"))
    scanned_at = models.DateTimeField(_("scanned at"), null=True)
    engine = models.CharField(_("engine and signatures"), max_length=200, blank=True)
    finding = models.CharField(_("what was found"), max_length=200, blank=True)
    trouble = models.CharField(_("what kept it from being scanned"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[ScanState.PENDING, ScanState.NOT_CONFIGURED], scanned_at__isnull=True, engine="")
                | Q(state__in=[ScanState.CLEAN, ScanState.INFECTED], scanned_at__isnull=False) & ~Q(engine=""),
                name="scan_says_who_looked_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state=ScanState.INFECTED) & ~Q(finding="") | ~Q(state=ScanState.INFECTED) & Q(finding=""),
                name="scan_names_what_it_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.get_state_display()}"


def new_code() -> str:
    return secrets.token_urlsafe(12)


class Upload(models.Model):
    """A large file on its way, in parts. `purpose` is the caller's word for what it is for; `claim` belongs to the window that sends it."""

    code = models.CharField(_("code"), max_length=20, unique=True, default=new_code)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    purpose = models.CharField(_("purpose"), max_length=80)
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    head = models.CharField(_("digest of the first part"), max_length=64, blank=True)
    modified = models.BigIntegerField(_("file last changed, milliseconds since 1970"), default=0)
    claim = models.CharField(_("claim"), max_length=20, default=new_code)
    received = models.PositiveBigIntegerField(_("bytes received"), default=0)
    started_at = models.DateTimeField(_("started at"))
    heard_at = models.DateTimeField(_("last heard of"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("file"))
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["started_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0, received__lte=F("size")), name="upload_receives_at_most_its_size"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, file__isnull=True)
                | Q(finished_at__isnull=False, file__isnull=False, received=F("size")),
                name="upload_finished_is_whole_and_stored",
            ),
            models.CheckConstraint(condition=Q(used_at__isnull=True) | Q(finished_at__isnull=False), name="upload_used_is_finished"),
            models.UniqueConstraint(
                fields=["owner", "purpose", "name", "size", "head", "modified"],
                condition=Q(used_at__isnull=True),
                name="upload_once_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def part(self, offset: int) -> str:
        """Where the part that begins at `offset` lies in the storage until the file is whole."""
        return f"uploads/{self.code}/{offset:012d}"
