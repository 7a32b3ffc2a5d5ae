"""Evidence in a browser: a large file over a line that breaks, a closed window, two windows, no scripts."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from applications.models import Attachment, Nomination
from pilotportal import clock
from pilotportal.files.models import Upload
from pilotportal.files.rules import PART
from tests import factories
from tests.factories import IN_TIME
from tests.files import hostile
from tests.journeys.conftest import Visit
from tests.journeys.looks import accessible

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
PARTS = 7
PART_ADDRESS = "**/uploads/*/?offset=*"


@pytest.fixture(autouse=True)
def three_days_left():
    clock.set_simulated(IN_TIME, running=True)
    yield
    Path(settings.CLOCK_FILE).unlink()


@pytest.fixture
def handler():
    return factories.handler()


@pytest.fixture
def nomination(handler) -> Nomination:
    return factories.draft(factories.opened_round(), by=handler)


@pytest.fixture
def large(tmp_path) -> Path:
    """A little less than seven parts."""
    path = tmp_path / "规上企业名单.pdf"
    path.write_bytes(hostile.pdf() + b"\n%" + b"x" * (PARTS * PART - 5000))
    return path


def add_page(nomination: Nomination) -> str:
    return f"/nominations/{nomination.code}/attach/evidence/"


def describe(page: Page, caption: str, entry: str) -> None:
    page.locator("[data-upload-list] [name=caption]").fill(caption)
    page.locator("[data-upload-list] [name=proves]").select_option(entry)


def pull_the_plug_at(page: Page, part: int) -> list[str]:
    """From the part with this number on there is no line. Returns the parts that were asked for."""
    asked: list[str] = []

    def follow(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == part:
            page.context.set_offline(True)
        route.continue_()

    page.route(PART_ADDRESS, follow)
    return asked


def is_whole(attachment: Attachment, path: Path) -> bool:
    return hashlib.sha256(attachment.file.read()).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_a_large_file_goes_on_after_the_line_broke(visit: Visit, handler, nomination, large):
    page = visit(handler)
    page.goto(add_page(nomination))
    accessible(page)
    pull_the_plug_at(page, 4)
    page.set_input_files("[name=file]", large)
    expect(page.locator(".upload-trouble")).to_be_visible()
    assert 0 < Upload.objects.get().received < large.stat().st_size
    accessible(page)
    page.context.set_offline(False)
    bar = page.locator(".upload progress")
    expect(bar).to_have_js_property("value", large.stat().st_size, timeout=20_000)
    page.locator("form[data-uploads] .btn-primary").click()
    expect(page.locator("[data-upload-list] [name=caption]")).to_be_focused()  # what it shows is missing
    accessible(page)
    describe(page, "规上制造业企业名单", "gdp")
    page.locator("form[data-uploads] .btn-primary").click()
    page.wait_for_url(f"**/nominations/{nomination.code}/#files")
    added = Attachment.objects.get()
    assert (added.name, added.caption, added.proves) == (large.name, "规上制造业企业名单", "gdp")
    assert is_whole(added, large)
    expect(page.locator(f"#file-{added.pk}")).to_contain_text("规上制造业企业名单")
    accessible(page)


def test_a_closed_window_costs_nothing_that_had_arrived(visit: Visit, handler, nomination, large):
    page = visit(handler)
    page.goto(add_page(nomination))
    pull_the_plug_at(page, 4)
    page.set_input_files("[name=file]", large)
    expect(page.locator(".upload-trouble")).to_be_visible()
    describe(page, "写到一半", "")
    page.locator("[data-upload-list] [name=caption]").blur()
    received = Upload.objects.get().received
    page.context.set_offline(False)
    page.unroute(PART_ADDRESS)
    context = page.context
    page.route("**/*", lambda route: route.abort())  # nothing more leaves this window
    page.close()

    again = context.new_page()
    asked: list[str] = []
    again.on("request", lambda request: asked.append(request.url) if "offset=" in request.url else None)
    again.goto(add_page(nomination))
    expect(again.locator("[data-unfinished]")).to_contain_text(large.name)
    accessible(again)
    again.set_input_files("[name=file]", large)
    expect(again.locator("[data-unfinished]")).to_be_hidden()
    expect(again.locator("[data-upload-list] [name=caption]")).to_have_value("写到一半")
    again.locator("form[data-uploads] .btn-primary").click()
    again.wait_for_url(f"**/nominations/{nomination.code}/#files")
    assert f"offset={received}&" in asked[0]
    assert len(asked) == PARTS - received // PART
    assert is_whole(Attachment.objects.get(), large)


def test_of_two_windows_the_later_one_goes_on(visit: Visit, handler, nomination, large):
    first, second = visit(handler), visit(handler)
    first.goto(add_page(nomination))
    held: list[Route] = []
    first.route(PART_ADDRESS, lambda route: held.append(route) if len(held) < 1 else route.continue_())
    first.set_input_files("[name=file]", large)
    expect(first.locator(".upload progress")).to_be_visible()
    first.wait_for_timeout(300)
    second.goto(add_page(nomination))
    second.set_input_files("[name=file]", large)
    expect(second.locator(".upload progress")).to_have_js_property("value", large.stat().st_size, timeout=20_000)
    held[0].continue_()
    expect(first.locator(".upload-status")).to_contain_text("window" if first.locator("html[lang=en]").count() else "", timeout=10_000)
    assert Upload.objects.get().received == large.stat().st_size
    describe(second, "只有一份", "")
    second.locator("form[data-uploads] .btn-primary").click()
    second.wait_for_url(f"**/nominations/{nomination.code}/#files")
    assert is_whole(Attachment.objects.get(), large)
    first.evaluate("window.onbeforeunload = null")


def test_what_is_refused_is_refused_before_it_is_sent(visit: Visit, handler, nomination, tmp_path, settings):
    settings.LARGE_UPLOAD_LIMIT = PART
    path = tmp_path / "太大.pdf"
    path.write_bytes(hostile.pdf() + b"\n%" + b"x" * PART)
    page = visit(handler)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "offset=" in request.url else None)
    page.goto(add_page(nomination))
    page.set_input_files("[name=file]", [path, *_pair(tmp_path)])
    expect(page.locator(".upload")).to_have_count(3)
    expect(page.locator(".upload-trouble")).to_have_count(2)
    expect(page.locator(".upload").nth(0)).to_contain_text("1 MB")
    accessible(page)
    assert len(asked) == 1
    assert "offset=0" in asked[0]


def _pair(folder: Path) -> list[Path]:
    good, wrong = folder / "照片.png", folder / "视频.mp4"
    good.write_bytes(hostile.picture())
    wrong.write_bytes(b"video")
    return [good, wrong]


def test_without_scripts_the_form_does_it_and_keeps_the_words_of_what_it_refuses(visit: Visit, handler, nomination, tmp_path):
    page = visit(handler, scripts=False)
    page.goto(add_page(nomination))
    large, small = tmp_path / "大.pdf", tmp_path / "小.pdf"
    large.write_bytes(hostile.pdf() + b"%" + b"x" * settings.UPLOAD_LIMIT)
    small.write_bytes(hostile.pdf())
    page.set_input_files("[name=file]", large)
    page.fill("[name=caption]", "企业名单")
    page.select_option("[name=proves]", "gdp")
    page.click("form[data-uploads] .btn-primary")
    expect(page.locator("#id_file_error")).to_contain_text("20 MB")
    expect(page.locator("[name=caption]")).to_have_value("企业名单")
    expect(page.locator("[name=proves]")).to_have_value("gdp")
    page.set_input_files("[name=file]", small)
    page.click("form[data-uploads] .btn-primary")
    added = Attachment.objects.get()
    expect(page.locator(f"#file-{added.pk}")).to_contain_text("企业名单")
    assert (added.proves, added.name) == ("gdp", "小.pdf")
