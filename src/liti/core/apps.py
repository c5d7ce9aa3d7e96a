from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "liti.core"
    label = "core"

    def ready(self) -> None:
        import_module("liti.core.joining")  # declares its kind of proposals
