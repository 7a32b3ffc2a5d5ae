from django.shortcuts import get_object_or_404

from pilotportal.accounts.models import User
from pilotportal.notices import queries
from pilotportal.notices.models import Notice


def notice_for(user: User, code: str) -> Notice:
    return get_object_or_404(queries.visible_to(user), code=code)
