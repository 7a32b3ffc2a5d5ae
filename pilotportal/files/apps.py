from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "pilotportal.files"
    label = "files"
