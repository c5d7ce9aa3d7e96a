from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "liti.market"
    label = "market"
