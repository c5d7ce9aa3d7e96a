from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "liti.insight"
    label = "insight"
