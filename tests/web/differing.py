"""A release in which some families of the regency differ from those of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import loaded
import pyarrow as pa
import pyarrow.compute as pc

REGENCY = "1811"


def differing_release(web: Any, folder: Path, fewer: int, fallen: int) -> Path:
    """A copy of the release in which so many families went and so many changed their decile."""
    release = loaded.copied(web.release, folder)
    with web.owner() as con:
        at = con.execute("SELECT number FROM public.register_current").fetchone()[0]
        query = f"SELECT family_id FROM r_{at}.family_index WHERE area LIKE %s AND decile < 9"
        rows = con.execute(f"{query} ORDER BY 1 LIMIT %s", [f"{REGENCY}%", fewer + fallen])
        chosen = [row[0] for row in rows.fetchall()]
    loaded.change(release, "families", lambda rows: _ended(rows, chosen[:fewer]))
    loaded.change(release, "ranking", lambda rows: _fallen(rows, chosen[fewer:]))
    return release


def _ended(rows: pa.Table, families: list[str]) -> pa.Table:
    gone = pc.is_in(rows["family_id"], pa.array(families))
    status = pc.if_else(gone, "ended", rows["status"])
    return rows.set_column(rows.column_names.index("status"), "status", status)


def _fallen(rows: pa.Table, families: list[str]) -> pa.Table:
    these = pc.is_in(rows["family_id"], pa.array(families))
    for name in ("decile_official", "decile"):
        more = pc.add(rows[name], pa.scalar(1, rows[name].type))
        at = rows.column_names.index(name)
        rows = rows.set_column(at, name, pc.if_else(these, more, rows[name]))
    return rows
