"""竞争性选择: proposed by one person, released by another, put on public notice, decided; or voided with a reason and begun anew."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.enums import Status
from applications.models import Nomination, Pilot
from applications.rules import Refused
from applications.services import decisions
from pilotportal.accounts.enums import Region
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.moments import until
from review import queries, reasons, rules
from review.enums import Clause, Place, Refusal, SelectionStatus
from review.methods.contradiction import Contradiction
from review.methods.quotas import Bound, Level
from review.methods.selection import Decision, Outcome
from review.methods.selection import Selection as Walk
from review.models import Ranking, Selection, SelectionEntry
from review.services.guards import locked_round, refuse_if_selected, refuse_unless_staff
from review.services.ranking import current_ranking

_PLACES = {Outcome.SELECTED: Place.CHOSEN, Outcome.PASSED_OVER: Place.PASSED_OVER}


@transaction.atomic
def propose(*, round_id: int, places: int, reason: str, document_number: str, by: User, at: datetime) -> Selection:
    """Walk down the present ranking under the rules of the round and write, for every accepted nomination, what became of it and why.

    A number of places other than the planned one needs a reason and a document number. A tie across the line has to be parted first
    (`services.ranking.resolve_tie`), rules that contradict each other are named. Raises Refused.
    """
    refuse_unless_staff(by)
    round = locked_round(round_id)
    refuse_if_selected(round)
    if refusal := rules.why_not_places(places, planned=round.planned_places, reason=reason, document_number=document_number):
        raise Refused(refusal)
    ranking = current_ranking(round)
    walk = queries.outcome_of(ranking, places=places)
    _refuse_undecided(walk, ranking)
    selection = Selection(
        round=round,
        ranking=ranking,
        places=places,
        places_reason=reason.strip(),
        places_document=document_number.strip(),
        proposed_by=by,
        proposed_at=at,
    )
    entries = _entries_of(selection, walk)
    selection.digest = digest_of(selection_record(selection, entries))
    selection.save()
    SelectionEntry.objects.bulk_create(entries)
    _record(
        "selection.proposed", selection, by=by, at=at, places=places, reason=selection.places_reason, document=selection.places_document
    )
    audit.seal_all(reason=f"selection {round.code}", at=at)
    return selection


@transaction.atomic
def sign_off(*, selection_id: int, digest: str, by: User, at: datetime) -> Selection:
    """A second person releases exactly the list whose digest they saw; its rows are recomputed against it. Raises Refused."""
    refuse_unless_staff(by)
    selection = _locked(selection_id)
    standing = digest_of(selection_record(selection, list(selection.entries.select_related("nomination"))))
    refusal = rules.why_not_sign_off(selection.status, proposed_by=selection.proposed_by_id, by=by.pk, digest=standing, seen=digest)
    if refusal:
        raise Refused(refusal)
    selection.signed_off_by, selection.signed_off_at = by, at
    return _become(selection, SelectionStatus.SIGNED_OFF, ["signed_off_by", "signed_off_at"], by=by, at=at)


@transaction.atomic
def publish_notice(*, selection_id: int, by: User, at: datetime) -> Selection:
    """公示: begins now and lasts the round's number of full working days. Raises Refused."""
    refuse_unless_staff(by)
    selection = _locked(selection_id)
    if refusal := rules.why_not_publish(selection.status):
        raise Refused(refusal)
    last = rules.notice_until(notice_from=at, working_days=selection.round.notice_days)
    selection.notice_from, selection.notice_until = at, last
    return _become(
        selection,
        SelectionStatus.NOTICE,
        ["notice_from", "notice_until"],
        by=by,
        at=at,
        until=last.isoformat(),
        only_weekends_known=list(rules.unannounced_years(at, last)),
    )


@transaction.atomic
def decide(*, selection_id: int, decision_number: str, by: User, at: datetime) -> list[Pilot]:
    """After the public notice: every accepted nomination becomes selected or not selected, every selected one a pilot. Raises Refused."""
    refuse_unless_staff(by)
    selection = _locked(selection_id)
    last = selection.notice_until
    if refusal := rules.why_not_decide(selection.status, notice_until=last, decision_number=decision_number, at=at):
        raise Refused(refusal, until=until(last) if last else "")
    chosen = list(selection.entries.filter(place=Place.CHOSEN).values_list("nomination_id", flat=True))
    pilots = decisions.decide(round_id=selection.round_id, selected=chosen, by=by, at=at)
    selection.decided_by, selection.decided_at, selection.decision_number = by, at, decision_number.strip()
    _become(
        selection, SelectionStatus.DECIDED, ["decided_by", "decided_at", "decision_number"], by=by, at=at, decision_number=decision_number
    )
    return pilots


@transaction.atomic
def void(*, selection_id: int, reason: str, by: User, at: datetime) -> Selection:
    """Give up a list that has not been decided, with the reason; a new one can then be proposed. Raises Refused."""
    refuse_unless_staff(by)
    selection = _locked(selection_id)
    if refusal := rules.why_not_void(selection.status, reason=reason):
        raise Refused(refusal)
    selection.voided_by, selection.voided_at, selection.void_reason = by, at, reason
    return _become(selection, SelectionStatus.VOIDED, ["voided_by", "voided_at", "void_reason"], by=by, at=at, reason=reason)


