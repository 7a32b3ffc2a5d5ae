"""Rounds in the browser: read by all who take part, prepared part by part without losing what was typed, opened once."""

from pathlib import Path

import pytest
from django.conf import settings as portal
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Round
from applications.services import rounds
from pilotportal import clock
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import Division
from tests import factories
from tests.factories import BEIJING_CODE, DEADLINE, HEBEI, OPENING, TANGSHAN
from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db
PAGE, REDIRECT, FORBIDDEN, NOT_FOUND, REFUSED = 200, 302, 403, 404, 422
CALL = "人社部发〔2026〕3号"


@pytest.fixture(autouse=True)
def opening_day():
    clock.set_simulated(OPENING, running=False)
    yield
    Path(portal.CLOCK_FILE).unlink()


@pytest.fixture
def staff(client):
    user = factories.staff()
    client.force_login(user)
    return user


@pytest.fixture
def round(staff):
    return factories.preparing_round()


def url(name, *arguments):
    return reverse(f"applications:{name}", args=arguments)


def sent(page):
    """What a browser would send from the form of the page."""
    fields = {}
    form = next(form for form in page.all("form") if form.all("input", name="seen") or form.all("input", name="code"))
    for field in form.all("input"):
        name, is_box = field.attributes.get("name"), field.attributes.get("type") == "checkbox"
        if is_box and "checked" in field.attributes:
            fields[name] = [*fields.get(name, []), field.attributes.get("value", "on")]
        elif name and name != "csrfmiddlewaretoken" and not is_box:
            fields[name] = field.attributes.get("value", "")
    for area in form.all("textarea"):
        fields[area.attributes["name"]] = area.text
    for select in form.all("select"):
        chosen = [option for option in select.all("option") if "selected" in option.attributes] or select.all("option")[:1]
        fields[select.attributes["name"]] = chosen[0].attributes["value"]
    return fields


def edit(client, round, part, **changes):
    """Opens the part, changes entries, and saves; the answer."""
    address = url("round_edit", round.code, part)
    return client.post(address, sent(read(client.get(address).text)) | changes)


def errors(response):
    """The sentences at the fields, by the name of the field."""
    page = read(response.text)
    found = {}
    for field in [*page.all("input"), *page.all("select"), *page.all("textarea")]:
        if "is-invalid" in field.attributes.get("class", ""):
            identifier = field.attributes["id"]
            found[field.attributes["name"]] = page.one("div", id=f"{identifier}_error").text
    return found


def value(response, name):
    return next(field for field in read(response.text).all("input", name=name)).attributes.get("value", "")


# -- reading -------------------------------------------------------------------------------------------------------------------

READERS = [
    (Role.PROVINCE_HANDLER, HEBEI),
    (Role.PARTNER, None),
    (Role.SUPERVISOR, None),
    (Role.EXPERT, TANGSHAN),
    (Role.CITY, TANGSHAN),
]


@pytest.mark.parametrize(("role", "division"), READERS)
def test_a_round_is_read_by_all_who_take_part_once_it_is_opened(client, role, division):
    preparing, opened = factories.preparing_round(code="2026"), factories.opened_round()
    client.force_login(factories.user(role, division))
    for name in ("round", "round_form"):
        assert client.get(url(name, opened.code)).status_code == PAGE
        assert client.get(url(name, preparing.code)).status_code == NOT_FOUND
    listed = client.get(url("rounds")).text
    assert url("round", opened.code) in listed
    assert url("round", preparing.code) not in listed


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_an_administrator_sees_no_round(client, role):
    opened = factories.opened_round()
    client.force_login(factories.user(role))
    assert client.get(url("round", opened.code)).status_code == NOT_FOUND


@pytest.mark.parametrize(("role", "division"), READERS)
def test_only_the_staff_writes(client, role, division):
    opened = factories.opened_round()
    client.force_login(factories.user(role, division))
    assert client.get(url("round_new")).status_code == FORBIDDEN
    for name in ("round_edit", "round_open"):
        assert client.post(url(name, opened.code)).status_code == FORBIDDEN


