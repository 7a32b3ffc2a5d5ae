"""Changing a form: parts are found by their path, nothing else moves, and what the programme relies on stays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from applications import reliance, revising, shipped
from applications.definition import FormDefinition

LABEL = {"zh": "新", "en": "New"}
FIELD: dict[str, Any] = {"code": "new", "label": LABEL, "type": "text"}
READERS = ("applications/services", "applications/models", "review", "reporting", "pilotportal/rehearsal")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The sentences are compared in the language that they are written in."""
    with translation.override("en"):
        yield


@pytest.fixture
def form() -> dict[str, Any]:
    return shipped.round_2025()["form"]


def codes(form: dict[str, Any], path: str, name: str) -> list[str]:
    return [part["code"] for part in revising.part(form, path).get(name, [])]


def test_the_shipped_form_has_no_fault(form):
    assert revising.why_not(form) == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [("", "form"), ("basics", "section"), ("basics.gdp", "field"), ("goals.indicators", "group"), ("goals.indicators.name", "field")],
)
def test_a_part_is_found_by_its_path(form, path, kind):
    assert revising.kind_of(form, path) == kind
    assert revising.part(form, path)["code"] == (path.rpartition(".")[2] or form["code"])


@pytest.mark.parametrize(
    "path", ["nothing", "basics.nothing", "basics.gdp.name", "goals.indicators.nothing", "goals.indicators.name.x", "."]
)
def test_what_is_not_there_is_not_found(form, path):
    with pytest.raises(revising.NoSuchPart):
        revising.kind_of(form, path)


def test_a_replaced_part_keeps_its_place_and_what_stands_within_it(form):
    before = json.dumps(form)
    changed = revising.replaced(form, "goals", {"code": "aims", "label": LABEL})
    assert codes(changed, "", "sections") == ["aims" if code == "goals" else code for code in codes(form, "", "sections")]
    assert codes(changed, "aims", "groups") == ["indicators"]
    assert json.dumps(form) == before, "the form itself is left alone"


def test_a_part_is_added_at_the_end_moved_and_removed(form):
    added = revising.added(form, "basics", "field", FIELD)
    assert codes(added, "basics", "fields")[-1] == "new"
    up = revising.moved(added, "basics.new", -1)
    assert codes(up, "basics", "fields")[-2] == "new"
    assert revising.moved(added, "basics.new", 1) == added, "the last one stays the last"
    assert revising.removed(added, "basics.new") == form


def test_versions_only_go_up(form):
    assert revising.renewed(form)["version"] == form["version"] + 1
    assert revising.patterned({**form, "version": 9}, form)["version"] == 9
    assert revising.replaced(form, "", {"code": "other", "note": LABEL})["version"] == form["version"]


@pytest.mark.parametrize(
    ("path", "properties", "said"),
    [
        ("basics.gdp", {**FIELD, "code": "population"}, "population"),
        ("basics", {"code": "talent", "label": LABEL}, "talent"),
        ("basics.gdp", {**FIELD, "code": "next"}, "next"),
        ("actors.enterprises.name", {**FIELD, "code": "key"}, "key"),
        ("basics.gdp", {**FIELD, "code": "letter"}, "letter"),
        ("undertaking.undertaking", {**FIELD, "code": "undertaking"}, "confirmation"),
        ("goals.indicators", {"code": "aims", "label": LABEL}, "indicators"),
        ("goals.indicators.unit", {**FIELD, "code": "unit", "required": False}, "indicators.unit"),
        ("goals.indicators.unit", {**FIELD, "code": "unit", "max_length": 41}, "40"),
        ("goals.indicators.baseline", {**FIELD, "code": "baseline", "type": "decimal", "places": 3}, "2 decimal"),
        ("direction.sub_sectors", {"code": "sub_sectors", "label": LABEL, "minimum": 1, "maximum": 4}, "3 rows"),
        ("direction.sub_sectors", {"code": "sub_sectors", "label": LABEL, "minimum": 0, "maximum": 3}, "at least one row"),
        ("direction.sub_sectors.industry", {**FIELD, "code": "industry"}, "sub_sectors.industry"),
        ("basics.gdp", {**FIELD, "code": "gdp", "type": "choice"}, "sections.0"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(form, path, properties, said):
    sentences = revising.why_not(revising.replaced(form, path, properties))
    assert sentences
    assert any(said in sentence for sentence in sentences), sentences


@pytest.mark.parametrize(
    "path", ["direction.sub_sectors", "actors.enterprises", "goals.indicators", "actors.enterprises.name", "undertaking"]
)
def test_what_the_programme_reads_cannot_be_removed(form, path):
    assert revising.why_not(revising.removed(form, path))


def test_a_table_without_columns_and_a_form_without_sections_are_refused(form):
    assert revising.why_not(revising.replaced(revising.added(form, "basics", "group", {"code": "t", "label": LABEL}), "basics.t",
                                              {"code": "t", "label": LABEL}))  # fmt: skip
    assert revising.why_not({**form, "sections": []})


def test_every_group_that_the_programme_reads_by_name_is_among_the_relied_on():
    """Whoever reads another code of the form has to say so there: this looks for the reading."""
    definition = FormDefinition.model_validate(shipped.round_2025()["form"])
    groups = {item.code for _section, item in definition.items() if not hasattr(item, "type")}
    root = Path(settings.BASE_DIR)
    sources = [
        path.read_text(encoding="utf-8") for room in READERS for path in (root / room).rglob("*.py") if "migrations" not in path.parts
    ]
    read = {code for code in groups for text in sources if f'.get("{code}"' in text or f'content["{code}"]' in text}
    assert read
    assert read <= {relied.group for relied in reliance.RELIED}


def test_what_is_relied_on_is_told_with_its_reason():
    assert reliance.is_relied_on("goals.indicators")
    assert reliance.is_relied_on("goals.indicators.unit")
    assert not reliance.is_relied_on("goals.indicators.measure")
    assert not reliance.is_relied_on("goals")
    assert "indicators" in reliance.why_relied_on("goals.indicators.unit")
    assert reliance.why_relied_on("basics.gdp") == ""
