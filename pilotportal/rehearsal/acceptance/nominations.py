"""Of the round's rules, the attempts, the nominations, their versions and the sealed list."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from applications import queries
from applications.enums import DeadlineKind
from applications.models import Closing, Nomination, NominationVersion
from applications.services import holding
from applications.services.rounds import snapshot
from pilotportal.digests import canonical, matches
from pilotportal.files.models import StoredFile
from pilotportal.notices.enums import Kind
from pilotportal.notices.models import Notice
from pilotportal.rehearsal import moments
from pilotportal.rehearsal.acceptance.check import Check, all_of, same
from pilotportal.rehearsal.lineup import Way
from pilotportal.rehearsal.play import Play

FULL_WEIGHT = 100


def checks(play: Play) -> Iterator[Check]:
    yield from _rules(play)
    yield from _attempts(play)
    yield from _deadline(play)
    yield from _provinces(play)
    yield from _versions(play)
    yield from _letters(play)


def _rules(play: Play) -> Iterator[Check]:
    record = snapshot(play.round)
    weights = sum(criterion["weight"] for criterion in record["criteria"])
    yield same("weights", _("The weights of the criteria add up to 100"), found=weights, expected=FULL_WEIGHT)
    frozen = matches(canonical(record), play.round.digest)
    yield Check("rules_frozen", _("The rules in force are those that were frozen when the round opened"), frozen, play.round.digest)


def _attempts(play: Play) -> Iterator[Check]:
    by_name = {attempt.name: attempt.title for attempt in play.attempts}
    for name, title in by_name.items():
        tried = [attempt for attempt in play.attempts if attempt.name == name]
        wrong = [f"{attempt.came} ≠ {attempt.expected}" for attempt in tried if not attempt.ok]
        yield all_of(f"refused_{name}", _("Refused: %(attempt)s") % {"attempt": title}, wrong=wrong, of=len(tried))


def _deadline(play: Play) -> Iterator[Check]:
    nominations = _nominations(play)
    closings = Closing.objects.filter(round=play.round, kind=DeadlineKind.NOMINATION)
    yield same("closed_once", _("The list of nominations was sealed once"), found=closings.count(), expected=1)
    sealed = {(entry["nomination"], entry["version"], entry["digest"]) for closing in closings for entry in closing.entries}
    yield same(
        "sealed_list", _("The sealed list is what was in at the deadline"), found=len(sealed), expected=len(_in_at_deadline(nominations))
    )
    yield Check(
        "sealed_list_exact",
        _("City, version and digest of every entry of the sealed list"),
        sealed == _in_at_deadline(nominations),
        str(len(sealed)),
    )
    late = [n for n in nominations if any(v.number == 1 and v.submitted_at >= moments.DEADLINE for v in n.versions.all())]
    yield all_of("none_late", _("No nomination was first handed in at or after the closing instant"), wrong=late, of=len(nominations))
    at_the_end = [n.nomination_id for n in play.lineup.nominees if n.way is Way.LAST_SECOND]
    missed = [n for n in nominations if n.pk in at_the_end and not any(v.submitted_at == moments.LAST_SECOND for v in n.versions.all())]
    yield all_of("last_second", _("What was handed in at 23:59:59 is in"), wrong=missed, of=len(at_the_end))
    versions = [version for nomination in nominations for version in nomination.versions.all()]
    given = set(Notice.objects.filter(kind=Kind.RECEIPT).values_list("recipient_id", "digest"))
    without = [version for version in versions if (version.submitted_by_id, version.digest) not in given]
    yield all_of("receipts", _("Whoever handed in has a receipt with the digest of that version"), wrong=without, of=len(versions))


def _in_at_deadline(nominations: list[Nomination]) -> set[tuple[str, int, str]]:
    found = set()
    for nomination in nominations:
        versions = sorted((v for v in nomination.versions.all() if v.submitted_at < moments.DEADLINE), key=lambda v: v.number)
        if versions and nomination.status != "withdrawn":
            found.add((nomination.code, versions[-1].number, versions[-1].digest))
    return found


def _provinces(play: Play) -> Iterator[Check]:
    standing = [nomination for nomination in _nominations(play) if nomination.status != "withdrawn"]
    strangers = [n for n in standing if n.city.province_id != n.province_id]
    yield all_of("own_cities", _("Provinces nominated cities of their own only"), wrong=strangers, of=len(standing))
    counts = Counter(nomination.province_id for nomination in standing)
    above = [province for province, count in counts.items() if count > play.lineup.quotas.get(province, 0)]
    yield all_of("quotas", _("No province nominated more than its quota"), wrong=above, of=len(counts))
    twice = [city for city, count in Counter(nomination.city_id for nomination in standing).items() if count > 1]
    yield all_of("cities_once", _("No city was nominated twice"), wrong=twice, of=len(standing))


def _versions(play: Play) -> Iterator[Check]:
    versions = list(NominationVersion.objects.filter(nomination__round=play.round).select_related("nomination__round"))
    altered = [version for version in versions if not matches(canonical(version.record()), version.digest)]
    yield all_of("version_digests", _("The digest of every version is that of its content"), wrong=altered, of=len(versions))
    files = list(StoredFile.objects.all())
    damaged = [file for file in files if not matches(file.read(), file.digest)]
    yield all_of("file_digests", _("The digest of every stored file is that of its bytes"), wrong=damaged, of=len(files))
    corrected = [nomination for nomination in _nominations(play) if len(nomination.versions.all()) > 1]
    strayed = [nomination for nomination in corrected if _changed(nomination) - _opened(nomination)]
    yield all_of("corrections", _("A correction changed nothing but the returned entries"), wrong=strayed, of=len(corrected))


def _letters(play: Play) -> Iterator[Check]:
    """Of the letters that the portal wrote: the scan in force names the content that was first handed in."""
    nominations = queries.nominations().filter(round=play.round).order_by("city")
    standing = {nomination: holding.letter_of(nomination) for nomination in nominations if nomination.is_in}
    written = {nomination: scan.letter for nomination, scan in standing.items() if scan and scan.letter}
    wrong = [n for n, letter in written.items() if (named := holding.version_named_by(letter, n)) is None or named.number != 1]
    yield all_of("letters", _("Every letter that the portal wrote names what was handed in"), wrong=wrong, of=len(written))


def _changed(nomination: Nomination) -> set[str]:
    first, last = (version.content for version in sorted(nomination.versions.all(), key=lambda version: version.number))
    return {code for code in first.keys() | last.keys() if first.get(code) != last.get(code)}


def _opened(nomination: Nomination) -> set[str]:
    return {field["code"] for correction in nomination.corrections.all() for field in correction.fields}


def _nominations(play: Play) -> list[Nomination]:
    return list(
        Nomination.objects.filter(round=play.round).select_related("city").prefetch_related("versions", "corrections").order_by("city")
    )
