import pytest

from applications import content as entries
from applications import shipped
from applications.definition import FieldDefinition, FormDefinition, Section
from pilotportal.accounts.models import Division
from pilotportal.rehearsal import invention, phrases
from pilotportal.rehearsal.chance import Chance

TANGSHAN = Division(code="130200", name="唐山市", province_id="130000", level="prefecture_city", region="east")
TEXT = {"zh": "名目", "en": "Thing"}


@pytest.mark.parametrize("seed", range(5))
def test_the_form_of_2025_is_filled_but_for_the_undertaking(seed: int):
    definition = FormDefinition.model_validate(shipped.round_2025()["form"])
    content: dict[str, object] = {}
    for section in definition.sections:
        values = invention.section(section, city=TANGSHAN, chance=Chance(seed))
        entries.check_section(section, values)
        content |= values
    undertakings = {field.code for _section, field in definition.undertakings()}
    assert {gap.code for gap in entries.gaps(definition, content)} == undertakings


@pytest.mark.parametrize(
    "field",
    [
        {"type": "text", "max_length": 3},
        {"type": "long_text", "max_length": 30},
        {"type": "integer", "minimum": 5, "maximum": 6},
        {"type": "integer", "unit": {"zh": "万人", "en": ""}, "maximum": 10},
        {"type": "decimal", "places": 0},
        {"type": "decimal", "places": 3, "minimum": 2000},
        {"type": "year"},
        {"type": "industry"},
        {"type": "choice", "choices": [{"code": "a", "label": TEXT}, {"code": "b", "label": TEXT}]},
    ],
    ids=lambda field: "-".join(map(str, field.values()))[:40],
)
def test_any_field_gets_an_entry_that_a_person_could_have_made(field: dict[str, object]):
    made = FieldDefinition.model_validate({"code": "thing", "label": TEXT, **field})
    section = Section(code="part", label=made.label, fields=(made,))
    for seed in range(20):
        values = invention.section(section, city=TANGSHAN, chance=Chance(seed))
        entries.check_section(section, values)
        assert not entries.is_blank(values["thing"])


def test_long_texts_say_that_they_are_invented():
    definition = FormDefinition.model_validate(shipped.round_2025()["form"])
    section = next(section for section in definition.sections if any(field.type == "long_text" for field in section.fields))
    values = invention.section(section, city=TANGSHAN, chance=Chance(1))
    texts = [values[field.code] for field in section.fields if field.type == "long_text"]
    assert texts
    assert all(text.endswith(phrases.CLOSING) for text in texts)


def test_a_part_is_smaller_than_the_whole_before_it():
    whole, part = (
        FieldDefinition.model_validate({"code": code, "label": {"zh": zh, "en": ""}, "type": "integer", "unit": {"zh": "人", "en": ""}})
        for code, zh in (("whole", "技能人才"), ("part", "其中：高技能人才"))
    )
    section = Section(code="part", label=whole.label, fields=(whole, part))
    for seed in range(20):
        values = invention.section(section, city=TANGSHAN, chance=Chance(seed))
        assert 0 < values["part"] < values["whole"]
