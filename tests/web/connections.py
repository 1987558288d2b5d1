"""What Django holds of a database of the tests."""

from __future__ import annotations


def close_connections() -> None:
    """Give back what Django holds, the pool included: a database in use cannot be copied."""
    from django.db import connection

    connection.close()
    connection.close_pool()
