"""The pool is filled with accounts of experts, and with nobody else."""

import pytest
from django.core.management import CommandError, call_command

from pilotportal.accounts.enums import Role
from review import queries
from review.models import Expert
from tests import factories

pytestmark = pytest.mark.django_db


def add(username: str, *industries: str) -> None:
    call_command("add_expert", username, "--title=教授", "--field=人力资源管理", "--industries", *industries)


def test_an_expert_enters_the_pool_with_the_province_of_the_employer():
    person = factories.user(Role.EXPERT, factories.TANGSHAN)
    add(person.username, "C38", "C36")
    expert = Expert.objects.get(user=person)
    assert (expert.province_id, expert.industries) == (factories.HEBEI, ["C36", "C38"])
    assert list(queries.pool()) == [expert]
    add(person.username, "C13")
    assert Expert.objects.get(user=person).industries == ["C36", "C38"]


@pytest.mark.parametrize(("role", "industry"), [(Role.STAFF, "C36"), (Role.EXPERT, "C99")])
def test_others_and_unknown_industries_are_refused(role, industry):
    person = factories.user(role, factories.HEBEI)
    with pytest.raises(CommandError):
        add(person.username, industry)
    assert not Expert.objects.exists()
