from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "liti.ledger"
    label = "ledger"
