"""Which scopes a client may ask for: a partner what it was given, the bank the ledger's."""

from __future__ import annotations

from typing import Any

from oauth2_provider.scopes import BaseScopes
from oauth2_provider.settings import oauth2_settings

from liti.partners import queries as partners

BANK_SCOPES = ("ledger:post", "ledger:read")


def allowed_scopes(client_id: str) -> tuple[str, ...]:
    """All that a client may ever be granted."""
    given = partners.client_scopes(client_id)
    return BANK_SCOPES if given is None else given


class ClientScopes(BaseScopes):
    """Without this every client could ask for every scope, the ledger's too."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(oauth2_settings.SCOPES)

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(allowed_scopes(application.client_id)) if application else []

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application, request)
