"""Work that the services queue. Each task may run twice, late, or after a newer deployment."""

from collections.abc import Mapping
from typing import Any

from applications import documents
from applications.models import Letter, NominationVersion
from pilotportal.files.enums import MediaType
from pilotportal.jobs.tasks import Progress, builder


@builder("applications.receipt", media_type=MediaType.PDF)
def receipt(arguments: Mapping[str, Any], _progress: Progress) -> bytes:
    versions = NominationVersion.objects.select_related("nomination__round", "nomination__city__province", "submitted_by__organisation")
    return documents.receipt(versions.get(pk=arguments["version_id"]))


@builder("applications.letter", media_type=MediaType.PDF)
def letter(arguments: Mapping[str, Any], _progress: Progress) -> bytes:
    letters = Letter.objects.select_related("round", "province", "made_by__organisation")
    return documents.letter(letters.get(pk=arguments["letter_id"]))
