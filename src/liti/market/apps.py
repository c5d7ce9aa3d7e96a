from importlib import import_module

from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "liti.market"
    label = "market"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.market.events")
        import_module("liti.market.ports")
        import_module("liti.market.steps")
