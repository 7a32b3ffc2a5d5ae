from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from pilotportal.accounts.models import User


class PortalBackend(AuthenticationBackend):
    """allauth's, but the signed-in person comes with organisation and division, which every page and every right asks for."""

    def get_user(self, user_id: Any) -> User | None:
        user = self.people().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def people(self) -> QuerySet[User]:
        return User.objects.select_related("organisation__division")
