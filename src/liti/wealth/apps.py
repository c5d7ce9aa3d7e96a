from importlib import import_module

from django.apps import AppConfig


class WealthConfig(AppConfig):
    name = "liti.wealth"
    label = "wealth"

    def ready(self) -> None:
        """What the room says to ports of the kernel exists once it is loaded."""
        import_module("liti.wealth.ports")
