from importlib import import_module

from django.apps import AppConfig


class WealthConfig(AppConfig):
    name = "liti.wealth"
    label = "wealth"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.wealth.events")
        import_module("liti.wealth.ports")
        import_module("liti.wealth.steps")
