"""Reads. Every list, count, search, export and file begins with `…_visible_to`, which starts from nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Coalesce

from applications.content import Content
from applications.enums import AttachmentKind, DeadlineKind, PlanStatus, Status, SummaryStatus
from applications.models import (
    Attachment,
    Closing,
    Correction,
    CoSignature,
    Deadline,
    Invitation,
    Letter,
    Nomination,
    NominationVersion,
    Pilot,
    Plan,
    Progress,
    Quota,
    QuotaException,
    Round,
    SignatureRequest,
    Summary,
)
from applications.rules import BY_PROVINCE, NOMINATION_IN
from pilotportal.accounts.enums import PROVINCE_ROLES, REVIEW_READERS, Branch, Kind, Level, Role
from pilotportal.accounts.models import Division, Organisation, User

DEADLINES = Prefetch("round__deadlines", queryset=Deadline.objects.prefetch_related("amendments"))
ROUND_READERS = PROVINCE_ROLES | REVIEW_READERS | {Role.CO_DEPARTMENT, Role.CITY, Role.EXPERT}


def rounds() -> models.QuerySet[Round]:
    return Round.objects.prefetch_related(Prefetch("deadlines", queryset=Deadline.objects.prefetch_related("amendments")))


def rounds_visible_to(user: User) -> models.QuerySet[Round]:
    """Staff prepare rounds; all others of the business see those that have been opened."""
    if user.role == Role.STAFF:
        return rounds()
    return rounds().filter(opened_at__isnull=False) if user.role in ROUND_READERS else rounds().none()


def nominations() -> models.QuerySet[Nomination]:
    """With all that a page about nominations shows, in a constant number of queries."""
    return Nomination.objects.select_related("round", "province", "city__province", "submitted_by").prefetch_related(
        DEADLINES,
        Prefetch("versions", queryset=NominationVersion.objects.select_related("submitted_by")),
        Prefetch("corrections", queryset=Correction.objects.select_related("version")),
        Prefetch("attachments", queryset=Attachment.objects.select_related("file__scan", "uploaded_by", "letter")),
        *hands(),
    )


def hands() -> "tuple[Prefetch[str], ...]":
    """The city's invitations, and what the co-departments were asked and said."""
    asked = SignatureRequest.objects.select_related("organisation", "asked_by")
    return (
        Prefetch("invitations", queryset=Invitation.objects.select_related("invited_by", "ended_by")),
        Prefetch("signature_requests", queryset=asked),
        Prefetch("signature_requests__signatures", queryset=CoSignature.objects.select_related("signed_by")),
    )


def earlier_nominations(nomination: Nomination) -> models.QuerySet[Nomination]:
    """Those of its province that were begun before it and have content, the latest first; what the province wrote itself."""
    earlier = Nomination.objects.filter(province_id=nomination.province_id, created_at__lt=nomination.created_at).exclude(content={})
    return earlier.select_related("round", "city").prefetch_related("versions").order_by("-created_at", "-pk")


def nominations_visible_to(user: User) -> models.QuerySet[Nomination]:
    """A province sees its own; the ministries and the supervisor what was handed in; experts come through their sheets, in `review`.

    A city sees its own from the first invitation on, a co-department what it is asked to sign or has spoken on.
    Whoever reads for the review does not even fetch the working content: it may be a correction that nobody has handed in.
    """
    visible = nominations().filter(_visible(user))
    return visible.defer("content", "sections") if user.role in REVIEW_READERS else visible


def nominations_listed_for(user: User) -> models.QuerySet[Nomination]:
    """For long lists: without the contents; `version_number` and `version_digest` are those of the last version."""
    last = NominationVersion.objects.filter(nomination=OuterRef("pk")).order_by("-number")
    return (
        Nomination.objects.filter(_visible(user))
        .select_related("round", "province", "city")
        .annotate(version_number=Subquery(last.values("number")[:1]), version_digest=Subquery(last.values("digest")[:1]), place=place())
        .defer("content", "sections", "round__form")
    )


