from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from pilotportal.accounts.backends import PortalBackend
from pilotportal.accounts.models import User
from pilotportal.notices.models import Notice

UNREAD = Notice.objects.filter(recipient=OuterRef("pk"), read_at__isnull=True).order_by().values("recipient").values(count=Count("pk"))


class NoticingBackend(PortalBackend):
    """The signed-in person also comes with the number of their unread notices (`unread_notices`), which every page shows."""

    def people(self) -> QuerySet[User]:
        return super().people().annotate(unread_notices=Coalesce(Subquery(UNREAD), 0))