def selection_record(selection: Selection, entries: list[SelectionEntry]) -> dict[str, Any]:
    """What the digest of a list covers, and a second person signs."""
    return {
        "round": selection.round.code,
        "ranking": selection.ranking.digest,
        "places": selection.places,
        "places_reason": selection.places_reason,
        "places_document": selection.places_document,
        "entries": [
            {
                "city": entry.nomination.city_id,
                "rank": entry.rank,
                "place": str(entry.place),
                "reserve_order": entry.reserve_order,
                "clause": str(entry.clause),
                "facts": entry.facts,
            }
            for entry in sorted(entries, key=lambda entry: entry.nomination.city_id)
        ],
    }


def _refuse_undecided(walk: Walk, ranking: Ranking) -> None:
    if walk.contradiction:
        raise Refused(Refusal.INFEASIBLE, rules=reasons.listed(_contradicting(walk.contradiction)))
    if walk.ties:
        names = {entry["code"]: entry["city"] for entry in ranking.entries}
        tied = [names[code] for tie in walk.ties for code in tie.nominations]
        raise Refused(Refusal.TIE_OPEN, cities=reasons.listed(tied))


def _contradicting(found: Contradiction) -> list[str]:
    """The rules and facts that cannot hold together, in words."""
    texts = [
        reasons.limit("places" if rule.bound is Bound.EXACTLY else rule.bound.value, rule.zone.code, int(rule.number))
        for rule in found.rules
    ]
    available = [
        reasons.limit("available_in_all" if fact.zone.level is Level.NATION else "available", fact.zone.code, fact.number)
        for fact in found.available
    ]
    return texts + available


def _entries_of(selection: Selection, walk: Walk) -> list[SelectionEntry]:
    accepted = Nomination.objects.filter(round=selection.round, status=Status.ACCEPTED)
    nominations = {nomination.city_id: nomination for nomination in accepted}
    ranked = {entry["code"]: entry for entry in selection.ranking.entries}
    first_for = {
        reserve.nomination: sorted({ranked[city]["region"] for city in reserve.first_for}, key=Region.values.index)
        for reserve in walk.reserves
        if reserve.first_for
    }
    order = {city: number for number, city in enumerate(first_for, start=1)}
    entries = [_entry(selection, nominations, decision, first_for, order) for decision in walk.decisions]
    unranked = [entry for entry in ranked.values() if entry["rank"] is None]
    return entries + [_not_ranked(selection, nominations[entry["code"]], entry["sheets"]) for entry in unranked]


def _entry(
    selection: Selection,
    nominations: Mapping[str, Nomination],
    decision: Decision,
    first_for: Mapping[str, list[str]],
    order: Mapping[str, int],
) -> SelectionEntry:
    city = decision.candidate.nomination
    reserve = {"first_for": first_for[city]} if city in first_for else {}
    return SelectionEntry(
        selection=selection,
        nomination=nominations[city],
        rank=decision.candidate.rank,
        place=Place.RESERVE if reserve else _PLACES[decision.outcome],
        reserve_order=order.get(city),
        clause=Clause(decision.reason.value),
        facts=_facts(decision) | reserve,
    )


def _not_ranked(selection: Selection, nomination: Nomination, sheets: int) -> SelectionEntry:
    facts = {"sheets": sheets, "minimum": selection.round.minimum_sheets}
    return SelectionEntry(selection=selection, nomination=nomination, place=Place.NOT_RANKED, clause=Clause.TOO_FEW_SHEETS, facts=facts)


def _facts(decision: Decision) -> dict[str, Any]:
    """What the sentence says; see `review.reasons`."""
    return {
        "rule": decision.rule.clause,
        "number": int(decision.rule.number),
        "region": decision.rule.zone.code,
        "holders": [holder.rank for holder in decision.holders],
        "kept": [{"region": kept.rule.zone.code, "number": int(kept.rule.number), "places": kept.places} for kept in decision.kept],
    }


def _become(selection: Selection, status: SelectionStatus, proof: list[str], *, by: User, at: datetime, **particulars: object) -> Selection:
    """The new state with its proof, the event, and the seal that closes the stage."""
    selection.status = status
    selection.save(update_fields=["status", *proof])
    _record(f"selection.{status}", selection, by=by, at=at, **particulars)
    audit.seal_all(reason=f"selection {selection.round.code} {status}", at=at)
    return selection


def _record(kind: str, selection: Selection, *, by: User, at: datetime, **particulars: object) -> None:
    audit.record(kind, at=at, by=by, target=selection, round_code=selection.round.code, digest=selection.digest, **particulars)


def _locked(selection_id: int) -> Selection:
    """The round under lock, then the list as it stands after the lock was had."""
    locked_round(Selection.objects.values_list("round_id", flat=True).get(pk=selection_id))
    return Selection.objects.select_related("round", "ranking").get(pk=selection_id)
