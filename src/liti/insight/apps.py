from importlib import import_module

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "liti.insight"
    label = "insight"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.insight.steps")
