"""Recognising files: every layout's sample, and files that nobody has described."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_workspace import TANGGA
from tangga.engine import ingest, standardise
from tangga.engine.context import Context
from tangga.engine.counts import count_sources
from tangga.engine.descriptor import read_descriptor
from tangga.engine.quarantine_book import ADDED, quarantine_book
from tangga.engine.recognise import recognise
from tangga.engine.recognise.recognise import dates_in
from tangga.engine.workspace import load_workspace
from tangga.errors import BadPack, BrokenFile
from tangga.registry.load import SHIPPED, load_pack
from tangga.registry.toml_text import write_toml
from test_layouts import LAYOUTS, SAMPLES

HEADER = ["No.", "Nomor Induk Kependudukan", "NO  KK", "Nama Lengkap", "L/P", "Tgl. Lahir", "SHDK"]
ROWS = [
    ["1", "1811011203759001", "1811010203159001", "SARWONO", "L", "12/03/1975", "Kepala Keluarga"],
    ["2", "1811014507789002", "1811010203159001", "TUMINAH", "P", "05/07/1978", "Istri"],
    ["3", "", "1811010203159001", "DWI", "P", "21/11/2010", "Anak titipan"],
]


def text(rows: list[list[str]], sign: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("layout", SAMPLES)
def test_the_sample_of_each_layout_is_recognised(layout: str) -> None:
    found = recognise(LAYOUTS / "samples" / SAMPLES[layout])
    assert found["recognised"] == layout
    assert found["layouts"][0]["fits"] and not found["layouts"][0]["missing"]
    said = tomllib.loads((LAYOUTS / f"{layout}.toml").read_text())
    proposed = found["proposals"][said["kind"]]["columns"]
    assert set(said["columns"]) <= set(proposed)


@pytest.mark.parametrize("layout", SAMPLES)
def test_what_is_proposed_is_a_descriptor(layout: str, tmp_path: Path) -> None:
    found = recognise(LAYOUTS / "samples" / SAMPLES[layout])
    said: dict[str, Any] = {**found["proposals"][found["kind"]], "files": ["x.csv"]}
    file = tmp_path / "x.toml"
    file.write_text(write_toml(said))
    assert read_descriptor(file, tmp_path, load_pack(), layout=True).kind == found["kind"]


def test_a_file_that_nobody_described_is_matched_by_its_names(tmp_path: Path) -> None:
    file = tmp_path / "warga_2025-12-31.csv"
    file.write_text("DAFTAR WARGA;;;;;;\n\n" + text([HEADER, *ROWS], ";"))
    found = recognise(file)
    assert (found["recognised"], found["kind"]) == (None, "people")
    assert found["dates"] == ["2025-12-31"]
    assert found["tables"][0]["header_row"] == 3 and found["tables"][0]["delimiter"] == ";"
    columns = found["proposals"]["people"]["columns"]
    assert columns["nik"] == {"column": "Nomor Induk Kependudukan"}
    assert columns["kk"] == {"column": "NO KK"}
    assert columns["birth_date"] == {"column": "Tgl. Lahir", "format": "%d/%m/%Y"}
    assert columns["sex"]["codes"] == {"L": "male", "P": "female"}
    assert found["open"] == [{"column": "relation", "values": {"Anak titipan": 1}}]


def test_numbers_of_a_form_mean_nothing_on_another(tmp_path: Path) -> None:
    """OpenSID's 3 is a wife; without a form that says so, only the list's own numbers count."""
    file = tmp_path / "a.csv"
    file.write_text(text([["nama", "jk", "hubungan"], *[["X", "1", n] for n in "1234"]]))
    codes = recognise(file)["proposals"]["people"]["columns"]["relation"]["codes"]
    assert codes["3"] == "child"


def packed(kind: str, content: str, folder: Path) -> Path:
    file = folder / f"a.{kind}"
    if kind == "csv.gz":
        file.write_bytes(gzip.compress(content.encode()))
    elif kind == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("dalam.csv", content)
            archive.writestr("lain.csv", content.replace("SARWONO", "SUMINI"))
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        for row in csv.reader(content.splitlines()):
            book.worksheets[0].append(row)
        book.create_sheet("Catatan").append(["hanya catatan"])
        book.save(file)
    elif kind == "parquet":
        (folder / "b.csv").write_text(content)
        source = f"read_csv('{folder / 'b.csv'}', all_varchar = true)"
        duckdb.sql(f"SELECT * FROM {source}").write_parquet(str(file))
    else:
        file.write_bytes(content.encode("utf-16"))
    return file


@pytest.mark.parametrize("kind", ["csv.gz", "zip", "xlsx", "parquet", "tsv"])
def test_a_file_is_known_however_it_is_packed(kind: str, tmp_path: Path) -> None:
    found = recognise(packed(kind, text([HEADER, *ROWS]), tmp_path))
    assert found["columns"] == [" ".join(name.split()) for name in found["columns"]]
    assert found["proposals"]["people"]["columns"]["nik"] == {"column": HEADER[1]}
    assert found["sampled"] == 3 and found["same_header"]
    assert len(found["tables"]) == (2 if kind == "zip" else 1)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    for name, content in {"a.csv": b"", "b.csv": b"%PDF-1.4", "c.xlsx": b"<html></html>"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BrokenFile):
            recognise(tmp_path / name)


def test_codes_of_another_system_are_told(tmp_path: Path) -> None:
    found = recognise(LAYOUTS / "samples" / "dukcapil.csv")
    assert found["areas"]["fits"] == ["kemendagri"]
    assert "kemendagri explains 100%" in found["areas"]["refused"]["bps"]


def test_days_are_found_in_names() -> None:
    assert dates_in("bnba_2026-01-31 final.xlsx") == [date(2026, 1, 31)]
    assert dates_in("BNBA 31-12-2025.csv") == [date(2025, 12, 31)]
    assert dates_in("20260131.csv") == [date(2026, 1, 31)]
    assert dates_in("1811012001_2026-13-45.csv") == []


def test_the_command_prints_no_value_of_the_file(tmp_path: Path) -> None:
    file, told = tmp_path / "a.csv", tmp_path / "told.json"
    file.write_text(text([HEADER, *ROWS]))
    asked = ["recognise", str(file), "--json", "--to", str(told)]
    done = subprocess.run([sys.executable, "-m", "tangga", *asked], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "SARWONO" not in done.stdout + done.stderr and "1811011203759001" not in done.stdout
    assert json.loads(told.read_text())[str(file)]["rows"][0][3] == "SARWONO"
    assert told.stat().st_mode & 0o077 == 0


def test_words_of_a_pack_are_checked(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "indonesia", tmp_path / "pack")
    (tmp_path / "pack" / "intake.toml").write_text("[kinds.peeple]\nid = 'x'\n")
    file = tmp_path / "a.csv"
    file.write_text(text([HEADER, *ROWS]))
    with pytest.raises(BadPack):
        recognise(file, pack=tmp_path / "pack")


def test_every_word_of_the_pack_stands_for_something() -> None:
    pack = load_pack()
    said = tomllib.loads((pack.dir / "intake.toml").read_text())
    columns = {name for table in pack.tables.values() for name in table.columns}
    assert set(said["headers"]) - columns == {"id", "family"}
    for name, codes in said["values"].items():
        assert set(codes) <= set(pack.codes[name].codes), name
    assert set(said["layouts"]) == set(SAMPLES)
    for kind, one in said["kinds"].items():
        there = pack.table_of(kind).for_kind(kind)
        named = {*one["signs"], *(name for group in one["needs"] for name in group)}
        assert named <= set(there), kind


KEYS = st.from_regex(r"[a-z_]{1,8}", fullmatch=True) | st.text(min_size=1, max_size=6)
VALUES = st.text() | st.integers(-(2**40), 2**40) | st.booleans() | st.dates()


@given(st.dictionaries(KEYS, VALUES | st.lists(VALUES) | st.dictionaries(KEYS, VALUES)))
def test_toml_that_is_written_is_read_as_it_was(data: dict[str, Any]) -> None:
    def readable(value: Any) -> bool:
        if isinstance(value, str):
            return not any(0xD800 <= ord(sign) <= 0xDFFF for sign in value)
        if isinstance(value, dict):
            return all(readable(k) and readable(v) for k, v in value.items())
        return not isinstance(value, list) or all(map(readable, value))

    kept = {key: value for key, value in data.items() if readable(key) and readable(value)}
    assert tomllib.loads(write_toml(kept)) == kept


DESA = """kind = "people"
files = ["desa*.csv"]
as_of = 2025-11-30
[columns]
nik = "nik"
kk = "no_kk"
name = "nama"
"""


def standardised(folder: Path) -> Context:
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "tangga.toml").write_text(TANGGA)
    (folder / "sources" / "desa.toml").write_text(DESA)
    shutil.rmtree(folder / "runs", ignore_errors=True)
    ctx = Context(load_workspace(folder), folder / "runs" / "1")
    ingest.run(ctx)
    standardise.run(ctx)
    return ctx


def asked(ctx: Context, table: str, columns: str) -> list[Any]:
    with duckdb.connect() as con:
        scan = ctx.scan("standardise", table)
        return con.sql(f"SELECT {columns} FROM {scan} ORDER BY ALL").fetchall()


BACK = "nik,no_kk,nama,ket,_tangga_file,_tangga_line\n"


def test_rows_that_come_back_repaired_count_once(tmp_path: Path) -> None:
    (tmp_path / "desa.csv").write_text(
        "nik,no_kk,nama,ket\n1811011203759001,1811010203159001,SARWONO,a\n,,,x\n1,2,TUMINAH,b,c,d\n"
        ",,-,y\n"
    )
    before = asked(standardised(tmp_path), "records", "source_id, name")
    (tmp_path / "desa2.csv").write_text(
        f"{BACK},,BUDI,x,desa.csv,3\n,,TUMINAH,b,desa.csv,4\n,,,y,desa.csv,5\n,,SARWONO,,desa.csv,2\n"
    )
    (tmp_path / "desa3.csv").write_text(f"{BACK},,BUDI,x,desa.csv,3\n")
    ctx = standardised(tmp_path)
    counts = {"rows_in": 9, "accepted": 3, "quarantined": 6, "replaced": 5}
    assert count_sources(ctx) == {"desa": counts}
    assert asked(ctx, "quarantine", "file, line, problem, replaced_by") == [
        ("desa.csv", 3, "nobody", "desa2.csv:2"),
        ("desa.csv", 4, "wrong_width", "desa2.csv:3"),
        ("desa.csv", 5, "nobody", "desa2.csv:4"),
        ("desa2.csv", 4, "nobody", None),
        ("desa2.csv", 5, "not_in_quarantine", "desa.csv:2"),
        ("desa3.csv", 2, "repaired_twice", "desa2.csv:2"),
    ]
    after = asked(ctx, "records", "source_id, name")
    assert set(before) < set(after) and {name for _, name in after} == {
        "SARWONO",
        "BUDI",
        "TUMINAH",
    }


def test_a_village_and_a_day_stand_in_the_name_of_the_first_file(tmp_path: Path) -> None:
    named = DESA.replace("as_of = 2025-11-30", 'as_of = { file = "%Y-%m-%d" }')
    named += 'village = { file = 10, system = "kemendagri" }\n'
    (tmp_path / "desa_2025-11-30_1811012001.csv").write_text("nik,no_kk,nama\n,,SARWONO\n,,\n")
    (tmp_path / "desa_2026-01-30.csv").write_text(
        f"{BACK.replace('ket,', '')},,BUDI,desa_2025-11-30_1811012001.csv,3\n"
    )
    (tmp_path / "sources").mkdir()
    (tmp_path / "tangga.toml").write_text(TANGGA)
    (tmp_path / "sources" / "desa.toml").write_text(named)
    ctx = Context(load_workspace(tmp_path), tmp_path / "runs" / "1")
    ingest.run(ctx)
    standardise.run(ctx)
    day = date(2025, 11, 30)
    assert asked(ctx, "records", "name, village, as_of") == [
        ("BUDI", "1811012001", day),
        ("SARWONO", "1811012001", day),
    ]


@pytest.mark.parametrize(
    "wrong", ["nik = { file = 10 }", 'village = { file = "x", system = "bps" }']
)
def test_only_an_areas_code_stands_in_a_files_name(wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(f'kind = "people"\nfiles = ["x.csv"]\n[columns]\n{wrong}\n')
    with pytest.raises(BadPack, match="file"):
        read_descriptor(file, tmp_path, load_pack(), layout=True)


def test_the_book_of_a_quarantine_has_the_columns_of_its_source(tmp_path: Path) -> None:
    from tangga.engine.run import run_workspace

    (tmp_path / "sources").mkdir()
    (tmp_path / "tangga.toml").write_text(TANGGA)
    (tmp_path / "sources" / "desa.toml").write_text(DESA)
    rows = "nik,no_kk,nama,ket\n1811011203759001,1811010203159001,SARWONO,a\n,,,x\n1,2,T,b,c,d\n"
    (tmp_path / "desa.csv").write_text(rows)
    run_workspace(tmp_path, until="plan")
    to = tmp_path / "q.xlsx"
    assert quarantine_book(tmp_path, "desa", to, mark="budi: perbaikan & cek") == 2
    book = openpyxl.load_workbook(to)
    read = [[cell.value for cell in row] for row in book.worksheets[0]]
    assert read[0] == ["nik", "no_kk", "nama", "ket", *ADDED]
    assert [row[3] for row in read[1:]] == ["x", "b"]
    assert [row[-2:] for row in read[1:]] == [["desa.csv", "3"], ["desa.csv", "4"]]
    assert "budi" in book.properties.description


def test_the_book_shows_which_cell_to_mend_and_explains_itself(tmp_path: Path) -> None:
    from tangga.engine.run import run_workspace

    (tmp_path / "sources").mkdir()
    (tmp_path / "tangga.toml").write_text(TANGGA)
    (tmp_path / "sources" / "desa.toml").write_text(DESA)
    (tmp_path / "desa.csv").write_text("nik,no_kk,nama,ket\n,,,x\n1,2,T,b,c,d\n")
    run_workspace(tmp_path, until="plan")
    to = tmp_path / "desa2.xlsx"
    quarantine_book(tmp_path, "desa", to, mark="budi, 2026-01-31 08:00: perbaikan & cek")
    book = openpyxl.load_workbook(to)
    first, notes = book.worksheets
    assert first.title == "Perbaikan"
    yellow = [[cell.fill.start_color.rgb == "FFFFEB9C" for cell in row[:4]] for row in first]
    assert yellow[1] == [True, True, True, False]  # nobody: a name or a number is missing
    assert yellow[2] == [True] * 4  # too many cells: it may be any of them
    widths = {name: column.width for name, column in first.column_dimensions.items()}
    assert widths["E"] > 40
    assert widths["A"] >= 10
    said = "\n".join(str(cell.value) for row in notes for cell in row if cell.value)
    assert "budi, 2026-01-31 08:00: perbaikan & cek" in said
    assert all(name in said for name in ADDED)
    # What comes back is read, and the notes are no rows.
    first["C2"] = "SITI"
    first.delete_rows(3)
    book.save(to)
    (tmp_path / "sources" / "desa.toml").write_text(DESA.replace("desa*.csv", "desa*.*"))
    run_workspace(tmp_path, until="plan")
    assert quarantine_book(tmp_path, "desa", tmp_path / "again.xlsx") == 1


def test_rows_about_nobody_in_the_register_are_counted_and_shown(tmp_path: Path) -> None:
    from tangga.engine.run import run_workspace
    from tangga.engine.sources import sources

    (tmp_path / "sources").mkdir()
    (tmp_path / "tangga.toml").write_text(TANGGA)
    (tmp_path / "sources" / "desa.toml").write_text(DESA)
    (tmp_path / "sources" / "desil.toml").write_text(
        'kind = "rankings"\nfiles = ["ranks.csv"]\nas_of = 2025-12-31\n'
        '[columns]\nnik = "NIK"\nkk = "KK"\ndecile = "DESIL"\n'
    )
    (tmp_path / "sources" / "petugas.toml").write_text(
        'kind = "workers"\nfiles = ["workers.csv"]\nas_of = 2025-12-31\n'
        '[columns]\nworker = "KODE"\n'
    )
    (tmp_path / "workers.csv").write_text("KODE\nPDP-0001\n")
    (tmp_path / "desa.csv").write_text(
        "nik,no_kk,nama,ket\n1811011203759001,1811010203159001,SARWONO,a\n"
    )
    (tmp_path / "ranks.csv").write_text(
        "NIK,KK,DESIL\n1811011203759001,1811010203159001,2\n"
        "1811011203759999,1811010203159777,3\n1811011203758888,1811010203158888,1\n"
    )
    run_workspace(tmp_path, until="plan")
    told = sources(tmp_path)["sources"]
    assert (told["desil"]["identified"], told["desil"]["unidentified"]) == (1, 2)
    assert told["desa"]["unidentified"] is None
    assert told["petugas"]["unidentified"] is None  # workers need be in no family
    to = tmp_path / "who.xlsx"
    assert quarantine_book(tmp_path, "desil", to, mark="budi: cek", unknown=True) == 2
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(to).worksheets[0]]
    assert rows[0] == ["NIK", "KK", "DESIL", ADDED[0]]
    assert [row[0] for row in rows[1:]] == ["1811011203759999", "1811011203758888"]
    assert "tidak ada di register" in rows[1][-1]
    assert quarantine_book(tmp_path, "desil", tmp_path / "q.csv") == 0
