from importlib import import_module

from django.apps import AppConfig


class LendingConfig(AppConfig):
    name = "liti.lending"
    label = "lending"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.lending.ports")
        import_module("liti.lending.steps")
