"""What each source of the last complete run sent, and what is wrong with it: counts, no values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from tangga.engine import catalogue, show, unidentified
from tangga.engine.current import last_complete
from tangga.engine.manifest import read_manifest
from tangga.errors import Conflict

COUNTS = ("rows_in", "accepted", "quarantined")
Row = tuple[Any, ...]


def sources(directory: Path) -> dict[str, Any]:
    """`run`, `as_of`, `complete`, and for each source its counts, `files`, `quarantine` and
    `problems` by kind, the most frequent first.

    open: rows in quarantine for which none came back repaired. identified, unidentified: accepted
    rows whose person or family the register has, and those of nobody in it; null for sources that
    bring the people themselves. Raises UserError where no run has
    been completed.
    """
    run = last_complete(directory)
    manifest = read_manifest(run)
    if manifest is None:
        raise Conflict(f"{run} has no manifest")
    con = show.reader(run)
    files = _rows(con, run, "files", "source, file, rows_in, accepted, status, reason, notes")
    held = _rows(
        con,
        run,
        "quarantine",
        "source, problem, count(*), count(*) FILTER (replaced_by IS NULL)",
        " GROUP BY ALL",
    )
    wrong = _rows(con, run, "problems", "source, field, problem, count(*)", " GROUP BY ALL")
    people = unidentified.counted(con, run)
    told = {
        name: {
            **{key: counts[key] for key in COUNTS},
            "replaced": counts.get("replaced", 0),
            "open": counts["quarantined"] - counts.get("replaced", 0),
            "identified": people[name][0] if name in people else None,
            "unidentified": people[name][1] if name in people else None,
            "files": [_file(row) for row in files if row[0] == name],
            "quarantine": _sorted([row[1:] for row in held if row[0] == name], "problem"),
            "problems": _sorted([row[1:] for row in wrong if row[0] == name], "field", "problem"),
        }
        for name, counts in manifest.sources.items()
    }
    return {
        "run": manifest.run,
        "as_of": manifest.as_of,
        "published": manifest.published,
        "notes": manifest.notes,
        "sources": told,
    }


def _rows(
    con: duckdb.DuckDBPyConnection, run: Path, table: str, columns: str, more: str = ""
) -> list[Row]:
    query = f"SELECT {columns} FROM ({catalogue.relation(run, table)}) AS t{more}"
    return con.execute(f"{query} ORDER BY ALL").fetchall()


def _file(row: Row) -> dict[str, Any]:
    keys = ("file", "rows_in", "accepted", "status", "reason", "notes")
    return dict(zip(keys, row[1:], strict=True))


def _sorted(rows: list[Row], *keys: str) -> list[dict[str, Any]]:
    """The most frequent first; `rows`, and where it is told apart `open`."""
    found = []
    for row in rows:
        one = dict(zip(keys, row, strict=False))
        one["rows"] = row[len(keys)]
        if len(row) > len(keys) + 1:
            one["open"] = row[len(keys) + 1]
        found.append(one)
    return sorted(found, key=lambda one: (-one["rows"], *(str(one[key]) for key in keys)))
