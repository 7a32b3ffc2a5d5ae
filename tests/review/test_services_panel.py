"""The draw: committed, opened, repeatable by anybody, and done once."""

import hashlib

import pytest

from applications.rules import Refused
from pilotportal.audit.models import Event, Seal
from pilotportal.digests import digest_of
from review import queries
from review.enums import Refusal
from review.methods import draw as drawing
from review.models import DrawCommitment, PanelDraw
from review.services import panel
from tests import factories
from tests.review import factories as review
from tests.review.factories import DRAWN_AT, NONCE, PUBLIC_NUMBER

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    return review.small_round()


@pytest.fixture
def staff(round):
    return review.staff_of(round)


@pytest.fixture
def draw(round, staff):
    def carry_out(**changes):
        asked = {"size": 4, "nonce": NONCE, "public_number": PUBLIC_NUMBER, "by": staff, "at": DRAWN_AT}
        return panel.draw(round_id=round.pk, **asked | changes)

    return carry_out


@pytest.fixture
def commit(round, staff):
    def carry_out(**changes):
        return panel.commit(round_id=round.pk, **{"size": 4, "nonce": NONCE, "by": staff, "at": DRAWN_AT} | changes)

    return carry_out


def members_of(round):
    return [member.expert_id for member in queries.panel_of(round)]


def test_draw_in_one_act_writes_the_draw_the_panel_and_a_seal(round, draw):
    pool = review.experts(6)
    made = draw()
    assert [member["id"] for member in made.pool] == [str(expert.pk) for expert in pool]
    assert len(set(members_of(round))) == 4
    assert set(members_of(round)) <= {expert.pk for expert in pool}
    assert [member.position for member in queries.panel_of(round)] == [1, 2, 3, 4]
    assert Event.objects.filter(kind__in=["panel.committed", "panel.drawn"]).count() == 2
    assert Seal.objects.exists()


def test_anybody_can_repeat_the_draw_from_what_was_published(round, draw):
    review.experts(6)
    made = draw()
    algorithm, _, root = made.committed.root.partition(":")
    nonce, root = bytes.fromhex(made.nonce), bytes.fromhex(root)
    assert digest_of({"round": round.code, "size": 4, "pool": made.pool}) == made.committed.root
    assert made.commitment == f"{algorithm}:{hashlib.new(algorithm, nonce + root).hexdigest()}"
    seed = hashlib.new(algorithm, root + nonce + PUBLIC_NUMBER.encode()).digest()
    order = sorted((m["id"] for m in made.pool), key=lambda name: hashlib.new(algorithm, seed + name.encode()).digest())
    assert [str(number) for number in members_of(round)] == order[:4]
    assert made.digest == digest_of(panel.draw_record(made, order[:4]))


def test_another_public_number_gives_another_order(round, draw):
    review.experts(8)
    made = draw()
    algorithm, _, root = made.committed.root.partition(":")
    names = [member["id"] for member in made.pool]
    seeds = [
        drawing.seed(nonce=bytes.fromhex(NONCE), root=bytes.fromhex(root), public_number=number, digest=algorithm)
        for number in (PUBLIC_NUMBER, *(f"{number}" for number in range(20)))
    ]
    assert len({drawing.order(names, seed=seed, digest=algorithm) for seed in seeds}) > 1


def test_a_pool_smaller_than_the_panel_is_refused(draw):
    review.experts(3)
    review.expert("310000", available=False)
    with pytest.raises(Refused) as refused:
        draw()
    assert (refused.value.refusal, refused.value.facts) == (Refusal.NO_POOL, {"available": 3, "wanted": 4})
    review.expert("310000")
    assert draw().size == 4


def test_a_panel_smaller_than_the_seats_of_a_nomination_is_refused(draw):
    review.experts(4)
    with pytest.raises(Refused) as refused:
        draw(size=2)
    assert refused.value.refusal == Refusal.PANEL_SMALL
    assert draw(size=3).size == 3


def test_who_cannot_sign_in_is_not_in_the_pool(round):
    expert = review.expert()
    assert list(queries.pool()) == [expert]
    expert.user.is_active = False
    expert.user.save()
    assert not queries.pool().exists()