def test_the_preview_says_every_rule_with_its_basis(client, round):
    text = read(client.get(url("round", round.code)).text).text
    for words in ("人社部发〔2025〕27号", "2025年7月18日 24:00", "制造业基础", "30个", "新疆生产建设兵团 1"):
        assert words in text
    assert text.count("平台默认，未见文件规定。") == 13
    assert text.count("人社部发〔2025〕27号：") == 4
    client.post(reverse("set_language"), {"language": "en"})
    text = read(client.get(url("round", round.code)).text).text
    assert text.count("Default of this portal; no document prescribes it.") == 13
    assert text.count("Known from 人社部发〔2025〕27号") == 4


def test_the_form_is_shown_as_a_page_before_it_is_used(client, round):
    page = read(client.get(url("round_form", round.code)).text)
    definition = round.definition
    for section in definition.sections:
        shown = page.one("section", id=section.code)
        for field in [*section.fields, *(field for group in section.groups for field in group.fields)]:
            (row,) = [row for row in shown.all("tr") if row.all("th", scope="row") and row.one("th").text.startswith(field.label.zh)][:1]
            assert ("选填" in row.text) != field.required
            assert str(field.max_length) in row.text or field.type not in {"text", "long_text"}
    assert "申报条件1" in page.text


def test_a_province_reads_its_own_deadline(client, staff):
    opened = factories.opened_round()
    rounds.amend_deadline(
        deadline_id=opened.deadlines.get(kind="nomination").pk,
        province=Division.objects.get(pk=HEBEI),
        instant=DEADLINE.replace(day=23),
        reason="台风",
        document_number="1号",
        by=staff,
        at=OPENING,
    )
    client.force_login(factories.handler(HEBEI))
    assert "2025年7月22日 24:00" in client.get(url("round", opened.code)).text
    client.force_login(factories.handler("140000"))
    assert "2025年7月22日 24:00" not in client.get(url("round", opened.code)).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_rounds_takes_the_same_queries_however_long(client, staff, count):
    for number in range(count):
        factories.preparing_round(code=f"203{number}")
    client.get(url("rounds"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url("rounds"))
    assert response.text.count("人社部发〔2025〕27号") == count
    assert len(queries) == 5


# -- a new round ---------------------------------------------------------------------------------------------------------------


def test_the_shipped_round_is_prepared_in_one_step(client, staff):
    assert "?pattern=shipped" in client.get(url("round_new")).text
    address = url("round_new") + "?pattern=shipped"
    response = client.post(address, sent(read(client.get(address).text)))
    made = Round.objects.get()
    assert response.status_code == REDIRECT
    assert rounds.snapshot(made) == rounds.snapshot(made) | {"code": "2025", "basis": factories.record_2025()["basis"]}
    assert made.deadlines.get(kind="nomination").original == DEADLINE


def test_a_round_on_the_pattern_of_another(client, round):
    address = url("round_new") + f"?pattern={round.code}"
    entered = sent(read(client.get(address).text)) | {"code": "2026", "call_number": CALL, "places": "１", "day_nomination": "2025-08-01"}
    assert client.post(address, entered).status_code == REDIRECT
    made = Round.objects.get(code="2026")
    assert set(made.quotas.values_list("places", flat=True)) == {1}
    assert made.deadlines.get(kind="nomination").original.isoformat() == "2025-08-01T16:00:00+00:00"
    assert made.basis["planned_places"]["kind"] == "decided"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"code": "2025"}, "code", "已被使用"),
        ({"code": "new"}, "code", "已被使用"),
        ({"code": "二〇二六"}, "code", "字母"),
        ({"places": "三"}, "places", "整数"),
        ({"day_plan": "2025-07-18"}, "day_plan", "应晚于"),
        ({"day_plan": ""}, "day_plan", "必填"),
        ({"day_plan": "下个月"}, "day_plan", "例如2025-07-18"),
    ],
)
def test_a_new_round_with_a_wrong_entry_loses_nothing(client, round, changes, field, sentence):
    address = url("round_new") + "?pattern=shipped"
    entered = sent(read(client.get(address).text)) | {"code": "2026", "title_zh": "另一个批次"}
    response = client.post(address, entered | changes)
    assert response.status_code == REFUSED
    assert sentence in errors(response)[field]
    assert value(response, "title_zh") == "另一个批次"
    assert value(response, field) == changes[field]
    assert Round.objects.count() == 1


# -- editing, part by part -----------------------------------------------------------------------------------------------------


