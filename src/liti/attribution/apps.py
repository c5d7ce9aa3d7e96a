from importlib import import_module

from django.apps import AppConfig


class AttributionConfig(AppConfig):
    name = "liti.attribution"
    label = "attribution"

    def ready(self) -> None:
        """Subscriptions and approval handlers exist once the room's modules are loaded."""
        import_module("liti.attribution.events")
