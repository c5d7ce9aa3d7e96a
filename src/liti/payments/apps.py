from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "liti.payments"
    label = "payments"