def test_saving_a_part_leaves_the_others_as_they_stand(client, round):
    before = rounds.snapshot(round)
    response = edit(client, round, "general", planned_places="３５", planned_places_basis="decided", planned_places_ground="部务会议")
    assert response.status_code == REDIRECT
    after = rounds.snapshot(Round.objects.get())
    assert [name for name in after if after[name] != before[name]] == ["planned_places", "basis"]
    assert after["basis"]["planned_places"]["text"] == "部务会议"


@pytest.mark.parametrize("part", ["general", "criteria", "quotas", "regions", "deadlines", "provinces"])
def test_opening_and_saving_a_part_changes_nothing(client, round, part):
    before = rounds.snapshot(round)
    assert edit(client, round, part).status_code == REDIRECT
    assert rounds.snapshot(Round.objects.get()) == before


@pytest.mark.parametrize(
    ("part", "changes", "field", "sentence"),
    [
        ("general", {"minimum_sheets": "8"}, "minimum_sheets", "专家"),
        ("general", {"planned_places": "三十"}, "planned_places", "整数"),
        ("general", {"planned_places_ground": ""}, "planned_places_ground", "文件"),
        ("quotas", {f"places_{BEIJING_CODE}": "2"}, f"places_{BEIJING_CODE}", "至多1个"),
        ("quotas", {"places_130000": "-1"}, "places_130000", "0"),
        ("quotas", {"places_130000": "x"}, "places_130000", "整数"),
        ("regions", {"least_east": "16"}, "most_east", "小于最少数"),
        ("regions", {"most_east": ""}, "most_east", "同时填写"),
        ("deadlines", {"day_summary": "2025-09-30"}, "day_summary", "应晚于"),
        ("criteria", {"criteria-0-weight": "0"}, "criteria-0-weight", "1"),
        ("criteria", {"criteria-1-name_zh": ""}, "criteria-1-name_zh", "必填"),
    ],
)
def test_a_wrong_entry_is_named_at_its_field_and_nothing_is_lost(client, round, part, changes, field, sentence):  # noqa: PLR0917 - parameters
    before = rounds.snapshot(round)
    response = edit(client, round, part, **changes)
    assert response.status_code == REFUSED
    assert sentence in errors(response)[field]
    for name, entered in changes.items():
        assert value(response, name) == entered
    assert rounds.snapshot(Round.objects.get()) == before


def test_an_unknown_part_and_an_opened_round(client, staff):
    opened = factories.opened_round()
    assert client.get(url("round_edit", opened.code, "everything")).status_code == NOT_FOUND
    response = client.post(url("round_edit", opened.code, "general"), {"planned_places": "5"}, follow=True)
    assert "不能" in response.text
    assert Round.objects.get().planned_places == 30


# -- the criteria --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"criteria-0-weight": "20"}, "95"),
        ({"criteria-0-code": "talent"}, "talent"),
        ({"criteria-0-tie": "2"}, "重复"),
        (
            {
                f"criteria-{row}-{name}": ""
                for row in range(6)
                for name in ("code", "weight", "tie", "name_zh", "name_en", "guidance_zh", "guidance_en")
            },
            "指标",
        ),
    ],
)
def test_criteria_that_do_not_fit_together_are_refused_above_the_table(client, round, changes, sentence):
    before = rounds.snapshot(round)
    response = edit(client, round, "criteria", **changes)
    assert response.status_code == REFUSED
    (summary,) = [each for each in read(response.text).all("div") if "error-summary" in each.attributes.get("class", "")]
    assert sentence in summary.text
    assert rounds.snapshot(Round.objects.get()) == before


