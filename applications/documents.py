"""What the portal writes about nominations."""

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.models import NominationVersion
from pilotportal.digests import canonical
from pilotportal.documents import pdf
from pilotportal.documents.parts import Attachment, Mark
from pilotportal.moments import instant


def receipt(version: NominationVersion) -> bytes:
    """PDF that confirms what arrived, when and from whom, with the record that the digest covers inside."""
    nomination = version.nomination
    return pdf.render(
        template="documents/receipt.html",
        context={
            "mark": Mark(code=nomination.code, digest=version.digest),
            "summary": receipt_lines(version),
            "note": _("This receipt confirms what arrived and when. Whether the nomination is accepted is decided by the formal review."),
        },
        title=_("Receipt of a nomination"),
        language=get_language() or settings.LANGUAGE_CODE,
        created=version.submitted_at,
        attachments=[
            Attachment(name="record.json", content=canonical(version.record()), description=_("The record that the digest covers"))
        ],
        demonstration=settings.DEMONSTRATION,
    )


def receipt_lines(version: NominationVersion) -> list[tuple[str, str]]:
    """Label and value, the same on the page and on paper."""
    nomination = version.nomination
    return [
        (_("Round"), str(nomination.round)),
        (_("Call"), nomination.round.call_number),
        (_("City"), nomination.city.full_name),
        (_("Nominated by"), str(version.submitted_by.organisation)),
        (_("Version"), str(version.number)),
        (_("Arrived"), _("%(instant)s (Beijing time)") % {"instant": instant(version.submitted_at)}),
        (_("Submitted by"), str(version.submitted_by)),
        (_("Files"), "\n".join(file["name"] for file in version.files)),
    ]
