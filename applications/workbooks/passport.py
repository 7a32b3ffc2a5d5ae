"""What a workbook says about itself in its hidden sheet: whose form it is, in which version, and what stood there when it was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from applications import content
from applications.definition import FormDefinition
from pilotportal.digests import digest_of

REVISION, BASE = "revision:", "base:"


@dataclass(frozen=True)
class Passport:
    """`revisions` by section, `base` the digest of each entry at the time of writing."""

    nomination: str
    form: str
    revisions: Mapping[str, int]
    base: Mapping[str, str]

    def lines(self) -> Iterator[tuple[str, str]]:
        yield "nomination", self.nomination
        yield "form", self.form
        yield from ((f"{REVISION}{code}", str(number)) for code, number in self.revisions.items())
        yield from ((f"{BASE}{code}", digest) for code, digest in self.base.items())


def issued(*, nomination: str, definition: FormDefinition, values: content.Content, revisions: Mapping[str, int]) -> Passport:
    base = {item.code: digest_of_entry(values.get(item.code)) for _section, item in definition.items()}
    return Passport(nomination, form_of(definition), revisions, base)


def passport_of(lines: Mapping[str, str]) -> Passport:
    """A revision that is no number counts as one that never was."""
    revisions = {name.removeprefix(REVISION): text for name, text in lines.items() if name.startswith(REVISION)}
    return Passport(
        nomination=lines.get("nomination", ""),
        form=lines.get("form", ""),
        revisions={code: int(text) if text.isdecimal() and text.isascii() else -1 for code, text in revisions.items()},
        base={name.removeprefix(BASE): text for name, text in lines.items() if name.startswith(BASE)},
    )


def form_of(definition: FormDefinition) -> str:
    """Code, version and digest: two forms that differ in anything are two forms."""
    return f"{definition.code}/{definition.version}/{digest_of(definition.model_dump(mode='json'))}"


def digest_of_entry(value: Any) -> str:
    """Blank is blank, however it came about, also within a row."""
    return digest_of(_without_blanks(value))


def _without_blanks(value: Any) -> Any:
    if isinstance(value, list):
        value = [{code: entry for code, entry in row.items() if not content.is_blank(entry)} for row in value]
    return None if content.is_blank(value) else value
