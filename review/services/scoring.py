"""Pledge, recusal and score sheets. Every change of a mark is kept; nothing of a mark stands in the record of events but its digest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.enums import DeadlineKind
from applications.models import Criterion
from applications.rules import Refused
from applications.services import closing
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.audit import services as audit
from pilotportal.digests import digest_of
from pilotportal.moments import until
from review import queries, rules
from review.enums import Ground, Refusal, SheetStatus
from review.models import Mark, MarkChange, PanelMember, Pledge, Recusal, ScoreSheet
from review.services.guards import locked_round, refuse_if_selected, refuse_unless_staff
from review.shipped import PLEDGE

Entry = tuple[int | None, str]


class Stale(Refused):
    """The sheet was saved since it was read; `theirs` holds what stands now, by criterion code, `revision` its number."""

    def __init__(self, theirs: Mapping[str, Entry], revision: int) -> None:
        self.theirs, self.revision = theirs, revision
        super().__init__(Refusal.STALE)


@transaction.atomic
def sign_pledge(*, round_id: int, text_digest: str = "", by: User, at: datetime) -> Pledge:
    """Sign the pledge in its present text; who has signed it already gets that signature back.

    `text_digest` is that of the text on the page (`pledge_digest()`): a newer text is refused. Raises Refused.
    """
    round = locked_round(round_id)
    member = PanelMember.objects.filter(draw__round=round, expert__user=by, excused_at__isnull=True).select_related("expert").first()
    if member is None:
        raise Refused(Refusal.NOT_ON_THE_PANEL)
    if signed := queries.pledge_of(member.expert, round):
        return signed
    if text_digest not in {"", pledge_digest()}:
        raise Refused(Refusal.OLD_PLEDGE)
    pledge = Pledge.objects.create(round=round, expert=member.expert, text_digest=pledge_digest(), signed_at=at)
    audit.record("pledge.signed", at=at, by=by, target=pledge, round_code=round.code, version=PLEDGE.version, text=pledge.text_digest)
    return pledge


def pledge_digest() -> str:
    """Of the text that is signed now."""
    return digest_of(PLEDGE.record())


@transaction.atomic
def recuse(*, sheet_id: int, ground: Ground, note: str = "", by: User, at: datetime) -> Recusal:
    """回避: by the expert, or recorded by staff. Closes the dossier for good; marks on the sheet no longer count. Raises Refused."""
    sheet = _locked_with_round(sheet_id)
    if by.role != Role.STAFF:
        _refuse_others(sheet, by)
    if refusal := rules.why_not_recuse(sheet.status, ground=ground, note=note):
        raise Refused(refusal)
    recusal = Recusal.objects.create(
        nomination=sheet.nomination, expert=sheet.expert, ground=ground, note=note, declared_by=by, declared_at=at
    )
    _become(sheet, SheetStatus.RECUSED, by=by, at=at, ground=ground)
    return recusal


@transaction.atomic
def decline(*, sheet_id: int, reason: str, by: User, at: datetime) -> ScoreSheet:
    """Give the sheet back because the expert cannot judge; also recorded by staff. Raises Refused."""
    sheet = _locked_with_round(sheet_id)
    if by.role != Role.STAFF:
        _refuse_others(sheet, by)
    return _decline(sheet, reason=reason, by=by, at=at)


@transaction.atomic
def excuse(*, round_id: int, expert_id: int, reason: str, by: User, at: datetime) -> PanelMember:
    """Release an expert from the panel: open sheets are given back, submitted ones stand, no further ones come. Raises Refused."""
    refuse_unless_staff(by)
    round = locked_round(round_id)
    refuse_if_selected(round)
    member = PanelMember.objects.select_related("expert").filter(draw__round=round, expert_id=expert_id, excused_at__isnull=True).first()
    if member is None:
        raise Refused(Refusal.WRONG_STAGE)
    if not reason.strip():
        raise Refused(Refusal.NO_REASON)
    member.excused_at, member.excused_reason = at, reason
    member.save(update_fields=["excused_at", "excused_reason"])
    audit.record("panel.excused", at=at, by=by, target=member, round_code=round.code, reason=reason)
    mine = ScoreSheet.objects.select_for_update(of=("self",)).filter(nomination__round=round, expert_id=expert_id)
    for sheet in mine.filter(status__in=rules.OPEN_SHEET).order_by("pk"):
        _decline(sheet, reason=reason, by=by, at=at)
    return member


@transaction.atomic
def save_sheet(*, sheet_id: int, marks: Mapping[str, Entry], revision: int, by: User, at: datetime) -> ScoreSheet:
    """Save a draft: `marks` by criterion code, each a mark or nothing, and a comment. Criteria that are not named stay as they are.

    `revision` is the one that the person saw; where another save came between, Stale is raised and nothing is overwritten.
    A mark that changes is written into the ledger with its phase. Raises Refused.
    """
    sheet = _open_sheet(sheet_id, by=by, at=at)
    criteria = {criterion.code: criterion for criterion in sheet.nomination.round.criteria.all()}
    _refuse_marks(criteria, marks)
    standing = queries.entries_of(sheet)
    if sheet.revision != revision:
        raise Stale(standing, sheet.revision)
    changed = {code: (mark, comment) for code, (mark, comment) in marks.items() if standing.get(code, (None, "")) != (mark, comment)}
    _write(sheet, {criteria[code]: entry for code, entry in changed.items()}, standing, at=at)
    if sheet.status == SheetStatus.ASSIGNED:
        sheet.status = SheetStatus.DRAFT
    sheet.revision, sheet.saved_at = revision + 1, at
    sheet.save(update_fields=["status", "revision", "saved_at"])
    _record("sheet.saved", sheet, by=by, at=at, criteria=sorted(changed), revision=sheet.revision)
    return sheet


@transaction.atomic
def submit_sheet(*, sheet_id: int, by: User, at: datetime) -> ScoreSheet:
    """Hand in a complete sheet. Locks it, then asks the rule, so two clicks make one submission.

    Writes the status and a salted digest of marks and comments, which the event seals. Raises Refused.
    """
    sheet = _open_sheet(sheet_id, by=by, at=at)
    standing = queries.entries_of(sheet)
    codes = [criterion.code for criterion in sheet.nomination.round.criteria.all()]
    if missing := sum(not _is_complete(standing.get(code)) for code in codes):
        raise Refused(Refusal.MARKS_MISSING, count=missing)
    closing.refuse_if_sealed(round_id=sheet.nomination.round_id, kind=DeadlineKind.SCORE_SHEETS, at=at)
    sheet.submitted_at = at
    sheet.digest = digest_of(sheet_record(sheet, standing))
    sheet.save(update_fields=["submitted_at", "digest"])
    _become(sheet, SheetStatus.SUBMITTED, by=by, at=at, digest=sheet.digest)
    return sheet


@transaction.atomic
def reopen(*, sheet_id: int, reason: str, by: User, at: datetime) -> ScoreSheet:
    """Give a submitted sheet back to its expert, with the reason that then stands beside every changed mark. Raises Refused."""
    refuse_unless_staff(by)
    sheet = _locked_with_round(sheet_id)
    closes_at = queries.sheets_close_at(sheet.nomination.round)
    if refusal := rules.why_not_reopen(sheet.status, reason=reason, closes_at=closes_at, at=at):
        raise Refused(refusal, closed_at=until(closes_at))
    sheet.reopened_reason = reason
    sheet.save(update_fields=["reopened_reason"])
    _become(sheet, SheetStatus.REOPENED, by=by, at=at, reason=reason)
    return sheet


def sheet_record(sheet: ScoreSheet, marks: Mapping[str, Entry]) -> dict[str, Any]:
    """What the digest of a submitted sheet covers. The salt keeps a few small numbers from being guessed."""
    return {
        "salt": sheet.salt,
        "sheet": sheet.code,
        "city": sheet.nomination.city_id,
        "expert": str(sheet.expert_id),
        "marks": {code: {"mark": mark, "comment": comment} for code, (mark, comment) in marks.items()},
    }


def _open_sheet(sheet_id: int, *, by: User, at: datetime) -> ScoreSheet:
    """The expert's own sheet under lock, where it may be filled in."""
    sheet = _locked(sheet_id)
    _refuse_others(sheet, by)
    closes_at = queries.sheets_close_at(sheet.nomination.round)
    if refusal := rules.why_not_score(sheet.status, pledged=sheet.pledged, closes_at=closes_at, at=at):
        raise Refused(refusal, closed_at=until(closes_at))
    return sheet


