from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "liti.outreach"
    label = "outreach"
