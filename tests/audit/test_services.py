"""The record: written with what it records, sealed into a chain, never changed."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from pilotportal.audit import queries, services
from pilotportal.audit.models import Event

pytestmark = pytest.mark.django_db
AT = datetime(2025, 7, 18, 12, tzinfo=UTC)


def record(count):
    return [services.record("test.happened", at=AT, number=number, name="𠮷") for number in range(count)]


@transaction.atomic
def record_and_fail():
    record(1)
    raise ZeroDivisionError


def tamper(statement, *values):
    """What somebody with the database's own keys could do: switch the guards off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_an_event_cannot_be_changed_or_deleted():
    (event,) = record(1)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(kind="other")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        event.delete()


def test_an_event_stands_only_with_its_transaction():
    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    assert not Event.objects.exists()


def test_sealing_chains_what_is_new_and_nothing_twice():
    record(3)
    first = services.seal(reason="test", at=AT)
    assert services.seal(reason="again", at=AT) is None
    record(2)
    second = services.seal(reason="test", at=AT)
    assert (first.previous, second.previous) == ("", first.digest)
    assert [len(first.events), len(second.events)] == [3, 2]
    assert queries.verify().ok


@pytest.mark.parametrize(
    ("statement", "seal"),
    [
        ("UPDATE audit_event SET actor_name = 'somebody else' WHERE id = (SELECT MIN(id) FROM audit_event)", 1),
        ("UPDATE audit_seal SET reason = 'another' WHERE sequence = 2", 2),
        ("UPDATE audit_seal SET previous = 'sm3:00' WHERE sequence = 2", 2),
    ],
)
def test_verification_names_the_seal_that_no_longer_holds(statement, seal):
    for _batch in range(2):
        record(3)
        services.seal(reason="test", at=AT)
    assert queries.verify().ok
    tamper(statement)
    assert {number for number, _why in queries.verify().broken} == {seal}


def test_a_deleted_event_is_missed():
    events = record(2)
    services.seal(reason="test", at=AT)
    tamper("DELETE FROM audit_sealedevent WHERE event_id = %s", events[0].pk)
    tamper("DELETE FROM audit_event WHERE id = %s", events[0].pk)
    assert queries.verify().broken == [(1, f"events missing: [{events[0].pk}]")]


def test_floats_never_enter_the_record():
    """One that did would keep everything after it from being sealed."""
    with pytest.raises(TypeError, match="Floats"):
        services.record("test.happened", at=AT, share=0.5)
    assert not Event.objects.exists()
