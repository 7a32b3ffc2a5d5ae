"""A draw that anybody can repeat, and that a refusal does not upset."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.methods import draw
from review.methods.draw import Draw, Entry, Member, Step, Stratum
from tests.review.methods.cases import examples

NONCE, SEED = bytes(range(32)), b"s" * 32
POOL = [Member(id=f"e{i}", fields=frozenset({"steel"} if i % 2 else {"chips"}), region="east" if i < 8 else "west") for i in range(12)]


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def drawn(*strata: Stratum, pool: list[Member] = POOL, refusals: list[str] | None = None) -> Draw:
    return draw.draw(pool=pool, strata=strata, seed=SEED, digest="sha256", refusals=refusals or [])


def test_commitment_and_seed_follow_the_published_formulas() -> None:
    root = sha256(b"pool")
    assert draw.commitment(nonce=NONCE, root=root, digest="sha256") == sha256(NONCE, root)
    assert draw.seed(nonce=NONCE, root=root, public_number="20250718", digest="sha256") == sha256(root, NONCE, b"20250718")


def test_sm3_gives_other_lots() -> None:
    members = [member.id for member in POOL]
    assert draw.order(members, seed=SEED, digest="sm3") == tuple(
        sorted(members, key=lambda m: hashlib.new("sm3", SEED + m.encode()).digest())
    )
    assert draw.order(members, seed=SEED, digest="sm3") != draw.order(members, seed=SEED, digest="sha256")


@pytest.mark.parametrize(("nonce", "root", "number"), [(b"short", bytes(32), "1"), (NONCE, b"short", "1"), (NONCE, bytes(32), "")])
def test_seed_refuses_what_could_be_cut_differently(nonce: bytes, root: bytes, number: str) -> None:
    with pytest.raises(ValueError, match=r"32 bytes|no public number"):
        draw.seed(nonce=nonce, root=root, public_number=number, digest="sha256")


@examples
@given(st.permutations([member.id for member in POOL]))
def test_order_does_not_depend_on_the_order_of_the_pool(members: list[str]) -> None:
    assert draw.order(members, seed=SEED, digest="sha256") == draw.order(sorted(members), seed=SEED, digest="sha256")


def test_order_favours_nobody() -> None:
    firsts = Counter(draw.order("abcd", seed=str(i).encode(), digest="sha256")[0] for i in range(2000))
    assert all(400 < number < 600 for number in firsts.values())


def test_draw_seats_the_first_of_each_stratum() -> None:
    order = draw.order((member.id for member in POOL), seed=SEED, digest="sha256")
    steel = [name for name in order if int(name[1:]) % 2]
    found = drawn(Stratum(id="steel", seats=2, field="steel"), Stratum(id="any", seats=3))
    assert found.strata[0].seated == tuple(steel[:2])
    assert found.strata[1].seated == tuple(name for name in order if name not in steel[:2])[:3]
    assert found.seated() == (*found.strata[0].seated, *found.strata[1].seated)


def test_draw_joins_field_and_region() -> None:
    (stratum,) = drawn(Stratum(id="s", seats=9, field="steel", region="west")).strata
    assert sorted((*stratum.seated, *stratum.waiting)) == ["e11", "e9"]
    assert stratum.missing == 7


def test_draw_logs_who_was_passed_over_for_a_seat_elsewhere() -> None:
    found = drawn(Stratum(id="a", seats=1), Stratum(id="b", seats=1))
    first, second = draw.order((member.id for member in POOL), seed=SEED, digest="sha256")[:2]
    assert found.log == (
        Entry("a", first, Step.SEATED),
        Entry("b", first, Step.SEATED_ELSEWHERE),
        Entry("b", second, Step.SEATED),
    )


def test_draw_replaces_a_refusal_by_the_next_and_moves_nobody_else() -> None:
    strata = [Stratum(id="steel", seats=2, field="steel"), Stratum(id="any", seats=3)]
    before = drawn(*strata)
    refusing = before.strata[0].seated[0]
    after = drawn(*strata, refusals=[refusing])
    assert after.strata[0].seated == (before.strata[0].seated[1], before.strata[0].waiting[0])
    assert after.strata[1].seated == before.strata[1].seated
    assert after.log[-2:] == (Entry("steel", refusing, Step.REFUSED), Entry("steel", before.strata[0].waiting[0], Step.SUBSTITUTED))


def test_draw_never_seats_again_who_refused() -> None:
    strata = [Stratum(id="a", seats=1), Stratum(id="b", seats=1)]
    refusals: list[str] = []
    for _ in range(10):
        refusals.append(drawn(*strata, refusals=refusals).strata[0].seated[0])
    found = drawn(*strata, refusals=refusals)
    assert not set(found.seated()) & set(refusals)
    assert found.strata[0].seated + found.strata[0].waiting == tuple({m.id for m in POOL} - set(refusals) - set(found.strata[1].seated))


def test_draw_leaves_a_seat_empty_when_nobody_is_left() -> None:
    found = drawn(Stratum(id="a", seats=1), pool=POOL[:1], refusals=["e0"])
    assert (found.strata[0].seated, found.strata[0].missing) == ((), 1)


def test_draw_refuses_a_refusal_without_a_seat() -> None:
    (stratum,) = drawn(Stratum(id="a", seats=1)).strata
    with pytest.raises(ValueError, match="has no seat"):
        drawn(Stratum(id="a", seats=1), refusals=[stratum.waiting[0]])


@pytest.mark.parametrize(("pool", "strata"), [([POOL[0], POOL[0]], []), (POOL, [Stratum(id="a", seats=1)] * 2)])
def test_draw_refuses_names_that_appear_twice(pool: list[Member], strata: list[Stratum]) -> None:
    with pytest.raises(ValueError, match="twice"):
        drawn(*strata, pool=pool)


@examples
@given(st.lists(st.integers(0, 9), max_size=8), st.permutations(POOL))
def test_draw_keeps_its_promises_through_any_refusals(picks: list[int], pool: list[Member]) -> None:
    strata = [Stratum(id="chips", seats=2, field="chips"), Stratum(id="west", seats=1, region="west"), Stratum(id="any", seats=2)]
    refusals: list[str] = []
    for pick in picks:
        seated = drawn(*strata, refusals=refusals).seated()
        if seated:
            refusals.append(seated[pick % len(seated)])
    found = drawn(*strata, pool=pool, refusals=refusals)
    assert found == drawn(*strata, refusals=refusals)
    assert len(set(found.seated())) == len(found.seated())
    assert not set(found.seated()) & set(refusals)
    by_id = {member.id: member for member in POOL}
    for stratum, result in zip(strata, found.strata, strict=True):
        assert all(stratum.holds(by_id[name]) for name in result.seated + result.waiting)
        assert result.missing == stratum.seats - len(result.seated)
        assert result.missing == 0 or not result.waiting
