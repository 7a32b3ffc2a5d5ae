"""Score sheets, marks and dossiers. What an expert must not know is not fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db import models
from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Q, Value
from django.db.models.functions import MD5, Cast, Concat

from applications.enums import AttachmentKind, DeadlineKind
from applications.models import Attachment, Deadline, Nomination, NominationVersion, Round
from applications.models.nominations import deadline_of
from applications.queries import dossier_of
from pilotportal.accounts.enums import REVIEW_READERS, Role
from pilotportal.accounts.models import User
from review.enums import RunStatus, SheetStatus
from review.methods import scores
from review.models import AssignmentRun, Expert, FormalCheck, Mark, PanelMember, Pledge, ScoreSheet
from review.queries import facts
from review.queries.panel import SEAT_READERS
from review.rules import GIVEN_UP, OPEN_SHEET, REVIEWED, may_see_marks, why_not_read

DEADLINES = Prefetch("nomination__round__deadlines", queryset=Deadline.objects.prefetch_related("amendments"))
SHUFFLED = MD5(Concat(Cast("expert_id", CharField()), Value("|"), F("nomination__city_id")))


@dataclass(frozen=True)
class Count:
    """Score sheets of a round: all that are held, and those of them that are not in."""

    sheets: int
    out: int


@dataclass(frozen=True)
class Dossier:
    """What was accepted: the version and its files."""

    nomination: Nomination
    version: NominationVersion
    files: list[Attachment]


def full_sheets() -> models.QuerySet[ScoreSheet]:
    """With all that a list shows, in a constant number of queries. `pledged`: the expert has signed the pledge of the round."""
    pledge = Pledge.objects.filter(round=OuterRef("nomination__round"), expert=OuterRef("expert"))
    related = ScoreSheet.objects.select_related("nomination__city__province", "nomination__province", "nomination__round", "expert__user")
    sheets = related.defer("nomination__content", "nomination__sections", "nomination__round__form")
    return sheets.prefetch_related(DEADLINES).annotate(pledged=Exists(pledge))  # type: ignore[no-redef]  # declared for its readers


def sheets_visible_to(user: User) -> models.QuerySet[ScoreSheet]:
    """An expert's own, in an order that is shuffled for each expert and always the same; all for those who know who judges what."""
    if user.role == Role.EXPERT:
        return full_sheets().filter(expert__user=user).order_by("-nomination__round", SHUFFLED, "pk")
    return full_sheets().order_by("nomination__city", "expert") if user.role in SEAT_READERS else full_sheets().none()


def sheets_of(round: Round) -> models.QuerySet[ScoreSheet]:
    """Those that are held on nominations under review: given-up ones have left."""
    return ScoreSheet.objects.filter(nomination__round=round, nomination__status__in=REVIEWED).exclude(status__in=GIVEN_UP)


def count_of(round: Round) -> Count:
    counted = sheets_of(round).aggregate(sheets=models.Count("pk"), out=models.Count("pk", filter=Q(status__in=OPEN_SHEET)))
    return Count(counted["sheets"], counted["out"])


def sees_marks(user: User, round: Round, *, at: datetime) -> bool:
    """Of all experts: the supervisor always, the ministries once no mark can be influenced any more, an expert never."""
    if user.role == Role.SUPERVISOR:
        return True
    if user.role not in REVIEW_READERS:
        return False
    count = count_of(round)
    return may_see_marks(sheets=count.sheets, sheets_out=count.out, closes_at=sheets_close_at(round), at=at)


def marks_visible_to(user: User, round: Round, *, at: datetime) -> models.QuerySet[Mark]:
    """An expert's own marks; those of all sheets for whom `sees_marks`; the ministries see what was submitted, the supervisor all."""
    marks = Mark.objects.filter(sheet__nomination__round=round).select_related("sheet", "criterion")
    if user.role == Role.EXPERT:
        return marks.filter(sheet__expert__user=user)
    if not sees_marks(user, round, at=at):
        return marks.none()
    return marks if user.role == Role.SUPERVISOR else marks.filter(sheet__status=SheetStatus.SUBMITTED)


def entries_of(sheet: ScoreSheet) -> dict[str, tuple[int | None, str]]:
    """What stands on a sheet: mark and comment by criterion code."""
    rows = sheet.marks.order_by("criterion__position").values_list("criterion__code", "mark", "comment")
    return {code: (mark, comment) for code, mark, comment in rows}


def totals_of(sheets: Sequence[ScoreSheet]) -> list[Fraction | None]:
    """The total of each sheet of one round, from 0 to 100; None where a mark is absent. In two queries."""
    if not sheets:
        return []
    scale = facts.scale_of(sheets[0].nomination.round)
    marks: dict[int, dict[str, int | None]] = {sheet.pk: {} for sheet in sheets}
    for sheet, criterion, mark in Mark.objects.filter(sheet__in=sheets).values_list("sheet", "criterion__code", "mark"):
        marks[sheet][criterion] = mark
    return [scores.total(scores.Sheet(nomination="", expert="", marks=marks[sheet.pk]), criteria=scale.criteria) for sheet in sheets]


