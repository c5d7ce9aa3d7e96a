from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "liti.accounts"
    label = "accounts"
