from importlib import import_module

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "liti.care"
    label = "care"

    def ready(self) -> None:
        """Steps of the day exist once the room's modules are loaded."""
        import_module("liti.care.steps")
