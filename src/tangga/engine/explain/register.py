"""A finished run, opened for reading about one person or family."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from tangga.engine.catalogue import Run
from tangga.engine.connection import connect
from tangga.engine.explain.words import Labels
from tangga.engine.link.model import Model, load_model
from tangga.engine.resolve.provenance import provenance_view
from tangga.registry.model import Pack

Row = dict[str, Any]
FEW = 20


class Register:
    """The last complete run of a workspace. Every query is cut down by ids first."""

    def __init__(self, folder: Path, pack: Pack) -> None:
        self.run, self.pack, self.labels = Run(folder), pack, Labels(pack)
        self.con = connect(footers=True)
        # What is the same for every family that is explained, by what it is.
        self.prepared: dict[object, Any] = {}

    def __enter__(self) -> Register:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def has(self, stage: str, table: str) -> bool:
        """Whether this run wrote a table."""
        return self.run.has(stage, table)

    def columns(self, stage: str, table: str) -> list[str]:
        """The columns of a table; none where it is not there."""
        return self.run.columns(stage, table) if self.has(stage, table) else []

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a query, each by column."""
        done = self.con.execute(sql, list(values))
        names = [column[0] for column in done.description]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    def rows(self, stage: str, table: str, where: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a table of which a condition holds; none where it is not there."""
        if not self.has(stage, table):
            return []
        return self.ask(f"SELECT * FROM {self.run.scan(stage, table)} WHERE {where}", values)

    def picked(self, stage: str, table: str, column: str, keys: Iterable[object]) -> str:
        """The rows of a table with one of a few keys (whole numbers or ids), as a relation.

        DuckDB looks for one value in a column before it reads the others; for a list of values
        it reads them all. Few are looked for one by one.
        """
        scan = self.run.scan(stage, table)
        wanted = [_literal(key) for key in sorted(set(keys))]
        if len(wanted) > FEW:
            return f"(SELECT * FROM {scan} WHERE {column} IN ({', '.join(wanted)}))"
        each = [f"SELECT * FROM {scan} WHERE {column} = {key}" for key in wanted or ["NULL"]]
        return f"({' UNION ALL '.join(each)})"

    def keep_records(self, rids: Iterable[int]) -> None:
        """Fetch these records of persons, once: they are the table `met` from here on."""
        met = self.picked("standardise", "records", "rid", rids)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE met AS SELECT * FROM {met}")

    def said_of_family(self, family_id: str) -> list[Row]:
        """Everything that any record says of a family, asked once (see `provenance_view`)."""
        if family_id not in self._said:
            self._said[family_id] = self.ask(provenance_view(self.run, family_id=family_id))
        return self._said[family_id]

    @cached_property
    def _said(self) -> dict[str, list[Row]]:
        return {}

    @cached_property
    def model(self) -> Model:
        """The linking model, as far as this run's records go."""
        model = load_model(self.pack.dir / "models" / "linkage.toml")
        return model.usable(set(self.columns("standardise", "records")))


def _literal(key: object) -> str:
    return str(key) if isinstance(key, int) else "'" + str(key).replace("'", "''") + "'"


def listed(values: Iterable[object]) -> str:
    """Whole numbers as the inside of `IN (...)`."""
    return ", ".join(str(int(value)) for value in sorted(set(values))) or "NULL"  # type: ignore[arg-type,type-var]


def marks(values: Sequence[object]) -> str:
    """As many question marks as there are values, for `IN (...)`."""
    return ", ".join("?" for _ in values) or "NULL"
