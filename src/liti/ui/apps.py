from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "liti.ui"
    label = "ui"
