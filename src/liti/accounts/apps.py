from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "liti.accounts"
    label = "accounts"

    def ready(self) -> None:
        """What the room says to ports of the kernel exists once it is loaded."""
        import_module("liti.accounts.ports")
