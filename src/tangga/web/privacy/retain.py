"""Applies the rules of retention: what is past its time goes, what is in dispute waits, and what
was done is told. The trail of who saw what is never touched.

    run = retain(dry=True)      # only reckons
    run.removed.all()           # of each rule: rows, held, files, failed

Runs as the owner of the database (the worker, `tangga web retain`), past the walls between areas.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from psycopg import sql

from tangga.web.audit.actions import record
from tangga.web.database.rows import rows, run, value
from tangga.web.intake.storage import uploads
from tangga.web.privacy.models import Removed, Run
from tangga.web.privacy.policy import Rule, rules
from tangga.web.secrets import SHORTEST, seal
from tangga.web.today import today
from tangga.web.work import evidence

COLUMNS = """
SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS needed
FROM pg_attribute AS a
WHERE a.attrelid = to_regclass('public.' || %s) AND a.attnum > 0 AND NOT a.attisdropped
"""
ONE_RUN = "SELECT pg_try_advisory_xact_lock(7210702)"
# Whose matters are open, and of whom nothing may go.
DISPUTES = """
CREATE TEMPORARY TABLE disputed ON COMMIT DROP AS
SELECT family_id, person_id FROM public.work_item
WHERE closed_on IS NULL AND (family_id <> '' OR person_id <> '')
UNION
SELECT family_id, person_id FROM public.privacy_hold WHERE lifted_on IS NULL
"""
PARENTS = {"item": "work_item", "upload": "intake_upload", "returned": "visits_returned"}
"""What `since` may point at, by the column that leads there (item_id)."""

FILES = {"intake_uploadfile"}
"""Tables whose rows have a file below the folder of uploads."""

log = logging.getLogger(__name__)


class Busy(Exception):
    """Another run is under way."""


@dataclass(frozen=True)
class Reach:
    """The rows of one rule, as SQL. text: FROM ... WHERE ..., with one parameter: the day."""

    table: sql.Identifier
    joins: sql.Composable
    past: sql.Composable
    disputed: sql.Composable


def retain(*, dry: bool, by: str = "") -> Run:
    """One run of all rules, each in its own savepoint: one that fails leaves the others be.

    by: who asked, in words; '' the clock. Busy where another one is under way.
    """
    with transaction.atomic():
        if not value(ONE_RUN):
            raise Busy
        run("DROP TABLE IF EXISTS disputed")
        run(DISPUTES)
        made = Run.objects.create(day=today(), dry=dry, by_called=by)
        for rule in rules().values():
            _apply(rule, made, dry=dry)
        about = {
            one.rule: {"rows": one.rows, "held": one.held}
            for one in made.removed.all()
            if one.rows or one.held or one.failed
        }
        record("retention_reckoned" if dry else "retention_run", by=None, about=about)
        run("DROP TABLE disputed")
    if not dry:
        evidence.sweep()
    return made


def _apply(rule: Rule, made: Run, *, dry: bool) -> None:
    before = rule.before(made.day)
    done = Removed(run=made, rule=rule.code, before=before, rows=0, held=0)
    try:
        with transaction.atomic():
            columns = {one["name"]: one for one in rows(COLUMNS, [rule.table])}
            reach = _reach(rule, columns)
            if reach is None:
                done.failed = "no such table or column"
            else:
                done.rows, done.held, done.files = _done(rule, reach, columns, before, dry=dry)
    except DatabaseError as wrong:
        # Its text may hold a value of somebody: its kind alone is told.
        done.failed = type(wrong.__cause__ or wrong).__name__
        log.exception("retention: the rule %s failed", rule.code)
    done.save()


def _reach(rule: Rule, columns: Mapping[str, Any]) -> Reach | None:
    """None where the table or one of its columns is not there."""
    parent, _, column = rule.since.rpartition(".")
    wanted = [*rule.columns, f"{parent}_id" if parent else column]
    if not columns or any(one not in columns for one in wanted):
        return None
    if parent and parent not in PARENTS:
        return None
    joins = _joins({parent, "item" if "item_id" in columns else ""} - {""})
    past = sql.SQL("{}.{} < %(before)s").format(
        sql.Identifier(parent or "t"), sql.Identifier(column)
    )
    if rule.do == "blank":
        still = [_not_blank(one, columns[one]["type"]) for one in rule.columns]
        past += sql.SQL(" AND ({})").format(sql.SQL(" OR ").join(still))
    return Reach(sql.Identifier(rule.table), joins, past, _disputed(columns))


def _joins(parents: set[str]) -> sql.Composable:
    each = [
        sql.SQL(" JOIN public.{} AS {} ON {}.id = t.{}").format(
            sql.Identifier(PARENTS[one]),
            sql.Identifier(one),
            sql.Identifier(one),
            sql.Identifier(f"{one}_id"),
        )
        for one in sorted(parents)
    ]
    return sql.SQL("").join(each)


def _disputed(columns: Mapping[str, Any]) -> sql.Composable:
    """Whether a row is about somebody of whom nothing may go."""
    of = [
        sql.SQL("(d.{0} <> '' AND d.{0} = {1}.{0})").format(
            sql.Identifier(name), sql.Identifier(at)
        )
        for name in ("family_id", "person_id")
        for at, there in (("t", name in columns), ("item", "item_id" in columns))
        if there
    ]
    if not of:
        return sql.SQL("false")
    text = "EXISTS (SELECT FROM disputed AS d WHERE {})"
    return sql.SQL(text).format(sql.SQL(" OR ").join(of))


def _not_blank(name: str, type_: str) -> sql.Composable:
    column = sql.Identifier("t", name)
    if type_ == "bytea":
        return sql.SQL("octet_length({}) > {}").format(column, sql.Literal(_sealed_nothing()))
    if type_ == "jsonb":
        return sql.SQL("{} NOT IN ('{{}}', '[]', 'null')").format(column)
    if type_.startswith(("character", "text")):
        return sql.SQL("{} <> ''").format(column)
    return sql.SQL("{} IS NOT NULL").format(column)


def _sealed_nothing() -> int:
    """Bytes of a sealed nothing; a longer one says something."""
    return max(SHORTEST, len(seal("")))


def _done(
    rule: Rule, reach: Reach, columns: Mapping[str, Any], before: Any, *, dry: bool
) -> tuple[int, int, int]:
    """Rows done, rows held back, files removed."""
    asked = {"before": before}
    count = sql.SQL("SELECT count(*) FROM public.{} AS t{} WHERE {} AND {}")
    held = count.format(reach.table, reach.joins, reach.past, reach.disputed)
    free = sql.SQL("NOT {}").format(reach.disputed)
    ids = sql.SQL("SELECT t.ctid FROM public.{} AS t{} WHERE {} AND {}").format(
        reach.table, reach.joins, reach.past, free
    )
    kept = int(value(held, asked))
    if rule.do == "file":
        found = sql.SQL("SELECT stored FROM public.{} WHERE ctid = ANY(ARRAY({}))")
        files = [row["stored"] for row in rows(found.format(reach.table, ids), asked)]
        gone = _remove_files(files, dry=dry)
        return gone, kept, gone
    if dry:
        return int(value(count.format(reach.table, reach.joins, reach.past, free), asked)), kept, 0
    if rule.do == "remove":
        text = sql.SQL("DELETE FROM public.{} WHERE ctid = ANY(ARRAY({}))").format(reach.table, ids)
        return run(text, asked), kept, 0
    return _blank(rule, reach, columns, ids, asked), kept, 0


def _blank(
    rule: Rule,
    reach: Reach,
    columns: Mapping[str, Any],
    ids: sql.Composable,
    asked: dict[str, Any],
) -> int:
    sets = []
    for name in rule.columns:
        asked[f"to_{name}"] = _nothing(columns[name])
        place = sql.Placeholder(f"to_{name}")
        sets.append(sql.SQL("{} = {}").format(sql.Identifier(name), place))
    text = sql.SQL("UPDATE public.{} SET {} WHERE ctid = ANY(ARRAY({}))")
    return run(text.format(reach.table, sql.SQL(", ").join(sets), ids), asked)


def _nothing(column: Mapping[str, Any]) -> Any:
    """What stands in a column of which nothing is said any more."""
    if not column["needed"]:
        return None
    if column["type"] == "bytea":
        return seal("")
    return "{}" if column["type"] == "jsonb" else ""


def _remove_files(stored: Sequence[str], *, dry: bool) -> int:
    """How many of these files there are (were)."""
    there = [path for one in stored if (path := uploads() / one).is_file()]
    if not dry:
        for path in there:
            path.unlink()
    return len(there)
