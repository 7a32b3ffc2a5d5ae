"""What somebody may not know makes no difference to any page that they can open.

Two worlds that differ in nothing else: every page of the watcher must be the same in both, byte for byte. A witness, who may know,
shows that there was something to leak.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from applications.models import Nomination, Pilot, Round
from applications.services import nominations
from pilotportal.accounts.enums import Branch
from pilotportal.accounts.models import Division
from review.enums import Ground, SheetStatus
from review.models import ScoreSheet
from review.services import scoring, selection
from tests import factories
from tests.factories import IN_TIME, SHANXI, TAIYUAN, TANGSHAN
from tests.project import permissions
from tests.project.scene import NOW, Actor, Scene
from tests.review import factories as reviewing

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.usefixtures("summer")]

DATONG = "140200"
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|x-csrftoken": ?"\w+"', re.IGNORECASE)
NEW_KEY = re.compile(rb'value="[0-9a-f]{32}"')  # of a row that nobody has filled in
FORMS = {"applications:nomination_start", "review:sheet"}  # that show more than what is sent with them
NOT_ASKED = {"reporting:events", "reporting:verification", "health", "styleguide", "account_inactive", "jobs:detail", "jobs:result"}
SEARCHES = (
    "/nominations/?round=2026",
    "/review/formal/?round=2026",
    "/deadlines/2026/",
    "/?round=2026",
    "/nominations/?status=draft",
    "/nominations/?status=submitted",
    f"/nominations/?province={SHANXI}",
    "/review/progress/?round=2025",
    "/search/?q=太原",
    "/search/?q=大同",
    "/search/?q=山西",
    "/search/?q=2023",
)
World = Callable[[Scene], object]


def nothing(_scene: Scene) -> None:
    """The world as the scene left it."""


def a_draft_elsewhere(scene: Scene) -> None:
    """Another province begins one nomination and changes another."""
    handler = factories.handler(SHANXI)
    nominations.start(round_id=Round.objects.get(code="2026").pk, city=Division.objects.get(pk=DATONG), by=handler, at=IN_TIME)
    nomination = Nomination.objects.get(code=scene.names["foreign draft"])
    section = nomination.round.definition.sections[0]
    values = {code: nomination.content.get(code) for code in section.codes} | {"overview": "太原市另有安排。"}
    nominations.save_section(nomination_id=nomination.pk, section=section, values=values, revision=1, by=handler, at=IN_TIME)


def another_draft_text(scene: Scene) -> None:
    """Another province changes a word; the draft lacks as much as before."""
    nomination = Nomination.objects.get(code=scene.names["foreign draft"])
    section = nomination.round.definition.section("basics")
    values = {code: nomination.content.get(code) for code in section.codes} | {"overview": "太原市另有安排。"}
    handler = factories.handler(SHANXI)
    nominations.save_section(nomination_id=nomination.pk, section=section, values=values, revision=1, by=handler, at=IN_TIME)


def hands_elsewhere(scene: Scene) -> None:
    """Another province invites its city and asks its department, which objects."""
    nomination = Nomination.objects.get(code=scene.names["foreign draft"])
    factories.invited(nomination)
    factories.asked(nomination)
    factories.objected(nomination, factories.cosigner(province=SHANXI))


def hands_of_others(scene: Scene) -> None:
    """In the same province another department is asked, and objects."""
    nomination = Nomination.objects.get(code=scene.names["draft"])
    factories.asked(nomination, Branch.COMMERCE)
    factories.objected(nomination, factories.cosigner(Branch.COMMERCE))


def handed_in_elsewhere(scene: Scene) -> None:
    nomination = Nomination.objects.get(code=scene.names["foreign draft"])
    nominations.submit(nomination_id=nomination.pk, by=factories.approver(SHANXI), at=IN_TIME)


def other_sheets(scene: Scene) -> list[ScoreSheet]:
    expert = scene.people[Actor.OTHER_EXPERT]
    open_sheets = [SheetStatus.ASSIGNED, SheetStatus.DRAFT]
    return list(ScoreSheet.objects.filter(expert__user=expert, status__in=open_sheets).select_related("expert__user", "nomination__round"))


def marks_of_another(mark: int) -> World:
    def mark_all(scene: Scene) -> None:
        for sheet in other_sheets(scene):
            reviewing.fill_in(sheet, mark, at=NOW)

    return mark_all


def submitted_by_another(mark: int) -> World:
    def submit_all(scene: Scene) -> None:
        for sheet in other_sheets(scene):
            reviewing.submit(sheet, mark, at=NOW)

    return submit_all


def recusal_of_another(scene: Scene) -> None:
    sheet = other_sheets(scene)[0]
    scoring.recuse(sheet_id=sheet.pk, ground=Ground.KIN, note="", by=sheet.expert.user, at=NOW)


def ranked_round(_scene: Scene) -> None:
    reviewing.ranked(reviewing.small_round(code="2023"), cities=[TANGSHAN, TAIYUAN])


def signed_off(_scene: Scene) -> None:
    """Proposed and signed off, but not on public notice."""
    round = Round.objects.get(code="2023")
    made = selection.propose(
        round_id=round.pk, places=round.planned_places, reason="", document_number="", by=reviewing.staff_of(round), at=reviewing.RANKED_AT
    )
    selection.sign_off(selection_id=made.pk, digest=made.digest, by=factories.staff(), at=reviewing.RANKED_AT)


def drafts_of_cities(scene: Scene) -> None:
    """The next version of a plan, and a summary."""
    factories.drafted_plan(Pilot.objects.get(code=scene.names["pilot"]), at=NOW)
    factories.drafted_summary(Pilot.objects.get(nomination__city=TAIYUAN), at=NOW)


@dataclass(frozen=True)
class Difference:
    """`base` happens in both worlds; then `one` in the one and `other` in the other. `query` is part of the witness's address."""

    one: World
    other: World
    watchers: set[Actor]
    witness: tuple[Actor, str, tuple[str, ...]]
    base: World = nothing
    query: str = ""


