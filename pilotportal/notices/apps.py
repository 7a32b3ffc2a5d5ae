from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "pilotportal.notices"
    label = "notices"
