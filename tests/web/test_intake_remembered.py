"""A header that somebody matched by hand is matched alike the next time, in the same office."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from intake_office import Office, fields, open_office, sample, table

HEADER = ["F1", "F2", "F3", "F4"]
FIRST = [HEADER, ["1811011203759001", "1811010203159001", "SARWONO", "LK"]]
NEXT = [HEADER, ["1811014507789002", "1811010203159001", "TUMINAH", "PR"]]
MATCHED = {"kolom__nik": "=0", "kolom__kk": "=1", "kolom__name": "=2", "kolom__sex": "=3"}


@pytest.fixture
def office(web: Any, tmp_path: Path) -> Iterator[Office]:
    from test_intake import empty

    with open_office(web, tmp_path / "office") as opened:
        yield opened
        empty()


def match(office: Office, client: Any, name: str) -> str:
    """The first file, matched by hand; its page."""
    address = office.known(client, (name, table(FIRST)))
    sent = fields(client.get(address)) | {"jenis": "people"} | MATCHED
    sent |= {"per": "2025-12-31", "sumber": "warga", "tindakan": "lihat"}
    sent = fields(client.post(address, sent)) | {"kode__sex__0": "male", "tindakan": "pakai"}
    client.post(address, sent, follow=True)
    office.work()
    return address


@pytest.mark.slow
def test_the_next_file_of_a_header_begins_as_the_last_was_matched(office: Office) -> None:
    client = office.client()
    match(office, client, "isian 2025-12.csv")
    assert tomllib.loads(office.source("warga"))["columns"]["sex"]["codes"] == {"LK": "male"}
    address = office.known(client, ("isian 2026-01.csv", table(NEXT)))
    page = client.get(address)
    assert "Dikenali dari pencocokan tanggal" in page.content.decode()
    sent = fields(page)
    for key, choice in MATCHED.items():
        assert sent[key] == choice, key
    assert sent["sumber"] == "warga"
    # PR is new: nobody has said what it is. The day is that of the file, never the former one.
    assert sent["kode__sex__0"] == ""
    assert sent["per"] != "2025-12-31"
    sent |= {"per": "2026-01-31", "kode__sex__0": "female", "sumber": "warga_2"}
    client.post(address, sent | {"tindakan": "pakai"}, follow=True)
    assert [job.state for job in office.work()] == ["done"]
    said = tomllib.loads(office.source("warga_2"))["columns"]
    assert (said["nik"], said["name"]) == ("F1", "F3")


def test_a_matching_can_be_forgotten(office: Office, web: Any) -> None:
    client = office.client()
    match(office, client, "isian.csv")
    address = office.known(client, ("lagi.csv", table(NEXT)))
    page = client.post(f"{address}lupakan/", follow=True).content.decode()
    assert "Pencocokan lama dilupakan" in page
    assert "Dikenali dari pencocokan" not in page
    assert fields(client.get(address)).get("kolom__nik", "") == ""
    with web.owner() as con:
        told = con.execute("SELECT count(*) FROM audit_events WHERE what = 'matching_forgotten'")
        assert told.fetchone()[0] == 1


def test_another_office_is_not_told(office: Office) -> None:
    match(office, office.client(), "isian.csv")
    village = office.client("operator_desa", "1811012001")
    page = village.get(office.known(village, ("desa.csv", table(NEXT)))).content.decode()
    assert "Dikenali dari pencocokan" not in page


def test_what_a_layout_knows_is_not_remembered(office: Office) -> None:
    from tangga.web.intake.models import Remembered

    client = office.client()
    address = office.known(client, sample("bnba.csv"))
    sent = fields(client.get(address)) | {"per": "2026-01-31", "tindakan": "pakai"}
    client.post(address, sent, follow=True)
    office.work()
    assert not Remembered.objects.exists()


def test_nothing_of_a_row_is_kept_but_texts_of_codes(office: Office) -> None:
    import json

    from tangga.web.intake.models import Remembered

    match(office, office.client(), "isian.csv")
    kept = json.dumps(Remembered.objects.get().said)
    assert "LK" in kept
    assert not any(text in kept for text in ("SARWONO", "1811011203759001", "1811010203159001"))
