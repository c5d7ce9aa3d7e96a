from importlib import import_module

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "liti.ledger"
    label = "ledger"

    def ready(self) -> None:
        """What the room registers with the kernel exists once it is loaded."""
        import_module("liti.ledger.ports")