def place() -> Case:
    """Of a nomination among those of its province that are in, where the round counts their order; else nothing."""
    before = Nomination.objects.filter(
        round=OuterRef("round"), province=OuterRef("province"), status__in=NOMINATION_IN, position__lt=OuterRef("position")
    )
    counted = Coalesce(Subquery(before.order_by().values("province").annotate(many=Count("pk")).values("many")), 0) + 1
    return Case(When(round__ranks_nominations=True, position__isnull=False, then=counted), output_field=models.IntegerField())


@dataclass(frozen=True)
class Dossier:
    """What stands for one reader: content and files, and the version that they come from (none while it is a draft to him)."""

    content: Content
    files: Sequence[Attachment]
    version: NominationVersion | None


def dossier_for(user: User, nomination: Nomination) -> Dossier:
    """Whoever has a hand in the draft sees what is being written; all others, and they as well in the end, what was handed in last.

    The co-departments have no hand in a correction. The letter of a draft is the province's alone.
    """
    handles, drafts = _handles(user, nomination), _follows(user, nomination)
    corrects = nomination.status == Status.RETURNED and (handles or (drafts and user.role == Role.CITY))
    if nomination.current_version and not corrects:
        return dossier_of(nomination.current_version, nomination.attachments.all())
    if not (handles or drafts):
        return Dossier({}, [], None)
    return Dossier(nomination.content, [file for file in _in_force(nomination) if handles or file.kind == AttachmentKind.EVIDENCE], None)


def _handles(user: User, nomination: Nomination) -> bool:
    return user.role in PROVINCE_ROLES and user.division_id == nomination.province_id


def _follows(user: User, nomination: Nomination) -> bool:
    """The invited city and the departments that are asked read the draft with its evidence."""
    if user.role == Role.CITY:
        return user.division_id == nomination.city_id and bool(nomination.invitations.all())
    if user.role == Role.CO_DEPARTMENT:
        return any(request.organisation_id == user.organisation_id for request in nomination.requests_in_force)
    return False


def _in_force(nomination: Nomination) -> list[Attachment]:
    return [file for file in nomination.attachments.all() if not file.replaced_at]


def dossier_of(version: NominationVersion, attachments: Iterable[Attachment]) -> Dossier:
    """A version as it was handed in, with the files that it names; a replaced file still belongs to its version."""
    known = {frozenset(file.record.items()): file for file in attachments}
    named = [frozenset(record.items()) for record in version.files]
    return Dossier(version.content, [known[key] for key in named if key in known], version)


def _visible(user: User) -> Q:
    if user.role in PROVINCE_ROLES and user.division_id:
        return Q(province_id=user.division_id)
    if user.role in REVIEW_READERS:
        return Q(status__in=NOMINATION_IN) | Q(status=Status.WITHDRAWN, submitted_at__isnull=False)
    if user.role == Role.CITY and user.division_id:
        return Q(city_id=user.division_id, pk__in=Invitation.objects.values("nomination"))
    if user.role == Role.CO_DEPARTMENT:
        return Q(pk__in=_concerning(user.organisation_id).values("nomination"))
    return Q(pk__in=[])


def _concerning(organisation_id: int) -> models.QuerySet[SignatureRequest]:
    """Requests in force, and those on which the department has spoken: it keeps sight of what bears its name."""
    spoken = CoSignature.objects.filter(request=OuterRef("pk"))
    return SignatureRequest.objects.filter(Q(cancelled_at__isnull=True) | Exists(spoken), organisation_id=organisation_id)


def files_visible_to(user: User, nomination: Nomination) -> list[Attachment]:
    """The province has all that it ever uploaded; everybody else what belongs to a version or to the draft that they may read."""
    everything = list(nomination.attachments.all())
    if _handles(user, nomination):
        return everything
    handed_in = [file for version in nomination.versions.all() for file in dossier_of(version, everything).files]
    return [*dossier_for(user, nomination).files, *handed_in]


def officials_of_province(province_id: str) -> models.QuerySet[User]:
    return User.objects.filter(role__in=PROVINCE_ROLES, organisation__division_id=province_id, is_active=True)


def officials_of_departments(organisations: Iterable[int]) -> models.QuerySet[User]:
    """Who can co-sign for these co-departments."""
    return User.objects.filter(role=Role.CO_DEPARTMENT, organisation__in=list(organisations), is_active=True)


