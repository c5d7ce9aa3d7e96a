from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "liti.console"
    label = "console"
