from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "pilotportal.rehearsal"
    label = "rehearsal"
