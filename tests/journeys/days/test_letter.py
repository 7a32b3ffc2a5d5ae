"""A letter's way: written by the portal, printed, stamped on paper, scanned, recognised, handed in, and read at the ministry."""

import io

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from applications.models import Attachment, Letter, Nomination
from tests import factories
from tests.applications import lettering
from tests.factories import IN_TIME, REVIEW_TIME
from tests.journeys.days.conftest import Arrive
from tests.journeys.days.person import on
from tests.worker import WorkerProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

DPI = 150


def stamped(paper: bytes) -> bytes:
    """The first page as it comes back from the registry and the scanner: a red ring over the date, grey paper, JPEG."""
    with pypdfium2.PdfDocument(paper) as document:
        page = document[0].render(scale=DPI / 72).to_pil().rotate(0.7, fillcolor="white")
    ImageDraw.Draw(page).ellipse([700, 1150, 950, 1400], outline=(200, 30, 30), width=8)
    target = io.BytesIO()
    page.save(target, "JPEG", quality=70)
    return target.getvalue()


def without_square() -> bytes:
    target = io.BytesIO()
    Image.new("L", (620, 877), 250).save(target, "PNG")
    return target.getvalue()


def test_a_letter_is_printed_stamped_recognised_and_read(arrive: Arrive, celery_worker: WorkerProcess) -> None:
    on(IN_TIME)
    nomination = lettering.ready(factories.opened_round())
    handler = arrive(factories.handler())
    handler.go("Nominations")
    handler.follow("Recommendation letter")
    handler.enter("Document number", lettering.NUMBER)
    handler.press("Make the letter")
    made = Letter.objects.get()
    handler.press("Letter as PDF")
    celery_worker.wait_until_idle()
    handler.go("My files")
    handler.follow("Recommendation letter: %(number)s", number=lettering.NUMBER)
    paper = handler.fetch("Download")
    assert paper.startswith(b"%PDF")
    handler.go("Nominations")
    handler.follow("Recommendation letter")
    handler.follow(lettering.NUMBER)
    handler.bring(name="空白.png", content=without_square(), kind="image/png")
    handler.press("Upload")
    handler.is_told_what_is_missing("typed")
    handler.bring(name="推荐函.jpg", content=stamped(paper), kind="image/jpeg")
    handler.press("Upload")
    handler.read("Code read from the scan")
    handler.follow(nomination.city.name, exact=True)
    facts = {"number": lettering.NUMBER, "code": made.code}
    handler.read("Letter %(number)s, matched by the code read from the scan: %(code)s", **facts)
    assert Attachment.objects.get(nomination=nomination, letter=made, replaced_at=None).name == "推荐函.jpg"
    hand_in_and_read(arrive, Nomination.objects.get())


def hand_in_and_read(arrive: Arrive, nomination: Nomination) -> None:
    approver = arrive(factories.approver())
    approver.follow("Complete and submit the nomination of %(city)s", city=nomination)
    approver.follow("Check and submit")
    approver.page.locator("#id_undertaking").check()
    approver.press("Submit to the ministry")
    on(REVIEW_TIME)
    staff = arrive(factories.made_by(nomination.round))
    staff.go("Nominations", "Formal review")
    staff.follow(nomination.city.name, exact=True)
    staff.read("It names the digest of exactly this version.")
