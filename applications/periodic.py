"""What the clock starts. Each looks for work that is due, and does not trust that it ran on time."""

from celery import shared_task
from django.utils.translation import gettext_noop

from applications.services import closing, reminders
from pilotportal import clock


@shared_task(name="applications.close_deadlines")
def close_deadlines(**_newer_arguments: object) -> dict[str, int]:
    made = closing.close_due(at=clock.now())
    return {gettext_noop("lists sealed"): len(made), gettext_noop("entries in them"): sum(len(closing.entries) for closing in made)}


@shared_task(name="applications.remind")
def remind(**_newer_arguments: object) -> dict[str, int]:
    return {gettext_noop("reminders written"): reminders.remind(at=clock.now())}
