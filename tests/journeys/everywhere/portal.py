"""Where the walks over all pages begin: the portal's address, the scene behind it, and a browser for each of its people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext

from tests.journeys import looks
from tests.journeys.conftest import session_of
from tests.project.permissions import Row
from tests.project.scene import Actor, Scene

LANGUAGES = ("zh-hans", "en")
OK, REFUSED = 200, 422


@dataclass(frozen=True)
class Portal:
    origin: str
    scene: Scene

    def path(self, actor: Actor, row: Row) -> str:
        return reverse(row.name, args=self.scene.arguments(actor, row.about))


def context_of(browser: Browser, portal: Portal, actor: Actor, language: str) -> BrowserContext:
    context = browser.new_context(base_url=portal.origin, viewport=looks.LAPTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if actor in portal.scene.people:
        cookies[settings.SESSION_COOKIE_NAME] = session_of(portal.scene.people[actor])
    context.add_cookies([{"name": name, "value": value, "url": portal.origin} for name, value in cookies.items()])
    return context


def by_actor(visits: Iterable[tuple[Actor, str]]) -> dict[Actor, list[str]]:
    addresses = defaultdict(list)
    for actor, path in visits:
        addresses[actor].append(path)
    return addresses
