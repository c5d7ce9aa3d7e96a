"""One real PostgreSQL for all tests; reference data is there as in any installed bank."""

from __future__ import annotations

import pytest

from liti.core.reference import load_all


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        load_all()
