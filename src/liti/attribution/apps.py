from django.apps import AppConfig


class AttributionConfig(AppConfig):
    name = "liti.attribution"
    label = "attribution"
