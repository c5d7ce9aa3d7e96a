from importlib import import_module

from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "liti.market"
    label = "market"

    def ready(self) -> None:
        """What the room says to ports of the kernel exists once it is loaded."""
        import_module("liti.market.ports")
