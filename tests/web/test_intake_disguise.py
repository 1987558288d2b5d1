"""Disguised uploads: what a file is stands in its bytes, and what it is not is said in words."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from intake_office import Office, open_office, sample, table, workbook

from tangga.web.intake.disguise import look
from tangga.web.intake.storage import clean_name, shown_name

GOOD = table([["NIK", "NAMA"], ["1811011203759001", "SARWONO"]])


def packed(members: dict[str, bytes], **more: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **more) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_member(content: bytes, name: str, more: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, more)
    return out.getvalue()


REFUSED = {
    "empty": ("kosong.csv", b""),
    "program": ("laporan.csv", b"MZ\x90\x00" + b"\0" * 200),
    "web_page": ("unduhan.xlsx", b"<html><table><tr><td>NIK</td></tr></table></html>"),
    "old_or_locked": ("terkunci.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "pdf": ("bnba.csv", b"%PDF-1.7\n"),
    "picture": ("bnba.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
    "no_table": ("data.csv", b"NIK,NAMA\n" + bytes(range(256)) * 4),
    "macros": (
        "buku.xlsx",
        with_member(workbook([["NIK"], ["1"]]), "xl/vbaProject.bin", b"Attribute"),
    ),
    "document": ("surat.xlsx", packed({"[Content_Types].xml": b"", "word/document.xml": b""})),
    "bomb": ("besar.zip", packed({"besar.csv": b"0" * 60_000_000})),
    "climbs": ("luar.zip", packed({"../../etc/passwd.csv": GOOD})),
    "mixed_archive": ("campur.zip", packed({"a.csv": GOOD, "b.exe": b"MZ"})),
    "damaged": ("rusak.zip", packed({"a.csv": GOOD})[:60]),
    "other_archive": ("arsip.csv", b"Rar!\x1a\x07\x00" + b"\0" * 20),
}
ACCEPTED = {
    ".csv": ("a.txt", GOOD),
    ".tsv": ("a.tsv", b"NIK\tNAMA\n1\tX\n"),
    ".xlsx": ("buku kerja.csv", workbook([["NIK"], ["1"]])),
    ".zip": ("arsip.bin", packed({"a.csv": GOOD})),
    ".csv.gz": ("a.csv.gz", gzip.compress(GOOD)),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_no_table_is_told_by_its_content(why: str, tmp_path: Path) -> None:
    name, content = REFUSED[why]
    file = tmp_path / "sent"
    file.write_bytes(content)
    assert look(file, name).why == why


@pytest.mark.parametrize("ending", ACCEPTED)
def test_a_table_is_known_whatever_it_is_called(ending: str, tmp_path: Path) -> None:
    name, content = ACCEPTED[ending]
    file = tmp_path / "sent"
    file.write_bytes(content)
    assert (look(file, name).ending, look(file, name).why) == (ending, "")


def test_text_in_two_bytes_a_sign_is_text(tmp_path: Path) -> None:
    file = tmp_path / "sent"
    for content in ("NIK,NAMA\n1,X\n".encode("utf-16"), "NIK,NAMA\n1,X\n".encode("utf-16-le")):
        file.write_bytes(content)
        assert look(file, "a.csv").why == ""


def test_names_are_safe_and_hold_no_national_number() -> None:
    assert clean_name("../../etc/Laporan Desa.CSV") == "Laporan_Desa.csv"
    assert clean_name("C:\\data\\bnba.xlsx") == "bnba.xlsx"
    assert clean_name("\x00\n.csv") == "berkas.csv" or clean_name("\x00\n.csv") == "csv"
    assert "1811011203759001" not in clean_name("KK 1811011203759001.csv")
    assert "1811011203759001" not in shown_name("KK 1811011203759001.csv")
    assert len(clean_name("a" * 10_000 + ".csv")) < 100


@pytest.fixture
def office(web: Any, tmp_path: Path) -> Iterator[Office]:
    with open_office(web, tmp_path / "office") as opened:
        yield opened


def test_refusals_are_pages_and_nothing_is_kept(office: Office) -> None:
    from tangga.web.intake import storage
    from tangga.web.intake.models import Upload

    client = office.client()
    page = office.send(client, *REFUSED.values()).content.decode()
    assert page.count("tidak diterima") and "Traceback" not in page
    assert Upload.objects.filter(state=Upload.REFUSED).count() == len(REFUSED)
    left = [path for path in storage.uploads().rglob("*") if path.is_file()]
    assert left == []
    history = client.get("/unggah/").content.decode()
    for words in ("Ini program, bukan tabel", "makro", "mengembang", "menunjuk ke luar"):
        assert words in history


def test_the_same_file_twice_is_said(office: Office) -> None:
    client = office.client()
    office.send(client, sample("bnba.csv"), ("lain.csv", sample("bnba.csv")[1]))
    office.send(client, ("nama_lain.csv", sample("bnba.csv")[1]))
    page = client.get("/unggah/").content.decode()
    assert "dipilih dua kali" in page and "sudah pernah diunggah" in page


def test_nothing_chosen_and_too_much_are_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.intake import storage

    client = office.client()
    assert b"Pilih dulu berkasnya" in client.post("/unggah/", {}, follow=True).content
    monkeypatch.setattr(storage, "MOST_BYTES", 1000)
    page = office.send(client, ("besar.csv", GOOD + b"x" * 2000))
    assert b"Terlalu besar" in page.content
    assert [path for path in storage.uploads().rglob("*") if path.is_file()] == []


def test_a_forged_address_is_no_upload(office: Office) -> None:
    client = office.client()
    for address in (
        "/unggah/00000000-0000-4000-8000-000000000000/",
        "/pekerjaan/00000000-0000-4000-8000-000000000000/",
        "/pekerjaan/00000000-0000-4000-8000-000000000000/karantina/desa/",
    ):
        assert client.get(address).status_code == 404
    assert client.get("/unggah/../../etc/").status_code == 404
    assert client.get("/unggah/?halaman=" + "9" * 10_000).status_code == 200
