from importlib import import_module

from django.apps import AppConfig


class DayConfig(AppConfig):
    name = "liti.day"
    label = "day"

    def ready(self) -> None:
        """The day's own steps exist once the module is loaded."""
        import_module("liti.day.ports")
        import_module("liti.day.steps")
