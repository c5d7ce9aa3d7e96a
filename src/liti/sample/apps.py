from importlib import import_module

from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "liti.sample"
    label = "sample"

    def ready(self) -> None:
        """What the room registers with the kernel exists once it is loaded."""
        import_module("liti.sample.ports")
