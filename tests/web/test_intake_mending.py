"""A file that was matched wrongly: whom a run names, and how it is mended by a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from intake_office import Office, fields, open_office, table

ROWS = [
    ["nik", "no_kk", "nama", "jk", "tgl_lahir", "kode_desa"],
    ["1811011203759001", "1811010203159001", "SARWONO", "L", "1975-03-12", "1811012001"],
    ["1811014507789002", "1811010203159001", "TUMINAH", "P", "1978-07-05", "1811012001"],
]
USED = {"tindakan": "pakai", "per": "2025-11-30", "sistem__village": "kemendagri"}
WORDS = (
    "{place}/sources/desa.toml, column village: the area codes look like kemendagri, not bps:"
    " 2 of 2 rows: '1811012001'. Write system = \"kemendagri\" if that is what they are"
)


@pytest.fixture
def office(web: Any, tmp_path: Path) -> Iterator[Office]:
    from tangga.web.intake.models import Job, Remembered, Upload, UploadFile

    with open_office(web, tmp_path / "office") as opened:
        yield opened
        for model in (Job, UploadFile, Upload, Remembered):
            model.objects.all().delete()


@pytest.fixture
def placed(office: Office) -> str:
    """The address of an upload that stands in the workspace as the source `desa`."""
    client = office.client()
    address = office.known(client, ("desa.csv", table(ROWS)))
    client.post(address, fields(client.get(address)) | USED, follow=True)
    assert [job.state for job in office.work()] == ["done"]
    return address


def stumbles(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run that the engine refuses with `WORDS`; the job."""
    from tangga.web.intake import engine

    ended = engine.Ended(2, WORDS.format(place=office.workspace))
    monkeypatch.setattr(engine, "run", lambda *_, **__: ended)
    office.client().post("/pekerjaan/", {"per": "2026-01-31"})
    job = office.work()[-1]
    monkeypatch.undo()
    return job


def test_a_run_names_the_file_and_why_in_ones_own_language(
    office: Office, placed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = stumbles(office, monkeypatch)
    client = office.client()
    page = client.get(f"/pekerjaan/{job.id}/").content.decode()
    assert "<strong>desa.csv</strong>" in page and "Cocokkan lagi" in page
    assert "tampak seperti kode Kemendagri, padahal dicocokkan sebagai kode BPS" in page
    assert str(office.workspace) not in page and str(office.workspace) not in job.words
    assert "Pemrosesan terakhir berhenti pada berkas ini" in client.get(placed).content.decode()
    other = office.client("kepala_desa", "1811012001").get(placed)
    assert other.status_code in (403, 404)


def test_what_stumbled_leaves_the_workspace_and_is_matched_anew(
    office: Office, placed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.intake.models import Remembered, Upload

    stumbles(office, monkeypatch)
    client = office.client()
    page = client.post(f"{placed}cocokkan-lagi/", follow=True)
    assert Upload.objects.get().state == Upload.KNOWN and not Remembered.objects.exists()
    assert not office.files() and not list((office.workspace / "sources").glob("*.toml"))
    client.post(placed, fields(page) | USED, follow=True)
    assert [job.state for job in office.work()] == ["done"]
    assert office.files() == ["2025-11-30_desa.csv"]
    page = client.get(placed).content.decode()
    assert "Pemrosesan terakhir berhenti" not in page and "Berkas siap diproses" in page


def test_only_who_answers_for_the_workspace_matches_anew(office: Office, placed: str) -> None:
    from tangga.web.intake.models import Upload

    village = office.client("operator_desa", "1811012001")
    assert village.post(f"{placed}cocokkan-lagi/").status_code in (403, 404)
    assert Upload.objects.get().state == Upload.PLACED


def test_who_places_what_others_matched_sees_how(office: Office) -> None:
    village = office.client("operator_desa", "1811012001")
    address = office.known(village, ("desa.csv", table(ROWS)))
    village.post(address, fields(village.get(address)) | USED, follow=True)
    page = office.client().get(address).content.decode()
    assert "2025-11-30" in page and "kode_desa, kode Kemendagri" in page
    again = office.client().post(f"{address}cocokkan-lagi/", follow=True).content.decode()
    assert "Periksa pencocokannya" in again and 'name="sistem__village"' in again


def test_a_wrong_matching_is_not_proposed_again_after_withdrawing(
    office: Office, placed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.intake.models import Remembered

    client = office.client()
    assert Remembered.objects.exists()
    stumbles(office, monkeypatch)
    client.post(f"{placed}tarik/", follow=True)
    assert not Remembered.objects.exists() and not office.files()


def test_a_withdrawn_upload_has_no_rows(office: Office, placed: str) -> None:
    """Though the next one may stand under the name of its file."""
    from tangga.web.intake import queries
    from tangga.web.intake.models import Job, Upload

    name = "data/desa/2025-11-30_desa.csv"
    report = {"sources": {"desa": {"files": [{"file": name, "rows_in": 2}]}}}
    done = Job(kind=Job.RUN, state=Job.DONE, report=report)
    upload = Upload.objects.get()
    assert queries.rows_of_uploads([upload], [done]) == {upload.id: 2}
    upload.state = Upload.WITHDRAWN
    assert queries.rows_of_uploads([upload], [done]) == {}


def test_what_the_office_matched_before_is_not_called_unknown(office: Office, placed: str) -> None:
    client = office.client()
    other = [
        ROWS[0],
        ["1811016107589003", "1811010203159002", "DARSI", "P", "1958-07-21", ROWS[1][5]],
    ]
    address = office.known(client, ("berikut.csv", table(other)))
    page = client.get(address).content.decode()
    assert 'id="dikenali"' in page and "belum dikenal" not in page.split("</header>")[1]
