"""Evidence is looked at in the page, by a browser that has a reader of PDFs."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, expect

from pilotportal.files.services import store_upload
from tests import factories
from tests.chromium import CHROMIUM
from tests.factories import IN_TIME
from tests.files import hostile
from tests.journeys.conftest import Visit
from tests.journeys.looks import accessible

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    whole = browser_type.launch(**browser_type_launch_args | {"executable_path": CHROMIUM})
    yield whole
    whole.close()


@pytest.mark.parametrize(("name", "content"), [("照片.png", hostile.picture("PNG", (400, 300))), ("证明.pdf", hostile.pdf(pages=2))])
def test_a_file_is_looked_at_in_the_page(visit: Visit, name: str, content: bytes) -> None:
    handler = factories.handler()
    nomination = factories.draft(factories.opened_round(), by=handler)
    added = factories.attached_evidence(nomination, file=store_upload(content, at=IN_TIME), name=name, by=handler)
    page = visit(handler)
    page.goto(f"/nominations/{nomination.code}/files/{added.pk}/page/")
    if name.endswith("png"):
        expect(page.locator(".file-picture img")).to_have_js_property("naturalWidth", 400)
    else:
        expect(page.locator("iframe.file-frame")).to_be_visible()
        assert any(frame.url.endswith("/view/") for frame in page.frames)
    accessible(page)
