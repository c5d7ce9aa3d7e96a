"""The database: a server of your own by DATABASE_URL, or an embedded PostgreSQL under var/.

Depends on nothing of Liti. `django_database()` starts the embedded server when none runs.
"""

from liti.postgres.server import (
    PostgresError,
    Server,
    django_database,
    ensure_running,
    status,
    stop,
    var_dir,
)

__all__ = [
    "PostgresError",
    "Server",
    "django_database",
    "ensure_running",
    "status",
    "stop",
    "var_dir",
]
