"""Rows that stand, about people and families that the register does not know.

A decile, an enrolment or a payment says whom it means by number; of whom the register has nobody,
it is accepted and changes nothing. Such rows are counted by source and can be taken out to look at.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from tangga.engine import show, tables
from tangga.engine.resolve.attach import OTHER_KINDS, attached_name

ATTACHED = {"person_id", "family_id", "file", "line"}
SPEAKS_OF = {"nik", "kk", "family_source_id"}
"""One of these is a column of what tells of people; a list of workers or of areas has none."""
NOBODY = "person_id IS NULL AND family_id IS NULL"
PROBLEM = "not_in_register"


def counted(con: duckdb.DuckDBPyConnection, run: Path) -> dict[str, tuple[int, int]]:
    """Source -> accepted rows whose person or family was found, and those of nobody; only sources
    whose rows speak of somebody who has to be in the register already."""
    parts = [f"SELECT source, {NOBODY} AS nobody FROM {one}" for one in _tables(con, run)]
    if not parts:
        return {}
    found = con.execute(
        "SELECT source, count(*) FILTER (NOT nobody), count(*) FILTER (nobody)"
        f" FROM ({' UNION ALL '.join(parts)}) AS t GROUP BY source"
    ).fetchall()
    return {str(source): (int(known), int(nobody)) for source, known, nobody in found}


def places(
    con: duckdb.DuckDBPyConnection, run: Path, source: str, file: str | None
) -> list[tuple[str, int]]:
    """(file, line) of the rows of a source that are of nobody, in their order."""
    parts = [f"SELECT source, file, line FROM {one} WHERE {NOBODY}" for one in _tables(con, run)]
    if not parts:
        return []
    found = con.execute(
        f"SELECT DISTINCT file, line FROM ({' UNION ALL '.join(parts)}) AS t"
        " WHERE source = ? AND (? IS NULL OR file = ?) ORDER BY file, line",
        [source, file, file],
    ).fetchall()
    return [(str(name), int(line)) for name, line in found]


def _tables(con: duckdb.DuckDBPyConnection, run: Path) -> list[str]:
    """What stands behind FROM for each table of rows that were given a person and a family."""
    folders = (run / "resolve" / attached_name(kind) for kind in OTHER_KINDS)
    scans = [tables.scan(folder) for folder in folders if tables.exists(folder)]
    named = ((one, _names(con, one)) for one in scans)
    return [one for one, names in named if names >= ATTACHED and names & SPEAKS_OF]


def _names(con: duckdb.DuckDBPyConnection, scan: str) -> set[str]:
    return {name for name, _ in show.described(con, f"SELECT * FROM {scan}")}
