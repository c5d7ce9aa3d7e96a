from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "liti.payments"
    label = "payments"

    def ready(self) -> None:
        """What the room registers with the kernel exists once these are loaded."""
        import_module("liti.payments.ports")
        import_module("liti.payments.steps")
