"""What still has to be filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member

from applications.content.reading import Content, Row, is_blank
from applications.definition import FormDefinition, GroupDefinition, Section
from applications.enums import Problem


def entry_id(code: str, key: str = "", field: str = "") -> str:
    """How an entry is called in a page: a field by its code, a cell by group, row and field."""
    return f"{code}-{key}-{field}" if key else code


@dataclass(frozen=True)
class Gap:
    """Something missing: in which section, which entry, and in a group which row (from 1, with its key)."""

    section: str
    code: str
    problem: Problem
    row: int = 0
    key: str = ""
    field: str = ""
    facts: Mapping[str, int] = member(default_factory=dict)

    def __str__(self) -> str:
        return str(self.problem.label) % self.facts if self.facts else str(self.problem.label)

    @property
    def anchor(self) -> str:
        return f"id_{entry_id(self.code, self.key, self.field)}"


def gaps(definition: FormDefinition, content: Content) -> Iterator[Gap]:
    """Everything that still has to be filled in before the nomination can be submitted."""
    for section in definition.sections:
        for field in section.fields:
            if field.required and is_blank(content.get(field.code)):
                yield Gap(section.code, field.code, Problem.UNDERTAKING if field.type == "boolean" else Problem.MISSING)
        for group in section.groups:
            yield from _gaps_of_group(section, group, content.get(group.code) or [])


def _gaps_of_group(section: Section, group: GroupDefinition, rows: list[Row]) -> Iterator[Gap]:
    if len(rows) < group.minimum:
        yield Gap(section.code, group.code, Problem.TOO_FEW_ROWS, facts={"minimum": group.minimum})
    for number, row in enumerate(rows, start=1):
        for field in group.fields:
            if field.required and is_blank(row.get(field.code)):
                yield Gap(section.code, group.code, Problem.MISSING, row=number, key=str(row.get("key", "")), field=field.code)
