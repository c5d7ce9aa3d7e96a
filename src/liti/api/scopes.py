"""Which scopes a client may ask for: those that its row gives it, and none without a row."""

from __future__ import annotations

from typing import Any

from oauth2_provider.scopes import BaseScopes
from oauth2_provider.settings import oauth2_settings

from liti.partners import queries as partners


def allowed_scopes(client_id: str) -> tuple[str, ...]:
    """All that a client may ever be granted."""
    return partners.client_scopes(client_id)


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
