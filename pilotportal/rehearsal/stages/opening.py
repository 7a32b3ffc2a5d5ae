"""The ministry prepares the round and opens it; its rules are frozen."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from applications import shipped
from applications.enums import Refusal
from applications.models import Criterion, Round
from applications.services import rounds
from pilotportal import clock
from pilotportal.accounts.models import Division
from pilotportal.rehearsal import cast, lineup, moments
from pilotportal.rehearsal.chance import Chance
from pilotportal.rehearsal.play import Act, Play
from pilotportal.rehearsal.size import Size, shaped


def prepare(*, size: Size, seed: int) -> Play:
    """People, pool and the round in preparation. Raises SizeError when no such round can be played."""
    chance = Chance(seed)
    record = shipped.round_2025()
    divisions = list(Division.objects.select_related("province").order_by("pk"))
    lined_up = lineup.line_up(divisions, quotas=record["quotas"], size=size, chance=chance)
    record = shaped(record, size=size, quotas=lined_up.quotas, caps=lined_up.reaching_the_review())
    clock.set_simulated(moments.PREPARED, running=False)
    provinces = [division for division in divisions if division.is_province]
    people = cast.assemble(lineup=lined_up, provinces=provinces, experts=size.experts, chance=chance)
    made = rounds.create(record=record, by=people.staff, at=moments.PREPARED)
    return Play(size=size, chance=chance, lineup=lined_up, cast=people, round=made)


def acts(play: Play) -> Iterator[Act]:
    yield Act(moments.PREPARED + timedelta(hours=1), lambda at: _try_wrong_weights(play, at))
    yield Act(moments.OPENED, lambda at: _open(play, at))
    yield Act(moments.OPENED + timedelta(minutes=5), lambda at: _try_to_change_the_rules(play, at))


def _try_wrong_weights(play: Play, at: datetime) -> None:
    record = rounds.snapshot(play.round)
    first = record["criteria"][0]
    wrong = {**record, "criteria": [{**first, "weight": first["weight"] - 1}, *record["criteria"][1:]]}
    rounds.save(round_id=play.round.pk, record=wrong, by=play.cast.staff, at=at)
    play.refused(
        "weights",
        _("opening with weights that do not sum to 100"),
        expected=Refusal.WEIGHTS,
        act=lambda: rounds.open_round(round_id=play.round.pk, by=play.cast.staff, at=at),
    )
    play.forced("weights", act=lambda: _open_by_force(play, at))
    rounds.save(round_id=play.round.pk, record=record, by=play.cast.staff, at=at)


def _open_by_force(play: Play, at: datetime) -> None:
    Round.objects.filter(pk=play.round.pk).update(opened_at=at, opened_by=play.cast.staff, digest="sm3:forced")


def _open(play: Play, at: datetime) -> None:
    rounds.open_round(round_id=play.round.pk, by=play.cast.staff, at=at)
    play.round = Round.objects.prefetch_related("deadlines__amendments", "criteria").get(pk=play.round.pk)


def _try_to_change_the_rules(play: Play, at: datetime) -> None:
    record = rounds.snapshot(play.round)
    play.refused(
        "frozen_rules",
        _("changing the rules of an opened round"),
        expected=Refusal.NOT_PREPARING,
        act=lambda: rounds.save(round_id=play.round.pk, record=record, by=play.cast.staff, at=at),
    )
    play.forced("frozen_rules", act=lambda: _change_by_force(play))


def _change_by_force(play: Play) -> None:
    Criterion.objects.filter(round=play.round).update(weight=1)
