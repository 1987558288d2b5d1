"""Ingest: rows exactly as received, from every format, and what each broken file says."""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from small_workspace import HEADER, PEOPLE, ROWS, Ingested, read, workspace
from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.ingest import stage
from tangga.engine.ingest.limits import LIMITS
from tangga.engine.workspace import load_workspace
from tangga.errors import BrokenFile, Conflict
from tangga.registry.problems import PROBLEMS

TWO = [(2, "1", "1811010101900001", "SITI AMINAH"), (3, "2", "1811010101900002", "AGUS SALIM")]
ACCENTS = HEADER + "1,1811010101900001,JOSÉ\n2,1811010101900002,AGUS\n"


def said(folder: Path, files: dict[str, bytes | str], more: str = "", **options) -> str:
    """What ingest says of a broken file."""
    with pytest.raises(BrokenFile) as caught:
        read(folder, files, more, **options)
    return str(caught.value)


def packed(members: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


SAME = {
    "plain": HEADER + ROWS,
    "no newline at the end": (HEADER + ROWS).rstrip("\n"),
    "windows line ends": (HEADER + ROWS).replace("\n", "\r\n"),
    "doubled carriage returns": (HEADER + ROWS).replace("\n", "\r\r\n"),
    "byte order mark": ("\ufeff" + HEADER + ROWS).encode(),
    "semicolons": (HEADER + ROWS).replace(",", ";"),
    "tabs": (HEADER + ROWS).replace(",", "\t"),
    "bars": (HEADER + ROWS).replace(",", "|"),
    "utf-16 with mark": (HEADER + ROWS).encode("utf-16"),
    "utf-16 big end first": ("\ufeff" + HEADER + ROWS).encode("utf-16-be"),
    "utf-16 without mark": (HEADER + ROWS).encode("utf-16-le"),
    "all quoted": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in (HEADER + ROWS).splitlines()
    ),
    "header spelled otherwise": (HEADER + ROWS).replace("id,nik,nama", " Id ,N.I.K.,Nama"),
}


@pytest.mark.parametrize("form", SAME)
def test_the_same_rows_in_every_form(tmp_path: Path, form: str) -> None:
    found = read(tmp_path, {"a.csv": SAME[form]})
    assert found.rows == TWO
    assert found.quarantine == []
    assert found.counts == {"raw_s": 2, "quarantine": 0, "files": 1}


def test_the_file_is_described(tmp_path: Path) -> None:
    (file,) = read(tmp_path, {"a.csv": (HEADER + ROWS).replace(",", ";")}).files
    assert (file["source"], file["file"], file["format"]) == ("s", "data/a.csv", "csv")
    assert (file["rows_in"], file["accepted"], file["quarantined"]) == (2, 2, 0)
    assert (file["encoding"], file["delimiter"], file["header_row"]) == ("utf-8", ";", 1)
    assert (file["status"], file["notes"], len(file["sha256"])) == ("read", None, 64)


def test_columns_are_the_source_s_own_all_text(tmp_path: Path) -> None:
    text = "id,nik,nama,KETERANGAN,\n1,2,A,,007\n"
    (row,) = read(tmp_path, {"a.csv": text}).table("raw_s")
    assert row == {
        "_file": "data/a.csv",
        "_line": 2,
        "id": "1",
        "nik": "2",
        "nama": "A",
        "KETERANGAN": "",
        "column_5": "007",
    }


def test_titles_and_blank_lines_above_the_header(tmp_path: Path) -> None:
    text = "DAFTAR PENERIMA\n\nKAB. CONTOH\n" + HEADER + "\n" + ROWS
    found = read(tmp_path, {"a.csv": text})
    assert [row[0] for row in found.rows] == [6, 7]
    assert found.files[0]["header_row"] == 4


def test_header_row_can_be_stated(tmp_path: Path) -> None:
    text = "id,nik,nama\n" + HEADER + ROWS
    assert len(read(tmp_path, {"a.csv": text}, "header_row = 2").rows) == 2
    assert "no header on row 9" in said(tmp_path, {"a.csv": text}, "header_row = 9")


@pytest.mark.parametrize("stated", ["", 'encoding = "windows-1252"'])
def test_windows_1252(tmp_path: Path, stated: str) -> None:
    found = read(tmp_path, {"a.csv": ACCENTS.encode("cp1252")}, stated)
    assert found.rows[0][3] == "JOSÉ"
    assert found.files[0]["encoding"] == "windows-1252"


def test_carriage_returns_only(tmp_path: Path) -> None:
    assert read(tmp_path, {"a.csv": (HEADER + ROWS).replace("\n", "\r")}).rows == TWO


