"""Home: what is due from me, with the instant and where to do it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.enums import DeadlineKind, PlanStatus, Status, SummaryStatus
from applications.models import Nomination, Pilot, Round
from applications.models.nominations import deadline_of
from applications.permissions import can_draft
from applications.queries import nominated_count, nominations_visible_to, pilots_visible_to, places_by_round, rounds_visible_to
from applications.services.cosigning import objecting, waiting
from applications.services.nominations import signatures_of
from applications.services.signatures import line_of
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.accounts.queries import requests_waiting
from review.enums import SelectionStatus
from review.models import Selection
from review.queries import sheets_visible_to
from review.rules import GIVEN_UP, OPEN_SHEET


@dataclass(frozen=True)
class Due:
    """One thing to do. `closes_at` is None where nothing limits it; `late` where the deadline has passed and it is still taken."""

    title: str
    detail: str
    url: str
    closes_at: datetime | None = None
    late: bool = False


def due_from(user: User, *, at: datetime) -> list[Due]:
    """The nearest deadline first, what has none last."""
    makers = _MAKERS.get(Role(user.role), [])
    items = [item for maker in makers for item in maker(user, at)]
    return sorted(items, key=lambda item: (item.closes_at is None, item.closes_at or at))


def _nominate(user: User, at: datetime) -> Iterator[Due]:
    quotas = places_by_round(str(user.division_id))
    for round in rounds_visible_to(user):
        closes_at = deadline_of(round, DeadlineKind.NOMINATION, user.division_id)
        if not round.is_opened or at >= closes_at or round.pk not in quotas:
            continue
        places, count = quotas[round.pk].total, nominated_count(round, str(user.division_id))
        if count < places:
            detail = _("%(count)s of %(places)s places used") % {"count": count, "places": places}
            yield Due(_("Nominate cities: %(round)s") % {"round": round}, detail, reverse("applications:nominations"), closes_at)


def _finish_nominations(user: User, at: datetime) -> Iterator[Due]:
    for nomination in nominations_visible_to(user).filter(status__in=[Status.DRAFT, Status.RETURNED]):
        correction = nomination.open_correction
        closes_at = correction.closes_at if correction else nomination.closes_at()
        if at < closes_at:
            title = _("Correct the nomination of %(city)s") if correction else _("Complete and submit the nomination of %(city)s")
            yield Due(title % {"city": nomination}, nomination.get_status_display(), nomination.get_absolute_url(), closes_at)
            yield from _answer_objections(nomination)


def _answer_objections(nomination: Nomination) -> Iterator[Due]:
    """What a department objected to and nobody has changed since."""
    for line in objecting(signatures_of(nomination)) if nomination.status == Status.DRAFT else []:
        if not line.answered:
            title = _("Answer the objection to the nomination of %(city)s") % {"city": nomination}
            yield Due(title, line.name, reverse("applications:nomination_signatures", args=[nomination.code]), nomination.closes_at())


def _draft_for_province(user: User, at: datetime) -> Iterator[Due]:
    for nomination in nominations_visible_to(user).filter(status__in=[Status.DRAFT, Status.RETURNED]):
        correction = nomination.open_correction
        closes_at = correction.closes_at if correction else nomination.closes_at()
        if can_draft(user, nomination) and at < closes_at:
            title = _("Draft the nomination of %(city)s and hand it back") % {"city": nomination}
            yield Due(title, _("Invited by the province"), nomination.get_absolute_url(), closes_at)


def _co_sign(user: User, at: datetime) -> Iterator[Due]:
    for nomination in nominations_visible_to(user).filter(status=Status.DRAFT):
        line = line_of(nomination, user)
        if line and at < nomination.closes_at() and line in waiting([line]):
            title = _("Read and co-sign the nomination of %(city)s") % {"city": nomination}
            detail = _("Changed since the objection") if line.answered else str(line.state.label)
            yield Due(title, detail, reverse("applications:nomination_sign", args=[nomination.code]), nomination.closes_at())


def _file_plans(user: User, _at: datetime) -> Iterator[Due]:
    for pilot in pilots_visible_to(user).filter(plans__status=PlanStatus.ISSUED).distinct():
        yield Due(_("File the implementation plan of %(city)s") % {"city": pilot}, _("Issued by the city"), pilot.get_absolute_url())


def _endorse_summaries(user: User, _at: datetime) -> Iterator[Due]:
    for pilot in pilots_visible_to(user).filter(summary__status=SummaryStatus.SUBMITTED):
        yield Due(_("Endorse the summary of %(city)s") % {"city": pilot}, _("Submitted"), pilot.get_absolute_url())


def _run_pilot(user: User, at: datetime) -> Iterator[Due]:
    for pilot in pilots_visible_to(user):
        if not any(plan.status != PlanStatus.DRAFT for plan in pilot.plans.all()):
            yield _of_pilot(pilot, DeadlineKind.PLAN, _("Issue and hand in the implementation plan"), at)
        elif not _summed_up(pilot):
            yield _of_pilot(pilot, DeadlineKind.SUMMARY, _("Sum up the pilot"), at)


def _of_pilot(pilot: Pilot, kind: DeadlineKind, title: str, at: datetime) -> Due:
    closes_at = deadline_of(pilot.nomination.round, kind, pilot.nomination.province_id)
    return Due(title, str(pilot), pilot.get_absolute_url(), closes_at, late=at >= closes_at)


def _summed_up(pilot: Pilot) -> bool:
    summary = getattr(pilot, "summary", None)
    return bool(summary and summary.status != SummaryStatus.DRAFT)


def _score(user: User, at: datetime) -> Iterator[Due]:
    """One line a round: the sheets themselves stand on their own page."""
    open_sheets: dict[Round, int] = {}
    for sheet in sheets_visible_to(user):
        if sheet.status in OPEN_SHEET:
            open_sheets[sheet.nomination.round] = open_sheets.get(sheet.nomination.round, 0) + 1
    for round, count in open_sheets.items():
        closes_at = deadline_of(round, DeadlineKind.SCORE_SHEETS, None)
        if at < closes_at:
            title = ngettext("%(count)s score sheet to fill in", "%(count)s score sheets to fill in", count) % {"count": count}
            yield Due(title, str(round), reverse("review:sheets"), closes_at)


def _prepare(user: User, _at: datetime) -> Iterator[Due]:
    for round in rounds_visible_to(user).filter(opened_at__isnull=True):
        yield Due(_("Prepare and open the round"), str(round), round.get_absolute_url())


def _check_formally(user: User, _at: datetime) -> Iterator[Due]:
    waiting = nominations_visible_to(user).filter(status=Status.SUBMITTED).order_by().values("round").annotate(count=Count("pk"))
    for row in waiting:
        title = ngettext("%(count)s nomination awaits the formal review", "%(count)s nominations await the formal review", row["count"])
        yield Due(title % {"count": row["count"]}, str(Round.objects.get(pk=row["round"])), reverse("review:queue"))


def _seats_to_fill(_user: User, _at: datetime) -> Iterator[Due]:
    """Counted by the database: a round may hold thousands of nominations."""
    lost = Q(sheets__status__in=GIVEN_UP)
    accepted = Nomination.objects.filter(status=Status.ACCEPTED).order_by().values("pk", "round")
    seats = accepted.annotate(given_up=Count("sheets", filter=lost), held=Count("sheets", filter=~lost))
    short = seats.filter(given_up__gt=0, held__lt=F("round__panel_size")).values_list("round", flat=True)
    for round, count in Counter(short).items():
        title = ngettext("%(count)s nomination lacks an expert", "%(count)s nominations lack experts", count) % {"count": count}
        yield Due(title, str(Round.objects.get(pk=round)), reverse("review:panel"))


def _release(user: User, _at: datetime) -> Iterator[Due]:
    for selection in Selection.objects.filter(status=SelectionStatus.PROPOSED).exclude(proposed_by=user).select_related("round"):
        yield Due(_("Check and sign off the proposed list"), str(selection.round), reverse("review:selection"))


def _accept_summaries(user: User, _at: datetime) -> Iterator[Due]:
    count = pilots_visible_to(user).filter(summary__status=SummaryStatus.ENDORSED).count()
    if count:
        title = ngettext("%(count)s summary to accept", "%(count)s summaries to accept", count) % {"count": count}
        yield Due(title, _("Endorsed by the province"), reverse("applications:pilots"))


def _confirm_accounts(user: User, _at: datetime) -> Iterator[Due]:
    count = requests_waiting(user).count()
    if count:
        title = ngettext("%(count)s change of an account to confirm", "%(count)s changes of accounts to confirm", count)
        yield Due(title % {"count": count}, _("Accounts"), f"{reverse('accounts:people')}?state=waiting")


_OF_PROVINCE: list[Callable[[User, datetime], Iterator[Due]]] = [
    _nominate,
    _finish_nominations,
    _file_plans,
    _endorse_summaries,
]
_MAKERS: dict[Role, list[Callable[[User, datetime], Iterator[Due]]]] = {
    Role.PROVINCE_HANDLER: _OF_PROVINCE,
    Role.PROVINCE_APPROVER: _OF_PROVINCE,
    Role.CITY: [_draft_for_province, _run_pilot],
    Role.CO_DEPARTMENT: [_co_sign],
    Role.EXPERT: [_score],
    Role.STAFF: [_prepare, _check_formally, _seats_to_fill, _release, _accept_summaries],
    Role.SECURITY_ADMIN: [_confirm_accounts],
}
