"""A new field key: whatever the service keeps sealed is sealed again, so that the old key can go.

Every column of bytes of the service's own tables is looked through, whichever part it belongs to: a
part that is added later is not forgotten. What an account keeps has its own way (accounts).
"""

from __future__ import annotations

from django.db import transaction
from psycopg import sql

from tangga.web.database.rows import rows, run
from tangga.web.secrets import Secrets, Unreadable, of_the_service
from tangga.web.work import evidence
from tangga.web.work.models import Evidence

COLUMNS = """
SELECT c.relname::text AS name, a.attname::text AS column
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
    AND NOT a.attisdropped AND a.atttypid = 'bytea'::regtype
ORDER BY 1, 2
"""
OLD = "SELECT ctid::text AS place, {} AS sealed FROM public.{} WHERE substr({}, 1, 1) = ANY(%s)"
CHANGE = "UPDATE public.{} SET {} = %s WHERE ctid = %s::tid"
# What a table keeps from being changed is not changed in what it says.
QUIET, LOUD = (
    "ALTER TABLE public.{} DISABLE TRIGGER USER",
    "ALTER TABLE public.{} ENABLE TRIGGER USER",
)


def reseal() -> int:
    """How many values and files; as the owner. Bytes that no key opens are not sealed ones: they
    stay (a keyed digest may begin with any byte)."""
    secrets = of_the_service()
    marks = [keys.mark for keys in secrets.old if keys.mark != secrets.now.mark]
    if not marks:
        return 0
    with transaction.atomic():
        done = sum(_column(one["name"], one["column"], secrets, marks) for one in rows(COLUMNS))
    return done + _files(secrets, marks)


def _column(name: str, column: str, secrets: Secrets, marks: list[bytes]) -> int:
    table, of = sql.Identifier(name), sql.Identifier(column)
    found = rows(sql.SQL(OLD).format(of, table, of), [marks])
    if not found:
        return 0
    run(sql.SQL(QUIET).format(table))
    change, done = sql.SQL(CHANGE).format(table, of), 0
    for one in found:
        try:
            text = secrets.unseal(bytes(one["sealed"]))
        except Unreadable:
            continue
        done += run(change, [secrets.seal(text), one["place"]])
    run(sql.SQL(LOUD).format(table))
    return done


def _files(secrets: Secrets, marks: list[bytes]) -> int:
    """Evidence: each file written whole beside the old one, and put in its place."""
    done = 0
    for stored in Evidence.objects.values_list("stored", flat=True):
        path = evidence.folder() / stored
        if not path.is_file() or (sealed := path.read_bytes())[:1] not in marks:
            continue
        new = path.with_suffix(".new")
        new.write_bytes(secrets.seal_file(secrets.unseal_file(sealed)))
        new.chmod(0o600)
        new.replace(path)
        done += 1
    return done
