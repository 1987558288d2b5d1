"""The layouts that ship with the pack: each reads its sample, as it stands and as a workbook."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from small_workspace import TANGGA
from tangga.engine import ingest, standardise
from tangga.engine.context import Context
from tangga.engine.workspace import load_workspace
from tangga.registry.load import SHIPPED

LAYOUTS = SHIPPED / "indonesia" / "layouts"
SAMPLES = {
    "bnba": "bnba.csv",
    "dukcapil": "dukcapil.csv",
    "opensid": "opensid.csv",
    "prelist": "prelist.csv",
    "regsosek": "regsosek_art.csv",
    "regsosek_keluarga": "regsosek_keluarga.csv",
    "siks_ng_desil": "siks_ng_desil_2026-01-23.csv",
}
TABLES = {
    "bnba": "enrolments",
    "regsosek_keluarga": "families",
    "siks_ng_desil": "rankings",
}
ROWS = {
    "bnba": 4,
    "dukcapil": 6,
    "opensid": 5,
    "prelist": 4,
    "regsosek": 5,
    "regsosek_keluarga": 2,
    "siks_ng_desil": 7,
}
PROBLEMS = {
    "bnba": {
        ("nik", "repaired"),
        ("payee_nik", "repaired"),
        ("programme", "unknown_code"),
        ("programme", "missing"),
    },
    "prelist": {("village", "unknown_area")},
    "regsosek": {("village", "unknown_area"), ("birth_date", "impossible_date")},
}
"""What the samples are made to show. Other problems are a mistake in a layout."""


def run(folder: Path, *layouts: str) -> Context:
    """A workspace with these layouts and their samples, standardised."""
    for place in ("sources", "data"):
        (folder / place).mkdir(exist_ok=True)
    (folder / "tangga.toml").write_text(TANGGA)
    for layout in layouts:
        shutil.copy(LAYOUTS / f"{layout}.toml", folder / "sources")
        shutil.copy(LAYOUTS / "samples" / SAMPLES[layout], folder / "data")
    return again(folder)


def again(folder: Path) -> Context:
    """The first two stages of what is in the folder now."""
    ctx = Context(load_workspace(folder), folder / "runs" / "1")
    ingest.run(ctx)
    standardise.run(ctx)
    return ctx


def rows(ctx: Context, table: str, columns: str = "*", where: str = "true") -> list[Any]:
    """Rows of a table of standardise, in order."""
    with duckdb.connect() as con:
        scan = ctx.scan("standardise", table)
        return con.sql(f"SELECT {columns} FROM {scan} WHERE {where} ORDER BY ALL").fetchall()


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """All layouts in one workspace."""
    return run(tmp_path_factory.mktemp("layouts"), *SAMPLES)


def test_every_layout_has_a_sample() -> None:
    assert {path.stem for path in LAYOUTS.glob("*.toml")} == set(SAMPLES)
    assert {path.name for path in (LAYOUTS / "samples").iterdir()} == set(SAMPLES.values())


@pytest.mark.parametrize("layout", SAMPLES)
def test_a_sample_is_read_whole(read: Context, layout: str) -> None:
    own = f"source = '{layout}'"
    assert rows(read, TABLES.get(layout, "records"), "count(*)", own) == [(ROWS[layout],)]
    assert rows(read, "quarantine", "*", own) == []
    found = {tuple(row) for row in rows(read, "problems", "DISTINCT field, problem", own)}
    assert found == PROBLEMS.get(layout, set())


def test_workbooks_give_the_same_rows(read: Context, tmp_path: Path) -> None:
    run_dir = tmp_path / "books"
    shutil.copytree(read.workspace.dir, run_dir, ignore=shutil.ignore_patterns("runs"))
    for sample in sorted((run_dir / "data").iterdir()):
        _to_workbook(sample)
        sample.unlink()
    books = again(run_dir)
    for table in ("records", *TABLES.values()):
        columns = "* EXCLUDE (file, line)"
        assert rows(books, table, columns) == rows(read, table, columns)


def _to_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sign = ";" if path.name == "bnba.csv" else ","
    for row in csv.reader(path.read_text().splitlines(), delimiter=sign):
        book.worksheets[0].append(row)
    book.save(path.with_suffix(".xlsx"))


def test_what_the_layouts_say(read: Context) -> None:
    people = rows(read, "records", "name, status, village")
    assert ("KASIMIN", "dead", "1811012001") in people
    assert ("I WAYAN SUDARMA", "moved", "1811012001") in people
    assert ("BAYI NY SARI", None, "1811012001") in people
    deciles = rows(read, "rankings", "nik, decile, as_of, ranked_by")
    assert ("1811011203759001", 2, date(2026, 1, 23), "bps") in deciles
    assert ("1811011708889006", None, date(2026, 1, 23), "bps") in deciles
    programmes = rows(read, "enrolments", "name, programme, round, status")
    assert ("ROHANI", "permakanan", "TAHAP 4 TAHUN 2025", "active") in programmes
    houses = rows(read, "families", "family_source_id, tenure, floor, roof, owns_motorcycle")
    assert houses == [
        ("RG-0001", "own", "cement", "zinc", True),
        ("RG-0002", "rent_free", "earth", "zinc", False),
    ]


def test_a_table_of_the_workspace_explains_bps_codes(tmp_path: Path) -> None:
    (tmp_path / "areas").mkdir()
    (tmp_path / "areas" / "bps.csv").write_text(
        "system,code,kemendagri,edition\nbps,1811010001,1811012001,2023\n"
    )
    ctx = run(tmp_path, "regsosek", "prelist")
    assert rows(ctx, "records", "DISTINCT village") == [("1811012001",)]
