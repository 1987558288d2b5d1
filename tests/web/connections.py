"""What Django holds of a database of the tests."""

from __future__ import annotations

import os


def close_connections() -> None:
    """Give back what Django holds, the pool included: a database in use cannot be copied."""
    from django.db import connection

    connection.close()
    connection.close_pool()


def point_django_at(url: str) -> None:
    """Let Django's only connection be to this database from now on."""
    from django.db import connection

    from tangga.web.lists import counts
    from tangga.web.settings import database

    close_connections()
    counts.counted.forget()
    connection.settings_dict.update(database(url))
    os.environ["DATABASE_URL"] = url
