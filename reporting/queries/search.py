"""Search: whatever somebody may see anyway, found by name, code or document number.

Every kind of thing is a `Source` whose rows come from a `…_visible_to`, so that a search can tell nobody what no page would. The words
that were typed must all occur, wherever; what begins with the first of them stands first.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.enums import PlanStatus
from applications.models import Amendment, Letter, Nomination, Pilot, Plan, QuotaException, Round
from applications.queries import (
    ROUND_READERS,
    letters_visible_to,
    nominations_listed_for,
    pilots_visible_to,
    provincial_units,
    rounds_visible_to,
)
from pilotportal.accounts.enums import ADMINISTRATORS, PROVINCE_ROLES, REVIEW_READERS, Role
from pilotportal.accounts.models import Division, User
from pilotportal.moments import day
from pilotportal.notices.models import Notice
from pilotportal.notices.queries import visible_to as notices_visible_to
from review.models import Expert, ScoreSheet
from review.queries import SEAT_READERS, experts_visible_to, sheets_visible_to

SHORTEST = 2  # characters
LONGEST = 60
FEW = 5  # of each kind, as long as all kinds are shown
MANY = 25  # on a page of one kind


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    detail: str = ""
    status: str = ""
    status_label: str = ""


@dataclass(frozen=True)
class Found:
    """What was found of one kind; `page` holds the hits that are shown of `count`."""

    kind: str
    label: Promise
    page: Page[Any]
    hits: Sequence[Hit]

    @property
    def count(self) -> int:
        return self.page.paginator.count


@dataclass(frozen=True)
class Source:
    """A kind of thing. `within` are the expressions whose joined text is looked through; `also` adds what is not in the row itself."""

    label: Promise
    roles: frozenset[Role]
    rows: Callable[[User], QuerySet[Any]]
    title: str
    within: tuple[Any, ...]
    hit: Callable[[Any], Hit]
    also: Callable[[User, str], Q] | None = None

    def found(self, user: User, words: Sequence[str]) -> QuerySet[Any]:
        rows = self.rows(user)
        begins = Case(When(**{f"{self.title}__istartswith": words[0]}, then=0), default=1, output_field=IntegerField())
        text = Concat(*self.within, Value(""), output_field=CharField())
        order = rows.query.order_by or rows.model._meta.ordering or ["pk"]
        told = rows.annotate(searched=text)
        return told.filter(reduce(and_, (self._holds(user, word) for word in words))).order_by(begins, *order)

    def _holds(self, user: User, word: str) -> Q:
        held = Q(searched__icontains=word)
        return held | self.also(user, word) if self.also else held


def words_of(typed: str) -> list[str]:
    """Full-width letters count as plain ones."""
    return unicodedata.normalize("NFKC", typed)[:LONGEST].split()


def too_short(words: Sequence[str]) -> bool:
    return len("".join(words)) < SHORTEST


def find(user: User, words: Sequence[str]) -> list[Found]:
    """The first few of every kind of which there is any."""
    found = [_found(kind, user, words, size=FEW, page=None) for kind in SOURCES if user.role in SOURCES[kind].roles]
    return [each for each in found if each.count]


def find_kind(user: User, words: Sequence[str], *, kind: str, page: str | None) -> Found | None:
    """All of one kind, page by page; None where there is no such kind for this person."""
    source = SOURCES.get(kind)
    return _found(kind, user, words, size=MANY, page=page) if source and user.role in source.roles else None


def _found(kind: str, user: User, words: Sequence[str], *, size: int, page: str | None) -> Found:
    source = SOURCES[kind]
    shown = Paginator(source.found(user, words), size).get_page(page)
    return Found(kind, source.label, shown, [source.hit(row) for row in shown])


def _city(province: Division, city: Division) -> str:
    return city.name if city.pk == province.pk else f"{province.name}{city.name}"


def _nomination(nomination: Nomination) -> Hit:
    name = _city(nomination.province, nomination.city)
    return Hit(name, nomination.get_absolute_url(), str(nomination.round), nomination.status, nomination.get_status_display())


def _pilots(user: User) -> QuerySet[Pilot]:
    """Without the reports behind them, which no hit shows."""
    return pilots_visible_to(user).prefetch_related(None)


def _plans_holding(user: User, word: str) -> Q:
    plans = Plan.objects.filter(Q(document_number__icontains=word) | Q(filing_number__icontains=word))
    return Q(pk__in=(plans if user.role == Role.CITY else plans.exclude(status=PlanStatus.DRAFT)).values("pilot"))


def _pilot(pilot: Pilot) -> Hit:
    nomination = pilot.nomination
    return Hit(_city(nomination.province, nomination.city), pilot.get_absolute_url(), str(nomination.round))


def _sheets(user: User) -> QuerySet[ScoreSheet]:
    return sheets_visible_to(user).prefetch_related(None)


def _sheet(sheet: ScoreSheet) -> Hit:
    nomination = sheet.nomination
    name = _city(nomination.province, nomination.city)
    return Hit(name, sheet.get_absolute_url(), str(nomination.round), sheet.status, sheet.get_status_display())


def _rounds(user: User) -> QuerySet[Round]:
    return rounds_visible_to(user).prefetch_related(None).defer("form")


def _rounds_amended(user: User, word: str) -> Q:
    """Under this number a deadline was moved or places were granted; of another province the ministry alone looks that up."""
    whom = Q() if user.role in REVIEW_READERS else Q(province=None) | Q(province_id=user.division_id)
    moved = Amendment.objects.filter(whom, document_number__icontains=word)
    granted = QuotaException.objects.filter(whom, document_number__icontains=word)
    return Q(pk__in=moved.values("deadline__round")) | Q(pk__in=granted.values("round"))


def _letter(letter: Letter) -> Hit:
    return Hit(letter.document_number, letter.get_absolute_url(), f"{letter.round} · {letter.code}")


def _round(round: Round) -> Hit:
    return Hit(str(round), round.get_absolute_url(), round.call_number)


def _provinces(_user: User) -> QuerySet[Division]:
    return provincial_units()


def _province(province: Division) -> Hit:
    return Hit(province.name, f"{reverse('applications:nominations')}?province={province.pk}", str(_("What it has handed in")))


def _expert(expert: Expert) -> Hit:
    return Hit(expert.user.name, f"{reverse('review:pool')}?find={expert.user.name}", f"{expert.user.organisation.name} · {expert.title}")


def _notices(user: User) -> QuerySet[Notice]:
    return notices_visible_to(user).annotate(
        chinese=KeyTextTransform("subject", KeyTextTransform("zh-hans", "texts")),
        english=KeyTextTransform("subject", KeyTextTransform("en", "texts")),
    )


def _notice(notice: Notice) -> Hit:
    return Hit(notice.subject, notice.get_absolute_url(), day(notice.created_at))


BLANK = Value(" ")
SOURCES = {
    "nominations": Source(
        label=_("Nominations"),
        roles=PROVINCE_ROLES | REVIEW_READERS | {Role.CITY, Role.CO_DEPARTMENT},
        rows=nominations_listed_for,
        title="city__name",
        within=(F("province__name"), F("city__name"), BLANK, F("city_id"), BLANK, F("code")),
        hit=_nomination,
    ),
    "sheets": Source(
        label=_("My score sheets"),
        roles=frozenset({Role.EXPERT}),
        rows=_sheets,
        title="nomination__city__name",
        within=(F("nomination__province__name"), F("nomination__city__name"), BLANK, F("code")),
        hit=_sheet,
    ),
    "pilots": Source(
        label=_("Pilots"),
        roles=PROVINCE_ROLES | REVIEW_READERS | {Role.CITY},
        rows=_pilots,
        title="nomination__city__name",
        within=(F("nomination__province__name"), F("nomination__city__name"), BLANK, F("nomination__city_id"), BLANK, F("code")),
        hit=_pilot,
        also=_plans_holding,
    ),
    "provinces": Source(
        label=_("Provinces"),
        roles=REVIEW_READERS,
        rows=_provinces,
        title="name",
        within=(F("name"), BLANK, F("code")),
        hit=_province,
    ),
    "experts": Source(
        label=_("Experts"),
        roles=SEAT_READERS,
        rows=experts_visible_to,
        title="user__name",
        within=(F("user__name"), BLANK, F("user__organisation__name"), BLANK, F("title"), BLANK, F("field")),
        hit=_expert,
    ),
    "rounds": Source(
        label=_("Rounds"),
        roles=ROUND_READERS,
        rows=_rounds,
        title="title_zh",
        within=(F("title_zh"), BLANK, F("title_en"), BLANK, F("code"), BLANK, F("call_number")),
        hit=_round,
        also=_rounds_amended,
    ),
    "letters": Source(
        label=_("Recommendation letters"),
        roles=PROVINCE_ROLES,
        rows=letters_visible_to,
        title="document_number",
        within=(F("document_number"), BLANK, F("code")),
        hit=_letter,
    ),
    "notices": Source(
        label=_("Notices"),
        roles=frozenset(Role) - ADMINISTRATORS,
        rows=_notices,
        title="chinese",
        within=(F("chinese"), BLANK, F("english")),
        hit=_notice,
    ),
}
