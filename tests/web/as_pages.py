"""For tests: Django logs in to the database as the processes of the pages do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connections import close_connections


@contextmanager
def as_pages() -> Iterator[None]:
    """What is asked inside of this can become the role of requests, and never the owner."""
    from django.db import connection

    from tangga.web.database.bootstrap import WEB

    owner = connection.settings_dict["USER"]
    close_connections()
    connection.settings_dict["USER"] = WEB
    try:
        yield
    finally:
        close_connections()
        connection.settings_dict["USER"] = owner
