"""Rankings and selections, and what the rules would make of a ranking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import models

from applications.models import Round
from pilotportal.accounts.enums import REVIEW_READERS
from pilotportal.accounts.models import User
from review.enums import SelectionStatus
from review.methods import selection as walking
from review.models import Ranking, Selection
from review.queries import facts

BAND = 5  # points


@dataclass(frozen=True, kw_only=True)
class Band:
    """The cities whose score is at least `low` and below `high`; the topmost holds its upper end too. `holds_cut`: also the last place."""

    low: int
    high: int
    count: int
    holds_cut: bool


def rankings_visible_to(user: User) -> models.QuerySet[Ranking]:
    """A ranking exists only once all sheets are in or their deadline has passed."""
    rankings = Ranking.objects.select_related("round", "computed_by")
    return rankings if user.role in REVIEW_READERS else rankings.none()


def selections_visible_to(user: User) -> models.QuerySet[Selection]:
    selections = Selection.objects.select_related("round", "ranking", "proposed_by", "signed_off_by", "decided_by", "voided_by")
    return selections if user.role in REVIEW_READERS else selections.none()


def latest_ranking(round: Round) -> Ranking | None:
    return Ranking.objects.filter(round=round).order_by("pk").last()


def selection_in_force(round: Round) -> Selection | None:
    return Selection.objects.filter(round=round).exclude(status=SelectionStatus.VOIDED).select_related("round", "ranking").first()


def open_ties(ranking: Ranking) -> list[list[dict[str, Any]]]:
    """The entries of each tie that nobody has parted, in order of rank."""
    ranks: dict[int, list[dict[str, Any]]] = {}
    for entry in ranking.entries:
        if entry["tied"]:
            ranks.setdefault(entry["rank"], []).append(entry)
    return [ranks[rank] for rank in sorted(ranks)]


def distribution(entries: Sequence[Mapping[str, Any]], *, places: int) -> list[Band]:
    """How many cities score in each band, from the lowest score to the highest. A cut needs more ranked cities than places."""
    scores = sorted((Fraction(entry["score"]) for entry in entries if entry["score"] is not None), reverse=True)
    if not scores:
        return []
    bands = [min(int(score // BAND), 100 // BAND - 1) for score in scores]
    cut = bands[places - 1] if 0 < places < len(bands) else None
    return [
        Band(low=band * BAND, high=(band + 1) * BAND, count=bands.count(band), holds_cut=band == cut)
        for band in range(min(bands), max(bands) + 1)
    ]


def outcome_of(ranking: Ranking, *, places: int) -> walking.Selection:
    """What the rules of the round make of a ranking with so many places: the preview of a proposal. Nominations by city code."""
    return walking.select(facts.candidates_of(ranking.entries), facts.rules_of(ranking.round, places=places))
