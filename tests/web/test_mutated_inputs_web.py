"""What mutated inputs found in readers of the service (docs/security/fuzzing.md); no database."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tangga.web.intake.disguise import look
from tangga.web.journeys.visits.book_in import Unreadable, read_book
from tangga.web.register.loading import BrokenRelease
from tangga.web.register.loading.release import ReleasedTable, read_release, readable
from tangga.web.register.tables import storage_of


def book(folder: Path, old: bytes, new: bytes) -> Path:
    """A workbook with shared strings, in whose parts something stands in the place of another."""
    plain = openpyxl.Workbook()
    assert plain.active is not None
    plain.active.append(["a", "b"])
    out = io.BytesIO()
    plain.save(out)
    file = folder / "a.xlsx"
    with zipfile.ZipFile(out) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(old, new))
    return file


def test_the_workbook_is_read_as_it_is(tmp_path: Path) -> None:
    assert len(read_book(book(tmp_path, b"a", b"a"))["Sheet"][0]) == 2


NOWHERE = {
    "row nought": (b'r="A1"', b'r="A0"'),
    "a text that is not there": (b't="inlineStr"><is><t>a</t></is>', b't="s"><v>99</v>'),
    "too far": (b'r="B1"', b'r="B99999999"'),
}


@pytest.mark.parametrize(("old", "new"), NOWHERE.values(), ids=NOWHERE)
def test_a_workbook_whose_cells_are_nowhere(tmp_path: Path, old: bytes, new: bytes) -> None:
    file = book(tmp_path, old, new)
    with zipfile.ZipFile(file) as archive:
        assert new in archive.read("xl/worksheets/sheet1.xml")
    with pytest.raises(Unreadable):
        read_book(file)


def test_a_workbook_torn_inside(tmp_path: Path) -> None:
    file = book(tmp_path, b"a", b"a")
    content = bytearray(file.read_bytes())
    at = content.index(b"xl/worksheets/sheet1.xml") + 60
    content[at : at + 40] = bytes(40)
    file.write_bytes(content)
    with pytest.raises(Unreadable):
        read_book(file)


def test_an_archive_with_a_member_without_a_name(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("b", b"x")
        archive.writestr("c.csv", b"id,nama\n1,A\n")
    content = bytearray(file.read_bytes())
    content[content.index(b"PK\x01\x02") + 46] = 0  # zipfile cuts a name at its first NUL
    file.write_bytes(content)
    assert look(file, "a.zip").ending == ".zip"


def test_an_archive_whose_name_of_a_member_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("é.csv", b"id,nama\n1,A\n")
    content = bytearray(file.read_bytes())
    content[30] = 0xAA  # before the member itself; the list at the end has its name still
    file.write_bytes(content)
    assert look(file, "a.zip").why == "damaged"


def manifest(of_a_table: dict[str, Any] | None = None, **of_a_column: Any) -> bytes:
    about = {"type": "VARCHAR", "privacy": "open", **of_a_column}
    table = {"file": "families.parquet", "rows": 1, "bytes": 1, "sha256": ""}
    tables = {"families": {**table, "columns": {"family_id": about}, **(of_a_table or {})}}
    said = {"form": 1, "release": "x", "as_of": "2026-01-31", "corrections": {}}
    return json.dumps({**said, "tables": tables}).encode()


@pytest.mark.parametrize(
    "content",
    [
        manifest(privacy=["public"]),
        manifest(type=5),
        manifest({"columns": "x"}),
        manifest({"key": 1.5}),
        manifest({"key": [["family_id"]]}),
        b"[" * 100_000,
        b'{"form":' + b"9" * 5000,
    ],
)
def test_a_manifest_of_other_types(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(BrokenRelease):
        read_release(tmp_path)
    (tmp_path / "manifest.json").write_bytes(manifest())
    assert read_release(tmp_path).rows == 1


def test_a_table_whose_pages_are_torn(tmp_path: Path) -> None:
    file = tmp_path / "families.parquet"
    ids = pa.table({"family_id": [f"f{n}" for n in range(5000)]})
    pq.write_table(ids, file, compression="none", use_dictionary=False)
    content = bytearray(file.read_bytes())
    content[4:200] = b"\xff" * 196
    file.write_bytes(content)
    storage = storage_of("families")
    assert storage is not None
    table = ReleasedTable("families", file, 5000, ("family_id",), True, {}, {}, storage)
    with pytest.raises(BrokenRelease, match=r"families\.parquet: holds rows that cannot be read"):
        table.read(["family_id"])
    with pytest.raises(BrokenRelease), readable(table):
        pa.array([[1]]).cast(pa.date32())
    with pytest.raises(FileNotFoundError), readable(table):
        (tmp_path / "gone").read_bytes()
