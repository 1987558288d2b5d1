"""Nothing is lost: rows in = rows accepted + rows quarantined, for every source of a run."""

from __future__ import annotations

import duckdb

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.errors import Conflict

Counts = dict[str, dict[str, int]]
NOT_ROWS = ("names", "problems", "quarantine")
"""Tables of standardise whose rows are not rows of sources."""


def count_sources(ctx: Context) -> Counts:
    """Rows in, accepted and quarantined of each source; Conflict where they do not add up.

    Where rows came back repaired, `replaced` is how many of the quarantined gave way to them.
    """
    with ctx.connect() as con:
        received = dict(
            con.execute(
                f"SELECT source, sum(rows_in)::BIGINT FROM {ctx.scan('ingest', 'files')} "
                "GROUP BY source ORDER BY source"
            ).fetchall()
        )
        held = dict(
            con.execute(
                f"SELECT source, count(*) FROM {ctx.scan('standardise', 'quarantine')} "
                "GROUP BY source"
            ).fetchall()
        )
        accepted = _accepted(con, ctx)
        replaced = _replaced(con, ctx)
    counts = {}
    for source in ctx.workspace.sources:
        name = source.name
        rows = (received.get(name, 0), accepted.get(name, 0), held.get(name, 0))
        if rows[0] != rows[1] + rows[2]:
            raise Conflict(
                f"source {name}: {rows[0]} rows came in, but {rows[1]} were accepted and "
                f"{rows[2]} quarantined"
            )
        counts[name] = dict(zip(("rows_in", "accepted", "quarantined"), rows, strict=True))
        if replaced.get(name):
            counts[name]["replaced"] = replaced[name]
    return counts


def _replaced(con: duckdb.DuckDBPyConnection, ctx: Context) -> dict[str, int]:
    query = (
        f"SELECT source, count(replaced_by) FROM {ctx.scan('standardise', 'quarantine')} "
        "GROUP BY source"
    )
    return dict(con.execute(query).fetchall())


def _accepted(con: duckdb.DuckDBPyConnection, ctx: Context) -> dict[str, int]:
    accepted: dict[str, int] = {}
    for table in sorted((ctx.run_dir / "standardise").iterdir()):
        if table.name in NOT_ROWS or not tables.exists(table):
            continue
        query = f"SELECT source, count(*) FROM {tables.scan(table)} GROUP BY source"
        for source, rows in con.execute(query).fetchall():
            accepted[source] = accepted.get(source, 0) + rows
    return accepted
