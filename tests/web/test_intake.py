"""Uploads: from a file as received to a source of the workspace, without writing TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from intake_office import SAMPLES, Office, fields, open_office, sample, table, workbook

CODE = 1811012001
PEOPLE = [
    ["Nomor Induk Kependudukan", "No. KK", "Nama Lengkap", "L/P", "Tgl Lahir", "SHDK", "Kode Desa"],
    ["1811011203759001", "1811010203159001", "SARWONO", "L", "12-03-1975", "Kepala Keluarga", CODE],
    ["1811014507789002", "1811010203159001", "TUMINAH", "P", "05-07-1978", "Istri", CODE],
    ["", "1811010203159001", "DWI LESTARI", "P", "21-11-2010", "Anak angkat", CODE],
    ["", "", "", "", "", "", CODE],
]  # fmt: skip
LAYOUT_OF = {
    "bnba.csv": "bnba",
    "dukcapil.csv": "dukcapil",
    "opensid.csv": "opensid",
    "prelist.csv": "prelist",
    "regsosek_art.csv": "regsosek",
    "regsosek_keluarga.csv": "regsosek_keluarga",
    "siks_ng_desil_2026-01-23.csv": "siks_ng_desil",
}


@pytest.fixture
def office(web: Any, tmp_path: Path) -> Iterator[Office]:
    with open_office(web, tmp_path / "office") as opened:
        yield opened
        empty()


def empty() -> None:
    """Without uploads and jobs, as the next test expects it."""
    from tangga.web.intake.models import Job, Remembered, Upload, UploadFile

    for model in (Job, UploadFile, Upload, Remembered):
        model.objects.all().delete()


@pytest.mark.slow  # seven times the engine; each layout alone: tests/test_layouts.py
def test_a_file_of_every_layout_becomes_a_source(office: Office) -> None:
    """Seven files in one go: recognised, told apart, each confirmed as it stands."""
    from tangga.web.intake.models import Upload

    client = office.client()
    first = office.known(client, *(sample(path.name) for path in sorted(SAMPLES.iterdir())))
    uploads = list(Upload.objects.all())
    assert {one.files.get().name: one.layout for one in uploads} == LAYOUT_OF
    page = client.get(first)
    assert b"Kiriman ini berisi 7 macam berkas" in page.content
    for one in uploads:
        page = client.get(f"/unggah/{one.id}/")
        sent = fields(page) | {"tindakan": "pakai"}
        sent["per"] = sent.get("per") or "2026-01-15"
        if one.layout == "opensid":
            sent[f"desa__{one.files.get().id}"] = "1811012001 Sungai Badak"
        if one.layout in ("regsosek", "prelist"):
            sent["sistem__village"] = "bps"
        done = client.post(f"/unggah/{one.id}/", sent, follow=True)
        assert done.status_code == 200
        one.refresh_from_db()
        assert one.state == Upload.MATCHED, (one.layout, done.content.decode())
    assert [job.state for job in office.work()] == ["done"] * 7
    assert set(Upload.objects.values_list("state", flat=True)) == {Upload.PLACED}
    assert "2026-01-23_siks_ng_desil_2026-01-23.csv" in office.files()
    opensid = tomllib.loads(office.source("opensid"))
    assert opensid["columns"]["village"] == {"file": 10, "system": "kemendagri"}
    assert opensid["files"] == ["data/opensid/*"]
    assert opensid["as_of"] == {"file": "%Y-%m-%d"}


def test_columns_of_a_file_that_nobody_described_are_matched(office: Office) -> None:
    client = office.client()
    address = office.known(client, ("warga desa 31-12-2025.xlsx", workbook([["DAFTAR"], *PEOPLE])))
    page = client.get(address).content.decode()
    assert "Daftar orang" in page and "Anak angkat" in page
    assert "1811011203759001" not in page and "************9001" in page
    sent = fields(client.get(address))
    assert sent["per"] == "2025-12-31" and sent["sumber"] == "warga_desa"
    sent |= {"tindakan": "pakai", "kode__relation__0": "child"}
    # So few rows prove nothing: whose codes they are is asked.
    assert sent["sistem__village"] == ""
    sent["sistem__village"] = "kemendagri"
    client.post(address, sent, follow=True)
    assert [job.state for job in office.work()] == ["done"]
    said = tomllib.loads(office.source("warga_desa"))
    assert said["columns"]["sex"] == {"column": "L/P", "codes": {"L": "male", "P": "female"}}
    assert said["columns"]["relation"]["codes"]["Anak angkat"] == "child"
    assert said["columns"]["birth_date"] == {"column": "Tgl Lahir", "format": "%d-%m-%Y"}
    assert said["columns"]["village"] == {"column": "Kode Desa", "system": "kemendagri"}


def test_what_is_missing_is_said_beside_its_field(office: Office) -> None:
    client = office.client()
    address = office.known(client, ("warga.csv", table(PEOPLE)))
    sent = fields(client.get(address)) | {"tindakan": "pakai", "per": "31 Januari"}
    sent |= {"kolom__name": "", "kolom__nik": "", "sumber": "Warga Desa", "sistem__village": ""}
    page = client.post(address, sent).content.decode()
    for words in ("Perlu satu dari", "Tulis tanggal", "huruf kecil di depan", "Pilih dari mana"):
        assert words in page
    assert not list((office.workspace / "sources").iterdir())


def test_a_file_with_codes_of_another_system_is_refused(office: Office) -> None:
    """Kemendagri's codes said to be those of BPS: at the form, before anything is placed."""
    client = office.client()
    address = office.known(client, ("dukcapil.csv", sample("dukcapil.csv")[1]))
    sent = fields(client.get(address)) | {"tindakan": "pakai", "per": "2026-01-15"}
    assert sent["sistem__village"] == "kemendagri"
    page = client.post(address, sent | {"sistem__village": "bps"}).content.decode()
    assert "Kode wilayahnya bukan kode bps" in page
    assert not list((office.workspace / "sources").iterdir())


