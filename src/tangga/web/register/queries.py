"""What the pages on releases ask: the ledger, the table of changes of one release, the switch."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from psycopg import sql

from tangga.web.database.rows import rows, value
from tangga.web.register.loading.schema import schema_name
from tangga.web.register.loading.switching import refusals

LEDGER = """
SELECT r.number, r.release, r.as_of, r.state, r.loaded_at, r.loaded_by, r.approved_at,
       r.approved_by, r.compared_to, r.seconds, r.manifest_sha256, b.release AS compared_release,
       (SELECT sum(v::bigint) FROM jsonb_each_text(r.counts) AS c (k, v)) AS all_rows,
       (r.counts ->> 'families')::bigint AS families, (r.counts ->> 'persons')::bigint AS persons
FROM public.register_releases AS r
LEFT JOIN public.register_releases AS b ON b.number = r.compared_to
"""
ALL = LEDGER + "ORDER BY r.number DESC LIMIT 100"
ONE = LEDGER + "WHERE r.number = %s"
APPROVE = "SELECT public.register_approve_as_asker(%s)"
ROLL_BACK = "SELECT public.register_rollback_as_asker(%s)"
SWITCHES = """
SELECT at, by, what, number, before, reason FROM public.register_switches
WHERE number = %(n)s OR before = %(n)s ORDER BY id DESC LIMIT 50
"""
THERE = "SELECT to_regclass(%s) IS NOT NULL AND has_schema_privilege(%s, 'USAGE')"
COUNTS = """
SELECT kind, left(area, {digits}) AS place, count(*) AS many FROM {changes}
WHERE area >= %(low)s AND area < %(high)s GROUP BY 1, 2 ORDER BY 2, 1
"""
REASONS = """
SELECT kind, reason, count(*) AS many FROM {changes}
WHERE area >= %(low)s AND area < %(high)s GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2 NULLS LAST
"""
LIST = """
SELECT c.family_id, c.area, c.area_before, c.kind, c.before, c.after, c.reason,
       f.head_name, f.members
FROM {changes} AS c LEFT JOIN {index} AS f ON f.family_id = c.family_id
WHERE c.area >= %(low)s AND c.area < %(high)s AND c.kind = %(kind)s
ORDER BY c.area, c.family_id, c.before, c.after
LIMIT %(most)s OFFSET %(skip)s
"""


def releases() -> list[dict[str, Any]]:
    """Every release that was loaded, the newest first."""
    return rows(ALL)


def release(number: int) -> dict[str, Any] | None:
    """One release; None for a number that was never given."""
    found = rows(ONE, [number])
    return found[0] if found else None


def switches(number: int) -> list[dict[str, Any]]:
    """When it came into force or went out of it, by whom and why, the latest first."""
    return rows(SWITCHES, {"n": number})


def approve(number: int) -> None:
    """Who asks approves a staged release and puts it in force; Refused says why not."""
    with refusals(), transaction.atomic():
        value(APPROVE, [number])


def roll_back(reason: str) -> int:
    """Who asks puts the former release in force again: its number; Refused says why not."""
    with refusals(), transaction.atomic():
        return int(value(ROLL_BACK, [reason]))


def has_changes(number: int) -> bool:
    """Whether its table of changes can still be read."""
    schema = schema_name(number)
    exists = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s)"
    return bool(value(exists, [schema]) and value(THERE, [f"{schema}.changes", schema]))


def counts(number: int, low: str, high: str, digits: int) -> list[dict[str, Any]]:
    """kind, place (so many digits of the area) and how many, within an area."""
    query = sql.SQL(COUNTS).format(digits=sql.Literal(digits), changes=_changes(number))
    return rows(query, {"low": low, "high": high})


def reasons(number: int, low: str, high: str) -> list[dict[str, Any]]:
    """kind, reason and how many, the most frequent first."""
    query = sql.SQL(REASONS).format(changes=_changes(number))
    return rows(query, {"low": low, "high": high})


def changes(
    number: int, low: str, high: str, kind: str, *, most: int, skip: int
) -> list[dict[str, Any]]:
    """One kind of change, family by family, with who the family is today."""
    index = sql.Identifier(schema_name(number), "family_index")
    query = sql.SQL(LIST).format(changes=_changes(number), index=index)
    asked = {"low": low, "high": high, "kind": kind, "most": most, "skip": skip}
    return rows(query, asked)


def _changes(number: int) -> sql.Identifier:
    return sql.Identifier(schema_name(number), "changes")