def test_bytes_that_windows_1252_lacks_cost_their_row(tmp_path: Path) -> None:
    raw = ACCENTS.encode("cp1252").replace(b"AGUS", b"AG\x81S")
    found = read(tmp_path, {"a.csv": raw})
    assert [row[3] for row in found.rows] == ["JOSÉ"]
    assert found.quarantine == [(3, "broken_encoding", "2,1811010101900002,AG\\x81S")]


def test_many_files_with_different_headers(tmp_path: Path) -> None:
    files = {"a.csv": HEADER + "1,2,A\n", "b.csv": "NAMA;rt;id;nik\nB;003;3;4\n"}
    rows = read(tmp_path, files).table("raw_s")
    assert [row["nama"] for row in rows] == ["A", "B"]
    assert [row["rt"] for row in rows] == [None, "003"]
    assert [row["_file"] for row in rows] == ["data/a.csv", "data/b.csv"]


def test_a_column_that_another_file_has_may_be_lacking(tmp_path: Path) -> None:
    found = read(tmp_path, {"a.csv": "id,nama\n1,A\n", "b.csv": HEADER + "2,3,B\n"})
    assert found.rows == [(2, "1", "A", None), (2, "2", "B", "3")]
    assert found.files[0]["notes"] == "no column 'nik' in this file: its values are unknown"


DAMAGED_ROWS = [
    ("3,4\n", "wrong_width", "3,4"),
    ("3,4,5,6\n", "wrong_width", "3,4,5,6"),
    ('3,"4,5\n', "broken_quotes", '3,"4,5'),
    ('3,4,"A" B\n', "broken_quotes", '3,4,"A" B'),
    ("3,4,A\0B\n", "nul_bytes", "3,4,A\\x00B"),
    (b"3,4,A\xffB\n", "broken_encoding", "3,4,A\\xffB"),
]


@pytest.mark.parametrize(("row", "problem", "text"), DAMAGED_ROWS)
def test_a_damaged_row_costs_only_itself(
    tmp_path: Path, row: str | bytes, problem: str, text: str
) -> None:
    damage = row if isinstance(row, bytes) else row.encode()
    raw = HEADER.encode() + damage + ROWS.encode()
    found = read(tmp_path, {"a.csv": raw}, 'encoding = "utf-8"')
    assert found.quarantine == [(2, problem, text)]
    assert [row[1:] for row in found.rows] == [row[1:] for row in TWO]
    assert [row[0] for row in found.rows] == [3, 4]
    assert problem in PROBLEMS
    assert (found.files[0]["rows_in"], found.files[0]["quarantined"]) == (3, 1)


def test_cells_may_hold_newlines_quotes_and_delimiters(tmp_path: Path) -> None:
    text = HEADER + '1,2,"JL. MAWAR, NO 3\r\nDUSUN ""I"""\n3,4,5" PIPA\n\n \n5,6,"A\rB"\n'
    assert read(tmp_path, {"a.csv": text}).rows == [
        (2, "1", "2", 'JL. MAWAR, NO 3\r\nDUSUN "I"'),
        (4, "3", "4", '5" PIPA'),
        (7, "5", "6", "A\rB"),
    ]


def test_a_line_of_100_mb_costs_only_itself(tmp_path: Path) -> None:
    workspace(tmp_path, {})
    with (tmp_path / "data" / "a.csv").open("wb") as file:
        file.write(HEADER.encode())
        for _ in range(100):
            file.write(b"x" * 1024 * 1024)
        file.write(b"\n" + ROWS.encode())
    found = read(tmp_path, {})
    assert [row[0] for row in found.rows] == [3, 4]
    ((line, problem, text),) = found.quarantine
    assert (line, problem) == (2, "too_long_line")
    assert len(text) < 10_100
    assert text.endswith("... (104857600 bytes)")


def test_a_header_of_100_mb_is_broken(tmp_path: Path) -> None:
    assert "line 1: the first line is longer than" in said(tmp_path, {"a.csv": b"x" * 10**8})


def test_header_only_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, {"a.csv": HEADER})
    assert (found.rows, found.files[0]["notes"]) == ([], "header only: no rows")