def officials_of_city(city_id: str) -> models.QuerySet[User]:
    """Who can draft for a city that is invited."""
    return User.objects.filter(role=Role.CITY, organisation__division_id=city_id, is_active=True)


def co_departments_of(province_id: str) -> models.QuerySet[Organisation]:
    """Those that the portal knows, in the order of their branches as the ministry lists them."""
    order = {branch.value: place for place, branch in enumerate(Branch)}
    ranked = Case(*(When(branch=branch, then=place) for branch, place in order.items()), output_field=models.IntegerField())
    return Organisation.objects.filter(kind=Kind.CO_DEPARTMENT, division_id=province_id).order_by(ranked)


def approvers_of(province_id: str) -> models.QuerySet[User]:
    """Who can submit for a province."""
    return User.objects.filter(role=Role.PROVINCE_APPROVER, organisation__division_id=province_id, is_active=True)


def pilots_visible_to(user: User) -> models.QuerySet[Pilot]:
    """A city sees itself with its drafts; a province its own, the ministries and the supervisor all, once it was handed in."""
    plans, summaries = Plan.objects.select_related("file"), Summary.objects.select_related("submitted_by", "endorsed_by")
    if user.role != Role.CITY:
        plans, summaries = plans.exclude(status=PlanStatus.DRAFT), summaries.exclude(status=SummaryStatus.DRAFT)
    pilots = Pilot.objects.select_related("nomination__city__province", "nomination__province", "nomination__round").prefetch_related(
        Prefetch("plans", queryset=plans),
        Prefetch("summary", queryset=summaries),
        Prefetch("progress", queryset=Progress.objects.select_related("reported_by")),
        "indicators__actuals",
        Prefetch("nomination__round__deadlines", queryset=Deadline.objects.prefetch_related("amendments")),
    )
    pilots = pilots.defer("nomination__content", "nomination__sections", "nomination__round__form")
    if user.role == Role.CITY:
        return pilots.filter(nomination__city_id=user.division_id)
    if user.role in PROVINCE_ROLES:
        return pilots.filter(nomination__province_id=user.division_id)
    return pilots if user.role in REVIEW_READERS else pilots.none()


def pilots_of(round: Round) -> models.QuerySet[Pilot]:
    """All of a round, with what their standing at a deadline asks."""
    return (
        Pilot.objects.filter(nomination__round=round)
        .select_related("nomination__round", "summary")
        .prefetch_related("plans", Prefetch("nomination__round__deadlines", queryset=Deadline.objects.prefetch_related("amendments")))
        .defer("nomination__content", "nomination__round__form")
    )


def provinces_in(round: Round) -> models.QuerySet[Nomination, str]:
    """The province of each nomination that is in."""
    return Nomination.objects.filter(round=round, status__in=NOMINATION_IN).values_list("province_id", flat=True)


def nominable_cities(round: Round, province_id: str) -> models.QuerySet[Division]:
    """The cities of a province that have not been nominated in the round; a municipality or the Corps is its own city."""
    taken = Nomination.objects.filter(round=round).exclude(status=Status.WITHDRAWN).values("city_id")
    return Division.objects.filter(province_id=province_id).exclude(level=Level.PROVINCE).exclude(pk__in=taken)


@dataclass(frozen=True)
class Places:
    """What a province may nominate in a round: its quota, and what was granted beyond it."""

    quota: int = 0
    exceptions: Sequence[QuotaException] = ()

    @property
    def granted(self) -> int:
        return sum(exception.places for exception in self.exceptions)

    @property
    def total(self) -> int:
        return self.quota + self.granted


def places_by_round(province_id: str) -> dict[int, Places]:
    """Of the rounds in which the province has a quota."""
    exceptions: dict[int, list[QuotaException]] = {}
    for exception in QuotaException.objects.filter(province_id=province_id).order_by("pk"):
        exceptions.setdefault(exception.round_id, []).append(exception)
    quotas = Quota.objects.filter(province_id=province_id).values_list("round_id", "places")
    return {round: Places(quota, exceptions.get(round, [])) for round, quota in quotas}


