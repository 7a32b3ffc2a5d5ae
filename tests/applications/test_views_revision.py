"""The form of the next round: changed part by part by the staff, seen as the province will see it, frozen with the round."""

import pytest
from django.conf import settings
from django.urls import reverse

from applications import shipped
from applications.enums import Refusal
from applications.models import Round
from applications.services import rounds
from pilotportal.audit.models import Event
from tests import factories
from tests.factories import OPENING
from tests.pilotportal.pages import read

pytestmark = pytest.mark.django_db
ENTRY = {
    "code": "robots", "label_zh": "工业机器人密度", "label_en": "Robot density", "help_zh": "", "help_en": "", "type": "decimal",
    "required": "on", "unit_zh": "台/万人", "unit_en": "per 10,000 workers", "max_length": "", "minimum": "0", "maximum": "", "places": "1",
    "choices": "", "serves": "condition_1", "source": "人社部发〔2026〕1号",
}  # fmt: skip


@pytest.fixture
def round(db, time_machine):
    time_machine.move_to(OPENING, tick=False)
    return factories.preparing_round(code="2027")


@pytest.fixture
def staff(client, round):
    user = factories.staff()
    client.force_login(user)
    return user


def path(name: str, *about: str, round_code: str = "2027") -> str:
    return reverse(f"applications:{name}", args=[round_code, *about])


def fresh() -> Round:
    return Round.objects.get(code="2027")


def seen() -> str:
    return rounds.digest_of_rules(fresh())


def test_an_entry_is_added_and_the_version_goes_up(client, staff, round):
    response = client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"seen": seen()})
    assert response.url == path("draft_part", "manufacturing.robots")
    field = fresh().definition.section("manufacturing").fields[-1]
    assert (field.code, field.type, field.places, field.minimum, field.maximum) == ("robots", "decimal", 1, 0, None)
    assert (field.unit.zh, field.serves, field.source, field.required) == ("台/万人", "condition_1", "人社部发〔2026〕1号", True)
    assert fresh().definition.version == round.definition.version + 1
    assert Event.objects.get(kind="round.saved").data["changed"] == ["form"]


def test_the_new_entry_is_seen_as_the_province_will_see_it_and_as_text(client, staff, round):
    client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"seen": seen()})
    page = client.get(path("draft_preview", "manufacturing")).content.decode()
    assert "工业机器人密度（台/万人）" in page
    assert "<fieldset disabled>" in page
    assert 'name="robots"' in page
    assert "工业机器人密度" in client.get(path("round_form")).content.decode()


def test_every_section_has_its_preview(client, staff, round):
    for section in round.definition.sections:
        response = client.get(path("draft_preview", section.code))
        assert response.status_code == 200
        assert "csrfmiddlewaretoken" not in response.content.decode().partition("<fieldset disabled>")[2].partition("</fieldset>")[0]
    assert client.get(path("draft_preview", "nothing")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "at", "said"),
    [
        ({"code": "Robots"}, "code", "small Latin"),
        ({"code": "gdp"}, None, "gdp"),
        ({"code": "next"}, None, "next"),
        ({"label_en": ""}, "label_en", ""),
        ({"help_zh": "说明"}, "help_en", ""),
        ({"minimum": "5", "maximum": "4"}, "maximum", ""),
        ({"type": "choice"}, "choices", ""),
        ({"type": "choice", "choices": "a | 甲"}, "choices", "1"),
        ({"type": "choice", "choices": "a | 甲 | A\na | 乙 | B"}, "choices", "a"),
        ({"type": "choice", "choices": "a | 甲 | A\nb | 甲 | B"}, "choices", "甲"),
        ({"choices": "a | 甲 | A"}, "choices", ""),
        ({"places": "9"}, "places", ""),
        ({"source": ""}, "source", ""),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(client, staff, changes, at, said):
    before = fresh().form
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"seen": seen()} | changes)
    assert response.status_code == 422
    errors = response.context["form"].errors[at or "__all__"]
    assert said in str(errors)
    page = response.content.decode()
    assert "工业机器人密度" in page
    assert fresh().form == before


def test_choices_are_entered_line_by_line(client, staff, round):
    lines = "high | 高 | High\nlow ｜ 低 ｜ Low"
    client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"seen": seen(), "type": "choice", "choices": lines})
    field = fresh().definition.section("manufacturing").fields[-1]
    assert [(choice.code, choice.label.zh, choice.label.en) for choice in field.choices] == [("high", "高", "High"), ("low", "低", "Low")]
    shown = client.get(path("draft_part", "manufacturing.robots")).context["form"]["choices"].value()
    assert shown.splitlines() == ["high | 高 | High", "low | 低 | Low"]


def test_a_part_saved_as_it_stands_changes_nothing(client, staff, round):
    """Every property of every part survives its own page: what the form shows is what it stores."""
    paths = [section.code for section in round.definition.sections]
    paths += [f"{section.code}.{item.code}" for section, item in round.definition.items()]
    paths += [f"goals.indicators.{field.code}" for field in round.definition.section("goals").groups[0].fields]
    for each in paths:
        form = client.get(path("draft_part", each)).context["form"]
        sent = {name: form[name].value() for name in form.fields}
        sent = {name: "on" if value is True else value for name, value in sent.items() if value is not None and value is not False}
        assert client.post(path("draft_part", each), sent).status_code == 302, each
        assert fresh().definition.model_dump(exclude={"version"}) == round.definition.model_dump(exclude={"version"}), each


def test_two_people_never_overwrite_each_other(client, staff, round):
    before = seen()
    client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"seen": before})
    late = client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"code": "sensors", "seen": before})
    assert late.status_code == 422
    assert str(Refusal.CHANGED_MEANWHILE.label) in late.content.decode()
    assert "工业机器人密度" in late.content.decode()
    again = late.context["form"]["seen"].value()
    assert client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"code": "sensors", "seen": again}).status_code == 302


