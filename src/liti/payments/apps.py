from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "liti.payments"
    label = "payments"

    def ready(self) -> None:
        """What the room says to ports of the kernel exists once it is loaded."""
        import_module("liti.payments.ports")
