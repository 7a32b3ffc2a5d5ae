"""Somebody writes for hours: what was typed is saved by itself, and survives a lost connection, a closed window, another editor and the
end of the session."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from applications.models import Nomination
from applications.services import nominations
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.audit.models import Event
from tests import factories
from tests.applications.test_taking_over import NEXT_YEARS
from tests.factories import HEBEI, IN_TIME
from tests.journeys.conftest import Visit, session_of
from tests.journeys.looks import accessible
from tests.journeys.watching import now_it_may_move

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

SAVED = re.compile(r"\d\d:\d\d:\d\d")
WRITE_HERE = """field => {
  field.scrollIntoView({ block: "center", behavior: "instant" });
  field.focus({ preventScroll: true });
  window.tops = [];
  const note = () => { window.tops.push(field.getBoundingClientRect().top); requestAnimationFrame(note); };
  note();
}"""  # and notes in every frame where it stands
NAME = "[name=name], [name$='-name']"


@pytest.fixture(autouse=True)
def three_days_left() -> Iterator[None]:
    clock.set_simulated(IN_TIME, running=True)
    yield
    Path(settings.CLOCK_FILE).unlink()


@pytest.fixture
def handler(transactional_db: None) -> User:
    return factories.user(Role.PROVINCE_HANDLER, HEBEI, username="handler", name="王经办")


@pytest.fixture
def draft(handler: User) -> Nomination:
    return factories.draft(factories.opened_round(), by=handler)


def address(nomination: Nomination, section: str = "basics") -> str:
    return f"/nominations/{nomination.code}/sections/{section}/"


def content() -> dict:
    return Nomination.objects.get().content


def said(page: Page):
    return page.locator("[data-draft-said]")


def copies(page: Page) -> list[str]:
    return page.evaluate("Object.entries(localStorage).filter(([name]) => name.startsWith('draft:')).map((entry) => entry.join(' '))")


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    for _look in range(80):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError(content(), copies(page))


def wait_for_copies(page: Page, number: int) -> None:
    eventually(page, lambda: len(copies(page)) == number)


def test_what_is_typed_is_saved_and_what_cannot_be_read_is_named_at_its_entry(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    page.fill("#id_gdp", "很多")
    page.fill("#id_overview", "唐山是制造业大市。")
    expect(said(page)).to_contain_text(SAVED)
    expect(page.locator("#id_overview")).to_be_focused()
    assert content()["overview"] == "唐山是制造业大市。"
    assert "gdp" not in content()
    expect(page.locator("#id_gdp_error")).to_be_visible()
    expect(page.locator("#id_gdp")).to_have_value("很多")
    expect(page.locator("#id_gdp")).to_have_attribute("aria-invalid", "true")
    assert len(copies(page)) == 1  # the portal has not got all
    assert "很多" not in copies(page)[0]
    accessible(page)
    page.fill("#id_gdp", "１２３,４５６．７")
    page.locator("#id_gdp").blur()
    expect(page.locator("#id_gdp_error")).to_have_count(0)
    wait_for_copies(page, 0)
    assert content()["gdp"] == "123456.70"
    assert Event.objects.filter(kind="nomination.saved").count() == 2  # one for each entry begun
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")


@pytest.mark.parametrize(
    "written", [{"id_overview": "脚本到达前写的文字"}, {"id_overview": "脚本到达前写的文字", "id_gdp": "很多"}], ids=["fine", "unreadable"]
)
def test_what_was_typed_before_the_script_came_is_saved_as_well(visit: Visit, handler: User, draft: Nomination, written: dict) -> None:
    page = visit(handler)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/drafts*.js", hold)
    page.goto(address(draft), wait_until="commit")
    for control, text in written.items():
        page.fill(f"#{control}", text)
    assert content() == {}
    held[0].continue_()
    expect(said(page)).to_contain_text(SAVED)
    assert content()["overview"] == "脚本到达前写的文字"


def test_rows_keep_their_keys_from_one_saving_to_the_next(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft, "actors"))
    rows = page.locator("#id_enterprises tbody tr")
    rows.first.locator(NAME).fill("甲厂")
    expect(said(page)).to_contain_text(SAVED)
    page.locator("#id_enterprises").get_by_role("button", name="添加一行").click()
    expect(rows).to_have_count(2)
    rows.nth(1).locator(NAME).fill("乙厂")
    expect(said(page)).to_contain_text(SAVED)
    rows.nth(1).locator(NAME).fill("乙厂二")
    rows.nth(1).locator(NAME).blur()
    wait_for_copies(page, 0)
    assert [row["name"] for row in content()["enterprises"]] == ["甲厂", "乙厂二"]


def test_a_lost_connection_costs_nothing(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    page.context.set_offline(True)
    page.fill("#id_overview", "断网时写的文字")
    expect(page.locator("[data-draft-alert] p")).to_be_visible()
    assert len(copies(page)) == 1
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("form[data-draft][data-sent]")).to_have_count(0)  # the page stays
    expect(page.locator("#id_overview")).to_have_value("断网时写的文字")
    page.context.set_offline(False)
    expect(said(page)).to_contain_text(SAVED)
    expect(page.locator("[data-draft-alert] p")).to_have_count(0)
    assert content()["overview"] == "断网时写的文字"
    assert copies(page) == []


def test_a_closed_window_is_offered_back(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    page.context.set_offline(True)
    page.fill("#id_overview", "关闭前写的文字")
    page.fill("#id_gdp", "很多")
    wait_for_copies(page, 1)
    page.wait_for_timeout(500)
    again = page.context.new_page()
    close_without_a_line(page)
    again.context.set_offline(False)
    again.goto(address(draft))
    offer = again.locator("[data-draft-copy] dialog")
    expect(offer).to_contain_text("关闭前写的文字")
    expect(offer).to_contain_text("很多")
    accessible(again)
    again.locator("[data-copy-use]").click()
    expect(again.locator("#id_overview")).to_have_value("关闭前写的文字")
    expect(again.locator("#id_gdp")).to_have_value("很多")
    again.locator("#id_gdp").fill("12")
    again.locator("#id_gdp").blur()
    expect(said(again)).to_contain_text(SAVED)
    assert (content()["overview"], content()["gdp"]) == ("关闭前写的文字", "12.00")
    again.reload()
    expect(again.locator("#id_overview")).to_have_value("关闭前写的文字")
    again.wait_for_load_state("networkidle")
    expect(again.locator("[data-draft-copy] dialog")).to_have_count(0)


def close_without_a_line(page: Page) -> None:
    """What a page sends while it closes may reach the portal: the browser takes it for offline only as long as it is there."""
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')); }")
    page.close()


def leave_a_copy(page: Page, text: str) -> Page:
    """Typed without a connection, then the window was closed; a new one stands beside."""
    page.context.set_offline(True)
    page.fill("#id_overview", text)
    wait_for_copies(page, 1)
    other = page.context.new_page()
    close_without_a_line(page)
    other.context.set_offline(False)
    return other


def test_a_copy_is_discarded_on_demand(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    page = leave_a_copy(page, "不要的文字")
    page.goto(address(draft))
    page.locator("[data-copy-discard]").click()
    expect(page.locator("[data-draft-copy] dialog")).to_have_count(0)
    assert copies(page) == []
    assert content() == {}


def test_without_cryptography_the_copy_lives_as_long_as_the_tab(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.add_init_script("Object.defineProperty(window.crypto, 'subtle', { value: undefined })")  # as over plain HTTP
    page.goto(address(draft))
    page.context.set_offline(True)
    page.fill("#id_overview", "只留在本标签页")
    expect(page.locator("[data-draft-alert]")).to_contain_text(re.compile("保留在本机|kept on this computer"))
    assert copies(page) == []
    Session.objects.all().delete()
    page.context.set_offline(False)
    page.reload()  # led to the sign-in, and from there back
    page.fill("[name=login]", "handler")
    page.fill("[name=password]", "correct horse battery")
    page.press("[name=password]", "Enter")
    expect(page.locator("[data-draft-copy] dialog")).to_contain_text("只留在本标签页")


def test_where_no_copy_can_be_kept_the_page_says_so_and_asks_before_it_is_left(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
    page.goto(address(draft))
    page.context.set_offline(True)
    page.fill("#id_overview", "没有副本")
    expect(page.locator("[data-draft-alert]")).to_contain_text(re.compile("不能保留|keeps no copy"))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#id_overview").click()  # a browser asks only somebody who has done something
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_what_was_taken_over_is_looked_through_and_marked(visit: Visit, handler: User) -> None:
    factories.complete_draft(factories.opened_round(), by=handler)
    next_round = factories.opened_round(code="2026", deadlines=NEXT_YEARS)
    draft = factories.draft(next_round, by=handler, at=IN_TIME + timedelta(seconds=1))
    page = visit(handler)
    page.goto(f"/nominations/{draft.code}/earlier/")
    accessible(page)
    page.locator("#take-gdp").uncheck()
    page.locator("main form button.btn-primary").click()
    page.goto(address(draft))
    expect(page.locator("#id_gdp")).to_have_value("")
    expect(page.locator("[data-entry=overview] [data-taken-over]")).to_be_visible()
    accessible(page)
    page.fill("#id_overview", "改过的概况")
    expect(page.locator("[data-entry=overview] [data-taken-over]")).to_have_count(0)
    expect(page.locator("[data-entry=population] [data-taken-over]")).to_be_visible()


def test_signing_out_asks_and_leaves_no_text_behind(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    page = leave_a_copy(page, "留在电脑上的文字")
    asked: list[str] = []
    page.goto("/accounts/logout/")
    page.evaluate("localStorage.setItem('draft:0:/of/somebody/else:x', `${Date.now()} a.b`)")
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator("main [data-wipes] button").click()
    assert (len(asked), len(copies(page))) == (1, 2)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("main [data-wipes] button").click()
    expect(page.locator("[name=login]")).to_be_visible()
    assert [copy.split(" ")[0] for copy in copies(page)] == ["draft:0:/of/somebody/else:x"]


def test_two_editors_of_one_entry_both_see_both_texts(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    now_it_may_move(page)
    other = factories.handler()
    section = draft.round.definition.section("basics")
    theirs = {"overview": "同事的文字", "applicant": "唐山市人民政府"}
    nominations.save_section(nomination_id=draft.pk, section=section, values=theirs, revision=0, by=other, at=IN_TIME)
    page.fill("#id_overview", "我的文字")
    page.fill("#id_address", "新华道1号")
    alert = page.locator("[data-draft-conflict] [role=alert]")
    expect(alert).to_contain_text(other.name)
    expect(page.locator("[data-entry=overview]")).to_contain_text("同事的文字")
    expect(page.locator("#id_overview")).to_have_value("我的文字")
    expect(page.locator("#id_applicant")).to_have_value("唐山市人民政府")
    accessible(page)
    eventually(page, lambda: content().get("address") == "新华道1号")
    assert content()["overview"] == "同事的文字"
    page.locator("[data-entry=overview] button[name=take]").click()
    expect(page.locator("#id_overview")).to_have_value("同事的文字")


def test_the_line_in_which_somebody_writes_stays_where_it_is(visit: Visit, handler: User, draft: Nomination) -> None:
    """While the page says something above it, also in a browser that glides when a page is scrolled."""
    page = visit(handler, reduced_motion="no-preference")
    page.goto(address(draft))
    section = draft.round.definition.section("basics")
    theirs = {"applicant": "唐山市人民政府"}
    nominations.save_section(nomination_id=draft.pk, section=section, values=theirs, revision=0, by=factories.handler(), at=IN_TIME)
    page.locator("#id_applicant").evaluate("field => { field.value = '唐山市'; }")
    page.locator("#id_gdp").evaluate(WRITE_HERE)
    page.keyboard.insert_text("9133.2")
    expect(page.locator("[data-entry=applicant]")).to_contain_text("唐山市人民政府")
    page.wait_for_timeout(600)  # as long as a glide takes
    tops = page.evaluate("window.tops")
    assert max(tops) - min(tops) <= 1
    assert page.evaluate("window.scrollY") > 0


def test_the_button_decides_nothing_that_was_not_seen_before_it_was_pressed(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    other = page.context.new_page()
    other.goto(address(draft))
    other.fill("#id_overview", "另一页签的文字")
    other.get_by_role("button", name="保存", exact=True).click()
    expect(other.get_by_role("status").first).to_contain_text("已保存")
    page.bring_to_front()
    page.fill("#id_overview", "本页签的文字")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("[data-draft-conflict] a")).to_be_focused()
    expect(page.locator("[data-entry=overview]")).to_contain_text("另一页签的文字")
    expect(page.locator("#id_overview")).to_have_value("本页签的文字")
    assert content()["overview"] == "另一页签的文字"
    accessible(page)
    page.wait_for_timeout(1600)
    page.get_by_role("button", name="保存", exact=True).click()  # seen now: mine
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert content()["overview"] == "本页签的文字"


def test_rows_that_somebody_else_changed_are_shown_as_well(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft, "actors"))
    now_it_may_move(page)
    section = draft.round.definition.section("actors")
    theirs = {"enterprises": [{"key": "a", "name": "同事的厂"}]}
    nominations.save_section(nomination_id=draft.pk, section=section, values=theirs, revision=0, by=factories.handler(), at=IN_TIME)
    page.locator("#id_enterprises tbody tr").first.locator(NAME).fill("我的厂")
    group = page.locator("[data-entry=enterprises]")
    expect(group.locator("[data-remarks]")).to_contain_text("同事的厂")
    expect(group.locator("tbody tr", has=page.locator("input")).first.locator(NAME)).to_have_value("我的厂")
    page.wait_for_timeout(1600)
    page.get_by_role("button", name="保存", exact=True).click()  # the decision: mine
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert [row["name"] for row in content()["enterprises"]] == ["我的厂"]


def test_a_session_that_ended_while_writing(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    Session.objects.all().delete()
    page.fill("#id_overview", "登录过期后写的文字")
    link = page.locator("[data-draft-alert] a")
    expect(link).to_be_visible()
    accessible(page)
    with page.context.expect_page() as opening:
        link.click()
    sign_in = opening.value
    sign_in.fill("[name=login]", "handler")
    sign_in.fill("[name=password]", "correct horse battery")
    sign_in.press("[name=password]", "Enter")
    expect(sign_in.locator("h1")).not_to_have_text("登录")
    accessible(sign_in)
    sign_in.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(said(page)).to_contain_text(SAVED)
    assert content()["overview"] == "登录过期后写的文字"


def test_nobody_saves_in_the_name_of_who_signed_in_next(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    approver = factories.approver()
    page.context.add_cookies([{"name": "sessionid", "value": session_of(approver), "url": page.url.split("/nominations")[0]}])
    page.fill("#id_overview", "经办人的文字")
    expect(page.locator("[data-draft-alert]")).to_contain_text(approver.name)
    assert content() == {}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_that_was_sent_after_the_session_ended_comes_back(visit: Visit, handler: User, draft: Nomination, scripts: bool) -> None:
    page = visit(handler, scripts=scripts)
    page.goto(address(draft))
    if scripts:
        page.evaluate("window.addEventListener('submit', (event) => event.stopImmediatePropagation(), true)")  # as before the page asked
    page.fill("#id_overview", "过期后提交的文字")
    Session.objects.all().delete()
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator("summary", has_text=re.compile("填写|typed")).click()
    expect(page.locator("details p", has_text="过期后提交的文字")).to_be_visible()
    if scripts:
        accessible(page)
    with page.context.expect_page() as opening:
        page.locator("main a[target=_blank]").first.click()
    sign_in = opening.value
    sign_in.fill("[name=login]", "handler")
    sign_in.fill("[name=password]", "correct horse battery")
    sign_in.press("[name=password]", "Enter")
    expect(sign_in.locator("[name=login]")).to_have_count(0)
    sign_in.close()
    page.locator("main button.btn-primary").click()
    if not scripts:
        page.locator("main button.btn-primary").click()  # the token of the page was that of the old session
    expect(page.locator("#id_overview")).to_have_value("过期后提交的文字")
    assert content()["overview"] == "过期后提交的文字"


def test_the_end_of_the_session_is_told_and_put_off(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.clock.install()
    page.goto(address(draft))
    notice = page.locator(".session-notice")
    page.clock.run_for("23:00")
    expect(notice).to_be_hidden()
    page.clock.run_for("02:00")
    expect(notice.locator("[data-session-state=ending]")).to_be_visible()
    accessible(page)
    notice.get_by_role("button").click()
    expect(notice).to_be_hidden()
    page.clock.run_for("29:30")
    expect(notice.locator("[data-session-state=ended]")).to_be_visible()
    accessible(page)


def test_characters_are_counted_as_the_portal_counts_them(visit: Visit, handler: User, draft: Nomination) -> None:
    page = visit(handler)
    page.goto(address(draft))
    counter = page.locator("#id_overview_counter")
    for text, length in {"𠮷野\n家": 4, "　前后有空白 ": 5, "制造\u00ad业\u200b": 3, "e\u0301": 1, "“引号”": 4}.items():
        page.fill("#id_overview", text)
        expect(counter).to_have_text(re.compile(rf"\b{1500 - length}\b"))
    short = page.locator("#id_applicant_counter")
    expect(short).to_be_hidden()
    page.fill("#id_applicant", "唐" * 62)
    expect(short).to_have_text(re.compile(r"\b2\b"))
