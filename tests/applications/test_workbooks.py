"""The form as a workbook: what is written comes back the same, and what people do to it in between is understood or named."""

from datetime import datetime
from typing import Any

from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications import content, shipped
from applications.content.reading import KEY, YEARS
from applications.definition import FieldDefinition, FormDefinition, GroupDefinition
from applications.industries import INDUSTRIES
from applications.workbooks import passport, propose, read, written
from pilotportal.clock import BEIJING
from pilotportal.documents.spreadsheet import spreadsheet

AT = datetime(2025, 7, 1, 9, 0, tzinfo=BEIJING)
FORM = FormDefinition.model_validate(shipped.round_2025()["form"])
UNDERTAKINGS = {field.code for _section, field in FORM.undertakings()}
SECTIONS = [section for section in FORM.sections if not set(section.codes) <= UNDERTAKINGS]
CODES = {code for section in SECTIONS for code in section.codes}


def book_of(values: content.Content, *, language: str = "zh-hans", open_codes: Any = CODES, form: FormDefinition = FORM) -> bytes:
    with translation.override(language):
        return written(
            form,
            values,
            sections=[section for section in form.sections if section.code != "undertaking"],
            open_codes=open_codes,
            title="唐山市",
            passport=passport.issued(nomination="ABCD2345", definition=form, values=values, revisions={}),
            created=AT,
            demonstration=False,
        )


def read_back(book: bytes, *, form: FormDefinition = FORM) -> Any:
    sections = [section for section in form.sections if section.code != "undertaking"]
    return read(spreadsheet(book), form, sections=sections, nomination="ABCD2345")


# Whatever a person can have entered: the raw entry goes through the same reading as on the page.

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["=1+1", "+1", "@SUM(A1)", "_x0041_", "_x000D_", "007", "1.50", "１２", "TRUE", "#N/A", "{=A1}", "2025-01-02", "35%", "a\tb", "'a"]
)


def entries_of(field: FieldDefinition) -> st.SearchStrategy[Any]:
    least, most = field.minimum if field.minimum is not None else -(10**15), 10**15 if field.maximum is None else field.maximum
    raw = {
        "text": TEXTS,
        "long_text": TEXTS,
        "integer": st.integers(least, most).map(str),
        "decimal": st.decimals(least, most, places=field.places).map(lambda number: f"{number:f}"),
        "year": st.integers(YEARS[0], YEARS[-1]).map(str),
        "choice": st.sampled_from([choice.code for choice in field.choices] or [""]),
        "industry": st.sampled_from(sorted(INDUSTRIES)),
        "boolean": st.just("on"),
    }[field.type]
    return st.none() | raw.map(lambda text: content.read(field, text[: field.max_length]))


def rows_of(group: GroupDefinition) -> st.SearchStrategy[Any]:
    rows = st.fixed_dictionaries({"key": st.from_regex(KEY, fullmatch=True)} | {field.code: entries_of(field) for field in group.fields})
    filled = rows.filter(lambda row: any(not content.is_blank(value) for code, value in row.items() if code != "key"))
    return st.lists(filled, max_size=min(group.maximum, 4), unique_by=lambda row: row["key"])


CONTENTS = st.fixed_dictionaries(
    {},
    optional={
        item.code: rows_of(item) if isinstance(item, GroupDefinition) else entries_of(item)
        for _section, item in FORM.items()
        if item.code in CODES
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(values=CONTENTS, language=st.sampled_from(["zh-hans", "en"]))
def test_what_is_written_comes_back_the_same(values, language):
    filled = read_back(book_of(values, language=language))
    assert filled.faults == []
    assert filled.stray == []
    assert content.changed_codes(FORM, values, filled.values) == []
    for section in SECTIONS:
        content.check_section(section, {code: filled.values[code] for code in section.codes})
    assert propose(FORM, filled, standing=values, open_codes=CODES).is_empty
