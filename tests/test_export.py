"""Showing and exporting tables of the last complete run."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine import catalogue, condition, show, tables, xlsx
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.export import export
from tangga.engine.purge import purge
from tangga.errors import UserError

PERSONS = """
    SELECT * FROM (VALUES
        (1234567890123456789, '1811012345670001', 'Siti; "Ibu Nur"', DATE '1890-05-17', true,
            250000::BIGINT, 1.250::DECIMAL(18, 3)),
        (2, '0011012345670002', '=HYPERLINK("x")', DATE '1990-02-28', false, NULL, 2.000),
        (3, NULL, 'NA70', NULL, NULL, 0, NULL)
    ) AS t (person_id, nik, name, birth_date, alive, income, weight)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace whose last complete run holds one small table."""
    run = tmp_path / "it's mine" / "runs" / "2026-01-31-a"
    with connect() as con:
        tables.write(con, PERSONS, run / "resolve" / "persons")
        tables.write(con, "SELECT 1 AS n", run / "link" / "pairs")
        tables.write(con, "SELECT 2 AS n", run / "resolve" / "pairs")
    (run.parent / "CURRENT").write_text(run.name + "\n")
    return run.parents[1]


def test_a_folder_without_a_run_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="tangga run"):
        last_complete(tmp_path)
    with pytest.raises(UserError, match="tangga init"):
        last_complete(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["", "gone", "../elsewhere", ".."])
def test_a_pointer_to_nothing_is_an_error(workspace: Path, name: str) -> None:
    (workspace / "runs" / "CURRENT").write_text(name)
    with pytest.raises(UserError, match="a run that is not there"):
        last_complete(workspace)


def test_names_are_listed_and_found(workspace: Path) -> None:
    names = [name for name, _ in show.table_names(workspace)]
    assert names[0] == "persons"
    assert {"link/pairs", "resolve/pairs"} <= set(names)
    assert show.read(workspace, "link/pairs").rows == ((1,),)
    with pytest.raises(UserError, match="several stages"):
        show.read(workspace, "pairs")
    with pytest.raises(UserError, match="no such table"):
        show.read(workspace, "unknown")
    with pytest.raises(UserError, match="has no table families"):
        show.read(workspace, "families")


def test_a_view_is_rendered_from_its_tables(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def view(run: catalogue.Run) -> str:
        listed = ", ".join(run.columns("resolve", "persons")[2:3])
        return f"SELECT {listed}, 'x' AS made FROM {run.scan('resolve', 'persons')}"

    seen = catalogue.Exported("resolve", "a name", view, of="persons")
    monkeypatch.setitem(catalogue.TABLES, "seen", seen)
    assert "seen" in dict(show.table_names(workspace))
    assert show.read(workspace, "seen", where="name = 'NA70'").rows == (("NA70", "x"),)


def test_show_chooses_columns_and_rows(workspace: Path) -> None:
    sheet = show.read(workspace, "persons", columns=["name", "nik"], limit=2)
    assert sheet.columns == ("name", "nik")
    assert len(sheet.rows) == 2
    assert sheet.total == 3
    with pytest.raises(UserError, match="no such column"):
        show.read(workspace, "persons", columns=["phone"])


@pytest.mark.parametrize(
    ("where", "persons"),
    [
        ("person_id = 2", [2]),
        ("NIK LIKE '1811%'", [1234567890123456789]),
        ("birth_date < DATE '1900-01-01' OR nik IS NULL", [1234567890123456789, 3]),
        ("name IN ('NA70', 'nobody')", [3]),
        ("name = 'it''s' OR alive", [1234567890123456789]),
        ("income + 1 > 1", [1234567890123456789]),
    ],
)
def test_a_condition_keeps_the_rows_where_it_holds(
    workspace: Path, where: str, persons: list[int]
) -> None:
    assert [r[0] for r in show.read(workspace, "persons", where=where).rows] == persons


@pytest.mark.parametrize(
    "where",
    [
        "",
        "1 = 1; DROP TABLE persons",
        "nik IN (SELECT nik FROM read_csv('/etc/passwd'))",
        "EXISTS (SELECT 1)",
        "1 = 1 LIMIT 1",
        "1 = 1 ORDER BY nik",
        "1 = 1 GROUP BY nik",
        "1 = 1 UNION SELECT 1",
        "TRUE) OR (TRUE",
        "count(*) > 1",
        "row_number() OVER () = 1",
        "phone = '1'",
        "other.nik = '1'",
        "no_such_function(nik)",
        "birth_date > nik + 1",
    ],
)
def test_anything_but_a_condition_is_refused(workspace: Path, where: str) -> None:
    with pytest.raises(UserError, match="where"):
        show.read(workspace, "persons", where=where)


def test_a_condition_that_fails_on_a_value_does_not_print_it(workspace: Path) -> None:
    with pytest.raises(UserError) as failed:
        show.read(workspace, "persons", where="name::INTEGER = 1")
    assert "Siti" not in str(failed.value)


def test_the_reader_reads_nothing_but_the_run(workspace: Path) -> None:
    con, _ = show.select(workspace, "persons")
    with pytest.raises(duckdb.PermissionException):
        con.execute("SELECT * FROM read_csv('/etc/passwd')").fetchall()
    with pytest.raises(duckdb.Error):
        con.execute("SET enable_external_access = true").fetchall()


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=30))
def test_any_text_can_be_asked_for_in_quotes(text: str) -> None:
    quoted = text.replace("'", "''")
    if "\0" in text:
        return
    sql = condition.read(f"name = '{quoted}'", ["name"])
    with connect() as con:
        assert con.execute(
            f"SELECT count(*) FROM (SELECT ? AS name) WHERE {sql}", [text]
        ).fetchall()


def test_csv_is_utf8_and_keeps_every_value(workspace: Path, tmp_path: Path) -> None:
    to = tmp_path / "persons.csv"
    assert export(workspace, "persons", to) == 3
    text = to.read_bytes().decode("utf-8").splitlines()
    assert text[0].replace('"', "") == "person_id,nik,name,birth_date,alive,income,weight"
    everything = {n: pyarrow.string() for n in ("person_id", "nik", "name")}
    options = pyarrow.csv.ConvertOptions(column_types=everything, strings_can_be_null=True)
    back = pyarrow.csv.read_csv(to, convert_options=options).to_pydict()
    assert back["nik"][:2] == ["1811012345670001", "0011012345670002"]
    assert back["name"][0] == 'Siti; "Ibu Nur"'
    assert back["person_id"][0] == "1234567890123456789"


def test_xlsx_keeps_long_numbers_as_text_and_runs_no_formula(
    workspace: Path, tmp_path: Path
) -> None:
    to = tmp_path / "persons.XLSX"
    assert export(workspace, "persons", to) == 3
    sheet = openpyxl.load_workbook(to).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("person_id", "nik", "name", "birth_date", "alive", "income", "weight")
    assert rows[1][:3] == ("1234567890123456789", "1811012345670001", 'Siti; "Ibu Nur"')
    assert rows[1][3] == "1890-05-17"
    assert rows[2][3] == datetime.datetime(1990, 2, 28)
    assert rows[2][1] == "0011012345670002"
    assert sheet.cell(3, 3).data_type == "s"
    assert rows[1][4:] == (True, 250000, 1.25)
    assert rows[3] == ("3", None, "NA70", None, None, 0, None)


def test_parquet_keeps_types(workspace: Path, tmp_path: Path) -> None:
    to = tmp_path / "persons.parquet"
    assert export(workspace, "persons", to, where="person_id > 2") == 2
    back = pyarrow.parquet.read_table(to).to_pylist()
    assert back[0]["weight"] == Decimal("1.250")
    assert back[0]["birth_date"] == datetime.date(1890, 5, 17)


def test_an_export_of_no_rows_still_has_its_header(workspace: Path, tmp_path: Path) -> None:
    for suffix in (".csv", ".xlsx", ".parquet"):
        to = tmp_path / f"nobody{suffix}"
        assert export(workspace, "persons", to, where="person_id = -1") == 0
        assert to.stat().st_size > 0


def test_a_failed_export_leaves_the_earlier_file(workspace: Path, tmp_path: Path) -> None:
    to = tmp_path / "persons.csv"
    export(workspace, "persons", to)
    before = to.read_bytes()
    with pytest.raises(UserError):
        export(workspace, "persons", to, where="name::INTEGER = 1")
    assert to.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir() if f.name.endswith(".tmp")] == []


def test_where_to_write_is_checked_first(workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="format"):
        export(workspace, "persons", tmp_path / "persons.doc")
    with pytest.raises(UserError, match="folder"):
        export(workspace, "persons", tmp_path / "nowhere" / "persons.csv")


def test_more_rows_than_a_sheet_holds_go_to_the_next(tmp_path: Path) -> None:
    columns = [xlsx.Column("n", "INTEGER")]
    assert xlsx.write(tmp_path / "n.xlsx", columns, [(n,) for n in range(5)], most=2) == 5
    book = openpyxl.load_workbook(tmp_path / "n.xlsx")
    values = [[c.value for c in sheet["A"]] for sheet in book.worksheets]
    assert values == [["n", 0, 1], ["n", 2, 3], ["n", 4]]


def test_a_text_that_no_cell_can_hold_is_cut_visibly() -> None:
    assert xlsx.fitted("x" * 32_767) == "x" * 32_767
    assert xlsx.fitted("x" * 40_000) == "x" * 32_766 + "…"


def _runs(directory: Path, *names: str, complete: bool = True) -> None:
    for name in names:
        folder = directory / "runs" / name
        folder.mkdir(parents=True)
        keys = '"run": "", "name": "", "as_of": "", "mode": "", "program": ""'
        manifest = f'{{{keys}, "pack": {{}}, "descriptors": {{}}, "complete": true}}'
        (folder / "manifest.json").write_text(manifest if complete else "{}")


def test_purge_keeps_the_newest_and_the_one_in_force(tmp_path: Path) -> None:
    _runs(tmp_path, "1", "2", "3", "5")
    _runs(tmp_path, "4", complete=False)
    (tmp_path / "runs" / "CURRENT").write_text("2")
    assert purge(tmp_path, keep=2) == (["1", "4"], ["2", "3", "5"])
    assert purge(tmp_path, keep=1) == (["3"], ["2", "5"])
    assert sorted(f.name for f in (tmp_path / "runs").iterdir() if f.is_dir()) == ["2", "5"]
