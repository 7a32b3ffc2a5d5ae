"""Recommendation letters: some units let the portal write theirs and upload its stamped scan, the others bring their own."""

from datetime import datetime
from enum import Enum

from applications import documents
from applications.enums import AttachmentKind
from applications.services import letters, nominations
from pilotportal.accounts.models import User
from pilotportal.files.services import store_upload
from pilotportal.rehearsal import paper
from pilotportal.rehearsal.lineup import HEBEI, Nominee, Unit
from pilotportal.rehearsal.play import Play

TYPES_ONE_IN = 8  # units whose scans show no readable code


class Manner(Enum):
    """How a unit comes by its letter."""

    READ = "read"
    TYPED = "typed"
    OWN = "own"


def manner_of(play: Play, unit: Unit) -> Manner:
    """河北 shows the whole way; drawing and reading a page costs a second, so most bring their own."""
    if unit.division.pk == HEBEI:
        return Manner.READ
    return Manner.TYPED if play.lineup.units.index(unit) % TYPES_ONE_IN == 0 else Manner.OWN


def attach(play: Play, unit: Unit, nominee: Nominee, by: User, at: datetime) -> None:
    """The stamped letter of one nomination, in the manner of its unit."""
    manner, name = manner_of(play, unit), f"推荐函（{nominee.city.name}）"
    if manner is Manner.OWN:
        file = store_upload(_own_letter(play, unit, nominee, dated=at), at=at)
        nominations.attach(nomination_id=nominee.nomination_id, kind=AttachmentKind.LETTER, file=file, name=f"{name}.pdf", by=by, at=at)
        return
    number = f"演示函〔{at.year}〕{nominee.nomination_id}号"
    letter = letters.make(round_id=play.round.pk, nomination_ids=[nominee.nomination_id], document_number=number, by=by, at=at)
    if manner is Manner.READ:
        scan = paper.scanned(documents.letter(letter))
        letters.attach_scan(letter_id=letter.pk, file=store_upload(scan, at=at), name=f"{name}.jpg", by=by, at=at)
        return
    file = store_upload(_own_letter(play, unit, nominee, dated=at), at=at)
    letters.attach_scan(letter_id=letter.pk, file=file, name=f"{name}.pdf", typed=letter.code.lower(), by=by, at=at)


def _own_letter(play: Play, unit: Unit, nominee: Nominee, *, dated: datetime) -> bytes:
    return paper.page(
        title="推荐函",
        paragraphs=[
            "人力资源社会保障部：",
            f"按照《{play.round.call_number}》要求，经研究，现推荐{nominee.city.name}参加试点城市遴选，申报材料随平台报送。",
            "特此函告。",
        ],
        signed=str(play.cast.approvers[unit.division.pk].organisation),
        dated=f"{dated.year}年{dated.month}月{dated.day}日",
    )
