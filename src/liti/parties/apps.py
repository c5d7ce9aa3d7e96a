from importlib import import_module

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "liti.parties"
    label = "parties"

    def ready(self) -> None:
        """Kinds of proposals exist once the room's modules are loaded."""
        import_module("liti.parties.steward")
