"""Jobs: processing with progress, the quarantine that comes back, one at a time, killed workers."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_office import Office, fields, open_office, table, workbook

ROWS = [
    ["nik", "no_kk", "nama", "jk", "tgl_lahir", "kode_desa"],
    ["1811011203759001", "1811010203159001", "SARWONO", "L", "1975-03-12", "1811012001"],
    ["1811014507789002", "1811010203159001", "TUMINAH", "P", "1978-07-05", "1811012001"],
    ["", "", "", "P", "2010-11-21", "1811012001"],
    ["", "", "-", "L", "2012-11-21", "1811012001"],
]
USED = {"tindakan": "pakai", "per": "2025-11-30", "sistem__village": "kemendagri"}


@pytest.fixture
def office(web: Any, tmp_path: Path) -> Iterator[Office]:
    from tangga.web.intake.models import Job, Upload, UploadFile

    with open_office(web, tmp_path / "office") as opened:
        yield opened
        for model in (Job, UploadFile, Upload):
            model.objects.all().delete()


def bring(office: Office, client: Any, name: str, content: bytes, **more: str) -> str:
    """Upload, confirm and place."""
    address = office.known(client, (name, content))
    client.post(address, fields(client.get(address)) | USED | more, follow=True)
    assert [job.state for job in office.work()] == ["done"]
    return address


def process(office: Office, client: Any) -> Any:
    """Process everything; the job as it ended."""
    client.post("/pekerjaan/", {"per": "2026-01-31"})
    return office.work()[-1]


@pytest.mark.slow
def test_quarantine_goes_out_and_comes_back_and_nothing_counts_twice(office: Office) -> None:
    client = office.client()
    bring(office, client, "desa.csv", table(ROWS))
    job = process(office, client)
    assert job.state == "done", job.words
    told = job.report["sources"]["desa"]
    assert (told["rows_in"], told["accepted"], told["quarantined"]) == (4, 2, 2)
    page = client.get(f"/pekerjaan/{job.id}/").content.decode()
    assert (
        'data-rows="4" data-accepted="2" data-quarantined="2"' in page and "jumlahnya pas" in page
    )
    back = client.post(f"/pekerjaan/{job.id}/karantina/desa/", {"alasan": "diperbaiki desa"})
    book = openpyxl.load_workbook(io.BytesIO(back.content))
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    assert header[:6] == ROWS[0] and header[-1] == "_tangga_line"
    assert "diperbaiki desa" in book.properties.description
    sheet.cell(2, 3).value = "DWI LESTARI"
    out = io.BytesIO()
    book.save(out)
    address = office.known(client, ("perbaikan.xlsx", out.getvalue()))
    assert "Perbaikan karantina" in client.get(address).content.decode()
    client.post(address, {"tindakan": "pakai"}, follow=True)
    assert [one.state for one in office.work()] == ["done"]
    again = process(office, client)
    told = again.report["sources"]["desa"]
    counts = {key: told[key] for key in ("rows_in", "accepted", "quarantined", "replaced", "open")}
    assert counts == {"rows_in": 6, "accepted": 3, "quarantined": 3, "replaced": 2, "open": 1}
    page = client.get(f"/pekerjaan/{again.id}/").content.decode()
    assert "2 baris sudah diganti perbaikan dan 1 masih menunggu" in page
    assert again.report["load"]["state"] == "staged"
    assert "menunggu persetujuan orang kedua" in page


def test_a_quarantine_needs_a_reason_and_the_whole_office(office: Office) -> None:
    from tangga.web.intake.models import Job

    user = office.web.user("operator_kabkota", "1811")
    counts = {"open": 2, "rows_in": 2, "accepted": 0, "quarantined": 2, "replaced": 0}
    report = {"sources": {"desa": {**counts, "quarantine": [], "problems": [], "files": []}}}
    job = _job(user, state=Job.DONE, report=report)
    address = f"/pekerjaan/{job.id}/karantina/desa/"
    assert "Tulis alasannya" in office.client().post(address, {"alasan": " "}).content.decode()
    assert office.client().get(f"/pekerjaan/{job.id}/karantina/lain/").status_code == 404
    assert office.client("verifikator_kabkota", "1771").get(address).status_code == 404
    assert office.client("kepala_desa", "1811012001").get(address).status_code == 403


def test_rows_about_nobody_in_the_register_are_told_and_can_be_taken(office: Office) -> None:
    from tangga.web.intake.models import Job

    user = office.web.user("operator_kabkota", "1811")
    told = {"open": 0, "rows_in": 7, "accepted": 7, "quarantined": 0, "replaced": 0}
    lists: dict[str, list[Any]] = {"quarantine": [], "problems": [], "files": []}
    of = {"desil": told | lists | {"identified": 1, "unidentified": 6}}
    of["bnba"] = told | lists | {"identified": 7, "unidentified": 0}
    of["warga"] = told | lists | {"identified": None, "unidentified": None}
    load = {"state": "unpublished"}
    job = _job(user, state=Job.DONE, report={"sources": of, "load": load})
    client = office.client()
    page = client.get(f"/pekerjaan/{job.id}/").content.decode()
    assert 'data-identified="1" data-unidentified="6"' in page
    assert "6 dari 7 baris tentang orang atau keluarga yang tidak ada di register" in page
    assert page.count("data-unidentified") == 1
    assert "Semua 7 baris menemukan orang atau keluarganya" in page
    address = f"/pekerjaan/{job.id}/tak-dikenal/"
    assert "Tulis alasannya" in client.post(f"{address}desil/", {"alasan": " "}).content.decode()
    assert client.get(f"{address}bnba/").status_code == 404
    assert client.get(f"{address}warga/").status_code == 404
    assert office.client("kepala_desa", "1811012001").get(f"{address}desil/").status_code == 403


def _job(user: Any, **more: Any) -> Any:
    from django.utils import timezone

    from tangga.web.intake.models import Job

    ended = None if more.get("state") in (Job.QUEUED, Job.RUNNING) else timezone.now()
    return Job.objects.create(kind=Job.RUN, area="1811", by=user, ended=ended, **more)


def test_only_one_run_at_a_time(office: Office) -> None:
    from tangga.web.intake.models import Job

    client = office.client()
    first = client.post("/pekerjaan/", {"per": "2026-01-31"}, follow=True)
    second = client.post("/pekerjaan/", {"per": "2026-01-31"}, follow=True)
    assert b"Sudah ada proses yang berjalan" in second.content
    assert first.redirect_chain == second.redirect_chain
    assert Job.objects.filter(kind=Job.RUN).count() == 1


def test_a_job_that_waits_is_cancelled_at_once(office: Office) -> None:
    from tangga.web.intake.models import Job

    client = office.client()
    page = client.post("/pekerjaan/", {"per": "2026-01-31"}, follow=True)
    address = page.redirect_chain[-1][0]
    assert "menunggu giliran" in page.content.decode()
    client.post(f"{address}batal/")
    assert Job.objects.get().state == Job.CANCELLED
    assert office.work() == []
    assert "Dibatalkan" in client.get(address).content.decode()


def test_progress_is_told_while_the_engine_works(office: Office) -> None:
    from tangga.web.intake.models import Job
    from tangga.web.intake.work.state import telling

    user = office.web.user("operator_kabkota", "1811")
    job = _job(user, state=Job.RUNNING)
    look = telling(job, lambda: {"stage": "link", "step": "link", "done": 1, "of": 2})
    assert look()
    page = office.client().get(f"/pekerjaan/{job.id}/").content.decode()
    assert "Menautkan catatan" in page and 'value="31"' in page and 'hx-trigger="every 2s"' in page
    part = office.client().get(f"/pekerjaan/{job.id}/", headers={"HX-Request": "true"})
    assert b"<html" not in part.content and b'id="keadaan"' in part.content
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    assert not look()


def test_a_command_that_is_cancelled_ends_with_all_that_it_started(tmp_path: Path) -> None:
    from tangga.web.intake import engine

    begun = time.monotonic()
    inner = "import time; time.sleep(60)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    made = [sys.executable, "-c", script]
    real, engine.command = engine.command, lambda *_: made
    try:
        ended = engine.run(["x"], tmp_path / "log.txt", look=lambda: False)
    finally:
        engine.command = real
    assert ended.cancelled and time.monotonic() - begun < 30


def test_the_engine_is_given_no_secret() -> None:
    from tangga.web.intake import engine

    assert not set(engine.environment()) & set(engine.SECRETS)


def test_a_job_whose_worker_was_killed_is_found_and_said(office: Office) -> None:
    """A real process that begins the job and is killed with -9."""
    from django.utils import timezone

    from tangga.web.intake import actions
    from tangga.web.intake.models import Job

    user = office.web.user("operator_kabkota", "1811")
    job = _job(user, state=Job.RUNNING, seen=timezone.now())
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert actions.find_interrupted() == 0
    Job.objects.filter(pk=job.pk).update(seen=timezone.now() - timedelta(minutes=5))
    page = office.client().get(f"/pekerjaan/{job.id}/").content.decode()
    assert "terputus" in page and "Tidak ada yang hilang" in page
    assert Job.objects.get(pk=job.pk).state == Job.INTERRUPTED
    again = office.client().post("/pekerjaan/", {"per": "2026-01-31"}, follow=True)
    assert "menunggu giliran" in again.content.decode()


def test_what_the_engine_says_is_said_and_a_fault_is_told_as_one(office: Office) -> None:
    """Nothing to process: exit code 2, in its words. A fault: its kind and place, no more."""
    from tangga.web.intake import tasks
    from tangga.web.intake.models import Job

    client = office.client()
    job = process(office, client)
    page = client.get(f"/pekerjaan/{job.id}/").content.decode()
    assert job.state == Job.REFUSED and "no sources" in page and "Traceback" not in page
    user = office.web.user("operator_kabkota", "1811")
    other = _job(user, state=Job.QUEUED)

    def fails(_job: Any) -> dict[str, Any]:
        raise ZeroDivisionError("1811011203759001")

    tasks._work(str(other.id), fails)
    page = client.get(f"/pekerjaan/{other.id}/").content.decode()
    assert "ZeroDivisionError" in page and "1811011203759001" not in page


def test_repaired_rows_of_another_service_are_matched_as_any_file(office: Office) -> None:
    client = office.client()
    rows = [[*ROWS[0], "_tangga_source", "_tangga_file", "_tangga_line"]]
    rows += [[*ROWS[1], "tidak_ada", "data/x.csv", "3"]]
    address = office.known(client, ("perbaikan.xlsx", workbook(rows)))
    page = client.get(address).content.decode()
    assert "Perbaikan karantina" not in page and "_tangga_" not in page
