"""Of the draw, the seats, the sheets; the ranking recomputed from the marks, the selection walked again."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _

from applications.models import Criterion
from pilotportal.digests import canonical
from pilotportal.rehearsal import moments
from pilotportal.rehearsal.acceptance.check import Check, all_of, same
from pilotportal.rehearsal.play import Play
from review.enums import Outcome, Place, SheetStatus
from review.models import FormalCheck, Mark, PanelDraw, Pledge, Ranking, ScoreSheet, Selection, SelectionEntry, TieResolution
from review.rules import GIVEN_UP

Key = tuple[Fraction, ...]


def checks(play: Play) -> Iterator[Check]:
    yield from _formal(play)
    yield from _draw(play)
    yield from _seats(play)
    yield from _sheets(play)
    yield from _ranking(play)
    yield from _selection(play)
    yield from _release(play)


def _formal(play: Play) -> Iterator[Check]:
    rejected = FormalCheck.objects.filter(nomination__round=play.round, outcome=Outcome.REJECTED)
    bare = [check for check in rejected if not check.reason.strip()]
    yield all_of("rejections", _("Every rejection has its reason"), wrong=bare, of=rejected.count())


def _draw(play: Play) -> Iterator[Check]:
    """Repeated from what was published, with nothing but a hash function."""
    draw = PanelDraw.objects.get(round=play.round)
    algorithm, _colon, published = draw.seed.partition(":")
    root = _hash(algorithm, canonical({"round": play.round.code, "size": draw.size, "pool": draw.pool}))
    nonce = bytes.fromhex(draw.nonce)
    same_commitment = draw.commitment == f"{algorithm}:{_hash(algorithm, nonce + root).hex()}"
    yield Check("commitment", _("The draw opened the commitment that was published before it"), same_commitment, draw.commitment)
    seed = _hash(algorithm, root + nonce + draw.public_number.encode())
    order = sorted((member["id"] for member in draw.pool), key=lambda name: _hash(algorithm, seed + name.encode()))
    members = list(draw.members.filter(substitute=False).order_by("position").values_list("expert_id", flat=True))
    repeated = seed.hex() == published and [str(member) for member in members] == order[: draw.size]
    yield Check("draw", _("The draw, repeated, gives the same experts"), repeated, f"{len(members)}/{len(draw.pool)}")


def _hash(algorithm: str, content: bytes) -> bytes:
    return hashlib.new(algorithm, content).digest()


def _seats(play: Play) -> Iterator[Check]:
    sheets = list(_all_sheets(play))
    neighbours = [sheet for sheet in sheets if sheet.expert.province_id == sheet.nomination.province_id]
    yield all_of("no_own_province", _("No expert scores a city of the province that they work in"), wrong=neighbours, of=len(sheets))
    held = [sheet for sheet in sheets if sheet.status not in GIVEN_UP]
    seats = Counter(sheet.nomination_id for sheet in held)
    short = [nomination for nomination, count in seats.items() if count != play.round.panel_size]
    yield all_of("panels", _("Every nomination has its full panel"), wrong=short, of=len(seats))
    loads = Counter(sheet.expert_id for sheet in held)
    overloaded = [expert for expert, load in loads.items() if load > play.round.maximum_load]
    yield all_of("loads", _("No expert has more nominations than the round allows"), wrong=overloaded, of=len(loads))
    signed = dict(Pledge.objects.filter(round=play.round).values_list("expert", "signed_at"))
    saved = {sheet: sheet.saved_at for sheet in sheets if sheet.saved_at}
    unpledged = [sheet for sheet, at in saved.items() if sheet.expert_id not in signed or signed[sheet.expert_id] > at]
    yield all_of("pledges", _("Everybody pledged before they scored"), wrong=unpledged, of=len(saved))


def _sheets(play: Play) -> Iterator[Check]:
    handed_in = [sheet for sheet in _all_sheets(play) if sheet.status == SheetStatus.SUBMITTED]
    late = [sheet for sheet in handed_in if not sheet.submitted_at or sheet.submitted_at >= moments.SHEETS_CLOSE]
    yield all_of("sheets_in_time", _("Every score sheet that counts was handed in before the deadline"), wrong=late, of=len(handed_in))
    criteria = {criterion.pk: criterion for criterion in play.round.criteria.all()}
    given: dict[int, dict[int, int | None]] = defaultdict(dict)
    for sheet, criterion, mark in Mark.objects.filter(sheet__in=handed_in).values_list("sheet", "criterion", "mark"):
        given[sheet][criterion] = mark
    faulty = [sheet for sheet in handed_in if not _is_whole(given[sheet.pk], criteria)]
    yield all_of("marks", _("Every one of them has a whole mark within its range for every criterion"), wrong=faulty, of=len(handed_in))


def _is_whole(marks: dict[int, int | None], criteria: dict[int, Criterion]) -> bool:
    return marks.keys() == criteria.keys() and all(mark is not None and 0 <= mark <= criteria[pk].max_mark for pk, mark in marks.items())


def _ranking(play: Play) -> Iterator[Check]:
    ranking = Ranking.objects.filter(round=play.round).select_related("round").latest("pk")
    keys = _keys(play)
    stored = {entry["code"]: Fraction(entry["score"]) for entry in ranking.entries if entry["rank"] is not None}
    yield Check(
        "scores",
        _("Every score, recomputed from the marks, is the same fraction"),
        stored == {city: key[0] for city, key in keys.items()},
        str(len(stored)),
    )
    ranks = {entry["code"]: entry["rank"] for entry in ranking.entries if entry["rank"] is not None}
    yield Check("ranks", _("Every rank follows from scores and tie rules"), ranks == _ranks(keys, ranking), str(len(ranks)))
    enough = [entry["code"] for entry in ranking.entries if (entry["rank"] is not None) != (entry["sheets"] >= play.round.minimum_sheets)]
    yield all_of("minimum_of_sheets", _("Exactly those with enough sheets are ranked"), wrong=enough, of=len(ranking.entries))


def _keys(play: Play) -> dict[str, Key]:
    """By city: the score, then the mean mark of each criterion that breaks ties."""
    criteria = list(play.round.criteria.all())
    marks: dict[str, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    rows = Mark.objects.filter(sheet__nomination__round=play.round, sheet__status=SheetStatus.SUBMITTED, mark__isnull=False)
    for city, sheet, code, mark in rows.values_list("sheet__nomination__city", "sheet", "criterion__code", "mark"):
        marks[city][sheet][code] = int(mark or 0)
    counted = {city: list(sheets.values()) for city, sheets in marks.items() if len(sheets) >= play.round.minimum_sheets}
    return {
        city: (_score(sheets, criteria), *(_mean([sheet[code] for sheet in sheets]) for code in play.round.tie_rules))
        for city, sheets in counted.items()
    }


def _score(sheets: list[dict[str, int]], criteria: list[Criterion]) -> Fraction:
    return _mean([sum((Fraction(c.weight * sheet[c.code], c.max_mark) for c in criteria), Fraction(0)) for sheet in sheets])


def _mean(values: list[Fraction] | list[int]) -> Fraction:
    return Fraction(sum(values)) / len(values)


def _ranks(keys: dict[str, Key], ranking: Ranking) -> dict[str, int]:
    """One more than the number of those who stand higher; those who were parted on record stand in the order that was recorded."""
    ranks = {city: 1 + sum(other > key for other in keys.values()) for city, key in keys.items()}
    for parted in TieResolution.objects.filter(round=ranking.round, base=ranking.base):
        ranks |= {city: parted.rank + number for number, city in enumerate(parted.order)}
    return ranks


def _selection(play: Play) -> Iterator[Check]:
    entries = list(SelectionEntry.objects.filter(selection=_decided(play)).select_related("nomination__city"))
    chosen = {entry.nomination.city_id for entry in entries if entry.place == Place.CHOSEN}
    yield same("places", _("As many cities are on the list as there are places"), found=len(chosen), expected=play.size.places)
    counts = Counter(entry.nomination.city.region for entry in entries if entry.place == Place.CHOSEN)
    limits = {limit.region: limit for limit in play.round.region_limits.all()}
    outside = [region for region, limit in limits.items() if not limit.minimum <= counts[region] <= limit.maximum]
    yield all_of("regions", _("Every region has no fewer and no more than its limits"), wrong=outside, of=len(limits))
    yield Check(
        "selection", _("The list, walked down again from the ranking, is the same"), chosen == _walk(play, entries), str(len(chosen))
    )
    unexplained = [entry for entry in entries if entry.place != Place.CHOSEN and not entry.clause]
    yield all_of("reasons", _("Every city that was not chosen has its reason"), wrong=unexplained, of=len(entries))


def _walk(play: Play, entries: list[SelectionEntry]) -> set[str]:
    """Best rank first: a city is taken while its region has room, and enough places remain for the regions that lack their minimum."""
    limits = {limit.region: limit for limit in play.round.region_limits.all()}
    counts: Counter[str] = Counter()
    chosen: set[str] = set()
    for entry in sorted((entry for entry in entries if entry.rank), key=lambda entry: (entry.rank, entry.nomination.city_id)):
        region = entry.nomination.city.region
        after = counts + Counter({region: 1})
        owed = sum(max(0, limit.minimum - after[name]) for name, limit in limits.items())
        if after[region] <= limits[region].maximum and len(chosen) + 1 + owed <= play.size.places:
            counts, chosen = after, chosen | {entry.nomination.city_id}
    return chosen


def _release(play: Play) -> Iterator[Check]:
    selection = _decided(play)
    two = selection.signed_off_by_id not in {None, selection.proposed_by_id}
    yield Check("two_people", _("A second person released the list"), two, str(selection.signed_off_by))
    waited = bool(selection.notice_until and selection.decided_at and selection.decided_at >= selection.notice_until)
    yield Check(
        "notice", _("The decision came after the end of the public notice"), waited, f"{selection.notice_until} – {selection.decided_at}"
    )


def _decided(play: Play) -> Selection:
    return Selection.objects.select_related("signed_off_by").filter(round=play.round).latest("pk")


def _all_sheets(play: Play) -> Iterator[ScoreSheet]:
    yield from ScoreSheet.objects.filter(nomination__round=play.round).select_related("nomination", "expert")
