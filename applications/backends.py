from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from applications.models import Round
from applications.queries import ROUND_READERS
from pilotportal.accounts.enums import Role
from pilotportal.accounts.models import User
from pilotportal.notices.backends import NoticingBackend

CONCERNING = (
    Round.objects.alias(reader=ExpressionWrapper(OuterRef("role"), output_field=CharField()))
    .filter(Q(reader=Role.STAFF) | Q(reader__in=ROUND_READERS, opened_at__isnull=False))
    .order_by(F("opened_at").desc(nulls_last=True), "-pk")
    .values(record=JSONObject(code="code", zh="title_zh", en="title_en", opened_at="opened_at"))
)


class RoundKnowingBackend(NoticingBackend):
    """The signed-in person also comes with the rounds that they may see (`known_rounds`), which the head of every page offers."""

    def people(self) -> QuerySet[Any]:
        people: QuerySet[User] = super().people()
        return people.annotate(known_rounds=ArraySubquery(CONCERNING))
