from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "pilotportal.audit"
    label = "audit"