def test_village_workbooks_become_one_source(office: Office) -> None:
    header = ["nama", "nik", "no_kk"]
    books = [
        (f"{code}.xlsx", workbook([header, [f"WARGA {n}", "", f"18110102031590{n:02d}"]]))
        for n, code in enumerate(("1811012001", "1811012002", "1811012003"))
    ]
    client = office.client()
    address = office.known(client, *books)
    sent = fields(client.get(address)) | {"tindakan": "pakai", "per": "2025-11-30"}
    assert sorted(v.split(" ")[0] for k, v in sent.items() if k.startswith("desa__")) == [
        "1811012001", "1811012002", "1811012003",
    ]  # fmt: skip
    client.post(address, sent | {"sumber": "buku_desa"}, follow=True)
    assert [job.state for job in office.work()] == ["done"]
    assert [name[:21] for name in office.files()] == [
        "2025-11-30_1811012001", "2025-11-30_1811012002", "2025-11-30_1811012003",
    ]  # fmt: skip


def test_a_later_edition_goes_to_the_same_source(office: Office) -> None:
    client = office.client()
    name, content = sample("siks_ng_desil_2026-01-23.csv")
    later = content.replace(b",2\n", b",3\n", 1)
    for one in ((name, content), ("siks_ng_desil_2026-04-20.csv", later)):
        address = office.known(client, one)
        client.post(address, fields(client.get(address)) | {"tindakan": "pakai"}, follow=True)
        assert [job.state for job in office.work()] == ["done"]
    assert len(office.files()) == 2
    other = office.known(client, ("siks_ng_desil.csv", b"NIK,NO_KK,DESIL,NAMA\n1,2,3,4\n"))
    sent = fields(client.get(other)) | {"tindakan": "pakai", "per": "2026-04-20"}
    page = client.post(other, sent).content.decode()
    assert "sudah ada dengan susunan lain" in page


