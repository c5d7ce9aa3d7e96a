from importlib import import_module

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "liti.ledger"
    label = "ledger"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.ledger.ports")
        import_module("liti.ledger.steps")
