from django.apps import AppConfig


class MobileConfig(AppConfig):
    name = "liti.mobile"
    label = "mobile"
