from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MediaType(TextChoices):
    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Excel workbook")
    ZIP = "application/zip", "ZIP"
    JSON = "application/json", "JSON"


class ScanState(TextChoices):
    """What is known about malware in an uploaded file. `NOT_CONFIGURED` says that nobody looked."""

    PENDING = "pending", _("Being checked for malware")
    CLEAN = "clean", _("No malware found")
    INFECTED = "infected", _("Malware found")
    NOT_CONFIGURED = "not_configured", _("Not checked for malware: no scanner is configured")


class Refusal(TextChoices):
    EMPTY = "empty", _("The file is empty. Choose the file again.")
    TOO_LARGE = "too_large", _("The file is larger than %(limit)s MB. Scan it at a lower resolution or split it.")
    NO_ROOM = (
        "no_room",
        _("The files together may have %(limit)s MB; with this one they would have more. Take a file out or use a smaller one."),
    )
    NOT_TAKEN = "not_taken", _("Only PDF, JPEG and PNG files are taken here; the name of this file ends otherwise.")
    WRONG_TYPE = "wrong_type", _("This is not a PDF, JPEG or PNG file, whatever its name says. Upload the scan as a PDF.")
    WRONG_NAME = "wrong_name", _("The name of the file does not fit its content, which is %(kind)s. Rename the file and upload it again.")
    TWO_KINDS = "two_kinds", _("The file hides a second file of another kind. Print or scan it to a new PDF and upload that.")
    BROKEN = "broken", _("The PDF cannot be opened. Save it again and upload the new file.")
    ENCRYPTED = "encrypted", _("The PDF is protected by a password. Remove the protection and upload it again.")
    TOO_LONG = "too_long", _("The PDF has more than 500 pages. Split it.")
    ACTIVE = "active", _("The PDF carries scripts or embedded files. Print it to a new PDF and upload that.")
    TOO_COMPLEX = "too_complex", _("The PDF unpacks to far more than a document needs. Print it to a new PDF and upload that.")
    BROKEN_PICTURE = "broken_picture", _("The picture is damaged. Save or scan it again and upload the new file.")
    TOO_MANY_PIXELS = "too_many_pixels", _("The picture has more than 100 million pixels. Scan it at a lower resolution.")
    INFECTED = "infected", _("The file carries malware. It has not been added; have the machine that it comes from looked at.")
    BEING_CHECKED = "being_checked", _("This file is still being checked for malware. Try again in a few minutes.")
    WITHHELD = "withheld", _("Malware was found in this file. It is kept as evidence and given to nobody.")
    ELSEWHERE = "elsewhere", _("This file is being uploaded in another window. Go on there, or choose the file here again.")
    OUT_OF_STEP = "out_of_step", _("This part of the file does not follow what has arrived. The upload goes on from there.")
    ANOTHER_FILE = "another_file", _("This is not the file with which the upload was begun. Choose the file again.")
    NOT_WHOLE = "not_whole", _("The file has not arrived completely yet.")
