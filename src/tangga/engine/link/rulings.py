"""Clerks' rulings: they override the model for ever."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine.ingest.workbook import Workbook
from tangga.engine.tables import part_file
from tangga.errors import BrokenFile, UserError
from tangga.registry.csv_limits import cut_into_cells

COLUMNS = ("left_source", "left_id", "right_source", "right_id", "ruling", "by", "at", "reason")
KINDS = ("same", "different", "unsure")
WORDS = {"sama": "same", "berbeda": "different", "ragu": "unsure"}
"""The same in Indonesian."""
LOCAL_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(.*)")
Row = dict[str, Any]
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

    Files are .csv, or .xlsx as `review_queue` is exported. A line without a ruling is one that
    nobody has decided yet. Raises UserError naming file and line for a missing column, an unknown
    ruling, a day that cannot be read, or a record named twice.
    """
    latest: dict[tuple[tuple[str, str], tuple[str, str]], Ruling] = {}
    files = [f for ending in (".csv", ".xlsx") for f in folder.glob(f"*{ending}")]
    for file in sorted(f for f in files if not f.name.startswith(("~$", "."))):
        for ruling in _rulings(file):
            before = latest.get(ruling.pair)
            if before is None or (ruling.at, ruling.ruling) > (before.at, before.ruling):
                latest[ruling.pair] = ruling
    return [latest[pair] for pair in sorted(latest)]


def _rulings(file: Path) -> list[Ruling]:
    names, rows = _workbook(file) if file.suffix == ".xlsx" else _text_file(file)
    missing = [c for c in COLUMNS[:5] if c not in names]
    if missing:
        raise UserError(
            f"a rulings file lacks {', '.join(missing)}", file=file, line=1,
            todo=f"Write the columns {', '.join(COLUMNS)}",
        )  # fmt: skip
    said = [(line, {c: str(row.get(c) or "").strip() for c in COLUMNS}) for line, row in rows]
    return [_ruling(row, file, line) for line, row in said if row["ruling"]]


def _text_file(file: Path) -> tuple[Sequence[str], list[tuple[int, Row]]]:
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = text.split("\n", 1)[0]
    # A spreadsheet set to Indonesian parts cells by semicolons.
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    with cut_into_cells(file, reader):
        rows = [(reader.line_num, row) for row in reader]
        return reader.fieldnames or (), rows


def _workbook(file: Path) -> tuple[Sequence[str], list[tuple[int, Row]]]:
    # Not above: few workspaces have rulings in workbooks.
    import fastexcel

    try:
        with Workbook(file, file.name) as book:
            for name in book.sheets:
                book.check_reach(name)
        sheet = fastexcel.read_excel(file).load_sheet(0, dtypes="string").to_arrow()
    except (fastexcel.FastExcelError, BrokenFile) as error:
        todo = "Save it again as .xlsx or .csv"
        what = error.what if isinstance(error, BrokenFile) else error
        raise UserError(f"cannot be read as a workbook: {what}", file=file, todo=todo) from None
    return sheet.schema.names, list(enumerate(sheet.to_pylist(), 2))


def _ruling(row: dict[str, str], file: Path, line: int) -> Ruling:
    ruling = WORDS.get(row["ruling"].casefold(), row["ruling"].casefold())
    if ruling not in KINDS:
        raise UserError(
            f"a ruling is one of {', '.join([*KINDS, *WORDS])}", file=file, line=line,
            column="ruling",
        )  # fmt: skip
    left, right = (row["left_source"], row["left_id"]), (row["right_source"], row["right_id"])
    if left == right:
        raise UserError("a ruling names one record twice", file=file, line=line)
    return Ruling(left, right, ruling, row["by"], _day(row["at"], file, line), row["reason"])


def _day(text: str, file: Path, line: int) -> str:
    """A day (and hour) as ISO writes it, so that the later is the greater text."""
    local = LOCAL_DAY.fullmatch(text)
    if local:
        day, month, year, rest = local.groups()
        text = f"{year}-{int(month):02d}-{int(day):02d}{rest}"
    try:
        return datetime.fromisoformat(text).isoformat().removesuffix("T00:00:00") if text else ""
    except ValueError:
        todo = "Write 2026-02-03 or 03/02/2026 (day first)"
        # Not the text: in a line with a cell too many it is somebody's name.
        raise UserError("not a day", file=file, line=line, column="at", todo=todo) from None


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
