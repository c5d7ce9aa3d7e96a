"""One real PostgreSQL for all tests; reference data is there as in any installed bank."""

from __future__ import annotations

import pytest
from django.utils import translation

from liti.core.reference import load_all


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        load_all()


@pytest.fixture(autouse=True)
def _english():
    """Texts are compared in the source's language, whether catalogues are compiled or not."""
    with translation.override("en"):
        yield
