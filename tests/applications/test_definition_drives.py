"""From the definition alone come page, reading, gaps, comparison, correction, workbook, dossier; here with an entry that no code knows."""

from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from applications import content, shipped
from applications.models import Nomination
from applications.services import decisions, nominations
from pilotportal.documents.spreadsheet import spreadsheet
from reporting.documents.dossier import dossier
from tests import factories
from tests.documents import reading
from tests.factories import IN_TIME, REVIEW_TIME

pytestmark = pytest.mark.django_db
LABEL = {"zh": "机器人密度测试项", "en": "Robot density"}
ENTRY = {
    "code": "robots",
    "label": LABEL,
    "type": "decimal",
    "unit": {"zh": "台", "en": "units"},
    "minimum": 0,
    "maximum": 900,
    "places": 1,
}
TABLE = {"code": "plants", "label": {"zh": "示范工厂测试表", "en": "Model plants"}, "minimum": 1, "maximum": 2,
         "fields": [{"code": "plant", "label": {"zh": "工厂测试列", "en": "Plant"}, "type": "text", "max_length": 20}]}  # fmt: skip


@pytest.fixture
def round(db):
    form = deepcopy(shipped.round_2025()["form"])
    form["sections"][2]["fields"].append(ENTRY)
    form["sections"][2]["groups"] = [TABLE]
    return factories.opened_round(form=form)


@pytest.fixture
def draft(round):
    return factories.complete_draft(round)


@pytest.fixture
def page(client, draft, time_machine):
    time_machine.move_to(IN_TIME, tick=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    client.force_login(factories.handler())
    return reverse("applications:nomination_section", args=[draft.code, "manufacturing"])


def test_the_page_asks_for_it(client, page):
    shown = client.get(page).content.decode()
    assert 'name="robots"' in shown
    assert "机器人密度测试项" in shown
    assert "工厂测试列" in shown


def test_what_is_entered_is_read_by_its_limits(round):
    field = next(field for field in round.definition.section("manufacturing").fields if field.code == "robots")
    assert content.read(field, "１２．５台") == "12.5"
    with pytest.raises(content.Invalid):
        content.read(field, "901")


def test_it_is_missed_where_it_is_missing(round, draft):
    left = {code: value for code, value in draft.content.items() if code not in {"robots", "plants"}}
    assert {gap.code for gap in content.gaps(round.definition, left)} == {"robots", "plants"}


def test_it_stands_in_the_comparison_of_two_versions(round, draft):
    later = draft.content | {"robots": "7.5", "plants": []}
    assert content.changed_codes(round.definition, draft.content, later) == ["robots", "plants"]
    labels = [each.label for each in content.differences(round.definition, draft.content, later, "zh-hans") if each.changed]
    assert labels == ["机器人密度测试项", "示范工厂测试表"]


def test_it_can_be_returned_for_correction_alone(client, draft, page, time_machine):
    nominations.submit(nomination_id=draft.pk, by=factories.approver(), at=IN_TIME)
    fields = [{"code": "robots", "note": "请核对"}]
    closes_at = REVIEW_TIME.replace(day=30)
    decisions.return_for_correction(nomination_id=draft.pk, fields=fields, closes_at=closes_at, by=factories.staff(), at=REVIEW_TIME)
    time_machine.move_to(REVIEW_TIME, tick=False)
    client.force_login(factories.handler())
    shown = client.get(page).content.decode()
    assert 'name="robots"' in shown
    assert 'name="manufacturing_share"' not in shown


def test_it_is_a_line_and_a_sheet_of_the_workbook(client, draft, page):
    book = spreadsheet(client.post(reverse("applications:workbook_fetch", args=[draft.code])).content)
    cells: list[Any] = [value for grid in book.values() for row in grid.rows for value in row]
    assert {"robots", "机器人密度测试项", "#pilotportal:group:plants", "工厂测试列 *"} <= set(cells)


def test_it_stands_in_the_dossier(draft, time_machine):
    nominations.submit(nomination_id=draft.pk, by=factories.approver(), at=IN_TIME)
    nomination = Nomination.objects.get(pk=draft.pk)
    text = "".join(reading.pages(dossier(nomination)))
    assert "机器人密度测试项" in text
    assert "工厂测试列" in text
