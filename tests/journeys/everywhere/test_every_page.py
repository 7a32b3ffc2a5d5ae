"""Every page of every role, as the table of rights names them: accessible, whole at every size, clean on paper, light."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Error, Page

from tests.journeys import looks
from tests.journeys.everywhere.portal import LANGUAGES, OK, Portal, by_actor, context_of
from tests.journeys.traffic import Traffic
from tests.journeys.watching import Watch, now_it_may_move
from tests.project import permissions
from tests.project.scene import Actor

pytestmark = [
    pytest.mark.django_db,  # asks for the test database; where no test of a run does, none is made
    pytest.mark.timeout(1200),  # a minute or two on a quiet machine
]

SIZES = {  # another language is cut off or too wide first where there is least room
    "zh-hans": (looks.REFLOW, looks.PHONE, looks.ZOOMED, looks.LAPTOP),
    "en": (looks.REFLOW, looks.LAPTOP),
}
NO_PAGE = {"health"}  # for machines
FEWEST_PAGES = 60
REQUESTS, TRANSFERRED, ASSETS = 12, 150_000, 40_000  # of a cold load; bytes with their heads; stylesheets and scripts each
OTHER_STATES = [  # of pages that the table names without their round
    (Actor.STAFF, "/review/ranking/?round=2024"),
    (Actor.STAFF, "/review/selection/?round=2024"),
    (Actor.STAFF, "/review/panel/?round=2026"),
    (Actor.STAFF, "/review/formal/?round=2026"),
    (Actor.SUPERVISOR, "/review/progress/?round=2025"),
    (Actor.PARTNER, "/nominations/?round=2026"),
]
MISTAKES = {"/no/such/page/": 404, "/review/selection/": 403, "/jobs/none/cancel/": 405}


def opened(page: Page, path: str) -> bool:
    """False for a file, which is saved and not shown."""
    try:
        answer = page.goto(path)
    except Error as error:
        if "Download is starting" in str(error):
            return False
        raise
    return bool(answer and "text/html" in answer.headers.get("content-type", ""))


def visits(portal: Portal, language: str) -> Iterator[tuple[Actor, str]]:
    """Each page once, in one language by the first and in the other by the last of those who may open it; home by everybody."""
    for row in permissions.rows():
        if row.get == OK and row.name not in NO_PAGE:
            may = sorted(row.may, key=list(Actor).index)
            chosen = may if row.name == "home" else may[:1] if language == LANGUAGES[0] else may[-1:]
            yield from ((actor, portal.path(actor, row)) for actor in chosen)
    yield from OTHER_STATES


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_at_every_size_accessible_and_clean_on_paper(portal: Portal, browser: Browser, language: str) -> None:
    faults, seen = [], 0
    for actor, addresses in by_actor(visits(portal, language)).items():
        with context_of(browser, portal, actor, language) as context:
            page = context.new_page()
            watch = Watch(page, origin=portal.origin)
            for path in addresses:
                if opened(page, path):
                    seen += 1
                    now_it_may_move(page)
                    found = [*looks.barriers(page), *looks.at_sizes(page, *SIZES[language]), *looks.left_on_paper(page)]
                    faults += [f"{actor.name} {path}: {fault}" for fault in found]
            faults += [f"{actor.name}: {complaint}" for complaint in watch.complaints]
    assert not faults, "\n".join(faults)
    assert seen > FEWEST_PAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mistake_is_explained_on_an_accessible_page(portal: Portal, browser: Browser, language: str) -> None:
    with context_of(browser, portal, Actor.HANDLER, language) as context:
        page = context.new_page()
        for path, status in MISTAKES.items():
            assert page.goto(path).status == status
            assert [*looks.barriers(page), *looks.at_every_size(page), *looks.left_on_paper(page)] == []


def main_pages(page: Page) -> list[str]:
    """Home and whatever stands in this person's navigation."""
    page.goto("/")
    links = page.eval_on_selector_all("nav a[href]", "links => links.map(link => link.getAttribute('href'))")
    return ["/", *(link for link in links if link.startswith("/") and link != "/")]


def all_main_pages(portal: Portal, browser: Browser) -> dict[str, Actor]:
    """Each address once, with the first who has it in the navigation."""
    found: dict[str, Actor] = {}
    for actor in portal.scene.people:
        with context_of(browser, portal, actor, LANGUAGES[0]) as context:
            found = dict.fromkeys(main_pages(context.new_page()), actor) | found
    long = [
        ("applications:nomination_preview", ("submitted",), Actor.STAFF),
        ("applications:nomination_section", ("draft", "actors"), Actor.HANDLER),
    ]
    long += [("review:sheet", ("sheet",), Actor.EXPERT), ("review:return", ("submitted",), Actor.STAFF)]
    return found | {reverse(name, args=portal.scene.arguments(actor, about)): actor for name, about, actor in long}


def test_pages_are_light_cold_and_warm(portal: Portal, browser: Browser) -> None:
    heavy, pages = {}, all_main_pages(portal, browser)
    for path, actor in pages.items():
        with context_of(browser, portal, actor, LANGUAGES[0]) as context:
            cold = Traffic(context.new_page()).of(path)
            if len(cold.requests) > REQUESTS or cold.bytes > TRANSFERRED:
                heavy[path] = f"{cold.bytes:.0f} bytes in {len(cold.requests)} requests"
            assert 0 < cold.bytes_of(".css") <= ASSETS, path
            assert 0 < cold.bytes_of(".js") <= ASSETS, path
            assert cold.of(path).requests == [f"{portal.origin}{path}"], f"{path} again"
    assert heavy == {}
    assert len(pages) > 12
