"""The form of a nomination as data: sections, fields, repeating groups. From it come page, validation, difference, workbook and PDF.

A definition is frozen with its round. Values are kept by field code in one JSON document: text as text, integers as integers, decimals
as text such as "12.50" (a sealed record holds no floats), a group as a list of objects, each with a `key` that stays the same for
good, so that an indicator promised here can be followed to the summary.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Type = Literal["text", "long_text", "integer", "decimal", "year", "choice", "industry", "boolean"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    zh: str
    en: str

    def in_language(self, language: str | None) -> str:
        return self.en if (language or "").startswith("en") else self.zh


NO_TEXT = Text(zh="", en="")


class Choice(Strict):
    code: str
    label: Text


class FieldDefinition(Strict):
    """One field, in the words of both languages.

    `serves` names the condition (condition_1…) or focus area (focus_1…) that it speaks to, `source` the document that asks for it;
    `personal` keeps it from everybody but those who handle the nomination.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    type: Type
    unit: Text = NO_TEXT
    help: Text = NO_TEXT
    required: bool = True
    max_length: int = 200
    minimum: int | None = None
    maximum: int | None = None
    places: int = 2
    choices: tuple[Choice, ...] = ()
    serves: str = ""
    source: str = ""
    personal: bool = False

    @model_validator(mode="after")
    def _choices_where_needed(self) -> "FieldDefinition":
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"{self.code}: exactly fields of type choice have choices")
        return self


class GroupDefinition(Strict):
    """A table in the form, such as enterprises, consortia or indicators."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    help: Text = NO_TEXT
    fields: tuple[FieldDefinition, ...]
    minimum: int = 0
    maximum: int = 20

    @model_validator(mode="after")
    def _fields_fit(self) -> "GroupDefinition":
        codes = [field.code for field in self.fields]
        if not codes or len(set(codes)) < len(codes):
            raise ValueError(f"{self.code}: fields missing or named twice")
        if not 0 <= self.minimum <= self.maximum:
            raise ValueError(f"{self.code}: the minimum of rows is above the maximum")
        return self

    @property
    def is_personal(self) -> bool:
        return any(field.personal for field in self.fields)


class Section(Strict):
    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    help: Text = NO_TEXT
    fields: tuple[FieldDefinition, ...] = ()
    groups: tuple[GroupDefinition, ...] = ()

    @property
    def codes(self) -> list[str]:
        return [field.code for field in self.fields] + [group.code for group in self.groups]


class FormDefinition(Strict):
    code: str
    version: int
    note: Text = NO_TEXT
    sections: tuple[Section, ...]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> "FormDefinition":
        codes = [code for section in self.sections for code in section.codes]
        names = [section.code for section in self.sections]
        if twice := {code for code in codes if codes.count(code) > 1} | {name for name in names if names.count(name) > 1}:
            raise ValueError(f"codes used twice: {sorted(twice)}")
        return self

    def section(self, code: str) -> Section | None:
        return next((section for section in self.sections if section.code == code), None)

    def section_of(self, code: str) -> Section:
        return next(section for section in self.sections if code in section.codes)

    @property
    def codes(self) -> set[str]:
        return {item.code for _section, item in self.items()}

    def items(self) -> Iterator[tuple[Section, FieldDefinition | GroupDefinition]]:
        for section in self.sections:
            yield from ((section, field) for field in section.fields)
            yield from ((section, group) for group in section.groups)

    def undertakings(self) -> Iterator[tuple[Section, FieldDefinition]]:
        """The required confirmations; they are given with the submission, by the one who submits."""
        for section in self.sections:
            yield from ((section, field) for field in section.fields if field.type == "boolean" and field.required)

    def sections_to_fill(self) -> list[Section]:
        """Those with entries of their own; the undertaking is given with the submission."""
        undertakings = {field.code for _section, field in self.undertakings()}
        return [section for section in self.sections if not set(section.codes) <= undertakings]

    def label_of(self, code: str, language: str | None) -> str:
        return next((item.label.in_language(language) for _section, item in self.items() if item.code == code), code)
