"""A province nominates a city, from the sign-in to the receipt, as two officials do it: in a browser, with and without its scripts."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from applications.content import entry_id
from applications.definition import FieldDefinition, GroupDefinition, Section
from applications.models import Nomination
from pilotportal import clock
from pilotportal.accounts.enums import Role
from tests import factories
from tests.factories import HEBEI, IN_TIME, TANGSHAN, value_of
from tests.journeys.looks import accessible

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

PASSWORD = "correct horse battery"
HAS_SCRIPT = [pytest.param(True, id="with scripts"), pytest.param(False, id="without scripts")]


@pytest.fixture(autouse=True)
def three_days_left():
    clock.set_simulated(IN_TIME, running=True)
    yield
    Path(settings.CLOCK_FILE).unlink()


@pytest.fixture
def round():
    factories.user(Role.PROVINCE_HANDLER, HEBEI, username="handler", name="王经办")
    factories.user(Role.PROVINCE_APPROVER, HEBEI, username="approver", name="李审核")
    return factories.opened_round()


def unchecked(_page: Page) -> None:
    """Without scripts axe cannot look."""


Check = Callable[[Page], None]


def sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("link", name="申报", exact=True)).to_be_visible()


def enter(control: Locator, field: FieldDefinition) -> None:
    value = value_of(field)
    if field.type in {"choice", "industry"}:
        control.select_option(value)
    elif field.type == "integer":
        control.fill(f"{value:,}".translate(str.maketrans("0123456789,", "０１２３４５６７８９，")))  # as an input method leaves it
    else:
        control.fill(str(value))


def fill(page: Page, section: Section) -> None:
    for field in section.fields:
        enter(page.locator(f"#id_{field.code}"), field)
    for group in section.groups:
        fill_rows(page, group)


def fill_rows(page: Page, group: GroupDefinition) -> None:
    key = page.locator(f"input[type=hidden][name={group.code}]").first.get_attribute("value")
    for field in group.fields:
        enter(page.locator(f"#id_{entry_id(group.code, key, field.code)}"), field)


def letter() -> dict[str, object]:
    document, stream = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(stream)
    return {"name": "推荐函.pdf", "mimeType": "application/pdf", "buffer": stream.getvalue()}


def name_the_city(page: Page, check: Check) -> None:
    page.get_by_role("link", name="申报", exact=True).click()
    expect(page.get_by_text("尚未推荐城市")).to_be_visible()
    check(page)
    page.get_by_role("link", name="推荐城市").click()
    check(page)
    page.get_by_label("城市").select_option(TANGSHAN)
    page.get_by_role("button", name="开始推荐").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("河北省唐山市")
    check(page)


def fill_in(page: Page, sections: Sequence[Section], check: Check) -> None:
    page.get_by_role("link", name="基本情况").click()
    page.fill("#id_gdp", "很多")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.locator("#id_gdp_error")).to_be_visible()
    expect(page.locator("#id_gdp")).to_have_value("很多")
    check(page)
    for section in sections:
        expect(page.get_by_role("heading", level=1)).to_have_text(section.label.zh)
        page.wait_for_load_state()
        fill(page, section)
        if section.code in {"manufacturing", "actors", "goals"}:
            check(page)
        page.get_by_role("button", name="保存并继续" if section != sections[-1] else "保存并返回清单").click()
    expect(page.get_by_text("已填写", exact=True)).to_have_count(len(sections))
    expect(page.get_by_text("尚未上传盖章的推荐函")).to_be_visible()


def bring_the_letter(page: Page, check: Check) -> None:
    page.get_by_role("link", name="上传推荐函").click()
    page.set_input_files("#id_file", {**letter(), "buffer": b"a text with the name of a PDF"})
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.locator("#id_file_error")).to_be_visible()
    check(page)
    page.set_input_files("#id_file", letter())
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("申报材料已填齐")).to_be_visible()
    page.get_by_role("link", name="核对内容").click()
    expect(page.get_by_text("李审核")).to_be_visible()
    check(page)


def hand_in(page: Page, check: Check) -> None:
    page.get_by_role("link", name="申报", exact=True).click()
    page.get_by_role("link", name="唐山市", exact=True).click()
    page.get_by_role("link", name="核对并提交").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("#id_undertaking_error")).to_be_visible()
    check(page)
    page.get_by_label("我单位承诺").check()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("回执")
    expect(page.get_by_text(Nomination.objects.get().versions.get().digest)).to_be_visible()
    check(page)


@pytest.mark.parametrize("scripts", HAS_SCRIPT)
def test_from_the_sign_in_to_the_receipt(visit, round, celery_worker, scripts):
    check = accessible if scripts else unchecked
    page = visit(scripts=scripts)
    sign_in(page, "handler")
    name_the_city(page, check)
    fill_in(page, round.definition.sections[:-1], check)
    bring_the_letter(page, check)
    page.context.clear_cookies()
    sign_in(page, "approver")
    hand_in(page, check)
    page.get_by_role("button", name="下载回执").click()
    celery_worker.wait_until_idle()
    if not scripts:
        page.reload()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下载", exact=True).click()
    assert downloading.value.suggested_filename == f"回执-{Nomination.objects.get().code}-1.pdf"
    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("scripts", HAS_SCRIPT)
def test_rows_are_added_and_removed_and_the_enter_key_saves(visit, round, scripts):
    nomination = factories.draft(round)
    page = visit(scripts=scripts)
    sign_in(page, "handler")
    page.goto(f"/nominations/{nomination.code}/sections/actors/")
    enterprises = page.locator("#id_enterprises")
    enterprises.locator("tbody input[type=text]").first.fill("甲厂")
    enterprises.get_by_role("button", name="添加一行").click()
    rows = enterprises.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first.locator("input[type=text]").first).to_have_value("甲厂")
    expect(rows.nth(1).locator("input[type=text]").first).to_be_focused()
    rows.nth(1).locator("input[type=text]").first.fill("乙厂")
    rows.first.get_by_role("button", name="删除").click()
    expect(rows).to_have_count(1)
    rows.first.locator("input[type=text]").first.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert [row["name"] for row in Nomination.objects.get().content["enterprises"]] == ["乙厂"]


def test_two_tabs_never_overwrite_each_other_without_scripts(visit, round):
    nomination = factories.draft(round)
    page = visit(scripts=False)
    sign_in(page, "handler")
    address = f"/nominations/{nomination.code}/sections/basics/"
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.fill("#id_overview", "另一页签的文字")
    other.get_by_role("button", name="保存", exact=True).click()
    expect(other.get_by_role("status").first).to_contain_text("已保存")
    page.fill("#id_overview", "本页签的文字")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("[data-error-summary]")).to_contain_text("他人刚保存了本部分")
    expect(page.locator("#id_overview")).to_have_value("本页签的文字")
    expect(page.get_by_text("另一页签的文字")).to_be_visible()
    page.get_by_role("button", name="采用已保存的内容").click()
    expect(page.locator("#id_overview")).to_have_value("另一页签的文字")
