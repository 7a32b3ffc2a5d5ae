from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "pilotportal.jobs"
    label = "jobs"
