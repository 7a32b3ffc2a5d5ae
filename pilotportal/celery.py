"""The queue: Celery on Redis. Tasks live in each app's `tasks.py`; those that the clock starts in `periodic.py`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotportal.settings")

app = Celery("pilotportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="periodic")
