from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "liti.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Subscriptions and approval handlers exist once the room's modules are loaded."""
        # Until accounts and lending have their faces, the market can't be imported.
        if find_spec("liti.accounts.queries") and find_spec("liti.lending.queries"):
            import_module("liti.outreach.events")
