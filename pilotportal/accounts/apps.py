from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "pilotportal.accounts"
    label = "accounts"
