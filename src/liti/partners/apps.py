from importlib import import_module

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "liti.partners"
    label = "partners"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.partners.ports")
        import_module("liti.partners.proposals")
        import_module("liti.partners.steps")
