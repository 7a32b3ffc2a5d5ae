"""The frame in Chromium: no violation of WCAG 2.2 AA, no error in the console, and what the scripts add."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.files.enums import MediaType
from pilotportal.files.services import store
from pilotportal.jobs.enums import Status
from pilotportal.jobs.models import Job
from tests.factories import HEBEI, user
from tests.journeys.looks import barriers

SIZES = {"laptop": (1366, 768), "phone": (390, 844), "reflow": (320, 800)}
PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def official(transactional_db: None) -> User:
    return user(Role.PROVINCE_HANDLER, HEBEI, username="hebei", name="王一")


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page whose console must stay silent; the content security policy speaks there too."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert said == []


@pytest.fixture
def signed_in(quiet: Page, context: BrowserContext, live_server: LiveServer, official: User) -> Page:
    client = Client()
    client.force_login(official)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return quiet


def job_of(owner: User, status: Status = Status.RUNNING) -> Job:
    at = timezone.now()
    return Job.objects.create(
        kind="tests.report",
        label="遴选结果报告",
        file_name="报告.pdf",
        owner=owner,
        status=status,
        done=3,
        total=8,
        requested_at=at,
        heard_at=at,
    )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("path", ["/accounts/login/", "/styleguide/", "/jobs/", "/accounts/password/change/"])
def test_pages_are_accessible_and_need_no_sideways_scrolling(signed_in: Page, path: str, language: str) -> None:
    if path == "/accounts/login/":
        signed_in.context.clear_cookies()
    signed_in.set_extra_http_headers({"Accept-Language": language})
    signed_in.goto(path)
    for name, (width, height) in SIZES.items():
        signed_in.set_viewport_size({"width": width, "height": height})
        assert barriers(signed_in) == [], name
        assert signed_in.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, name


def test_sign_in_by_keyboard(quiet: Page, official: User) -> None:
    quiet.goto("/jobs/")
    quiet.get_by_label("用户名").focus()
    quiet.keyboard.type("hebei")
    quiet.keyboard.press("Tab")
    quiet.keyboard.type(PASSWORD)
    quiet.keyboard.press("Enter")
    expect(quiet).to_have_url(re.compile(r"/jobs/$"))
    expect(quiet.get_by_role("heading", level=1)).to_have_text("我的文件")


def test_the_summary_of_errors_gets_the_focus_and_leads_to_the_field(quiet: Page) -> None:
    quiet.goto("/accounts/login/")
    quiet.get_by_role("button", name="登录").click()
    expect(quiet.locator(".error-summary")).to_be_focused()
    assert barriers(quiet) == []
    quiet.get_by_role("link", name="用户名：此项未填写。").click()
    expect(quiet.get_by_label("用户名")).to_be_focused()


def test_the_first_tab_leads_past_the_navigation(signed_in: Page) -> None:
    signed_in.goto("/jobs/")
    signed_in.keyboard.press("Tab")
    expect(signed_in.get_by_role("link", name="跳到正文")).to_be_focused()
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("main")).to_be_focused()


def test_the_menu_closes_with_escape_and_with_a_click_beside_it(signed_in: Page) -> None:
    signed_in.goto("/jobs/")
    summary = signed_in.locator(".menu > summary")
    sign_out = signed_in.get_by_role("button", name="退出登录")
    summary.click()
    expect(sign_out).to_be_visible()
    assert barriers(signed_in) == []
    signed_in.keyboard.press("Escape")
    expect(sign_out).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    signed_in.locator("h1").click()
    expect(sign_out).to_be_hidden()


def test_a_running_job_becomes_a_file_without_a_reload(signed_in: Page, official: User) -> None:
    job = job_of(official)
    signed_in.goto(job.get_absolute_url())
    expect(signed_in.locator("progress")).to_have_attribute("value", "3")
    Job.objects.filter(pk=job.pk).update(done=5)
    expect(signed_in.locator("progress")).to_have_attribute("value", "5")
    file = store(b"%PDF", media_type=MediaType.PDF, at=timezone.now())
    Job.objects.filter(pk=job.pk).update(status=Status.READY, result=file, done=8)
    expect(signed_in.get_by_role("link", name="下载")).to_be_visible()
    assert barriers(signed_in) == []
    with signed_in.expect_download() as download:
        signed_in.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == "报告.pdf"


def test_when_the_session_ends_a_part_of_the_page_does_not_become_the_sign_in_page(signed_in: Page, official: User) -> None:
    signed_in.goto(job_of(official).get_absolute_url())
    signed_in.context.clear_cookies()
    expect(signed_in).to_have_url(re.compile(r"/accounts/login/\?next=/jobs/"))
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("登录")
    expect(signed_in.locator("main")).to_have_count(1)


def test_the_counter_counts_characters_of_every_script(quiet: Page) -> None:
    quiet.goto("/styleguide/")
    field = quiet.locator("#id_blank-summary")
    field.fill("唐山𠮷a\nb")
    expect(quiet.locator("#id_blank-summary_counter")).to_have_text("还可输入194字")
    expect(quiet.locator("#id_refused-summary_counter")).to_have_text("超出3字")
    assert "id_blank-summary_counter" in (field.get_attribute("aria-describedby") or "")


def test_leaving_changed_entries_asks_first_and_saving_does_not(signed_in: Page) -> None:
    def with_the_mark(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("novalidate", "novalidate data-warn-unsaved"))

    signed_in.route("**/password/change/", with_the_mark)
    asked: list[str] = []
    signed_in.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    signed_in.goto("/accounts/password/change/")
    signed_in.get_by_label("当前密码").fill("abc")
    signed_in.get_by_role("link", name="我的文件").click()
    expect(signed_in.get_by_label("当前密码")).to_have_value("abc")
    assert asked == ["beforeunload"]
    signed_in.get_by_role("button", name="修改密码").click()
    expect(signed_in.locator(".error-summary")).to_be_focused()
    assert asked == ["beforeunload"]


def test_time_goes_on(quiet: Page, settings: Settings) -> None:
    quiet.clock.install()
    quiet.goto("/styleguide/")
    soon = quiet.locator(".deadline-urgent .deadline-left")
    before = soon.inner_text()
    quiet.clock.fast_forward(timedelta(minutes=10).seconds * 1000)
    assert re.fullmatch(r"还有(49|50)分钟", before)
    expect(soon).to_have_text(re.compile(r"还有(39|40)分钟"))
    quiet.clock.fast_forward(timedelta(hours=1).seconds * 1000)
    expect(soon).to_have_text("已截止")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_scripts_words_about_time_are_those_of_the_server(quiet: Page, language: str) -> None:
    quiet.set_extra_http_headers({"Accept-Language": language})
    quiet.clock.install()
    quiet.goto("/styleguide/")
    texts = [element.inner_text() for element in quiet.locator(".deadline-left").all()]
    clock = quiet.locator("[data-clock]").inner_text()
    quiet.clock.run_for(20_000)
    assert [re.sub(r"\d+", "#", element.inner_text()) for element in quiet.locator(".deadline-left").all()] == [
        re.sub(r"\d+", "#", text) for text in texts
    ]
    assert re.sub(r"\d+", "#", quiet.locator("[data-clock]").inner_text()) == re.sub(r"\d+", "#", clock)


def test_a_list_that_is_asked_for_anew_says_so(quiet: Page) -> None:
    quiet.goto("/styleguide/")
    quiet.evaluate("document.addEventListener('click', event => event.preventDefault())")  # so that the next page never comes
    first = quiet.locator(".records").first
    expect(first).not_to_have_attribute("aria-busy", "true")
    quiet.locator(".pages a", has_text="6").click()
    expect(first).to_have_attribute("aria-busy", "true")


def test_a_form_is_sent_once(signed_in: Page, official: User) -> None:
    signed_in.goto(job_of(official, Status.REQUESTED).get_absolute_url())
    sent: list[str] = []
    signed_in.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    signed_in.evaluate("const button = document.querySelector('main form button'); button.click(); button.click();")
    expect(signed_in.get_by_text("已取消生成。")).to_be_visible()
    assert len(sent) == 1


def test_nothing_is_asked_of_another_host(signed_in: Page, live_server: LiveServer) -> None:
    asked: list[str] = []
    signed_in.on("request", lambda request: asked.append(request.url))
    signed_in.goto("/styleguide/")
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert len([url for url in asked if not url.startswith("data:")]) <= 12


@pytest.fixture
def without_scripts(browser_context_args: dict[str, object]) -> dict[str, object]:
    return browser_context_args | {"java_script_enabled": False}


def test_without_scripts_one_signs_in_opens_the_menu_and_signs_out(
    browser: Browser, without_scripts: dict[str, object], official: User
) -> None:
    with browser.new_context(**without_scripts) as context:
        page = context.new_page()
        page.goto("/jobs/")
        page.get_by_label("用户名").fill("hebei")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("我的文件")
        job = job_of(official)
        page.goto(job.get_absolute_url())
        Job.objects.filter(pk=job.pk).update(done=6)
        page.get_by_role("link", name="刷新状态").click()
        expect(page.locator("progress")).to_have_attribute("value", "6")
        page.locator(".menu > summary").click()
        page.get_by_role("button", name="退出登录").click()
        expect(page.get_by_text("已退出登录。")).to_be_visible()
