"""推荐函: the portal writes it over exactly the content that stands, and takes its stamped scan back for exactly that content."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import pgettext

from applications import queries, rules
from applications.enums import Act, AttachmentKind, LetterRefusal, MatchedBy, Refusal, SignatureState
from applications.models import Attachment, Letter, Nomination, Round
from applications.rules import Refused
from applications.services import holding, nominations, ordering, receipts
from pilotportal.accounts.models import Division, User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.documents import scans
from pilotportal.files.models import StoredFile

SEAL = re.compile(r"L/([2-9A-HJ-NP-Z]{8})/([0-9A-F]{8})")
LAST_WORD = {Refusal.NO_LETTER, *LetterRefusal}  # what a new letter mends


@dataclass(frozen=True)
class Taken:
    """What became of a scan: the nominations that have it now, and those that could not take it any more."""

    nominations: Sequence[Nomination]
    left_out: Sequence[Nomination]


@transaction.atomic
def make(*, round_id: int, nomination_ids: Collection[int], document_number: str, by: User, at: datetime) -> Letter:
    """Write the letter over the present content of the nominations, in their order. Raises Refused.

    It is never changed: other content needs another letter. The same letter asked for twice is made once.
    """
    round = queries.rounds().get(pk=round_id)
    chosen = ordering.in_order(round, _locked(by, nomination_ids).filter(round=round))
    if not chosen:
        raise Refused(LetterRefusal.NOBODY)
    if not (number := rules.document_number(document_number)):
        raise Refused(LetterRefusal.NUMBER)
    for nomination in chosen:
        if refused := why_not_recommend(nomination, at=at):
            raise Refused(LetterRefusal.NOT_IN_LETTER, cities=nomination, why=refused)
    letter = Letter(round=round, province_id=chosen[0].province_id, document_number=number, made_by=by, made_at=at)
    letter.lines = _lines(round, chosen)
    if standing := _standing(letter):
        return standing
    letter.digest = digest_of(letter.record())
    letter.save(force_insert=True)
    audit.record("letter.made", at=at, by=by, target=letter, round_code=round.code, digest=letter.digest, nominations=letter.nominated)
    return letter


def why_not_recommend(nomination: Nomination, *, at: datetime) -> Refused | None:
    """A letter is made for what could be submitted if it were not for the letter."""
    if refused := nominations.why_not_attach(nomination, kind=AttachmentKind.LETTER, at=at):
        return refused
    refused = nominations.why_not_submit(nomination, at=at, undertaken=True)
    return refused if refused and refused.refusal not in LAST_WORD else None


def attach_scan(*, letter_id: int, file: StoredFile, name: str, typed: str = "", by: User, at: datetime) -> Taken:
    """Tie the stamped scan to each nomination of the letter that can still take it; all of them, or none. Raises Refused.

    The code is read from the scan; where none can be read, `typed` has to be it. A nomination whose content is no longer what the
    letter names refuses the whole: a letter that recommends something else must not stand beside it.
    """
    letter = queries.letters().get(pk=letter_id)
    matched_by = _matched(letter, scans.codes_in(file.read()), typed)
    with transaction.atomic():
        taken = _fitting(letter, by=by, at=at)
        for nomination in taken.nominations:
            nominations.attach(
                nomination_id=nomination.pk,
                kind=AttachmentKind.LETTER,
                file=file,
                name=name,
                letter=letter,
                matched_by=matched_by,
                by=by,
                at=at,
            )
        audit.record(
            "letter.scanned",
            at=at,
            by=by,
            target=letter,
            round_code=letter.round.code,
            file=file.digest,
            matched_by=matched_by,
            nominations=[nomination.code for nomination in taken.nominations],
        )
        cities = named(taken.nominations)
        receipts.of_letter(letter, act=Act.LETTER_SCANNED, cities=cities, matched=matched_by.label, by=by, at=at)
    return taken


def code_typed(raw: str) -> str:
    """As it was meant: capital or not, in full width, in groups."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", raw).upper())


def why_not_scan(letter: Letter, *, at: datetime) -> Refused | None:
    """Whether any nomination of the letter can still take a scan; asked before a file is looked at."""
    refusals = [nominations.why_not_attach(each, kind=AttachmentKind.LETTER, at=at) for each in nominations_of(letter)]
    return refusals[0] if refusals and all(refusals) else None


