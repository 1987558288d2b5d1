"""Readers of source tables: text, workbooks, Parquet and archives, through the stage `ingest`."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from fuzz_books import mutate_book
from fuzz_csv import mutate_csv, mutate_packed
from fuzz_inputs import Input, blind
from fuzz_reader import NAME, NIK, Broken, Read, Reader

from tangga.engine.context import Context
from tangga.engine.ingest.limits import LIMITS
from tangga.engine.ingest.stage import run
from tangga.engine.workspace import load_workspace

SMALL = replace(
    LIMITS,
    record_bytes=2000,
    record_lines=4,
    block_bytes=4096,
    group_rows=64,
    unpacked_floor=1 << 22,
)
WORKSPACE = 'name = "Contoh"\npack = "indonesia"\nas_of = 2026-01-31\n'
SOURCE = """kind = "people"
files = ["data/*"]
as_of = 2025-06-30
id = "id"
[columns]
nik = "nik"
name = "nama"
birth_date = "lahir"
"""
HEADER = ["id", "nik", "nama", "lahir", "alamat"]
ROWS = [
    ["1", NIK, NAME, "01-01-1990", "DUSUN SATU"],
    ["2", "1811010101900002", "AGUS SALIM", "02-01-1990", "DUSUN DUA"],
    ["3", "", "NI'MATUL O\u2019HARA", "", ""],
    ["4", "1811014101900004", "MARIA \u00c9", "31/12/1989", "RT 1, RW 2"],
]


def _text(sign: str, end: str = "\n", *, quoted: bool = False, rows: int = 4) -> str:
    mark = '"' if quoted else ""
    listed = [HEADER, *(ROWS * (rows // 4))]
    kept = ([cell.replace(sign, " ") if not quoted else cell for cell in row] for row in listed)
    return "".join(sign.join(f"{mark}{cell}{mark}" for cell in row) + end for row in kept)


def text_seeds() -> list[Input]:
    """Tables of text as offices send them."""
    texts = [
        _text(","),
        _text(";", "\r\n"),
        _text("\t"),
        _text("|", quoted=True),
        _text(",", quoted=True, rows=60),
        f"Daftar penduduk\n\n{_text(';')}",
        _text(",").replace("DUSUN SATU", '"DUSUN\nSATU"'),
    ]
    named = [Input("a.csv", text.encode()) for text in texts]
    written = ("utf-16", "cp1252", "utf-8-sig")
    return [*named, *(Input("a.csv", _text(",").encode(one)) for one in written)]


def _plain_book() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    sheet.append(["5", 1811010101900005, NAME, 32874, "=1+1"])
    sheet.merge_cells("E2:E3")
    book.create_sheet("Kosong")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _other_book() -> bytes:
    """By another writer: shared strings in another order, days as days, no second sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Data")
    for n, row in enumerate([["Daftar"], [], HEADER, *ROWS]):
        sheet.write_row(n, 0, row)
    sheet.write_number(7, 3, 32874, book.add_format({"num_format": "dd/mm/yyyy"}))
    sheet.write_string(7, 0, "9")
    sheet.write_formula(7, 1, "=A1", None, NIK)
    sheet.write_boolean(7, 2, True)
    book.close()
    return out.getvalue()


@cache
def book_seeds() -> tuple[Input, ...]:
    """Workbooks of two writers."""
    return Input("a.xlsx", _plain_book()), Input("a.xlsx", _other_book())


def table_of() -> pa.Table:
    """The rows as Arrow has them."""
    columns = list(zip(*ROWS, strict=True))
    return pa.table({name: list(column) for name, column in zip(HEADER, columns, strict=True)})


def parquet_bytes(table: pa.Table, **options: Any) -> bytes:
    """A table as a file."""
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def parquet_seeds() -> list[Input]:
    """Parquet as two programs write it."""
    table = table_of()
    dated = table.set_column(0, "id", pa.array([1, 2, 3, None]))
    return [
        Input("a.parquet", parquet_bytes(table)),
        Input("a.parquet", parquet_bytes(dated, compression="zstd", row_group_size=2)),
    ]


