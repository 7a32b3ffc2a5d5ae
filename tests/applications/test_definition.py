"""The form definitions: what a schema refuses, and the 2025 form as it ships."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from pydantic import ValidationError

from applications import content, shipped
from applications.definition import FieldDefinition, FormDefinition, GroupDefinition, Section, Text
from tests.factories import complete_content

LABEL = Text(zh="项", en="entry")
FIELD = FieldDefinition(code="a", label=LABEL, type="text")
FOCUS_AREAS = {f"focus_{number}" for number in range(1, 6)}
CONDITIONS = {f"condition_{number}" for number in range(1, 5)}


@pytest.fixture(scope="module")
def form_2025():
    return FormDefinition.model_validate(shipped.round_2025()["form"])


def fields_of(form):
    for item in (item for _section, item in form.items()):
        yield from item.fields if isinstance(item, GroupDefinition) else [item]


@pytest.mark.parametrize(
    "make",
    [
        lambda: FieldDefinition(code="A", label=LABEL, type="text"),
        lambda: FieldDefinition(code="a", label=LABEL, type="choice"),
        lambda: FieldDefinition(code="a", label=LABEL, type="money"),
        lambda: GroupDefinition(code="g", label=LABEL, fields=()),
        lambda: GroupDefinition(code="g", label=LABEL, fields=(FIELD, FIELD)),
        lambda: GroupDefinition(code="g", label=LABEL, fields=(FIELD,), minimum=3, maximum=2),
        lambda: FormDefinition(code="f", version=1, sections=(Section(code="s", label=LABEL, fields=(FIELD, FIELD)),)),
        lambda: FormDefinition(code="f", version=1, sections=(Section(code="s", label=LABEL), Section(code="s", label=LABEL))),
        lambda: Section(code="s", label=LABEL, colour="red"),
    ],
    ids=["capital", "no choices", "type", "no fields", "field twice", "minimum above maximum", "code twice", "section twice", "extra"],
)
def test_the_schema_refuses(make):
    with pytest.raises(ValidationError):
        make()


def test_every_text_of_the_2025_form_stands_in_both_languages(form_2025):
    record = json.loads((Path(settings.BASE_DIR) / "applications/data/form_2025.json").read_text(encoding="utf-8"))
    texts = list(texts_in(record))
    assert len(texts) > 100
    assert [text for text in texts if not (text["zh"] and text["en"])] == []
    assert [text for text in texts if not any("\u4e00" <= sign <= "\u9fff" for sign in text["zh"]) and text["zh"] != "%"] == []


def texts_in(part):
    if isinstance(part, dict):
        if set(part) == {"zh", "en"}:
            yield part
        else:
            for inner in part.values():
                yield from texts_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from texts_in(inner)


def test_the_2025_form_asks_for_the_four_conditions_and_the_five_focus_areas(form_2025):
    served = {field.serves for field in fields_of(form_2025)}
    assert served - {""} == CONDITIONS | FOCUS_AREAS


def test_each_condition_with_figures_asks_for_their_year_and_source(form_2025):
    for number in (1, 2, 3, 4):
        about = [field for section in form_2025.sections for field in section.fields if field.serves == f"condition_{number}"]
        assert sum(field.type in {"integer", "decimal"} for field in about) >= 2
        assert sum(field.type == "year" for field in about) == 1
        assert [field.label.zh for field in about].count("数据来源") == 1


def test_every_entry_of_the_2025_form_says_which_document_asks_for_it_or_that_we_do(form_2025):
    sources = {"人社部发〔2025〕27号", "同类申报通行要求", "本平台默认"}
    assert {field.source for field in fields_of(form_2025)} == sources


def test_the_2025_form_asks_for_the_figures_of_the_conditions(form_2025):
    codes = {field.code for field in fields_of(form_2025)}
    figures = {
        "manufacturing_value_added", "manufacturing_enterprises", "manufacturing_clusters_national",
        "hr_institutions", "hr_staff", "hr_revenue", "hr_parks",
        "universities", "vocational_schools", "graduates", "technicians",
        "demonstration_cities", "demonstration_share",
    }  # fmt: skip
    assert figures <= codes


def test_the_2025_form_names_one_to_three_sub_sectors_and_the_kinds_of_the_call(form_2025):
    groups = {item.code: item for _section, item in form_2025.items() if isinstance(item, GroupDefinition)}
    assert (groups["sub_sectors"].minimum, groups["sub_sectors"].maximum) == (1, 3)
    kinds = {code: [choice.label.zh for field in groups[code].fields for choice in field.choices] for code in ("enterprises", "consortia")}
    assert kinds == {
        "enterprises": ["制造业链主企业", "制造业单项冠军企业", "专精特新中小企业", "人力资源服务骨干机构"],
        "consortia": ["招聘用工联合体", "跨企业培训联合体", "创新联合体"],
    }


def test_an_indicator_of_the_2025_form_fits_the_row_that_is_made_of_it(form_2025):
    indicators = next(item for _section, item in form_2025.items() if item.code == "indicators")
    fields = {field.code: field for field in indicators.fields}
    assert {"name", "unit", "baseline_year", "baseline", "target_2025", "target_2026", "target"} <= set(fields)
    assert fields["name"].max_length <= 200
    assert fields["unit"].max_length <= 40
    assert fields["baseline"].places == fields["target"].places == 2


def test_each_department_names_one_contact_with_a_telephone_and_they_are_personal(form_2025):
    contacts = form_2025.section("contacts")
    assert len(contacts.fields) == 10
    assert all(field.personal for field in contacts.fields)
    assert {field.code for field in fields_of(form_2025) if field.personal} == set(contacts.codes)
    optional = [field.code for field in contacts.fields if not field.required]
    assert optional == ["contact_reform_name", "contact_reform_phone"]


def test_the_one_required_confirmation_is_the_undertaking(form_2025):
    assert [field.code for _section, field in form_2025.undertakings()] == ["undertaking"]


def test_a_complete_content_has_no_gap_and_an_empty_one_has_every_required_entry(form_2025):
    assert list(content.gaps(form_2025, complete_content(form_2025))) == []
    required = [field for section in form_2025.sections for field in section.fields if field.required]
    groups = [group for section in form_2025.sections for group in section.groups if group.minimum]
    assert len(list(content.gaps(form_2025, {}))) == len(required) + len(groups)
