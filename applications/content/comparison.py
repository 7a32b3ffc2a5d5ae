"""What differs between two contents."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from applications.content.presentation import ShownField, ShownGroup, shown_field, shown_group
from applications.content.reading import Content, is_blank
from applications.definition import FieldDefinition, FormDefinition, GroupDefinition, Section

CLAUSES = re.compile(r"[^。；，、！？：,;:!?\n ]*[。；，、！？：,;:!?\n ]*")


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether the other side lacks it."""

    text: str
    changed: bool


@dataclass(frozen=True)
class MarkedCell:
    """A cell of a table, and whether the other side lacks it or has it otherwise."""

    shown: ShownField
    changed: bool


MarkedRows = Sequence[Sequence[MarkedCell]]


@dataclass(frozen=True)
class Difference:
    """One field or group in two contents. A field has pieces of text on each side, a group has `heads` and rows."""

    section: str
    code: str
    label: str
    unit: str
    changed: bool
    old: Sequence[Piece] = ()
    new: Sequence[Piece] = ()
    heads: Sequence[ShownField] = ()
    old_rows: MarkedRows = ()
    new_rows: MarkedRows = ()


def changed_codes(definition: FormDefinition, old: Content, new: Content) -> list[str]:
    """The fields and groups that differ between two contents, in the order of the form."""
    return [item.code for _section, item in definition.items() if differs(old, new, item.code)]


def differs(old: Content, new: Content, code: str) -> bool:
    """Blank is blank, whether missing, empty or never confirmed; zero is not."""
    before, after = old.get(code), new.get(code)
    return not (is_blank(before) and is_blank(after)) and (type(before), before) != (type(after), after)


def differences(
    definition: FormDefinition, old: Content, new: Content, language: str | None, *, personal: bool = True
) -> Iterator[Difference]:
    """Every field and group of the form, in its order, with both sides; without `personal`, nothing that holds names and telephones."""
    for section, item in definition.items():
        if isinstance(item, FieldDefinition):
            if personal or not item.personal:
                yield _in_field(section, item, old, new, language)
        elif personal or not item.is_personal:
            yield _in_group(section, item, old, new, language)


def _in_field(section: Section, field: FieldDefinition, old: Content, new: Content, language: str | None) -> Difference:
    before, after = (shown_field(field, content.get(field.code), language) for content in (old, new))
    left, right = pieces(before.text, after.text)
    return Difference(
        section=section.label.in_language(language),
        code=field.code,
        label=before.label,
        unit=before.unit,
        changed=differs(old, new, field.code),
        old=left,
        new=right,
    )


def _in_group(section: Section, group: GroupDefinition, old: Content, new: Content, language: str | None) -> Difference:
    before, after = (shown_group(group, content.get(group.code) or [], language) for content in (old, new))
    return Difference(
        section=section.label.in_language(language),
        code=group.code,
        label=before.label,
        unit="",
        changed=differs(old, new, group.code),
        heads=before.heads,
        old_rows=_marked(before, after),
        new_rows=_marked(after, before),
    )


def _marked(group: ShownGroup, other: ShownGroup) -> MarkedRows:
    """Rows are the same row by their key, wherever they stand."""
    others = {row.key: {cell.code: cell.text for cell in row.cells} for row in other.rows}
    return [[MarkedCell(cell, others.get(row.key, {}).get(cell.code) != cell.text) for cell in row.cells] for row in group.rows]


def pieces(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in stretches that the other has or lacks, cut at punctuation: a clause is what people compare."""
    before, after = CLAUSES.findall(old), CLAUSES.findall(new)
    left, right = [], []
    for tag, start, end, from_, to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left.append(Piece("".join(before[start:end]), tag != "equal"))
        right.append(Piece("".join(after[from_:to]), tag != "equal"))
    return [piece for piece in left if piece.text], [piece for piece in right if piece.text]
