"""The pool of experts, the draw, the panel, and who would be called up next."""

from collections.abc import Collection

from django.db import models

from applications.models import Round
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from review.methods import draw as drawing
from review.models import DrawCommitment, Expert, PanelDraw, PanelMember

SEAT_READERS = frozenset({Role.STAFF, Role.SUPERVISOR})


def pool() -> models.QuerySet[Expert]:
    """Everybody who can be drawn now."""
    experts = Expert.objects.select_related("user__organisation", "province")
    return experts.filter(available=True, user__is_active=True, user__role=Role.EXPERT).order_by("pk")


def experts_visible_to(user: User) -> models.QuerySet[Expert]:
    """The whole pool, also who cannot come at present, for those who know who judges what."""
    experts = Expert.objects.select_related("user__organisation", "province").order_by("pk")
    return experts if user.role in SEAT_READERS else experts.none()


def accounts_outside_the_pool() -> models.QuerySet[User]:
    """Accounts with the role of an expert that nobody has put into the pool."""
    accounts = User.objects.filter(role=Role.EXPERT, is_active=True, expert__isnull=True)
    return accounts.select_related("organisation__division__province").order_by("name", "pk")


def commitment_in_force(round: Round) -> DrawCommitment | None:
    return DrawCommitment.objects.filter(round=round, withdrawn_at__isnull=True).first()


def draw_of(round: Round) -> PanelDraw | None:
    return PanelDraw.objects.filter(round=round).select_related("committed", "drawn_by").first()


def panel_of(round: Round) -> models.QuerySet[PanelMember]:
    """All who were drawn or called up, those excused since included."""
    members = PanelMember.objects.filter(draw__round=round)
    return members.select_related("expert__user__organisation", "expert__province").order_by("position")


def order_of(draw: PanelDraw) -> tuple[str, ...]:
    """The whole pool in the order of the draw, as anybody can recompute it from what was published."""
    algorithm, _, seed = draw.seed.partition(":")
    return drawing.order((member["id"] for member in draw.pool), seed=bytes.fromhex(seed), digest=algorithm)


def called_next(draw: PanelDraw, *, except_for: Collection[int] = ()) -> list[tuple[int, Expert]]:
    """Those of the pool who were not drawn and can still come, in the order of the draw, with their place in it."""
    taken = set(draw.members.values_list("expert_id", flat=True)) | set(except_for)
    free = {expert.pk: expert for expert in pool()}
    places = enumerate((int(name) for name in order_of(draw)), start=1)
    return [(place, free[number]) for place, number in places if number in free and number not in taken]
