from importlib import import_module

from django.apps import AppConfig


class LendingConfig(AppConfig):
    name = "liti.lending"
    label = "lending"

    def ready(self) -> None:
        """What the room says to ports of the kernel exists once it is loaded."""
        import_module("liti.lending.ports")