BROKEN_TEXT = {
    "empty file": ("", "", "data/a.csv: empty file"),
    "blank lines only": ("\n \n", "", "only blank lines"),
    "wrong delimiter": (HEADER + ROWS, 'delimiter = ";"', "Write delimiter = ','"),
    "column absent": ("id,nama\n1,A\n", "", "column 'nik', which the descriptor needs for 'nik'"),
    "nearest header": ("id,nikk,nama\n1,2,A\n", "", "The file has 'nikk'"),
    "duplicate but for signs": ("id,n_i_k,nama,N.I.K\n1,2,A,3\n", "", "columns 2 and 4 are both"),
    "no header": ("1,1811010101900001,SITI\n", "", "has the file a header, on which row?"),
    "duplicate header": ("id,nik,nama,NIK\n1,2,A,3\n", "", "columns 2 and 4 are both 'nik'"),
    "not utf-8": (
        (HEADER + "1,2,É\n" * 12).encode("cp1252"),
        'encoding = "utf-8"',
        'on line 2. Write encoding = "windows-1252"',
    ),
    "not windows-1252": (ACCENTS.encode(), 'encoding = "cp1252"', 'Write encoding = "utf-8"'),
    "not utf-16": (HEADER + ROWS, 'encoding = "utf-16"', "wrong encoding"),
    "web page": ("<html><table>", "", "this is a web page"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + b"x" * 600, "", "old .xls workbook"),
    "not what it says": (HEADER + ROWS, 'format = "parquet"', "says parquet, but this is text"),
    "no row can stand": (HEADER + "1,2,A,\n" * 20, "", "4 cells, the header has 3"),
}


@pytest.mark.parametrize("case", BROKEN_TEXT)
def test_a_broken_file_says_what_and_what_to_do(tmp_path: Path, case: str) -> None:
    content, more, words = BROKEN_TEXT[case]
    message = said(tmp_path, {"a.csv": content}, more)
    assert message.startswith("data/a.csv")
    assert words in message


@pytest.mark.parametrize("case", BROKEN_TEXT)
def test_a_broken_file_can_be_skipped(tmp_path: Path, case: str) -> None:
    content, more, words = BROKEN_TEXT[case]
    more += '\non_broken_file = "skip"'
    found = read(tmp_path, {"a.csv": content}, more)
    assert found.rows == []
    assert found.quarantine == []
    (file,) = found.files
    assert (file["status"], file["rows_in"]) == ("skipped", 0)
    assert words in file["reason"]


def test_no_person_is_shown_where_a_header_is_missing(tmp_path: Path) -> None:
    text = "1811010101900001,SITI AMINAH,x\n" * 3
    assert "SITI" not in said(tmp_path, {"a.csv": text})


def test_the_same_file_twice(tmp_path: Path) -> None:
    files = {"a.csv": HEADER + ROWS, "b.csv.gz": gzip.compress((HEADER + ROWS).encode())}
    message = said(tmp_path, files)
    assert message.startswith("data/b.csv.gz: the same file twice: its content is that of data/a")
    skipped = read(tmp_path, files, 'on_broken_file = "skip"')
    assert skipped.rows == TWO
    assert [file["status"] for file in skipped.files] == ["read", "skipped"]


def test_gz_and_zip(tmp_path: Path) -> None:
    archive = packed({"x/b.csv": HEADER + "3,4,B\n", "a.csv": HEADER + ROWS, "__MACOSX/a": "?"})
    found = read(tmp_path, {"a.zip": archive, "b.csv.gz": gzip.compress(b"id,nik,nama\n5,6,C\n")})
    assert [row[1] for row in found.rows] == ["1", "2", "3", "5"]
    assert {row["_file"] for row in found.table("raw_s")} == {
        "data/a.zip!a.csv",
        "data/a.zip!x/b.csv",
        "data/b.csv.gz",
    }


def test_a_lacking_column_in_an_archive(tmp_path: Path) -> None:
    archive = packed({"a.csv": "id,nama\n1,A\n", "b.csv": HEADER + "2,3,B\n"})
    assert [row[1:] for row in read(tmp_path, {"a.zip": archive}).rows] == [
        ("1", "A", None),
        ("2", "B", "3"),
    ]


def _locked() -> bytes:
    """An archive whose member says that it is encrypted."""
    raw = bytearray(packed({"a.csv": HEADER}))
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


BROKEN_ARCHIVES = {
    "a bomb": ("a.csv.gz", gzip.compress(bytes(40 * 1024**2)), "a zip bomb?"),
    "a zipped bomb": ("a.zip", packed({"a.csv": bytes(40 * 1024**2)}), "a zip bomb?"),
    "a workbook bomb": (
        "a.xlsx",
        packed({"[Content_Types].xml": "", "xl/workbook.xml": bytes(40 * 1024**2)}),
        "a zip bomb?",
    ),
    "cut short": ("a.csv.gz", gzip.compress((HEADER + ROWS).encode())[:-20], "is damaged"),
    "a zip cut short": ("a.zip", packed({"a.csv": HEADER + ROWS})[:-30], "damaged"),
    "no data inside": ("a.zip", packed({"baca.pdf": "x"}), "no data file in the archive"),
    "a password": ("a.zip", _locked(), "the archive has a password"),
}


