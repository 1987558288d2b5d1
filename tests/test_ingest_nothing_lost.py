"""Damaged files: no exception but one for the user, no row lost, good rows far away are kept."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from small_workspace import HEADER, PEOPLE, Ingested, workspace
from tangga.engine.context import Context
from tangga.engine.ingest.count import count_records
from tangga.engine.ingest.limits import LIMITS
from tangga.engine.ingest.part import PartWriter
from tangga.engine.ingest.quarantine import Quarantine
from tangga.engine.ingest.records import cut
from tangga.engine.ingest.scan import clean_rows
from tangga.engine.ingest.stage import run
from tangga.engine.ingest.text import TextReader, TextTable
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError

# Small, so that damage meets the ends of blocks, windows and records.
SMALL = replace(LIMITS, record_bytes=200, record_lines=4, block_bytes=512, group_rows=16)
SOURCE = PEOPLE.replace("{more}", 'encoding = "utf-8"\ndelimiter = ","')
TORN = [
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    "\0",
    ",",
    ",,",
    '",',
    ',"',
    '\n"',
    "é",
    "x" * 250,
    " ",
    "\n\n",
]
QUICK = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Bench:
    """One workspace, read again and again."""

    def __init__(self, folder: Path) -> None:
        workspace(folder, {"a.csv": HEADER}, SOURCE)
        self.ctx = Context(load_workspace(folder), folder / "runs" / "1")
        self.data = folder / "data"

    def ingest(self, content: bytes) -> Ingested:
        (self.data / "a.csv").write_bytes(content)
        return Ingested(self.ctx, run(self.ctx, SMALL))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("mutated"))


def plain_count(text: bytes) -> int:
    """Records below the header, sign by sign: a third reading of what a record is."""
    lines = text.split(b"\n")
    at = rows = 0
    while at < len(lines):
        if len(lines[at]) <= SMALL.record_bytes and not lines[at].strip(b" \r"):
            at += 1
            continue
        rows += 1
        at += _lines_of_record(lines[at:])
    return rows


def _lines_of_record(lines: list[bytes]) -> int:
    for taken in range(1, min(SMALL.record_lines, len(lines)) + 1):
        text = b"\n".join(lines[:taken])
        if len(text) > SMALL.record_bytes:
            return 1
        state = _state(text.rstrip(b"\r").decode("latin-1"))
        if state != "open":
            return taken if state == "closed" else 1
    return 1


def _state(text: str) -> str:
    """open, closed or stray: where the quotes of a text leave a reader."""
    state = "start"
    for sign in text:
        if state == "start":
            state = {'"': "quoted", ",": "start"}.get(sign, "bare")
        elif state == "bare":
            state = "start" if sign == "," else "bare"
        elif state == "quoted":
            state = "maybe" if sign == '"' else "quoted"
        elif state == "maybe":
            state = {'"': "quoted", ",": "start"}.get(sign, "stray")
        if state == "stray":
            return "stray"
    return "open" if state == "quoted" else "closed"


def good_rows(rows: int, quoted: bool) -> list[bytes]:
    """Rows that differ; every seventh has a cell with a newline, a comma and a quote."""
    out = []
    for number in range(rows):
        name = f"WARGA {number}" if number % 7 else f'DUSUN "{number}",\nRT 3'
        line = io.StringIO()
        style = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
        cells = [f"k{number}", str(10**15 + number), name]
        csv.writer(line, quoting=style, lineterminator="\n").writerow(cells)
        out.append(line.getvalue().encode())
    return out


@st.composite
def damaged_files(draw: st.DrawFn) -> tuple[bytes, list[int]]:
    """(text below the header, numbers of the rows that must have survived)."""
    rows = good_rows(draw(st.integers(1, 60)), draw(st.booleans()))
    hurt = set()
    for _ in range(draw(st.integers(0, 4))):
        number = draw(st.integers(0, len(rows) - 1))
        place = draw(st.integers(0, len(rows[number])))
        if draw(st.booleans()):
            torn = draw(st.one_of(st.sampled_from(TORN).map(str.encode), st.just(b"\xff")))
            rows[number] = rows[number][:place] + torn + rows[number][place:]
        else:
            length = draw(st.integers(1, 40))
            rows[number] = rows[number][:place] + rows[number][place + length :]
        hurt.add(number)
    reach = SMALL.record_lines + 1
    far = [n for n in range(len(rows)) if all(abs(n - bad) > reach for bad in hurt)]
    return b"".join(rows), far


@QUICK
@given(damaged_files())
def test_rows_in_are_accepted_or_quarantined(bench: Bench, file: tuple[bytes, list[int]]) -> None:
    text, far = file
    try:
        found = bench.ingest(HEADER.encode() + text)
    except UserError:
        return
    (report,) = found.files
    accepted, quarantined = found.rows, found.quarantine
    assert report["rows_in"] == plain_count(text) == len(accepted) + len(quarantined)
    assert (report["accepted"], report["quarantined"]) == (len(accepted), len(quarantined))
    kept = {row[1:] for row in accepted}
    for number in far:
        name = f"WARGA {number}" if number % 7 else f'DUSUN "{number}",\nRT 3'
        assert (f"k{number}", str(10**15 + number), name) in kept
    starts = [0, *(i + 1 for i, sign in enumerate(text) if sign == 10)]
    for line, identifier, *_ in accepted:
        at = starts[line - 2]
        start = identifier.split('"')[0].encode()
        assert text[at:].lstrip(b'"').startswith(start)
    for line, _, row in quarantined:
        first = text[starts[line - 2] :].split(b"\n")[0].rstrip(b"\r")
        shown = first.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
        assert row.startswith(shown[:100])


@QUICK
@given(st.binary(max_size=2_000), st.sampled_from(["a.csv", "a.xlsx", "a.zip", "a.csv.gz"]))
def test_any_bytes_raise_nothing_but_a_user_error(bench: Bench, content: bytes, name: str) -> None:
    source = replace(bench.ctx.workspace.sources[0], encoding=None, delimiter=None)
    file = bench.data / name
    source = replace(source, files=(file,), format=None)
    there = replace(bench.ctx, workspace=replace(bench.ctx.workspace, sources=(source,)))
    file.write_bytes(content)
    try:
        run(there, SMALL)
    except UserError:
        pass
    finally:
        if name != "a.csv":
            file.unlink()


@QUICK
@given(damaged_files(), st.data())
def test_damaged_containers_raise_nothing_but_a_user_error(
    bench: Bench, file: tuple[bytes, list[int]], data: st.DataObject
) -> None:
    text = HEADER.encode() + file[0]
    if data.draw(st.booleans()):
        packed = gzip.compress(text)
    else:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", text)
        packed = out.getvalue()
    place = data.draw(st.integers(4, len(packed) - 1))
    damaged = packed[:place] + data.draw(st.binary(max_size=4)) + packed[place + 2 :]
    try:
        found = bench.ingest(damaged)
    except UserError:
        return
    for report in found.files:
        assert report["rows_in"] == report["accepted"] + report["quarantined"]


@QUICK
@given(damaged_files())
def test_the_fast_and_the_plain_reader_agree(
    tmp_path_factory: pytest.TempPathFactory, file: tuple[bytes, list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("agree")
    path = folder / "a.csv"
    path.write_bytes(file[0])

    def read(name: str, kind: type[TextReader]) -> tuple[list[object], list[object]]:
        quarantine = Quarantine("s", "a.csv", folder / f"{name}-q", 0, SMALL)
        with PartWriter(folder / name, 0, "a.csv", ["id", "nik", "nama"], SMALL) as part:
            table = TextTable(path, ",", ("id", "nik", "nama"), 0, 1)
            kind(table, part, quarantine, SMALL).read()
        quarantine.close()
        waiting = folder / f"{name}-q" / "part-00000.parquet"
        rows = pq.read_table(folder / name / "part-00000.parquet").to_pylist()
        return rows, pq.read_table(waiting).to_pylist() if waiting.exists() else []

    class PlainReader(TextReader):
        def _clean(self) -> bool:
            return False

    assert read("fast", TextReader) == read("plain", PlainReader)


@QUICK
@given(st.text(alphabet='a",\n\r \0é', max_size=300))
def test_three_readers_count_alike(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("count") / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert count_records(path, 0, ",", SMALL) == plain_count(text.encode())


@QUICK
@given(st.lists(st.text(alphabet='a",\r é', max_size=8), min_size=2, max_size=4))
def test_cells_come_back_as_they_were_written(cells: list[str]) -> None:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="").writerow(cells)
    assert cut(line.getvalue().encode(), b",") == ([cell.encode() for cell in cells], None)


@QUICK
@given(damaged_files())
def test_clean_rows_are_those_of_the_csv_module(file: tuple[bytes, list[int]]) -> None:
    text = file[0] if file[0].endswith(b"\n") else file[0] + b"\n"
    clean = clean_rows(text, ord(","), 3, SMALL)
    shown = io.StringIO(text[: clean.end].decode("utf-8"), newline="")
    rows = list(csv.reader(shown, strict=True))
    assert len(rows) == clean.rows
    assert all(len(row) == 3 for row in rows)
