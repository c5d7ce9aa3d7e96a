from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "liti.partners"
    label = "partners"
