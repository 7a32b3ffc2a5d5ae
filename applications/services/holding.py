"""What a nomination holds now, and the digests that others are bound to: signatures, the letter, the page that was read."""

from collections.abc import Iterable, Mapping
from typing import Any

from applications.enums import AttachmentKind
from applications.models import Attachment, Letter, Nomination, NominationVersion
from pilotportal.digests import digest_of


def draft_digest(nomination: Nomination) -> str:
    """Over what a submission would hand in, the undertaking apart: it is given with the submission."""
    return digest_of({"content": _without_undertaking(nomination, nomination.content), "files": file_records(nomination)})


def recommended_digest(nomination: Nomination) -> str:
    """Over what co-departments sign and the letter recommends: the entries without the undertaking, and the evidence.

    The letter is left out, for it is written afterwards and names this digest.
    """
    return _recommended(nomination, nomination.content, file_records(nomination))


def signed_digest(nomination: Nomination) -> str:
    """What co-signatures have to be bound to: the draft as it stands, and once it was handed in, what was handed in first."""
    first = min(nomination.versions.all(), key=lambda version: version.number, default=None)
    return _recommended(nomination, first.content, first.files) if first else recommended_digest(nomination)


def version_named_by(letter: Letter, nomination: Nomination) -> NominationVersion | None:
    """The last version whose content the letter recommends."""
    line = letter.line_of(nomination)
    fitting = [each for each in nomination.versions.all() if line and _recommended(nomination, each.content, each.files) == line["digest"]]
    return max(fitting, key=lambda version: version.number, default=None)


def files_of(nomination: Nomination) -> list[Attachment]:
    """The files in force."""
    return [attachment for attachment in nomination.attachments.all() if not attachment.replaced_at]


def letter_of(nomination: Nomination) -> Attachment | None:
    """The stamped letter in force."""
    return next((file for file in files_of(nomination) if file.kind == AttachmentKind.LETTER), None)


def file_records(nomination: Nomination) -> list[dict[str, str]]:
    return [attachment.record for attachment in files_of(nomination)]


def _recommended(nomination: Nomination, content: Mapping[str, Any], files: Iterable[Mapping[str, str]]) -> str:
    evidence = [dict(record) for record in files if record["kind"] == AttachmentKind.EVIDENCE]
    named = {"nomination": nomination.code, "round": nomination.round.code, "city": nomination.city_id}
    return digest_of({**named, "content": _without_undertaking(nomination, content), "files": evidence})


def _without_undertaking(nomination: Nomination, content: Mapping[str, Any]) -> dict[str, Any]:
    undertakings = {field.code for _section, field in nomination.round.definition.undertakings()}
    return {code: value for code, value in content.items() if code not in undertakings}
