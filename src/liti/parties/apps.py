from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "liti.parties"
    label = "parties"
