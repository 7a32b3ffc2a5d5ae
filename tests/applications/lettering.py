"""Letters and their stamped scans, as paper comes back: a picture of the page, with the square at its foot."""

import io
from functools import cache

import segno
from PIL import Image

from applications.enums import AttachmentKind
from applications.models import Letter, Nomination
from applications.services import letters, nominations
from pilotportal.files.services import store_upload
from tests import factories
from tests.factories import IN_TIME

NUMBER = "冀人社函〔2025〕12号"


def ready(round, *, city=factories.TANGSHAN):
    """A draft to which nothing but letter and undertaking is missing."""
    nomination = factories.complete_draft(round, city=city)
    own = nomination.attachments.get(kind=AttachmentKind.LETTER)
    nominations.detach(nomination_id=nomination.pk, attachment_id=own.pk, by=factories.handler(nomination.province_id), at=IN_TIME)
    return Nomination.objects.get(pk=nomination.pk)


def letter(*chosen, number=NUMBER, by=None, at=IN_TIME) -> Letter:
    by = by or factories.handler(chosen[0].province_id)
    return letters.make(round_id=chosen[0].round_id, nomination_ids=[each.pk for each in chosen], document_number=number, by=by, at=at)


@cache
def picture(*squares):
    """PNG of a page with these texts as QR codes."""
    page = Image.new("L", (1240, 1754), 250)
    for place, text in enumerate(squares):
        target = io.BytesIO()
        segno.make(text, error="m", micro=False).save(target, kind="png", scale=4, border=2)
        page.paste(Image.open(target).convert("L"), (300 + 300 * place, 1600))
    target = io.BytesIO()
    page.save(target, "PNG")
    return target.getvalue()


def scan(*squares, at=IN_TIME):
    return store_upload(picture(*squares), at=at)


def scanned(letter, *, by=None, at=IN_TIME, typed="", **changes):
    """Upload the scan of a letter, with its square unless `typed`."""
    by = by or factories.handler(letter.province_id)
    file = scan(*([] if typed else [letter.seal]), at=at)
    return letters.attach_scan(letter_id=letter.pk, file=file, name="推荐函.png", typed=typed, by=by, at=at, **changes)


def rewrite(nomination, text="改写", *, at=IN_TIME):
    """Change one entry."""
    section = nomination.round.definition.section_of("overview")
    fresh = Nomination.objects.get(pk=nomination.pk)
    values = {code: fresh.content.get(code) for code in section.codes} | {"overview": text}
    nominations.save_section(
        nomination_id=nomination.pk,
        section=section,
        values=values,
        revision=fresh.revision_of(section.code),
        by=factories.handler(nomination.province_id),
        at=at,
    )
