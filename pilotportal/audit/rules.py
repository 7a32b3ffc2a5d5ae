"""How a seal is computed. The same functions make and verify it."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from django.conf import settings

from pilotportal.digests import canonical, merkle_root


def root_of(records: Sequence[Mapping[str, Any]], algorithm: str = "") -> str:
    algorithm = algorithm or settings.DIGEST
    return f"{algorithm}:{merkle_root([canonical(record) for record in records], algorithm=algorithm).hex()}"


def seal_record(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the digest of a seal covers."""
    return {
        "sequence": fields["sequence"],
        "events": list(fields["events"]),
        "root": fields["root"],
        "previous": fields["previous"],
        "reason": fields["reason"],
        "sealed_at": fields["sealed_at"].astimezone(UTC).isoformat(timespec="microseconds"),
    }
