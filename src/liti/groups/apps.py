from django.apps import AppConfig


class GroupsConfig(AppConfig):
    name = "liti.groups"
    label = "groups"
