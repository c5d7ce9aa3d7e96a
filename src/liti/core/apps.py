from importlib import import_module

from django.apps import AppConfig
from django.utils import timezone


class CoreConfig(AppConfig):
    name = "liti.core"
    label = "core"

    def ready(self) -> None:
        """One clock in the house: what Django stamps by itself (auto_now) is read from it."""
        timezone.now = import_module("liti.core.clock").now
        import_module("liti.core.joining")  # declares its kind of proposals
