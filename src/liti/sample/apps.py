from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "liti.sample"
    label = "sample"
