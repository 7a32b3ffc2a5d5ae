"""What is measured on a scene, and how it is printed."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import process_time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.pages.scene import PASSWORD, Scene
from pilotportal import clock
from review.models import ScoreSheet
from review.services import ranking
from tests import factories

RUNS = 7


def report(scene: Scene, *, size: int) -> None:
    print(f"{size} nominations, {ScoreSheet.objects.count()} sheets: median of {RUNS} requests")
    print(f"  {'page':<28}{'CPU ms':>8}{'queries':>9}{'kB':>8}{'status':>8}")
    for name, request in _requests(scene):
        _measure(name, request)
    clock.set_simulated(factories.DEADLINE + timedelta(days=60), running=False)
    start = process_time()
    ranking.compute(round_id=scene.round.pk, by=scene.staff, at=clock.now())
    print(f"  {'computing the ranking':<28}{(process_time() - start) * 1000:>8.0f}")
    _measure("staff ranking", lambda: _as(scene.staff).get(reverse("review:ranking")))


def _requests(scene: Scene) -> list[tuple[str, Callable[[], Any]]]:
    official, expert, staff = _as(scene.official), _as(scene.expert), _as(scene.staff)
    sheet = scene.open_sheet
    return [
        ("sign-in page", lambda: Client().get(reverse("account_login"))),
        ("signing in", lambda: Client().post(reverse("account_login"), {"login": scene.official.username, "password": PASSWORD})),
        ("province home", lambda: official.get(reverse("home"))),
        ("nominations of a province", lambda: official.get(reverse("applications:nominations"))),
        ("nomination page", lambda: official.get(reverse("applications:nomination", args=[scene.nomination.code]))),
        ("expert's list", lambda: expert.get(reverse("review:sheets"))),
        ("score sheet", lambda: expert.get(reverse("review:sheet", args=[sheet.code]))),
        ("saving a sheet", lambda: expert.post(reverse("review:sheet", args=[sheet.code]), _entries(sheet))),
        ("staff home", lambda: staff.get(reverse("home"))),
        ("all nominations", lambda: staff.get(reverse("applications:nominations"))),
        ("progress of the review", lambda: staff.get(reverse("review:progress"))),
    ]


def _entries(sheet: ScoreSheet) -> dict[str, Any]:
    """What the browser sends: the revision as it stands, and every mark with its comment."""
    standing = ScoreSheet.objects.get(pk=sheet.pk)
    entries: dict[str, Any] = {"revision": standing.revision, "save": "1"}
    for mark in standing.marks.select_related("criterion"):
        entries |= {f"mark-{mark.criterion.code}": (standing.revision + 5) % 11, f"comment-{mark.criterion.code}": mark.comment}
    return entries


def _measure(name: str, request: Callable[[], Any]) -> None:
    request()  # templates and translations are loaded by the first
    spent, queries, answer = [], 0, None
    for _run in range(RUNS):
        start = process_time()
        answer = request()
        spent.append((process_time() - start) * 1000)
    with CaptureQueriesContext(connection) as captured:
        request()
        queries = len(captured)
    kilobytes = len(answer.content) / 1024 if answer is not None else 0
    print(f"  {name:<28}{median(spent):>8.1f}{queries:>9}{kilobytes:>8.0f}{answer.status_code if answer is not None else '':>8}")


def _as(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client
