"""Clerks' rulings: they override the model for ever."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine.tables import part_file
from tangga.errors import UserError

COLUMNS = ("left_source", "left_id", "right_source", "right_id", "ruling", "by", "at", "reason")
KINDS = ("same", "different", "unsure")
SCHEMA = pa.schema(
    [("low", pa.int64()), ("high", pa.int64()), *((column, pa.string()) for column in COLUMNS)]
)


@dataclass(frozen=True)
class Ruling:
    """One clerk's word about two source records."""

    left: tuple[str, str]
    right: tuple[str, str]
    ruling: str
    by: str
    at: str
    reason: str

    @property
    def pair(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The two records, in an order that does not depend on who was written first."""
        low, high = sorted((self.left, self.right))
        return low, high


def read_rulings(folder: Path) -> list[Ruling]:
    """The rulings of a workspace in force: of several for a pair, the latest `at` wins.

    A line without a ruling is one that nobody has decided yet: an exported `review_queue` that a
    clerk filled in here and there is a rulings file. Raises UserError naming file and line for a
    missing column, an unknown ruling or a record named twice.
    """
    latest: dict[tuple[tuple[str, str], tuple[str, str]], Ruling] = {}
    for file in sorted(folder.glob("*.csv")):
        for ruling in _rows(file):
            before = latest.get(ruling.pair)
            if before is None or (ruling.at, ruling.ruling) > (before.at, before.ruling):
                latest[ruling.pair] = ruling
    return [latest[pair] for pair in sorted(latest)]


def _rows(file: Path) -> list[Ruling]:
    text = _text(file)
    header = text.split("\n", 1)[0]
    # A spreadsheet set to Indonesian parts cells by semicolons.
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = [c for c in COLUMNS[:5] if c not in (reader.fieldnames or ())]
    if missing:
        raise UserError(
            f"a rulings file lacks {', '.join(missing)}", file=file, line=1,
            todo=f"Write the columns {', '.join(COLUMNS)}",
        )  # fmt: skip
    return [_ruling(r, file, reader.line_num) for r in reader if (r["ruling"] or "").strip()]


def _text(file: Path) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _ruling(row: dict[str, str], file: Path, line: int) -> Ruling:
    text = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if text["ruling"] not in KINDS:
        raise UserError(
            f"a ruling is one of {', '.join(KINDS)}", file=file, line=line, column="ruling",
            value=text["ruling"],
        )  # fmt: skip
    left, right = (text["left_source"], text["left_id"]), (text["right_source"], text["right_id"])
    if left == right:
        raise UserError("a ruling names one record twice", file=file, line=line)
    return Ruling(left, right, text["ruling"], text["by"], text["at"], text["reason"])


def write_rulings(
    con: duckdb.DuckDBPyConnection, rulings: list[Ruling], records: str, table: Path
) -> None:
    """Rulings with their records of this run as `low, high` (rids); those on unknown records are
    kept with nulls so that they are counted, and wait for the record to come back."""
    rids = _rids(con, rulings, records)
    rows = []
    for ruling in rulings:
        ends = [rids.get(ruling.left), rids.get(ruling.right)]
        known = None not in ends
        low, high = (min(ends), max(ends)) if known else (None, None)
        said = (ruling.ruling, ruling.by, ruling.at, ruling.reason)
        rows.append((low, high, *ruling.left, *ruling.right, *said))
    table.mkdir(parents=True, exist_ok=True, mode=0o700)
    columns = [pa.array([row[i] for row in rows], f.type) for i, f in enumerate(SCHEMA)]
    pq.write_table(pa.table(columns, schema=SCHEMA), part_file(table, 0))


def _rids(
    con: duckdb.DuckDBPyConnection, rulings: list[Ruling], records: str
) -> dict[tuple[str, str], int]:
    wanted = sorted({end for ruling in rulings for end in ruling.pair})
    if not wanted:
        return {}
    con.register("wanted", pa.table({"s": [w[0] for w in wanted], "i": [w[1] for w in wanted]}))
    found = con.execute(
        f"SELECT r.source, r.source_id, r.rid FROM {records} AS r "
        "JOIN wanted ON r.source = wanted.s AND r.source_id = wanted.i WHERE r.latest"
    ).fetchall()
    con.unregister("wanted")
    return {(source, source_id): rid for source, source_id, rid in found}
