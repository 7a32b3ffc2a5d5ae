from collections import Counter

import pytest

from applications import shipped
from pilotportal.accounts.models import Division
from pilotportal.rehearsal.chance import Chance
from pilotportal.rehearsal.lineup import HEBEI, PUBLICLY_KNOWN, Fate, Lineup, Temper, Way, line_up
from pilotportal.rehearsal.size import PLACES_BY_REGION, Size, shaped

pytestmark = pytest.mark.django_db
RECORD = shipped.round_2025()


def _lineup(size: Size, seed: int) -> Lineup:
    divisions = list(Division.objects.select_related("province").order_by("pk"))
    return line_up(divisions, quotas=RECORD["quotas"], size=size, chance=Chance(seed))


@pytest.mark.parametrize("seed", range(12))
def test_a_full_round_always_has_enough_for_every_region(seed: int):
    lineup = _lineup(Size(), seed)
    assert shaped(RECORD, size=Size(), quotas=lineup.quotas, caps=lineup.reaching_the_review()) == RECORD
    assert 76 <= sum(nominee.is_in for nominee in lineup.nominees) <= 86
    assert all(lineup.reaching_the_review()[region] > places for region, places in PLACES_BY_REGION.items())


def test_every_kind_of_trouble_happens():
    lineup = _lineup(Size(), 1)
    assert Counter(unit.temper for unit in lineup.units)[Temper.LATE] == 2
    assert [unit.nominees for unit in lineup.units if unit.temper is Temper.SILENT] == [[]]
    assert {nominee.way for nominee in lineup.nominees} == set(Way)
    assert {nominee.fate for nominee in lineup.nominees} == set(Fate)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("units", [4, 6, 11, 32])
def test_hebei_takes_part_with_tangshan_first(units: int, seed: int):
    lineup = _lineup(Size(units=units, places=1), seed)
    assert len(lineup.units) == units
    hebei = lineup.unit_of(HEBEI)
    assert hebei.temper is Temper.LAST_SECOND
    assert hebei.nominees[0].city.pk == "130200"
    assert len(hebei.nominees) == 3


@pytest.mark.parametrize("seed", range(6))
def test_nobody_names_more_than_the_quota_at_a_time_and_each_city_once(seed: int):
    lineup = _lineup(Size(), seed)
    for unit in lineup.units:
        standing = [nominee for nominee in unit.nominees if nominee.way is not Way.WITHDRAWN]
        assert len(standing) <= unit.quota
        assert all(nominee.city.province_id == unit.division.pk for nominee in unit.nominees)
    cities = [nominee.city.pk for nominee in lineup.nominees]
    assert len(set(cities)) == len(cities)


@pytest.mark.parametrize("seed", range(6))
def test_the_publicly_known_cities_get_through(seed: int):
    known = [nominee for nominee in _lineup(Size(), seed).nominees if nominee.city.pk in PUBLICLY_KNOWN]
    assert len(known) == 3
    assert all(nominee.reaches_the_review and nominee.fate is Fate.ACCEPTED for nominee in known)


def test_the_same_seed_gives_the_same_lineup():
    assert _lineup(Size(), 5) == _lineup(Size(), 5)
    assert _lineup(Size(), 5) != _lineup(Size(), 6)
