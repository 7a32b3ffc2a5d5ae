"""The queue: Celery on Redis. Tasks live in each app's `tasks.py`; those that the clock starts in `periodic.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotportal.settings")

app = Celery("pilotportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="periodic")


@worker_process_init.connect
def warm_up(**_signal: Any) -> None:
    """Fonts and stylesheets are loaded before the first task, so that no receipt waits for them."""
    from pilotportal.documents import pdf  # noqa: PLC0415 (needs the settings, which the worker loads after this module)

    pdf.warm_up()
