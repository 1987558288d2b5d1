"""Whether the tables are those of this program."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tangga.web.checks.finding import Finding, found


def of_migrations() -> Iterator[Finding]:
    """What `tangga web migrate` would still do."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield found("migrations", count=len(missing))
