"""Names as received -> canonical tokens and a skeleton."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tangga.engine import tables


class NameRules:
    """To come."""


def load_name_rules(pack_dir: Path) -> NameRules | None:
    """The rules of a pack."""
    return None


def write_names(
    con: duckdb.DuckDBPyConnection, scans: list[str], rules: NameRules | None, table: Path
) -> int:
    """Write one row per distinct name."""
    union = (
        " UNION ALL ".join(f"SELECT name FROM {scan}" for scan in scans) or "SELECT NULL AS name"
    )
    return tables.write(
        con,
        f"""SELECT name, clean AS name_clean, clean AS skeleton FROM (
        SELECT DISTINCT name, upper(regexp_replace(trim(name), '\\s+', ' ', 'g')) AS clean FROM ({union}) WHERE name IS NOT NULL)
        ORDER BY name""",
        table,
    )