def nominations_of(letter: Letter) -> list[Nomination]:
    """In the order of its lines."""
    by_code = {each.code: each for each in queries.nominations().filter(code__in=letter.nominated)}
    return [by_code[code] for code in letter.nominated]


def changed_since(letter: Letter, standing: Iterable[Nomination]) -> list[Nomination]:
    """Those whose content is no longer what the letter names."""
    digests = {line["nomination"]: line["digest"] for line in letter.lines}
    return [each for each in standing if holding.recommended_digest(each) != digests[each.code]]


def _matched(letter: Letter, read: Iterable[str], typed: str) -> MatchedBy:
    seals = [found for text in read if (found := SEAL.fullmatch(text))]
    for seal in seals:
        if seal.group() != letter.seal:
            raise _other(letter, seal.group(1))
    if seals:
        return MatchedBy.READ
    if not (code := code_typed(typed)):
        raise Refused(LetterRefusal.UNREAD)
    if code != letter.code:
        raise _other(letter, code)
    return MatchedBy.TYPED


def _other(letter: Letter, code: str) -> Refused:
    """Which letter it is, where it is one of the same province."""
    other = queries.letters().filter(province=letter.province_id, code=code).exclude(pk=letter.pk).first()
    if other is None:
        return Refused(LetterRefusal.UNKNOWN_CODE, code=code, own=letter.code)
    cities = Division.objects.filter(pk__in=[line["city"] for line in other.lines])
    return Refused(LetterRefusal.OTHER_LETTER, number=other.document_number, code=other.code, cities=named(cities))


def _fitting(letter: Letter, *, by: User, at: datetime) -> Taken:
    """Locks the nominations of the letter and sorts them by whether they can take its scan."""
    _locked(by, Nomination.objects.filter(code__in=letter.nominated).values_list("pk", flat=True))
    standing = nominations_of(letter)
    refusals = {each: nominations.why_not_attach(each, kind=AttachmentKind.LETTER, at=at) for each in standing}
    able = [each for each, refused in refusals.items() if not refused]
    if not able:
        raise next(refused for refused in refusals.values() if refused)
    if changed := changed_since(letter, able):
        raise Refused(LetterRefusal.CHANGED_SINCE, cities=named(changed))
    if able != ordering.in_order(letter.round, able):
        raise Refused(LetterRefusal.REORDERED, cities=named(able))
    return Taken(able, [each for each in standing if each not in able])


def _locked(by: User, nomination_ids: Iterable[int]) -> Any:
    """Of the official's own province only. One order for all, so that two letters wait for each other instead of blocking."""
    own = Nomination.objects.filter(pk__in=list(nomination_ids), province_id=by.division_id)
    list(own.select_for_update().order_by("pk").values_list("pk"))
    return queries.nominations().filter(pk__in=own)


def _lines(round: Round, chosen: Sequence[Nomination]) -> list[dict[str, Any]]:
    places = {code: place for place, code in enumerate(_row(round, chosen[0].province_id), start=1)}
    return [
        {
            "nomination": each.code,
            "city": each.city_id,
            "position": places[each.code],
            "digest": holding.recommended_digest(each),
            "joined": joined(each),
        }
        for each in chosen
    ]


def _row(round: Round, province_id: str) -> list[str]:
    row = Nomination.objects.filter(round=round, province_id=province_id).exclude(status="withdrawn").only("code", "position", "city_id")
    return [each.code for each in ordering.in_order(round, row)]


def _standing(letter: Letter) -> Letter | None:
    """The same number over the same lines: the second click of the same person, or of another one."""
    same = queries.letters().filter(round=letter.round, province=letter.province_id, document_number=letter.document_number)
    return next((each for each in same if each.lines == letter.lines), None)


def joined(nomination: Nomination) -> list[str]:
    """The departments that have co-signed the content as it stands."""
    return [line.name for line in nominations.signatures_of(nomination) if line.state == SignatureState.SIGNED]


def named(cities: Iterable[object]) -> str:
    return pgettext("between the items of a list", ", ").join(str(city) for city in cities)


def scans_of(letter: Letter) -> list[Attachment]:
    """The scans in force, one for each nomination that has it."""
    return list(letter.scans.filter(replaced_at__isnull=True).select_related("nomination__city", "file", "uploaded_by").order_by("pk"))