@pytest.mark.parametrize("case", BROKEN_ARCHIVES)
def test_a_broken_archive(tmp_path: Path, case: str) -> None:
    name, content, words = BROKEN_ARCHIVES[case]
    message = said(tmp_path, {name: content})
    assert message.startswith(f"data/{name}")
    assert words in message
    skipped = read(tmp_path, {name: content}, 'on_broken_file = "skip"')
    assert skipped.files[0]["status"] == "skipped"


def test_an_archive_that_lies_about_its_size(tmp_path: Path) -> None:
    raw = bytearray(packed({"a.csv": bytes(40 * 1024**2)}))
    directory = raw.rindex(b"PK\x01\x02")
    raw[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    assert said(tmp_path, {"a.zip": bytes(raw)})


def test_a_file_too_large_when_unpacked(tmp_path: Path) -> None:
    raw = gzip.compress((HEADER + ROWS * 1000).encode())
    limits = replace(LIMITS, unpacked_bytes=10_000)
    assert "more than 10,000 bytes" in said(tmp_path, {"a.csv.gz": raw}, limits=limits)


def test_a_member_cannot_leave_the_folder(tmp_path: Path) -> None:
    archive = packed({"../../evil.csv": HEADER + ROWS})
    assert len(read(tmp_path, {"a.zip": archive}).rows) == 2
    assert not list(tmp_path.parent.glob("evil.csv"))


def test_lost_rows_are_a_conflict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "count_records", lambda *_: 3)
    with pytest.raises(Conflict, match="3 rows were sent, but 2 accepted"):
        read(tmp_path, {"a.csv": HEADER + ROWS})
    assert not tables.exists(tmp_path / "runs" / "1" / "ingest" / "raw_s")


def test_nothing_unpacked_stays(tmp_path: Path) -> None:
    read(tmp_path, {"a.csv.gz": gzip.compress((HEADER + ROWS).encode("utf-16"))})
    assert not (tmp_path / "runs" / "1" / ".unpacked").exists()


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    files = {"a.csv": HEADER + ROWS * 2000, "b.csv": HEADER + '9,"8,X\n' + ROWS}
    first, second = (_bytes(read(tmp_path, files)) for _ in range(2))
    assert first == second


def _bytes(found: Ingested) -> dict[str, bytes]:
    folder = found.ctx.run_dir / "ingest"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.parquet")}


RUN = """
import resource, signal, sys
from pathlib import Path
from tangga.engine import ingest
from tangga.engine.context import Context
from tangga.engine.workspace import load_workspace
folder, most = Path(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
ingest.run(Context(load_workspace(folder), folder / "runs" / "1"))
"""


def start(folder: Path, most: int = 10**9) -> subprocess.Popen[bytes]:
    """Ingest in a process of its own, in which no file may grow beyond `most` bytes."""
    command = [sys.executable, "-c", RUN, str(folder), str(most)]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A workspace whose reading takes long enough to be broken off."""
    text = HEADER + "".join(f"{n},{n},WARGA {n}\n" for n in range(400_000))
    return workspace(tmp_path, {"a.csv": text}, PEOPLE.replace("{more}", ""))


def assert_a_rerun_is_whole(folder: Path) -> None:
    """What was left behind does no harm."""
    raw = folder / "runs" / "1" / "ingest" / "raw_s"
    assert not tables.exists(raw)
    again = Context(load_workspace(folder), folder / "runs" / "1")
    assert stage.run(again)["raw_s"] == 400_000
    assert [path.name for path in raw.iterdir()] == ["part-00001.parquet"]


def test_a_killed_run_leaves_nothing_that_looks_whole(large: Path) -> None:
    running = start(large)
    raw = large / "runs" / "1" / "ingest" / "raw_s"
    while running.poll() is None and not (raw.is_dir() and list(raw.iterdir())):
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert [p for p in raw.iterdir() if p.suffix == ".tmp"], "it was killed while writing"
    assert_a_rerun_is_whole(large)


def test_a_full_disk_leaves_nothing_that_looks_whole(large: Path) -> None:
    running = start(large, most=500_000)
    said = running.communicate()[1].decode()
    assert running.returncode == 1
    assert "File too large" in said
    assert_a_rerun_is_whole(large)
