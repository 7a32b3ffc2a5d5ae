"""What a correction may change, and the proof that nothing else was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from applications.content import Content, is_blank
from applications.models import Correction, Nomination, NominationVersion
from pilotportal.digests import digest_of


@dataclass(frozen=True)
class Proof:
    """The digest of everything that the correction did not open: as it was returned, and as it is now."""

    before: str
    after: str
    entries: int
    files: int

    @property
    def holds(self) -> bool:
        return self.before == self.after


def proof(correction: Correction, *, content: Content, files: Iterable[Mapping[str, str]]) -> Proof:
    """Of a content and its files against the version that was returned. What was left empty counts as absent, wherever it is written."""
    returned = _rest(correction, correction.version.content, correction.version.files)
    rest = _rest(correction, content, files)
    return Proof(digest_of(returned), digest_of(rest), entries=len(returned["content"]), files=len(returned["files"]))


def proof_of(version: NominationVersion, correction: Correction) -> Proof:
    return proof(correction, content=version.content, files=version.files)


def answered_by(nomination: Nomination, version: NominationVersion) -> Correction | None:
    """The correction that a version answers: the one of the version before it."""
    return next((each for each in nomination.corrections.all() if each.version.number == version.number - 1), None)


def _rest(correction: Correction, content: Content, files: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    untouched = {code: _plain(value) for code, value in content.items() if code not in correction.codes and not is_blank(value)}
    return {"content": untouched, "files": [dict(file) for file in files if file["kind"] not in correction.codes]}


def _plain(value: Any) -> Any:
    """Rows without the cells that were left empty."""
    if not isinstance(value, list):
        return value
    return [{code: cell for code, cell in row.items() if not is_blank(cell)} if isinstance(row, dict) else row for row in value]
