from importlib import import_module

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "liti.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Subscriptions and approval handlers exist once the room's modules are loaded."""
        import_module("liti.outreach.events")
        import_module("liti.outreach.steps")
