"""Django's PostgreSQL, with a check of pooled connections that asks the server only in doubt.

A server that went away has closed its end: the socket has something to read. Where it has nothing,
a question would tell no more, and each page would wait for its answer.
"""

from __future__ import annotations

from select import POLLIN, poll
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


def check(connection: psycopg.Connection[Any]) -> None:
    """psycopg's own error where the connection is broken."""
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    if waiting.poll(0):
        connection.execute("")


class DatabaseWrapper(base.DatabaseWrapper):
    """What the settings name as ENGINE."""

    @property
    def pool(self) -> ConnectionPool[Any] | None:
        """The process's pool of this database; None where the settings ask for none."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == base.NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            made = ConnectionPool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,
                check=check,
                **options,
            )
            # Of pools that threads make at the same time, the first is kept; none is open yet.
            self._connection_pools.setdefault(self.alias, made)
        return self._connection_pools[self.alias]
