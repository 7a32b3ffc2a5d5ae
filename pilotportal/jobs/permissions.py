from django.shortcuts import get_object_or_404

from pilotportal.accounts.models import User
from pilotportal.jobs import queries
from pilotportal.jobs.models import Job


def job_for(user: User, code: str) -> Job:
    return get_object_or_404(queries.visible_to(user), code=code)
