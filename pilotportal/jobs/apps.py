from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "pilotportal.jobs"
    label = "jobs"

    def ready(self) -> None:
        import_module("pilotportal.celery")  # the queue that `shared_task` and `delay` mean
        import_module("pilotportal.jobs.receivers")
