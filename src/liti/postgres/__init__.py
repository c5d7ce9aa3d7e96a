"""The database: a server of your own by DATABASE_URL, or an embedded PostgreSQL under var/.

Depends on nothing of Liti. `django_database()` starts the embedded server when none runs.
"""

from liti.postgres.errors import PostgresError
from liti.postgres.place import Server, var_dir
from liti.postgres.server import (
    django_database,
    ensure_running,
    runs,
    server_pid,
    status,
    stop,
)

__all__ = [
    "PostgresError",
    "Server",
    "django_database",
    "ensure_running",
    "runs",
    "server_pid",
    "status",
    "stop",
    "var_dir",
]