def exceptions_of(round: Round) -> models.QuerySet[QuotaException]:
    return round.quota_exceptions.select_related("province", "granted_by").order_by("pk")


def places_by_province(round: Round) -> dict[str, int]:
    """With the exceptions."""
    places = dict(round.quotas.values_list("province_id", "places"))
    for province, granted in round.quota_exceptions.values_list("province_id", "places"):
        places[province] += granted
    return places


def nominated_count(round: Round, province_id: str) -> int:
    return Nomination.objects.filter(round=round, province_id=province_id).exclude(status=Status.WITHDRAWN).count()


def deadlines() -> models.QuerySet[Deadline]:
    """With the amendments, which `closes_at` asks."""
    return Deadline.objects.select_related("round").prefetch_related("amendments")


def provincial_units() -> models.QuerySet[Division]:
    """The 32 that nominate: 31 provinces and the Corps."""
    return Division.objects.filter(pk=F("province_id")).order_by("pk")


def instants_of(deadline: Deadline, provinces: Iterable[str]) -> dict[datetime, list[str]]:
    """Each instant in force for a deadline, with the provinces for which it holds."""
    instants: dict[datetime, list[str]] = {}
    for province in provinces:
        instants.setdefault(deadline.closes_at(province), []).append(province)
    return instants


@dataclass(frozen=True)
class DueList:
    """What closed at one instant: for these provinces, or for none in particular where the deadline is the same for all."""

    round: Round
    kind: DeadlineKind
    closes_at: datetime
    provinces: frozenset[str]


def due_lists(at: datetime) -> list[DueList]:
    """Deadlines and corrections whose instant has passed and whose list has not been sealed."""
    sealed = set(Closing.objects.filter(closes_at__lte=at).values_list("round_id", "kind", "closes_at"))
    provinces = list(provincial_units().values_list("pk", flat=True))
    found = [due for deadline in deadlines().filter(round__opened_at__lte=at) for due in lists_of(deadline, provinces)]
    found += _lists_of_corrections(at)
    return [due for due in found if due.closes_at <= at and (due.round.pk, due.kind, due.closes_at) not in sealed]


def lists_of(deadline: Deadline, provinces: Iterable[str]) -> list[DueList]:
    """One for each instant in force."""
    kind = DeadlineKind(deadline.kind)
    if kind not in BY_PROVINCE:
        return [DueList(deadline.round, kind, deadline.closes_at(None), frozenset())]
    instants = instants_of(deadline, provinces).items()
    return [DueList(deadline.round, kind, instant, frozenset(concerned)) for instant, concerned in instants]


def _lists_of_corrections(at: datetime) -> list[DueList]:
    concerned: dict[tuple[int, datetime], set[str]] = {}
    ended = Correction.objects.filter(closes_at__lte=at)
    for round, closes_at, province in ended.values_list("nomination__round", "closes_at", "nomination__province"):
        concerned.setdefault((round, closes_at), set()).add(province)
    found = Round.objects.defer("form").in_bulk({round for round, _closes_at in concerned})
    return [DueList(found[round], DeadlineKind.CORRECTION, instant, frozenset(who)) for (round, instant), who in concerned.items()]


def people_of(divisions: Iterable[str], *, roles: Collection[str]) -> dict[str, list[User]]:
    """The officials with one of these roles, by the division of their organisation."""
    found: dict[str, list[User]] = {}
    people = User.objects.filter(role__in=roles, organisation__division__in=divisions, is_active=True)
    for person in people.select_related("organisation").order_by("pk"):
        found.setdefault(str(person.division_id), []).append(person)
    return found


def staff() -> models.QuerySet[User]:
    return User.objects.filter(role=Role.STAFF, is_active=True).order_by("pk")


def letters() -> models.QuerySet[Letter]:
    """With what their pages and their paper ask."""
    return Letter.objects.select_related("round", "province", "made_by__organisation")


def letters_visible_to(user: User) -> models.QuerySet[Letter]:
    """Only the province's own: a letter names drafts, too."""
    own = user.role in PROVINCE_ROLES and user.division_id
    return letters().filter(province_id=user.division_id) if own else letters().none()
