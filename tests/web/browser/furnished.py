"""The service in the middle of its work: deliveries at every step, jobs, a release that waits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import loaded
from differing import differing_release
from intake_office import Office, fields, sample, table, workbook

OFFICER, HERE = "operator_kabkota", "1811"
VILLAGE = 1811012001
PEOPLE = [
    ["Nomor Induk Kependudukan", "No. KK", "Nama Lengkap", "L/P", "Tgl Lahir", "SHDK", "Kode Desa"],
    ["1811011203759001", "1811010203159001", "SARWONO", "L", "12-03-1975", "Kepala", VILLAGE],
    ["1811014507789002", "1811010203159001", "TUMINAH", "P", "05-07-1978", "Istri", VILLAGE],
    ["", "1811010203159001", "DWI LESTARI", "P", "21-11-2010", "Anak angkat", VILLAGE],
]  # fmt: skip
ROWS = [
    ["nik", "no_kk", "nama", "jk", "tgl_lahir", "kode_desa"],
    ["1811011203759001", "1811010203159001", "SARWONO", "L", "1975-03-12", str(VILLAGE)],
    ["1811014507789002", "1811010203159001", "TUMINAH", "P", "1978-07-05", str(VILLAGE)],
    ["", "", "", "P", "2010-11-21", str(VILLAGE)],
    ["", "", "-", "L", "2012-11-21", str(VILLAGE)],
]
GONE, FALLEN = 3, 12
"""Families of the second release that went, and that changed their decile."""


@dataclass(frozen=True)
class Furnished:
    """Addresses of pages that only stand once somebody has worked: name -> path."""

    uploads: dict[str, str]
    jobs: dict[str, str]
    release: int


def furnish(office: Office, folder: Path) -> Furnished:
    """A day at work; folder: of the second release."""
    client = office.client(OFFICER, HERE)
    uploads = {
        "placed": _placed(office, client),
        "known": office.known(client, sample("bnba.csv")),
        "unknown": office.known(client, ("warga desa.xlsx", workbook([["DAFTAR"], *PEOPLE]))),
        "refused": office.known(client, ("laporan.pdf", b"%PDF-1.7 not a table")),
    }
    client.post("/pekerjaan/", {"per": "2026-01-31"})
    done = office.work()[-1]
    jobs = {"done": f"/pekerjaan/{done.id}/"} | _jobs(office.web.user(OFFICER, HERE))
    jobs["quarantine"] = f"/pekerjaan/{done.id}/karantina/desa/"
    return Furnished(uploads, jobs, second_release(office.web, folder))


def _placed(office: Office, client: Any) -> str:
    address = office.known(client, ("desa.csv", table(ROWS)))
    said = {"tindakan": "pakai", "per": "2025-11-30", "sistem__village": "kemendagri"}
    client.post(address, fields(client.get(address)) | said)
    office.work()
    return address


def _jobs(user: Any) -> dict[str, str]:
    """One at work, and one of each way to fail."""
    from django.utils import timezone

    from tangga.web.intake.models import Job

    now = timezone.now()
    made = {
        Job.RUNNING: {"progress": {"stage": "link", "step": "link", "done": 1, "of": 2}},
        Job.REFUSED: {"words": "data/desa.csv: 3 column names are missing", "ended": now},
        Job.FAILED: {"words": "ValueError in tangga/engine/run.py:1", "ended": now},
        Job.INTERRUPTED: {"ended": now},
        Job.CANCELLED: {"ended": now},
    }
    same = {"kind": Job.RUN, "area": HERE, "by": user, "begun": now, "seen": now}
    return {
        state: f"/pekerjaan/{Job.objects.create(state=state, **same, **more).id}/"
        for state, more in made.items()
    }


def second_release(web: Any, folder: Path) -> int:
    """Loaded and waiting for a second person: some families went, some changed their decile."""
    from tangga.web.register.commands import load_release

    release = differing_release(web, folder, GONE, FALLEN)
    manifest = loaded.said(release)
    loaded.say(release, {**manifest, "release": manifest["release"].replace("00001", "00002")})
    return int(load_release(release, by="loader").number)
