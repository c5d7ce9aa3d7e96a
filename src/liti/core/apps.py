from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "liti.core"
    label = "core"
