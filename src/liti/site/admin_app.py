"""The admin's app with our own site: a window on raw data, never a door."""

from django.contrib.admin.apps import AdminConfig


class RawDataConfig(AdminConfig):
    """Django's admin, on the read-only site."""

    default = False
    default_site = "liti.site.raw_data.RawDataSite"
