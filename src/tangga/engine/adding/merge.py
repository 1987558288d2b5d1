"""What becomes of the tables of the run before: kept as they are, added to, or rows replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from tangga.engine import tables
from tangga.engine.connection import quoted
from tangga.engine.context import Context


@dataclass
class Merge:
    """ctx: the run that is made. before: the folder of the run that it adds to.
    rows: `STAGE/TABLE` -> how many rows more (or fewer) it has now."""

    ctx: Context
    before: Path
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def run(self) -> str:
        """The name of the run that is made."""
        return self.ctx.run_dir.name

    def table(self, name: str) -> Path:
        """The folder of a table, by `STAGE/TABLE`."""
        return self.ctx.run_dir / name

    def keep(self, name: str) -> None:
        """Take a table over as it is. Its files never change, so that both runs may hold them."""
        old, new = self.before / name, self.table(name)
        if not tables.exists(old):
            return
        new.mkdir(parents=True, mode=0o700)
        for file in old.iterdir():
            if not file.name.startswith("."):
                (new / file.name).hardlink_to(file)

    def append(self, con: duckdb.DuckDBPyConnection, name: str, sql: str) -> int:
        """Add the rows of a SELECT to a table; returns how many."""
        file = tables.added_file(self.table(name), self.run)
        rows = tables.write_file(con, sql, file)
        if not rows and any(part != file for part in self.table(name).glob("part-*.parquet")):
            file.unlink()
        self.rows[name] = self.rows.get(name, 0) + rows
        return rows

    def append_files(self, name: str, parts: list[Path]) -> None:
        """Add whole files to a table."""
        table = self.table(name)
        table.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number, part in enumerate(parts):
            rows = pq.read_metadata(part).num_rows
            if rows or not tables.exists(table):
                tables.added_file(table, self.run, number).hardlink_to(part)
            self.rows[name] = self.rows.get(name, 0) + rows

    def withdraw(
        self, con: duckdb.DuckDBPyConnection, name: str, gone: str, *, each: bool = False
    ) -> None:
        """Name the rows of earlier files that no longer hold.

        gone: SELECT of keys; the same columns in every run. each: each key names one row that is
        there.
        """
        table = self.table(name)
        held = tables.scan(table)
        file = tables.gone_file(table, self.run)
        keys = tables.write_file(con, gone, file)
        if keys == 0:
            file.unlink()
        else:
            went = keys if each else _found(con, held, file)
            self.rows[name] = self.rows.get(name, 0) - went

    def replace(
        self, con: duckdb.DuckDBPyConnection, name: str, gone: str, rows: str, *, each: bool = False
    ) -> None:
        """Withdraw rows, and add those that hold now."""
        self.withdraw(con, name, gone, each=each)
        self.append(con, name, rows)


def _found(con: duckdb.DuckDBPyConnection, held: str, gone: Path) -> int:
    """How many rows of a table these keys name."""
    keys = ", ".join(f'"{key}"' for key in pq.read_schema(gone).names)
    file = f"read_parquet('{quoted(gone)}')"
    named = f"SELECT count(*) FROM {held} SEMI JOIN {file} AS other USING ({keys})"
    return int(con.execute(named).fetchall()[0][0])
