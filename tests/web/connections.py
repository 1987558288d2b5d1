"""What Django holds of a database of the tests."""

from __future__ import annotations

import os
import sys


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
    forget_releases()
    connection.settings_dict.update(database(url))
    os.environ["DATABASE_URL"] = url


def forget_releases() -> None:
    """Nothing kept of a release: another database has another one under the same number.

    The service keeps what a release says by its number, which is right as long as its database is
    one; what holds for every release is kept without a bound, and stays.
    """
    for name, module in list(sys.modules.items()):
        if not name.startswith("tangga.web."):
            continue
        for kept in vars(module).values():
            if hasattr(kept, "cache_parameters") and kept.cache_parameters()["maxsize"] is not None:
                kept.cache_clear()
