from django.apps import AppConfig


class LendingConfig(AppConfig):
    name = "liti.lending"
    label = "lending"
