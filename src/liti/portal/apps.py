from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "liti.portal"
    label = "portal"