@dataclass(frozen=True)
class MarkedSheet:
    """A sheet with its marks by criterion code, and its total where all are there."""

    sheet: ScoreSheet
    marks: dict[str, Mark]
    total: Fraction | None


def marked_sheets(user: User, nomination: Nomination, *, at: datetime) -> list[MarkedSheet]:
    """The sheets on a nomination whose marks the user may see, in the order of the pool; experts are named to those who know them."""
    marks: dict[int, dict[str, Mark]] = {}
    for mark in marks_visible_to(user, nomination.round, at=at).filter(sheet__nomination=nomination):
        marks.setdefault(mark.sheet_id, {})[mark.criterion.code] = mark
    named = full_sheets() if user.role in SEAT_READERS else ScoreSheet.objects.select_related("nomination__round")
    sheets = list(named.filter(pk__in=marks).order_by("expert"))
    return [MarkedSheet(sheet, marks[sheet.pk], total) for sheet, total in zip(sheets, totals_of(sheets), strict=True)]


def dossier_for(user: User, sheet: ScoreSheet) -> Dossier | None:
    """The dossier behind the expert's own sheet, once the pledge is signed and unless the sheet was given back.

    Without the letter: it names the other cities of the province, and proves nothing that is scored.
    """
    if user.role != Role.EXPERT or sheet.expert.user_id != user.pk:
        return None
    if why_not_read(sheet.status, pledged=pledge_of(sheet.expert, sheet.nomination.round) is not None):
        return None
    version = version_of(sheet.nomination)
    attachments = Attachment.objects.filter(nomination=sheet.nomination, kind=AttachmentKind.EVIDENCE).select_related("file__scan")
    return Dossier(sheet.nomination, version, list(dossier_of(version, attachments).files))


def version_of(nomination: Nomination) -> NominationVersion:
    """The version that the formal review looks at, and the experts after it: the last that was handed in."""
    return NominationVersion.objects.select_related("nomination__round").filter(nomination=nomination).latest("number")


def expert_of(user: User) -> Expert | None:
    return Expert.objects.select_related("province", "user").filter(user=user).first()


def pledge_of(expert: Expert, round: Round) -> Pledge | None:
    return Pledge.objects.filter(expert=expert, round=round).first()


def sheets_close_at(round: Round) -> datetime:
    return deadline_of(round, DeadlineKind.SCORE_SHEETS, None)


def checks_visible_to(user: User) -> models.QuerySet[FormalCheck]:
    checks = FormalCheck.objects.select_related("nomination__city", "version", "checked_by")
    return checks if user.role in REVIEW_READERS else checks.none()


def runs_visible_to(user: User) -> models.QuerySet[AssignmentRun]:
    """Who sits where is known to staff and supervisor alone."""
    runs = AssignmentRun.objects.select_related("round", "proposed_by")
    return runs if user.role in SEAT_READERS else runs.none()


def members_visible_to(user: User) -> models.QuerySet[PanelMember]:
    members = PanelMember.objects.select_related("expert__user__organisation", "expert__province")
    return members if user.role in SEAT_READERS else members.none()


def run_in_force(round: Round) -> AssignmentRun | None:
    return AssignmentRun.objects.filter(round=round, base__isnull=True, status=RunStatus.APPLIED).first()


def is_untouched(run: AssignmentRun) -> bool:
    """Whether no expert has acted on a sheet of the run or of what filled it up: it can still be undone."""
    sheets = ScoreSheet.objects.filter(Q(run=run) | Q(run__base=run))
    return not sheets.exclude(status=SheetStatus.ASSIGNED).exists()


def panel_by_progress(round: Round) -> models.QuerySet[PanelMember]:
    """Each member of the panel with the numbers of sheets held, submitted, begun and given up, in one query. No marks."""
    members = PanelMember.objects.filter(draw__round=round).select_related("expert__user__organisation", "expert__province")
    return members.annotate(**_numbers("expert__sheets", Q(expert__sheets__nomination__round=round))).order_by("position")


def nominations_by_progress(round: Round) -> models.QuerySet[Nomination]:
    """Each nomination under review with the same numbers, in one query. No marks."""
    nominations = Nomination.objects.filter(round=round, status__in=REVIEWED).select_related("city__province", "province", "round")
    return nominations.annotate(**_numbers("sheets", Q())).order_by("city")


def empty_seats(round: Round) -> int:
    """Seats on nominations under review that nobody holds."""
    nominations = Nomination.objects.filter(round=round, status__in=REVIEWED).count()
    return nominations * round.panel_size - sheets_of(round).count()


def _numbers(path: str, own: Q) -> dict[str, models.Count]:
    def number(condition: Q) -> models.Count:
        return models.Count(path, filter=own & condition)

    status = f"{path}__status"
    return {
        "held": number(~Q(**{f"{status}__in": GIVEN_UP})),
        "submitted_sheets": number(Q(**{status: SheetStatus.SUBMITTED})),
        "begun": number(Q(**{f"{status}__in": [SheetStatus.DRAFT, SheetStatus.REOPENED]})),
        "given_up": number(Q(**{f"{status}__in": GIVEN_UP})),
    }
