from django.apps import AppConfig


class WealthConfig(AppConfig):
    name = "liti.wealth"
    label = "wealth"