@pytest.mark.parametrize("nonce", ["", "ab", "zz" * 32, "ab" * 33])
def test_a_secret_number_of_another_form_is_refused(draw, nonce):
    review.experts(4)
    with pytest.raises(Refused) as refused:
        draw(nonce=nonce)
    assert refused.value.refusal == Refusal.BAD_NONCE


def test_capitals_and_spaces_around_the_secret_number_do_not_matter(draw, commit):
    review.experts(4)
    commit(nonce=NONCE.upper())
    assert draw(nonce=f" {NONCE} ").nonce == NONCE


def test_without_a_public_number_nothing_is_drawn(draw):
    review.experts(4)
    with pytest.raises(Refused) as refused:
        draw(public_number="  ")
    assert refused.value.refusal == Refusal.NO_PUBLIC_NUMBER


def test_the_commitment_freezes_the_pool(round, draw, commit):
    early = review.experts(5)
    made = commit()
    review.expert("330000")
    drawn = draw()
    assert drawn.committed == made
    assert len(drawn.pool) == 5
    assert set(members_of(round)) <= {expert.pk for expert in early}
    assert NONCE not in str(DrawCommitment.objects.values().get())  # the secret stays with the person until the draw


@pytest.mark.parametrize("change", [{"nonce": "cd" * 32}, {"size": 5}])
def test_a_draw_that_differs_from_its_commitment_is_refused(draw, commit, change):
    review.experts(6)
    commit()
    with pytest.raises(Refused) as refused:
        draw(**change)
    assert refused.value.refusal == Refusal.NOT_THE_COMMITMENT
    assert draw().commitment == DrawCommitment.objects.get().commitment


def test_a_second_commitment_needs_the_first_to_be_withdrawn_with_a_reason(round, staff, draw, commit):
    review.experts(6)
    first = commit()
    with pytest.raises(Refused) as refused:
        commit(nonce="cd" * 32)
    assert refused.value.refusal == Refusal.COMMITTED
    with pytest.raises(Refused) as refused:
        panel.withdraw_commitment(round_id=round.pk, reason="", by=staff, at=DRAWN_AT)
    assert refused.value.refusal == Refusal.NO_REASON
    panel.withdraw_commitment(round_id=round.pk, reason="密码封条破损", by=staff, at=DRAWN_AT)
    second = commit(nonce="cd" * 32)
    assert draw(nonce="cd" * 32).committed == second
    assert set(DrawCommitment.objects.all()) == {first, second}


def test_what_was_never_committed_cannot_be_withdrawn(round, staff):
    with pytest.raises(Refused) as refused:
        panel.withdraw_commitment(round_id=round.pk, reason="理由", by=staff, at=DRAWN_AT)
    assert refused.value.refusal == Refusal.NOT_COMMITTED


def test_a_round_is_drawn_once(round, draw, commit):
    review.experts(6)
    draw()
    for again in (draw, commit):
        with pytest.raises(Refused) as refused:
            again(nonce="cd" * 32)
        assert refused.value.refusal == Refusal.DRAWN
    assert PanelDraw.objects.filter(round=round).count() == 1


def test_a_round_in_preparation_has_no_draw():
    round = factories.preparing_round(panel_size=3)
    review.experts(4)
    with pytest.raises(Refused) as refused:
        panel.commit(round_id=round.pk, size=3, nonce=NONCE, by=review.staff_of(round), at=DRAWN_AT)
    assert refused.value.refusal == Refusal.WRONG_STAGE


def test_only_staff_draw(draw, commit):
    review.experts(4)
    for act in (draw, commit):
        with pytest.raises(Refused) as refused:
            act(by=factories.user("supervisor"))
        assert refused.value.refusal == Refusal.NOT_STAFF


def test_those_not_drawn_wait_in_the_order_of_the_draw(round, draw):
    review.experts(7)
    made = draw()
    waiting = queries.called_next(made)
    assert [place for place, _expert in waiting] == [5, 6, 7]
    gone = waiting[0][1]
    gone.available = False
    gone.save()
    assert [place for place, _expert in queries.called_next(made)] == [6, 7]
    assert {expert.pk for _place, expert in waiting} | set(members_of(round)) == {int(member["id"]) for member in made.pool}
