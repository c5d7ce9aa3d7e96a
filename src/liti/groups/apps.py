from importlib import import_module

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "liti.groups"
    label = "groups"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.groups.steps")
