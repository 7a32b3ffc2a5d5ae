import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications import shipped
from pilotportal.rehearsal.size import PLACES_BY_REGION, UNITS_BY_REGION, Size, SizeError, allot, shaped

ROOMY = {"east": 29, "central": 18, "west": 30, "northeast": 9}


def test_at_full_size_the_rules_are_those_that_ship():
    record = shipped.round_2025()
    assert shaped(record, size=Size(), quotas=record["quotas"], caps=ROOMY) == record


def test_the_rules_shrink_with_the_size_and_stay_feasible():
    record = shipped.round_2025()
    small = shaped(
        record, size=Size(units=6, places=5, experts=12), quotas={"130000": 3}, caps={"east": 6, "central": 3, "west": 6, "northeast": 3}
    )
    limits = small["region_limits"].values()
    assert sum(high for _low, high in limits) == 5
    assert sum(low for low, _high in limits) <= small["planned_places"] <= 5
    assert small["planned_places"] == 3


def test_a_small_pool_makes_a_small_panel():
    record = shipped.round_2025()
    small = shaped(record, size=Size(places=3, experts=8), quotas=record["quotas"], caps=ROOMY)
    assert (small["panel_size"], small["minimum_sheets"]) == (4, 3)


@pytest.mark.parametrize("wrong", [{"units": 3}, {"units": 33}, {"places": 0}, {"experts": 7}])
def test_a_round_that_cannot_be_played_is_refused(wrong: dict[str, int]):
    with pytest.raises(SizeError):
        Size(**wrong)


def test_more_places_than_nominations_are_refused():
    record = shipped.round_2025()
    with pytest.raises(SizeError, match="Only 4 places can be filled, not 5"):
        shaped(record, size=Size(places=5), quotas=record["quotas"], caps={"east": 2, "central": 1, "west": 1, "northeast": 0})


def test_all_units_take_part_in_a_full_round():
    assert Size().units_by_region() == UNITS_BY_REGION


@given(st.integers(0, 60), st.fixed_dictionaries({name: st.integers(0, 20) for name in PLACES_BY_REGION}))
def test_places_are_given_out_exactly_and_never_above_a_cap(total: int, caps: dict[str, int]):
    if total > sum(caps.values()):
        with pytest.raises(SizeError):
            allot(total, weights=PLACES_BY_REGION, caps=caps)
        return
    given_out = allot(total, weights=PLACES_BY_REGION, caps=caps)
    assert sum(given_out.values()) == total
    assert all(given_out[name] <= caps[name] for name in caps)