def test_weights_and_order_of_ties_are_saved(client, round):
    changes = {"criteria-0-weight": "３０", "criteria-1-weight": "15", "criteria-0-tie": "2", "criteria-4-tie": "1", "criteria-1-tie": ""}
    assert edit(client, round, "criteria", **changes).status_code == REDIRECT
    saved = Round.objects.get()
    assert [criterion.weight for criterion in saved.criteria.all()] == [30, 15, 15, 10, 20, 10]
    assert saved.tie_rules == ["plan", "manufacturing"]


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ("add", ["manufacturing", "hr_services", "talent", "demonstration", "plan", "safeguards", ""]),
        ("remove:1", ["manufacturing", "talent", "demonstration", "plan", "safeguards"]),
        ("up:2", ["manufacturing", "talent", "hr_services", "demonstration", "plan", "safeguards"]),
        ("down:0", ["hr_services", "manufacturing", "talent", "demonstration", "plan", "safeguards"]),
        ("up:0", ["manufacturing", "hr_services", "talent", "demonstration", "plan", "safeguards"]),
        ("remove:99", ["manufacturing", "hr_services", "talent", "demonstration", "plan", "safeguards"]),
        ("explode", ["manufacturing", "hr_services", "talent", "demonstration", "plan", "safeguards"]),
    ],
)
def test_rows_are_added_removed_and_moved_without_saving(client, round, command, codes):
    before = rounds.snapshot(round)
    response = edit(client, round, "criteria", command=command, **{"criteria-0-name_zh": "还没有保存"})
    entered = sent(read(response.text))
    assert response.status_code == PAGE
    assert [entered[f"criteria-{row}-code"] for row in range(int(entered["criteria-TOTAL_FORMS"]))] == codes
    assert "还没有保存" in entered.values()
    assert rounds.snapshot(Round.objects.get()) == before


def test_a_table_changed_by_its_buttons_is_saved_as_it_is_shown(client, round):
    address = url("round_edit", round.code, "criteria")
    entered = sent(read(edit(client, round, "criteria", command="remove:5").text)) | {"criteria-0-weight": "35"}
    entered = sent(read(client.post(address, entered | {"command": "add"}).text))
    assert client.post(address, entered).status_code == REDIRECT
    saved = Round.objects.get().criteria.all()
    assert [(criterion.code, criterion.weight) for criterion in saved][:2] == [("manufacturing", 35), ("hr_services", 20)]
    assert len(saved) == 5


# -- two editors ---------------------------------------------------------------------------------------------------------------


def test_a_change_in_the_meantime_is_told_and_replaced_only_knowingly(client, round, staff):
    address = url("round_edit", round.code, "general")
    entered = sent(read(client.get(address).text)) | {"planned_places": "40"}
    rounds.save(round_id=round.pk, record=rounds.snapshot(round) | {"planned_places": 35}, by=staff, at=OPENING)
    response = client.post(address, entered)
    assert response.status_code == REFUSED
    assert "他人" in response.text
    assert value(response, "planned_places") == "40"
    assert Round.objects.get().planned_places == 35
    assert client.post(address, sent(read(response.text))).status_code == REDIRECT
    assert Round.objects.get().planned_places == 40


# -- opening -------------------------------------------------------------------------------------------------------------------


def test_the_page_of_the_opening_shows_what_will_be_frozen(client, round):
    response = client.get(url("round_open", round.code))
    assert rounds.digest_of_rules(round) == value(response, "seen")
    assert client.post(url("round_open", round.code), {"seen": value(response, "seen")}).status_code == REDIRECT
    opened = Round.objects.get()
    assert (opened.is_opened, opened.digest, opened.opened_at) == (True, value(response, "seen"), OPENING)


def test_everything_that_keeps_it_from_being_opened_is_shown_at_once(client, staff):
    lacking = factories.preparing_round(quotas={}, tie_rules=["gone"], planned_places=60)
    text = read(client.get(url("round_open", lacking.code)).text).text
    for words in ("名额", "gone", "60"):
        assert words in text
    assert "seen" not in client.get(url("round_open", lacking.code)).text
    response = client.post(url("round_open", lacking.code), follow=True)
    assert "gone" in response.text
    assert not Round.objects.get().is_opened


def test_a_round_changed_since_the_page_was_read_is_not_opened(client, round, staff):
    seen = value(client.get(url("round_open", round.code)), "seen")
    rounds.save(round_id=round.pk, record=rounds.snapshot(round) | {"planned_places": 35}, by=staff, at=OPENING)
    response = client.post(url("round_open", round.code), {"seen": seen}, follow=True)
    assert "他人" in response.text
    assert not Round.objects.get().is_opened


def test_what_does_not_keep_it_from_being_opened_is_said_all_the_same(client, staff):
    late = factories.preparing_round(quotas={HEBEI: 3})
    clock.set_simulated(DEADLINE, running=False)
    text = client.get(url("round_open", late.code)).text
    assert "申报截止时间已过" in text
    assert "少于计划数量" in text
