"""What the role of requests may do with tables that no migration of ours made: those of jobs.

Repeated after each migration: an update of the package may have brought a table.
"""

from __future__ import annotations

from django.db import connection, transaction
from psycopg import sql

from tangga.web.database.bootstrap import APP
from tangga.web.database.rows import rows

MADE_BY_OTHERS = r"procrastinate\_%"

OBJECTS = """
SELECT c.relname::text AS name, c.relkind::text AS kind
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')
  AND c.relname LIKE %s
"""
TABLE = "GRANT SELECT, INSERT, UPDATE ON TABLE public.{} TO {}"
SEQUENCE = "GRANT USAGE, SELECT ON SEQUENCE public.{} TO {}"


def grant_to_app() -> None:
    """A request may put a job into the queue, see it and call it off; in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        for each in rows(OBJECTS, [MADE_BY_OTHERS]):
            statement = sql.SQL(SEQUENCE if each["kind"] == "S" else TABLE)
            cursor.execute(statement.format(sql.Identifier(each["name"]), sql.Identifier(APP)))
