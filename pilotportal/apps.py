from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "pilotportal"
    label = "platform"
