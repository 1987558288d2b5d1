"""Mbah Karto, 72, his able son, his grandson in upper secondary school.

The school component ends by itself, which is no graduation; his own goes on, also when nobody knows
any more when he was born.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from round_pages import of_family, press, round_through, rows_at, rupiah
from sari_register import companions, each

from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from village import CAST, SIMPANG

pytestmark = pytest.mark.slow

DAY = date(2026, 2, 28)
REGENCY, DISTRICT = SIMPANG[:4], SIMPANG[:6]
SECOND, FOURTH = "2026-04-01/2026-06-30", "2026-10-01/2026-12-31"
HIS_OWN, SCHOOL = 600_000, 500_000
"""A quarter of what a year pays for an elder, and for a pupil of that level."""
BORN = {"TGL_LAHIR", "tgl_lahir", "TGL_LHR", "birth_date"}


def prepare(workspace: Path) -> None:
    """The family receives by component, through Mbah Karto; somebody accompanies it."""
    listed = workspace / "kepesertaan.csv"
    payee = {"payee_nik": CAST["karto"].nik}
    each(listed, lambda row: row if row["id"] != "karto" else None)
    each(listed, lambda row: row | payee if row["id"] == "rizky-school" else row)
    companions(workspace, 2026)


def erased(workspace: Path) -> None:
    """The next files: Rizky left school; nobody says when Mbah Karto was born."""
    for name in ("dtks", "dtsen", "dukcapil", "survei"):
        each(workspace / f"{name}.csv", _unborn)
    each(workspace / "regsosek.csv", lambda row: None if "KARTO" in row["nama"] else row)


def _unborn(row: dict[str, str]) -> dict[str, str]:
    who = next(iter(row.values())).rpartition("-")[2]
    if who == "rizky" and "school_status" in row:
        return row | {"school_status": "left"}
    return row | dict.fromkeys(BORN & row.keys(), "") if who == "karto" else row


def test_mbah_karto(story: Any) -> None:
    family = story.family("Karto")
    story.on(date(2026, 4, 6))
    before = _round(story, SECOND, "Tahap 2")
    (own,) = _of_karto(story, before)
    assert rupiah(own["Jumlah"]) == HIS_OWN + SCHOOL
    assert _graduations(story) == "0 of 2"

    story.on(date(2026, 7, 6))
    check = _school_is_over(story, family)
    story.on(date(2026, 7, 22))
    story.tick()
    _ended_alamiah(story, family, check)
    assert _graduations(story) == "0 of 2"

    erased(story.village.workspace)
    story.release(date(2026, 8, 31))
    story.on(date(2026, 9, 1))
    _nothing_ends(story)
    _one_visit(story, family)
    story.on(date(2026, 10, 5))
    after = _round(story, FOURTH, "Tahap 4")
    (own,) = _of_karto(story, after)
    assert rupiah(own["Jumlah"]) == HIS_OWN
    assert _graduations(story) == "0 of 2"


def _office(story: Any) -> tuple[Any, Any, Any]:
    roles = ("operator_kabkota", "verifikator_kabkota", "kepala_dinas")
    office, check, boss = (story.page(role, REGENCY) for role in roles)
    return office, check, boss


def _round(story: Any, time: str, called: str) -> str:
    """A round of PKH by three people; its address."""
    return round_through(*_office(story), "pkh", time, called)


def _of_karto(story: Any, address: str) -> list[dict[str, str]]:
    return of_family(rows_at(story.page("operator_kabkota", REGENCY), address, "pay"), "KARTO")


def _graduations(story: Any) -> str:
    """Achieved, and the target, as the year of the companion has it."""
    page = story.page("pendamping_pkh", DISTRICT, worker="PDP-0001")
    page.goto("/kunjungan/tahun/")
    line = page.locator("section.year-line", has_text="Graduasi mandiri").inner_text()
    achieved, target = (
        re.search(r"(\d+) keluarga", line),
        re.search(r"Target setahun\s+(\d+)", line),
    )
    assert achieved and target, line
    return f"{achieved[1]} of {target[1]}"


def _school_is_over(story: Any, family: str) -> str:
    """Reported with the school's letter, checked, decided; told to the family."""
    office, check, boss = _office(story)
    office.goto(f"/tangguh/baru/{family}/")
    office.locator("select[name=reason]").select_option("component_over")
    office.locator("select[name=person_id]").select_option(story.person("Rizky Ramadhan"))
    office.locator("textarea[name=words]").fill("Rizky keluar dari SMA bulan Juni")
    press(office, "Laporkan isyarat")
    where = str(office.url)
    check.goto(where)
    check.locator("input[name=finding][value=yes]").check()
    choices = check.locator("input[name=ends]")
    assert choices.count() == 2
    check.get_by_label(re.compile("SMA|menengah atas", re.I)).check()
    check.locator("textarea[name=words]").fill("Sesuai surat sekolah")
    check.locator("input[name=document]").fill("421.3/88/SMAN1/2026")
    press(check, "Simpan hasil pemeriksaan")
    boss.goto(where)
    form = boss.locator("form.step", has=boss.get_by_role("button", name="Putuskan berhenti"))
    form.locator("textarea").fill("Komponen sekolah selesai")
    form.locator("input[name=dokumen]").fill("SK 21/2026")
    with boss.expect_navigation():
        form.get_by_role("button").click()
    assert "masa keberatan berjalan" in boss.inner_text("main")
    return where


def _ended_alamiah(story: Any, family: str, check: str) -> None:
    """The part of the pupil is over by its natural exit; that of the elder runs."""
    page = story.page("operator_kabkota", REGENCY)
    page.goto(check)
    text = page.inner_text("main")
    assert "Dihentikan" in text and "Graduasi alamiah" in text
    (closed,) = story.rows(
        "SELECT component, exit FROM public.overlay_spell WHERE family_id = %s", family
    )
    assert closed == ("upper_secondary", "natural")
    page.goto(f"/keluarga/{family}/")
    assert "Lanjut usia" in page.locator("#bantuan, main").first.inner_text()


def _nothing_ends(story: Any) -> None:
    """What the run proposes to end is the pupil's part alone, also without the elder's birth."""
    run = last_complete(story.village.workspace)
    due = duckdb.sql(f"SELECT source_id, due_exit FROM ({relation(run, 'due_ends')})").fetchall()
    assert [one for one in due if "karto" in one[0] or "rizky" in one[0]] == [
        ("rizky-school", "natural")
    ]
    born = story.rows("SELECT birth_date FROM persons WHERE name ILIKE 'Karto'")
    assert born == [(None,)]


def _one_visit(story: Any, family: str) -> None:
    """One task for a worker, with a day and the question; nothing for anybody else."""
    page = story.page("pendamping_pkh", DISTRICT, worker="PDP-0001")
    page.goto("/kunjungan/")
    cards = page.locator(f"#k-{family}")
    assert cards.count() == 1
    text = cards.inner_text()
    assert re.search(r"sebelum \d+ \w+ 2026", text), text
    cards.get_by_role("link", name="Catat kunjungan").click()
    assert "Kapan lahir?" in page.inner_text("main")
    page.goto(f"/keluarga/{family}/")
    assert "Program Keluarga Harapan (PKH)" in page.inner_text("main")
    assert not story.rows(
        "SELECT kind FROM public.work_item WHERE family_id = %s AND opened_on > '2026-08-31'",
        family,
    )
