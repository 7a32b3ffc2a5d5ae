"""The first accounts of an installation."""

import io

import pytest
from django.core.management import CommandError, call_command

from pilotportal.accounts.models import Organisation, User
from pilotportal.audit.models import Event
from tests.factories import HEBEI

pytestmark = pytest.mark.django_db


def add(*arguments: str) -> str:
    output = io.StringIO()
    call_command("add_account", *arguments, stdout=output)
    return output.getvalue().strip()


def test_an_account_is_made_with_a_password_that_is_printed_once():
    username, password = add("zhangsan", "张三", "--role=staff", "--organisation=人力资源流动管理司").split("\t")
    person = User.objects.get(username=username)
    assert person.check_password(password)
    assert Event.objects.get(kind="account.added").target_id == person.pk


def test_an_address_is_kept_for_the_mail():
    add("zhangsan", "张三", "--role=staff", "--organisation=人力资源流动管理司", "--email=zhang@example.org")
    assert User.objects.get().email == "zhang@example.org"


def test_two_officials_share_their_department():
    add("a", "甲", "--role=province_handler", "--organisation=河北省人力资源和社会保障厅", f"--division={HEBEI}")
    add("b", "乙", "--role=province_approver", "--organisation=河北省人力资源和社会保障厅", f"--division={HEBEI}")
    assert Organisation.objects.filter(division=HEBEI).count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--role=province_handler", "--organisation=某厅"], "has_a_division"),
        (["--role=city", "--organisation=某局", "--division=999999"], "no division 999999"),
    ],
)
def test_an_account_without_its_division_is_refused(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        add("lisi", "李四", *arguments)
    assert not User.objects.exists()


def test_a_username_is_given_once():
    add("zhangsan", "张三", "--role=staff", "--organisation=司")
    with pytest.raises(CommandError, match="username"):
        add("zhangsan", "张三丰", "--role=staff", "--organisation=司")
