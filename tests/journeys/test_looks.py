"""The questions that are asked of every page find what they are meant to find, and let pass what they should."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import looks
from tests.journeys.watching import Watch

ORIGIN = "http://127.0.0.1:1"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport=looks.LAPTOP) as context:
        yield context.new_page()


def html(body: str, style: str = "") -> str:
    return f"<!doctype html><html lang=zh-CN><title>样</title><style>{style}</style><body><main><h1>样</h1>{body}</main></body></html>"


@pytest.mark.parametrize(
    ("body", "style"),
    [
        ("<button>核对并提交本批次推荐材料</button>", "button { width: 60px; white-space: nowrap; overflow: hidden }"),
        ("<p>核对并提交本批次推荐材料</p>", "p { width: 60px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }"),
        ("<span class=pill><span>退回修改退回修改</span></span>", ".pill { display: inline-block; width: 40px; white-space: nowrap }"),
        ("<select><option>平台默认，没有文件规定此项</option></select>", "select { width: 60px }"),
    ],
)
def test_words_that_are_cut_off_are_found(page: Page, body: str, style: str) -> None:
    page.set_content(html(body, style))
    assert looks.cut_off(page)
    page.set_content(html(body))
    assert looks.cut_off(page) == []


def test_what_only_a_screen_reader_reads_is_not_cut_off(page: Page) -> None:
    hidden = ".a { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }"
    page.set_content(html("<p class=a>只供读屏软件朗读的文字</p>", hidden))
    assert looks.cut_off(page) == []


def test_a_page_wider_than_its_screen_is_found(page: Page) -> None:
    page.set_content(html("<div class=a>宽</div>", ".a { width: 400px }"))
    assert [fault.split(":")[0] for fault in looks.at_every_size(page)] == ["at 320 px 88 px too wide", "at 390 px 18 px too wide"]


def test_a_table_that_scrolls_within_itself_makes_no_page_wide(page: Page) -> None:
    page.set_content(html("<div class=a><div class=b>宽</div></div>", ".a { overflow-x: auto } .b { width: 2000px }"))
    assert looks.at_every_size(page) == []


@pytest.mark.parametrize(("height", "found"), [(20, 1), (24, 0)])
def test_small_targets_are_found(page: Page, height: int, found: int) -> None:
    page.set_content(html('<a href="#">甲</a>', f"a {{ display: block; width: 80px; height: {height}px }}"))
    assert len(looks.small_targets(page)) == found


@pytest.mark.parametrize(("position", "found"), [("fixed", 1), ("static", 0)])
def test_what_lies_behind_a_bar_that_stays_in_place_is_found(page: Page, position: str, found: int) -> None:
    page.set_viewport_size(looks.ZOOMED)
    bar = f".a {{ position: {position}; bottom: 0; height: 200px; width: 100%; background: white }} p {{ height: 300px }}"
    page.set_content(html("<p>甲</p><button>提交</button><div class=a>栏</div>", bar))
    assert len(looks.covered(page)) == found


def test_buttons_on_paper_are_found_unless_the_stylesheet_hides_them(page: Page) -> None:
    page.set_content(html("<nav>页</nav><button>提交</button>"))
    assert len(looks.left_on_paper(page)) == 2
    page.set_content(html("<nav>页</nav><button>提交</button>", "@media print { nav, button { display: none } }"))
    assert looks.left_on_paper(page) == []


def test_a_table_that_paper_would_cut_is_found(page: Page) -> None:
    table = "<div class=a><table><tr><td class=b>宽</td></tr></table></div>"
    page.set_content(html(table, ".a { overflow-x: auto } .b { min-width: 900px } @media print { .a { overflow: visible } }"))
    assert looks.left_on_paper(page)
    assert looks.too_wide(page) == []
    assert page.viewport_size == looks.LAPTOP


def test_barriers_are_found(page: Page) -> None:
    page.set_content(html("<input name=a>"))
    assert [fault.split(":")[0] for fault in looks.barriers(page)] == ["label"]


def test_the_watch_hears_errors_other_hosts_and_shifts(page: Page) -> None:
    watch = Watch(page, origin=ORIGIN)
    moves = "<script>addEventListener('grow', () => { document.querySelector('p').style.height = '400px' })</script>"
    page.route(
        "**/*",
        lambda route: route.fulfill(body=html(f"<p>甲</p><div class=a>乙</div>{moves}", ".a { height: 300px }"), content_type="text/html"),
    )
    page.goto(f"{ORIGIN}/shift/")
    page.screenshot()  # it has been drawn
    page.evaluate("dispatchEvent(new Event('grow'))")
    page.screenshot()
    page.evaluate("console.error('broken')")
    page.evaluate("fetch('http://elsewhere.example/a').catch(() => null)")
    page.wait_for_timeout(500)
    told = "\n".join(watch.complaints)
    assert "broken" in told
    assert "http://elsewhere.example/a" in told
    assert f"{ORIGIN}/shift/ shifts by 0." in told


def test_the_watch_has_nothing_to_say_about_a_quiet_page(page: Page) -> None:
    watch = Watch(page, origin=ORIGIN)
    page.route("**/*", lambda route: route.fulfill(body=html("<p>甲</p>"), content_type="text/html"))
    page.goto(f"{ORIGIN}/quiet/")
    page.wait_for_timeout(300)
    assert watch.complaints == []