def test_parts_are_moved_and_removed(client, staff, round):
    codes = [section.code for section in round.definition.sections]
    client.post(path("draft_move"), {"command": f"up:{codes[1]}", "seen": seen()})
    assert [section.code for section in fresh().definition.sections][:2] == [codes[1], codes[0]]
    client.post(path("draft_move"), {"command": "down:basics.applicant", "seen": seen()})
    assert fresh().definition.section("basics").fields[1].code == "applicant"
    page = client.get(path("draft_remove", "demonstration"))
    assert "对所在区域的示范带动作用" in page.content.decode()
    assert client.post(path("draft_remove", "demonstration"), {"seen": seen()}).url == path("draft")
    assert fresh().definition.section("demonstration") is None


def test_a_move_of_an_old_page_is_refused(client, staff, round):
    old = seen()
    client.post(path("draft_move"), {"command": "up:contacts", "seen": old})
    response = client.post(path("draft_move"), {"command": "up:talent", "seen": old}, follow=True)
    assert str(Refusal.CHANGED_MEANWHILE.label) in response.content.decode()


def test_a_section_and_a_table_are_added_and_filled(client, staff, round):
    named = {"label_zh": "绿色制造", "label_en": "Green manufacturing", "help_zh": "", "help_en": ""}
    client.post(path("draft_add", "section"), named | {"code": "green", "seen": seen()})
    table = named | {"code": "factories", "minimum": "0", "maximum": "5", "seen": seen()}
    assert client.post(path("draft_add", "group", "green"), table).url == path("draft_part", "green.factories")
    client.post(path("draft_add", "field", "green.factories"), ENTRY | {"seen": seen()})
    (group,) = fresh().definition.section("green").groups
    assert [field.code for field in group.fields] == ["name", "robots"]
    assert client.get(path("draft_preview", "green")).status_code == 200


@pytest.mark.parametrize("where", ["goals.indicators", "direction.sub_sectors.industry", "undertaking"])
def test_what_the_portal_reads_by_its_code_stays_and_the_page_says_why(client, staff, round, where):
    response = client.post(path("draft_remove", where), {"seen": seen()})
    assert response.status_code == 422
    assert response.context["refusals"]
    assert str(response.context["refusals"][0]) in response.content.decode()
    assert fresh().form == round.form


def test_another_form_is_taken_over_whole_and_compared(client, staff, round):
    client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"seen": seen()})
    named = {"code": "basics", "label_zh": "城市基本情况", "label_en": "The city", "help_zh": "", "help_en": ""}
    client.post(path("draft_part", "basics"), named | {"seen": seen()})
    client.post(path("draft_remove", "schedule"), {"seen": seen()})
    differences = client.get(path("draft_compare")).context["differences"]
    found = {(difference.kind, difference.label) for difference in differences}
    assert {("added", "工业机器人密度"), ("removed", "进度安排"), ("removed", "阶段"), ("changed", "城市基本情况")} <= found
    assert "<del>基本情况</del>" in client.get(path("draft_compare")).content.decode()
    version = fresh().definition.version
    client.post(path("draft_pattern"), {"pattern": "shipped", "seen": seen()})
    assert fresh().form["sections"] == shipped.round_2025()["form"]["sections"]
    assert fresh().definition.version == version + 1
    assert client.get(path("draft_compare")).context["differences"] == []


def test_the_form_is_frozen_when_the_round_opens(client, staff, round):
    rounds.open_round(round_id=round.pk, by=staff, at=OPENING)
    for name, about, data in (
        ("draft", [], {}),
        ("draft_part", ["basics"], {}),
        ("draft_add", ["section"], {}),
        ("draft_remove", ["basics"], {}),
    ):
        assert client.get(path(name, *about)).url == path("round_form")
        assert client.post(path(name, *about), data).url == path("round_form")
    assert client.post(path("draft_move"), {"command": "up:talent"}).url == path("round_form")
    assert client.post(path("draft_pattern"), {"pattern": "shipped"}).url == path("round_form")
    assert client.get(path("draft_preview", "basics")).status_code == 200
    assert fresh().form == round.form


def test_a_round_whose_form_lacks_what_the_portal_reads_is_not_opened(client, staff, round):
    form = shipped.round_2025()["form"]
    form["sections"] = [section for section in form["sections"] if section["code"] != "goals"]
    rounds.save(round_id=round.pk, record=rounds.snapshot(round) | {"form": form}, by=staff, at=OPENING)
    with pytest.raises(rounds.Refused) as refused:
        rounds.open_round(round_id=round.pk, by=staff, at=OPENING)
    assert refused.value.refusal == Refusal.FORM
    assert "indicators" in str(refused.value)
    assert str(refused.value) in client.get(path("round")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_form(client, staff, round, count, django_assert_num_queries):
    for number in range(count):
        client.post(path("draft_add", "field", "manufacturing"), ENTRY | {"code": f"robots{number}", "seen": seen()})
    with django_assert_num_queries(11):
        client.get(path("draft_part", "manufacturing"))


def test_pages_have_one_heading_and_no_id_twice(client, staff, round):
    for address in (
        path("draft"),
        path("draft_part", "goals"),
        path("draft_part", "goals.indicators.name"),
        path("draft_add", "field", "goals"),
    ):
        elements = list(read(client.get(address).content.decode()).walk())
        ids = [element.attributes["id"] for element in elements if element.attributes.get("id")]
        assert len(ids) == len(set(ids)), address
        assert [element.tag for element in elements].count("h1") == 1, address
