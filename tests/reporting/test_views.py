"""Exports and the record, by role."""

import pytest
from django.urls import reverse

from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.audit import services as audit
from pilotportal.jobs.models import Job
from review.services import scoring
from tests import factories
from tests.review import factories as reviewing

pytestmark = pytest.mark.django_db

WATCHERS = {Role.SUPERVISOR, Role.AUDIT_ADMIN}


def signed_in(client, role):
    division = factories.TANGSHAN if role == Role.CITY else factories.HEBEI
    user = factories.user(role, division if role in {*factories.KIND_OF_ROLE} else None)
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", list(Role))
def test_home_opens_for_every_role(client, role):
    factories.submitted(factories.opened_round())
    signed_in(client, role)
    assert client.get(reverse("home")).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_only_staff_export_results(client, role):
    round = factories.opened_round()
    signed_in(client, role)
    allowed = role == Role.STAFF
    assert client.get(reverse("reporting:exports")).status_code == (200 if allowed else 403)
    answer = client.post(reverse("reporting:request_export", args=[round.code, "dossiers"]))
    assert (answer.status_code == 302) == allowed
    assert Job.objects.exists() == allowed


def test_what_cannot_be_made_yet_is_refused_with_a_sentence(client):
    round = factories.opened_round()
    signed_in(client, Role.STAFF)
    for kind in ("ranking", "selection"):
        answer = client.post(reverse("reporting:request_export", args=[round.code, kind]), follow=True)
        assert len(list(answer.context["messages"])) == 1
    assert not Job.objects.exists()
    assert client.post(reverse("reporting:request_export", args=[round.code, "marks"])).status_code == 404


def test_marks_leave_no_more_as_a_workbook_once_a_sheet_is_open_again(client, monkeypatch):
    """Else a workbook would show staff the marks of others while one expert can still change theirs."""
    round = reviewing.small_round()
    reviewing.ranked(round, cities=[factories.TANGSHAN])
    monkeypatch.setattr(clock, "now", lambda: reviewing.SCORED_AT)
    staff = signed_in(client, Role.STAFF)
    address = reverse("reporting:request_export", args=[round.code, "ranking"])
    assert client.post(address).status_code == 302
    made = Job.objects.get()
    scoring.reopen(sheet_id=reviewing.sheets(round)[0].pk, reason="分数与评语不符", by=staff, at=reviewing.SCORED_AT)
    Job.objects.filter(pk=made.pk).update(status="cancelled")
    assert address not in client.get(reverse("reporting:exports")).content.decode()
    assert client.post(address).headers["Location"] == f"{reverse('reporting:exports')}?round={round.code}"
    assert Job.objects.get() == made


@pytest.mark.parametrize("role", list(Role))
def test_the_record_is_for_those_who_watch(client, role):
    signed_in(client, role)
    for name in ("reporting:events", "reporting:verification"):
        assert client.get(reverse(name)).status_code == (200 if role in WATCHERS else 403)


def test_the_audit_administrator_sees_accounts_and_no_business(client):
    factories.submitted(factories.opened_round())
    audit.record("account.signed_in", at=factories.OPENING, by=factories.staff())
    signed_in(client, Role.AUDIT_ADMIN)
    page = client.get(reverse("reporting:events")).content.decode()
    assert "account.signed_in" in page
    assert "nomination." not in page
    client.logout()
    signed_in(client, Role.SUPERVISOR)
    page = client.get(reverse("reporting:events")).content.decode()
    assert "nomination.submitted" in page
    assert "account." not in page


@pytest.mark.parametrize("events", [1, 3])
def test_the_record_is_read_in_a_constant_number_of_queries(client, events, django_assert_num_queries):
    for number in range(events):
        audit.record("round.noted", at=factories.OPENING, number=number)
    signed_in(client, Role.SUPERVISOR)
    client.get(reverse("reporting:events"))
    with django_assert_num_queries(5):
        client.get(reverse("reporting:events"))


def test_a_dossier_of_another_province_cannot_be_asked_for(client):
    nomination = factories.submitted(factories.opened_round())
    client.force_login(factories.handler(factories.SHANXI))
    assert client.post(reverse("reporting:request_dossier", args=[nomination.code])).status_code == 404
    client.force_login(factories.handler(factories.HEBEI))
    assert client.post(reverse("reporting:request_dossier", args=[nomination.code])).status_code == 302
