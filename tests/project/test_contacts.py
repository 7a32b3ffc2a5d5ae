"""Names and telephones of persons are for those who handle a nomination: its province and the ministry's staff (个人信息保护法 art. 51)."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.project import permissions
from tests.project.scene import TELEPHONE, Actor, Scene

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.usefixtures("summer")]

HANDLING = {Actor.HANDLER, Actor.APPROVER, Actor.STAFF}
READING = {Actor.PARTNER, Actor.SUPERVISOR}
SHOWING = {
    ("applications:nomination_preview", ("submitted",)),
    ("applications:nomination_version", ("returned", "1")),
    ("applications:nomination_compare", ("returned", "1", "2")),
}


def pages_with_the_telephone(played: Scene, actor: Actor) -> set[tuple[str, tuple[str, ...]]]:
    client = Client()
    client.force_login(played.people[actor])
    rows = [row for row in permissions.rows() if actor in row.may and row.get == 200]
    return {
        (row.name, row.about)
        for row in rows
        if TELEPHONE.encode() in page(client, reverse(row.name, args=played.arguments(actor, row.about)))
    }


def page(client: Client, path: str) -> bytes:
    return b"".join(client.get(path))


@pytest.mark.parametrize("actor", sorted(HANDLING))
def test_who_handles_a_nomination_reads_its_contacts(played, actor):
    assert pages_with_the_telephone(played, actor) >= SHOWING


@pytest.mark.parametrize("actor", sorted(READING))
def test_who_only_reads_it_does_not(played, actor):
    assert pages_with_the_telephone(played, actor) == set()