def test_what_the_engine_refuses_is_said_and_undone(office: Office) -> None:
    """A source that the workspace cannot hold: words of the engine, and all as it was."""
    from tangga.web.intake.models import Upload

    (office.workspace / "sources" / "rusak.toml").write_text('kind = "poeple"\nfiles = ["x.csv"]\n')
    client = office.client()
    address = office.known(client, sample("siks_ng_desil_2026-01-23.csv"))
    client.post(address, fields(client.get(address)) | {"tindakan": "pakai"}, follow=True)
    assert [job.state for job in office.work()] == ["refused"]
    assert Upload.objects.get().state == Upload.KNOWN
    page = client.get(address).content.decode()
    assert "Berkas belum dapat dipakai" in page and "poeple" in page
    assert "Traceback" not in page
    assert office.files() == [] and not (office.workspace / "sources/siks_ng_desil.toml").exists()


def test_withdrawing_keeps_the_file_and_takes_it_out(office: Office) -> None:
    from tangga.web.intake.models import Upload

    client = office.client()
    address = office.known(client, sample("siks_ng_desil_2026-01-23.csv"))
    client.post(address, fields(client.get(address)) | {"tindakan": "pakai"}, follow=True)
    office.work()
    client.post(f"{address}tarik/", follow=True)
    assert Upload.objects.get().state == Upload.WITHDRAWN
    assert office.files() == [] and not list((office.workspace / "sources").iterdir())
    kept = [p.name for p in (office.workspace / ".withdrawn").rglob("*") if p.is_file()]
    assert len(kept) == 2
    again = office.send(client, sample("siks_ng_desil_2026-01-23.csv"))
    assert b"Sedang mengenali" in again.content


def test_who_answers_for_one_village_offers_and_the_office_places(office: Office) -> None:
    from tangga.web.intake.models import Upload

    village = office.client("operator_desa", "1811012001")
    address = office.known(village, sample("siks_ng_desil_2026-01-23.csv"))
    done = village.post(
        address, fields(village.get(address)) | {"tindakan": "pakai"}, follow=True
    ).content.decode()
    assert "hanya petugas untuk seluruh wilayah itu" in done and "Mesuji" in done
    assert "Operator dinas sosial kabupaten/kota" in done
    assert village.post("/pekerjaan/", {"per": "2026-01-31"}).status_code == 403
    assert village.post(f"{address}tempatkan/").status_code == 403
    assert office.client("operator_desa", "1811012002").get(address).status_code == 404
    assert office.client("kepala_dinas", "1811").get(address).status_code == 403
    office.client().post(f"{address}tempatkan/", follow=True)
    office.work()
    assert Upload.objects.get().state == Upload.PLACED


def test_an_office_of_a_part_of_the_register_is_told_who_processes(
    web: Any, tmp_path: Path
) -> None:
    """Two regencies in one register: one of them brings files, and cannot count the other anew."""
    with open_office(web, tmp_path / "whole", root="") as office:
        part = office.client()
        page = part.get("/unggah/").content.decode()
        who = "Kementerian Sosial"
        assert "lebih luas dari wilayah Anda" in page and who in page and "Indonesia" in page
        assert "tindakan" not in page and 'name="per"' not in page
        address = office.known(part, sample("siks_ng_desil_2026-01-23.csv"))
        assert "Menunggu Anda" in part.get("/unggah/").content.decode()
        sent = fields(part.get(address)) | {"tindakan": "pakai"}
        done = part.post(address, sent, follow=True).content.decode()
        assert "bagian Anda selesai" in done and who in done and "kabupaten/kota akan" not in done
        page = part.get("/unggah/").content.decode()
        assert "Menunggu Anda" not in page and "Sudah Anda kirim, menunggu diproses" in page
        assert part.post("/pekerjaan/", {"per": "2026-01-31"}).status_code == 403
        whole = office.client("kemensos", "")
        assert "Menunggu Anda" in whole.get("/unggah/").content.decode()
        whole.post(f"{address}tempatkan/", follow=True)
        assert [job.state for job in office.work()] == ["done"]
        empty()


