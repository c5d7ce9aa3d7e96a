from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "liti.accounts"
    label = "accounts"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.accounts.ports")
        import_module("liti.accounts.steps")