DIFFERENCES = {
    "a draft of another province": Difference(
        one=nothing,
        other=a_draft_elsewhere,
        watchers={Actor.HANDLER, Actor.CITY, Actor.PARTNER, Actor.SUPERVISOR},
        witness=(Actor.OTHER_PROVINCE, "applications:nominations", ()),
        query="?round=2026",
    ),
    "what a draft says": Difference(
        one=nothing,
        other=another_draft_text,
        watchers={Actor.HANDLER, Actor.CITY, Actor.STAFF, Actor.SUPERVISOR},
        witness=(Actor.OTHER_PROVINCE, "applications:nomination_section", ("foreign draft", "basics")),
    ),
    "whom another province asks": Difference(
        one=nothing,
        other=hands_elsewhere,
        watchers={Actor.HANDLER, Actor.CO_DEPARTMENT, Actor.CITY, Actor.STAFF},
        witness=(Actor.OTHER_PROVINCE, "applications:nomination_signatures", ("foreign draft",)),
    ),
    "what another department said": Difference(
        one=nothing,
        other=hands_of_others,
        watchers={Actor.CO_DEPARTMENT, Actor.CITY, Actor.OTHER_PROVINCE, Actor.STAFF},
        witness=(Actor.HANDLER, "applications:nomination_signatures", ("draft",)),
    ),
    "what another province handed in": Difference(
        one=nothing,
        other=handed_in_elsewhere,
        watchers={Actor.HANDLER, Actor.CITY, Actor.EXPERT},
        witness=(Actor.STAFF, "applications:nominations", ()),
        query="?round=2026",
    ),
    "marks that another expert is considering": Difference(
        one=marks_of_another(2),
        other=marks_of_another(9),
        watchers={Actor.EXPERT, Actor.STAFF, Actor.PARTNER},
        witness=(Actor.SUPERVISOR, "review:marks", ("accepted",)),
    ),
    "marks that another expert has submitted": Difference(
        one=submitted_by_another(2),
        other=submitted_by_another(9),
        watchers={Actor.EXPERT, Actor.STAFF, Actor.PARTNER},
        witness=(Actor.OTHER_EXPERT, "review:sheets", ()),
    ),
    "how far another expert is": Difference(
        one=nothing,
        other=submitted_by_another(5),
        watchers={Actor.EXPERT, Actor.OUTSIDER, Actor.HANDLER},
        witness=(Actor.STAFF, "review:progress", ()),
    ),
    "that another expert stepped aside": Difference(
        one=nothing,
        other=recusal_of_another,
        watchers={Actor.EXPERT, Actor.HANDLER},
        witness=(Actor.STAFF, "review:progress", ()),
    ),
    "a list that is not published": Difference(
        one=nothing,
        other=signed_off,
        watchers={Actor.APPROVER, Actor.OTHER_PROVINCE, Actor.CITY, Actor.EXPERT},
        witness=(Actor.PARTNER, "review:selection", ()),
        base=ranked_round,
    ),
    "what cities have not handed in": Difference(
        one=nothing,
        other=drafts_of_cities,
        watchers={Actor.APPROVER, Actor.OTHER_PROVINCE, Actor.STAFF},
        witness=(Actor.CITY, "applications:pilot", ("pilot",)),
    ),
}


def pages_of(scene: Scene, actor: Actor) -> Iterator[str]:
    """What the table of rights opens to somebody for reading, and lists narrowed down as one would to find something out."""
    for row in permissions.rows():
        if actor in row.may and row.get == 200 and (row.post is None or row.name in FORMS) and row.name not in NOT_ASKED:
            yield reverse(row.name, args=scene.arguments(actor, row.about))
    yield from SEARCHES


def seen(client: Client, path: str) -> tuple[int, str, bytes]:
    response = client.get(path)
    body = b"".join(response)
    return response.status_code, response.headers.get("Content-Disposition", ""), NEW_KEY.sub(b"", CSRF.sub(b"", body))


@contextmanager
def world(scene: Scene, happens: World) -> Iterator[None]:
    with transaction.atomic():
        happens(scene)
        yield
        transaction.set_rollback(True)


def differing(scene: Scene, difference: Difference, actor: Actor, paths: list[str]) -> list[str]:
    """The pages at which somebody can tell the two worlds apart."""
    client, found = Client(), []
    client.force_login(scene.people[actor])
    for happens in (difference.one, difference.other):
        with world(scene, happens):
            found.append({path: seen(client, path) for path in paths})
    one, other = found
    return [path for path in paths if one[path] != other[path]]


@pytest.mark.parametrize("what", DIFFERENCES)
def test_nobody_can_tell_the_worlds_apart_who_may_not_know(played, what):
    difference = DIFFERENCES[what]
    difference.base(played)
    for actor in difference.watchers:
        assert differing(played, difference, actor, list(pages_of(played, actor))) == [], actor
    actor, name, about = difference.witness
    path = reverse(name, args=played.arguments(actor, about)) + difference.query
    assert differing(played, difference, actor, [path]) == [path]