def test_a_village_of_somebody_else_is_refused_in_words(office: Office) -> None:
    from tangga.web.pack import area_name

    client = office.client("operator_desa", "1811012001")
    header = ["nama", "nik", "no_kk"]
    book = workbook([header, ["WARGA", "", "1811010203159001"]])
    address = office.known(client, ("warga.xlsx", book))
    sent = fields(client.get(address)) | {"tindakan": "pakai", "per": "2025-11-30"}
    village = next(key for key in sent if key.startswith("desa__"))
    page = client.post(address, sent | {village: "1811012003"}).content.decode()
    own, other = (area_name(code) for code in ("1811012001", "1811012003"))
    assert f"Kode 1811012003 adalah {other}, di luar wilayah Anda ({own})" in page
    page = client.post(address, sent | {village: "1811012001"}, follow=True).content.decode()
    assert "bagian Anda selesai" in page


LETTERS = {
    "surat.txt": b"halo bapak ibu\n",
    "surat2.txt": b"Kepada Yth. Bapak Bupati\nDengan hormat,\nkami kirim data warga kami.\n",
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_no_list(office: Office, name: str) -> None:
    client = office.client()
    page = client.get(office.known(client, (name, LETTERS[name]))).content.decode()
    assert "Berkas ini tidak diterima" in page and "tampaknya bukan daftar" in page
    assert "Berkas yang ditolak" in page and "Berkas yang diterima" not in page


def test_columns_that_nobody_knows_are_matched_by_hand(office: Office) -> None:
    """Headings that say nothing, over rows: an officer can still say what they are."""
    rows = [["F1", "F2", "F3"], ["1811011203759001", "SARWONO", "L"]]
    client = office.client()
    page = client.get(office.known(client, ("isian.csv", table(rows)))).content.decode()
    assert "Berkas ini belum dikenal" in page


def test_a_file_that_another_office_brought_is_not_taken_twice(office: Office) -> None:
    office.known(office.client(), sample("bnba.csv"))
    village = office.client("operator_desa", "1811012001")
    page = village.get(office.known(village, sample("bnba.csv"))).content.decode()
    assert "sudah diunggah kantor lain" in page


def test_the_history_tells_the_rows_that_a_run_read(office: Office) -> None:
    from django.utils import timezone

    from tangga.web.intake.models import Job, Upload, UploadFile

    client = office.client()
    office.known(client, sample("bnba.csv"))
    upload = Upload.objects.get()
    UploadFile.objects.update(placed="data/bnba/bnba.csv")
    Upload.objects.update(state=Upload.PLACED, source="bnba")
    files = [{"file": "data/bnba/bnba.csv", "rows_in": 1234}]
    told = {"rows_in": 1234, "accepted": 1234, "quarantined": 0, "files": files}
    Job.objects.create(
        kind=Job.RUN, area="1811", by=upload.by, state=Job.DONE, ended=timezone.now(),
        report={"sources": {"bnba": told}},
    )  # fmt: skip
    assert ">1.234</td>" in client.get("/unggah/").content.decode()


def test_the_history_says_who_and_what(office: Office) -> None:
    client = office.client()
    office.known(client, sample("bnba.csv"))
    page = client.get("/unggah/").content.decode()
    assert "operator-kabkota-1811" in page and "bnba.csv" in page and "perlu dicocokkan" in page
    english = client.get("/unggah/", headers={"cookie": f"{_cookies(client)}; bahasa=en"})
    assert "History of uploads" in english.content.decode()


def _cookies(client: Any) -> str:
    return "; ".join(f"{k}={m.value}" for k, m in client.cookies.items())
