from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MediaType(TextChoices):
    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Excel workbook")
    ZIP = "application/zip", "ZIP"
    JSON = "application/json", "JSON"


class Refusal(TextChoices):
    EMPTY = "empty", _("The file is empty. Choose the file again.")
    TOO_LARGE = "too_large", _("The file is larger than %(limit)s MB. Scan it at a lower resolution or split it.")
    WRONG_TYPE = "wrong_type", _("This is not a PDF, JPEG or PNG file, whatever its name says. Upload the scan as a PDF.")
    BROKEN = "broken", _("The PDF cannot be opened. Save it again and upload the new file.")
    ENCRYPTED = "encrypted", _("The PDF is protected by a password. Remove the protection and upload it again.")
    TOO_LONG = "too_long", _("The PDF has more than 500 pages. Split it.")
    ACTIVE = "active", _("The PDF carries scripts or embedded files. Print it to a new PDF and upload that.")