def _refuse_others(sheet: ScoreSheet, by: User) -> None:
    if sheet.expert.user_id != by.pk:
        raise Refused(Refusal.NOT_YOURS)


def _refuse_marks(criteria: Mapping[str, Criterion], marks: Mapping[str, Entry]) -> None:
    if unknown := sorted(set(marks) - set(criteria)):
        raise Refused(Refusal.NOT_A_CRITERION, codes=", ".join(unknown))
    for code, (mark, _comment) in marks.items():
        if mark is not None and (type(mark) is not int or not 0 <= mark <= criteria[code].max_mark):
            raise Refused(Refusal.MARK_RANGE, criterion=criteria[code], max_mark=criteria[code].max_mark)


def _is_complete(entry: Entry | None) -> bool:
    return entry is not None and entry[0] is not None and bool(entry[1].strip())


def _write(sheet: ScoreSheet, changed: Mapping[Criterion, Entry], standing: Mapping[str, Entry], *, at: datetime) -> None:
    """Marks and ledger in three statements. Absent is absent: with neither mark nor comment there is no row."""
    emptied = [criterion for criterion, entry in changed.items() if entry == (None, "")]
    sheet.marks.filter(criterion__in=emptied).delete()
    Mark.objects.bulk_create(
        (Mark(sheet=sheet, criterion=c, mark=mark, comment=comment) for c, (mark, comment) in changed.items() if c not in emptied),
        update_conflicts=True,
        unique_fields=["sheet", "criterion"],
        update_fields=["mark", "comment"],
    )
    phase = SheetStatus.REOPENED if sheet.status == SheetStatus.REOPENED else SheetStatus.DRAFT
    olds = {criterion: standing.get(criterion.code, (None, ""))[0] for criterion in changed}
    MarkChange.objects.bulk_create(
        MarkChange(sheet=sheet, criterion=c, old=olds[c], new=mark, phase=phase, reason=sheet.reopened_reason, changed_at=at)
        for c, (mark, _comment) in changed.items()
        if mark != olds[c]
    )


