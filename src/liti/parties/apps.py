from importlib import import_module

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "liti.parties"
    label = "parties"

    def ready(self) -> None:
        """What the room hears and decides is registered once its models are loaded."""
        import_module("liti.parties.ports")
        import_module("liti.parties.steward")
        import_module("liti.parties.stated")
        import_module("liti.parties.steps")
