"""A worker killed in the middle of a run: it is said, nothing is lost, and the next run works."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from intake_office import Office, open_office

pytestmark = pytest.mark.slow

MINUTES = 60.0


@pytest.fixture
def office(web: Any, workspace: Path, tmp_path: Path) -> Iterator[Office]:
    """An office that has its files already; it answers for the whole register."""
    with open_office(web, tmp_path / "office", root="") as opened:
        without = shutil.ignore_patterns("runs")
        shutil.copytree(workspace, opened.workspace, ignore=without, dirs_exist_ok=True)
        yield opened


def start_worker(office: Office) -> Any:
    """The real worker, a process of its own as the service has it."""
    from django.conf import settings

    from tangga.web.serving.processes import working

    here = {"TANGGA_WORKSPACE": str(office.workspace), "TANGGA_ROOT_AREA": ""}
    worker = working({**os.environ, **here, "TANGGA_VAR": str(settings.ENV.var)})
    worker.start()
    return worker


def until(what: Callable[[], bool], seconds: float) -> None:
    """Wait for something to be so."""
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, what
        time.sleep(0.2)


def job_of(page: Any) -> tuple[str, Any]:
    """The address of the job that a page went to, and a way to read the job afresh."""
    from tangga.web.intake.models import Job

    address = page.redirect_chain[-1][0]
    number = address.strip("/").split("/")[-1]
    return address, lambda: Job.objects.get(pk=number)


def free(runs: Path) -> bool:
    """Whether no run holds the workspace."""
    from tangga.engine.lock import locked
    from tangga.errors import UserError

    try:
        with locked(runs):
            return True
    except UserError:
        return False


def test_a_worker_killed_in_the_middle_of_a_run(office: Office) -> None:
    from tangga.web.intake.models import Job
    from tangga.web.intake.work.run_all import STAGES

    client = office.client("kemensos", "")
    before = in_force(office)
    address, job = job_of(client.post("/pekerjaan/", {"per": "2026-01-31"}, follow=True))
    worker = start_worker(office)
    try:
        until(lambda: job().progress.get("stage") in STAGES[2:6], 5 * MINUTES)
        assert job().state == Job.RUNNING
    finally:
        worker.process.kill()
        worker.process.wait()
    # The command that it had started goes with it, and leaves the workspace to others.
    until(lambda: free(office.workspace / "runs"), 30)
    assert not (office.workspace / "runs" / "CURRENT").exists()
    assert job().state == Job.RUNNING, "nobody has told us yet"

    worker = start_worker(office)
    try:
        until(lambda: job().state == Job.INTERRUPTED, 5 * MINUTES)
        page = client.get(address).content.decode()
        assert "terputus" in page and "Tidak ada yang hilang" in page
        assert in_force(office) == before
        assert "terputus" in client.get("/unggah/").content.decode()

        address, job = job_of(client.post("/pekerjaan/", {"per": "2026-01-31"}, follow=True))
        until(lambda: not job().active, 10 * MINUTES)
    finally:
        worker.process.terminate()
        worker.process.wait(60)
    done = job()
    assert done.state == Job.DONE, done.words
    assert done.report["load"]["state"] == "staged", done.report["load"]
    for name, one in done.report["sources"].items():
        assert one["rows_in"] == one["accepted"] + one["quarantined"], name
    assert in_force(office) == before, "a second person has not approved it"


def in_force(office: Office) -> int:
    """The number of the release that everybody sees."""
    with office.web.owner() as con:
        return int(con.execute("SELECT number FROM register_current").fetchone()[0])