ODD: Sequence[Callable[[int], Any]] = (
    lambda n: pa.array([[1, 2]] * n),
    lambda n: pa.array([{"a": 1}] * n),
    lambda n: pa.array([b"\xff\x00"] * n),
    lambda n: pa.array(["x", None, "", "\0"] * n).slice(0, n).dictionary_encode(),
    lambda n: pa.array([2**63 - 1] * n),
    lambda n: pa.array([-(10**15)] * n, pa.timestamp("us")),
    lambda n: pa.array([10**17] * n, pa.int64()).cast(pa.timestamp("ns")),
    lambda n: pa.array([float("nan")] * n),
    lambda n: pa.nulls(n),
    lambda n: pa.array([True] * n),
    lambda n: pa.array([2**31 - 1] * n, pa.date32()),
    lambda n: pa.array([1] * n, pa.decimal128(38, 10)),
    lambda n: pa.array([86399] * n, pa.time32("s")),
    lambda n: pa.array([1] * n, pa.duration("s")),
    lambda n: pa.array(["x" * 300_000] * n),
    lambda n: pa.array([f"=1+{i}" for i in range(n)]),
)


def mutate_parquet(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """Columns of other types, other names, doubled or gone; or bytes, blindly."""
    if rng.random() < 0.6:
        return blind(rng, one, all_)
    try:
        table = pq.read_table(io.BytesIO(one.content))
    except (pa.ArrowException, OSError, ValueError, TypeError):
        return blind(rng, one, all_)
    for _n in range(rng.choice((1, 1, 2, 3))):
        table = _another(rng, table)
    try:
        return one.but(parquet_bytes(table, compression=rng.choice(("snappy", "zstd", "none"))))
    except (pa.ArrowException, OSError, ValueError):
        return blind(rng, one, all_)


def _another(rng: Random, table: pa.Table) -> pa.Table:
    if not table.num_columns:
        return table_of()
    at = rng.randrange(table.num_columns)
    name = table.column_names[at]
    match rng.randrange(5):
        case 0:
            return table.remove_column(at)
        case 1:
            return table.append_column(rng.choice((name, name.upper(), "", "x\0")), table[at])
        case 2:
            return (
                pa.concat_tables([table] * rng.choice((2, 30))) if table.num_rows < 999 else table
            )
        case 3:
            return table.slice(0, rng.choice((0, 1)))
        case _:
            return table.set_column(at, name, rng.choice(ODD)(table.num_rows))


def packed_seeds() -> list[Input]:
    """Tables in archives."""
    texts = {"a.csv": _text(",").encode(), "b.csv": _text(";", rows=8).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in texts.items():
            archive.writestr(name, content)
    return [
        Input("a.zip", out.getvalue()),
        Input("a.csv.gz", gzip.compress(texts["a.csv"], mtime=0)),
    ]


def through_ingest(folder: Path) -> Read:
    """Reads one file as the only one of a source; nothing lost is what the stage itself proves, and
    here once more of what it says."""
    for name, text in {"tangga.toml": WORKSPACE, "sources/s.toml": SOURCE}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    data = folder / "data"
    data.mkdir(exist_ok=True)

    def read(one: Input) -> None:
        for old in data.iterdir():
            old.unlink()
        (data / one.name).write_bytes(one.content)
        limits = SMALL if len(one.content) % 2 else LIMITS
        counts = run(Context(workspace(one.name), folder / "runs" / "1"), limits)
        tables = [pq.read_table(folder / "runs/1/ingest" / name) for name in ("files", "raw_s")]
        said = {
            key: sum(tables[0][key].to_pylist()) for key in ("rows_in", "accepted", "quarantined")
        }
        if said["rows_in"] != said["accepted"] + said["quarantined"]:
            raise Broken(f"rows lost: {said}")
        if tables[1].num_rows != said["accepted"] or counts["raw_s"] != said["accepted"]:
            raise Broken(f"{tables[1].num_rows} rows written, {said['accepted']} said")

    @cache
    def workspace(name: str) -> Any:
        return load_workspace(folder)

    return read


INGEST = ("engine/ingest/",)
TABLES = (
    Reader("csv", text_seeds, mutate_csv, through_ingest, INGEST),
    Reader("xlsx", book_seeds, mutate_book, through_ingest, INGEST),
    Reader("parquet", parquet_seeds, mutate_parquet, through_ingest, INGEST),
    Reader("packed", packed_seeds, mutate_packed, through_ingest, INGEST),
)