def _decline(sheet: ScoreSheet, *, reason: str, by: User, at: datetime) -> ScoreSheet:
    if refusal := rules.why_not_decline(sheet.status, reason=reason):
        raise Refused(refusal)
    sheet.declined_reason = reason
    sheet.save(update_fields=["declined_reason"])
    _become(sheet, SheetStatus.DECLINED, by=by, at=at, reason=reason)
    return sheet


def _become(sheet: ScoreSheet, status: SheetStatus, *, by: User, at: datetime, **particulars: object) -> None:
    sheet.status = status
    sheet.save(update_fields=["status"])
    _record(f"sheet.{status}", sheet, by=by, at=at, **particulars)


def _record(kind: str, sheet: ScoreSheet, *, by: User, at: datetime, **particulars: object) -> None:
    audit.record(kind, at=at, by=by, target=sheet, round_code=sheet.nomination.round.code, sheet=sheet.code, **particulars)


def _locked(sheet_id: int) -> ScoreSheet:
    """The row under lock first, then all that the rules ask of it, read after the lock was had."""
    ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet_id)
    return queries.full_sheets().get(pk=sheet_id)


def _locked_with_round(sheet_id: int) -> ScoreSheet:
    """For what a list could rest on: the round first, so that nobody proposes one meanwhile. Raises Refused while one is in force."""
    round = locked_round(ScoreSheet.objects.values_list("nomination__round_id", flat=True).get(pk=sheet_id))
    refuse_if_selected(round)
    return _locked(sheet_id)
