"""Three deaths in the register of a city and a village, of which one was none.

A mother of three dies: her husband receives, and the next payment is less only her component. Her
namesake is taken for dead: stopped, restored, and paid what she missed to the rupiah. An elder who
lived alone died long ago: her support ends, and what was paid since is listed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from proposing import photo
from round_pages import of_family, prepared, press, round_through, rows_at, rupiah

from village import BERKAS, BUKO, CAST

pytestmark = pytest.mark.slow

DAY = date(2026, 1, 31)
CITY, REGENCY = "1771", "1811"
DIED = date(2026, 3, 2)
FIRST, SECOND, THIRD, FOURTH = (
    "2026-01-01/2026-03-31",
    "2026-04-01/2026-06-30",
    "2026-07-01/2026-09-30",
    "2026-10-01/2026-12-31",
)
HER_OWN, HIS_CHILDREN = 750_000, 375_000 + 225_000 + 225_000
NAMESAKE, HER_CHILD = 600_000, 225_000
PARTS = [
    # id, of whom, component, who receives
    ("rosmi", "rosmi", "pregnant", "rosmi"),
    ("aisyah", "aisyah", "lower_secondary", "rosmi"),
    ("bagas", "bagas", "primary", "rosmi"),
    ("citra", "citra", "primary", "rosmi"),
    ("rosmiati", "rosmiati", "disability", "rosmiati"),
    ("fajar", "fajar", "primary", "rosmiati"),
]
"""The components of two mothers of one name and their children."""

Row = dict[str, str]


def prepare(workspace: Path) -> None:
    """Nobody has died yet, nobody is said to have; both mothers receive by components."""
    _each(workspace / "dukcapil.csv", lambda row: {**row, "STATUS": "AKTIF"})
    gone = ("death", "restored")
    _each(workspace / "peristiwa.csv", lambda row: None if row["event"] in gone else row)
    listed = workspace / "kepesertaan.csv"
    mothers = ("Rosmiati",)
    header = _each(listed, lambda row: None if row["name"] in mothers else row)
    with listed.open("a", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, header, lineterminator="\n")
        for id_, who, component, payee in PARTS:
            out.writerow(
                {
                    "id": id_,
                    "nik": CAST[who].nik,
                    "name": CAST[who].name,
                    "programme": "pkh",
                    "component": component,
                    "status": "active",
                    "valid_from": "2023-01-01",
                    "payee_nik": CAST[payee].nik,
                }
            )


def _each(file: Path, change: Callable[[Row], Row | None]) -> list[str]:
    """Every row of a file as it is to be, or left out; its header."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    kept = [new for row in rows if (new := change(row)) is not None]
    with file.open("w", encoding="utf-8", newline="") as lines:
        out = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(kept)
    return list(rows[0])


@pytest.fixture
def office(story: Any) -> Callable[[str], tuple[Any, Any, Any]]:
    """The operator, the verifier and the head of an area's office, each at a window."""

    def of(area: str) -> tuple[Any, Any, Any]:
        roles = ("operator_kabkota", "verifikator_kabkota", "kepala_dinas")
        operator, verifier, head = (story.page(role, area) for role in roles)
        return operator, verifier, head

    return of


def test_a_mother_dies_her_namesake_lives_and_an_elder_was_paid_too_long(
    story: Any, office: Callable[[str], tuple[Any, Any, Any]], tmp_path: Path
) -> None:
    family, other = story.family("Herman Efendi"), _other_family(story)
    operator, verifier, head = office(CITY)
    story.on(date(2026, 2, 3))
    first = round_through(operator, verifier, head, "pkh", FIRST, "Tahap 1")
    (mother,) = _paid(operator, first, "HERMAN EFENDI")
    assert "Rosmiati" in mother["Pengurus"].title()
    assert rupiah(mother["Jumlah"]) == HER_OWN + HIS_CHILDREN
    (namesake,) = _paid(operator, first, "ROSMIATI", without="HERMAN")
    assert rupiah(namesake["Jumlah"]) == NAMESAKE + HER_CHILD

    story.on(date(2026, 3, 4))
    _death(story, BERKAS, family, "Rosmiati", DIED, tmp_path, payee="Herman Efendi")
    check = _taken_for_dead(story, other, operator, verifier, head)
    story.on(date(2026, 3, 23))
    story.tick()
    head.goto(check)
    assert "Dihentikan" in head.inner_text("main")

    story.on(date(2026, 4, 6))
    second = round_through(operator, verifier, head, "pkh", SECOND, "Tahap 2")
    (father,) = _paid(operator, second, "HERMAN EFENDI")
    assert "Herman Efendi" in father["Pengurus"].title()
    assert rupiah(father["Jumlah"]) == HIS_CHILDREN
    (changed,) = of_family(rows_at(operator, second, "beda"), family)
    assert rupiah(changed["Selisih"]) == -HER_OWN
    assert not _paid(operator, second, "ROSMIATI", without="HERMAN")

    story.on(date(2026, 5, 12))
    _restored(head, check)
    story.on(date(2026, 7, 6))
    third = round_through(operator, verifier, head, "pkh", THIRD, "Tahap 3")
    rows = _paid(operator, third, "ROSMIATI", without="HERMAN")
    assert sorted(rupiah(row["Jumlah"]) for row in rows) == [NAMESAKE + HER_CHILD] * 2
    assert ["rapel" in str(row).lower() for row in rows].count(True) == 1
    (father,) = _paid(operator, third, "HERMAN EFENDI")
    assert rupiah(father["Jumlah"]) == HIS_CHILDREN


def _other_family(story: Any) -> str:
    query = "SELECT family_id FROM persons WHERE name ILIKE 'Fajar' LIMIT 1"
    return str(story.rows(query)[0][0])


def _paid(page: Any, address: str, name: str, without: str = "-") -> list[Row]:
    rows = rows_at(page, address, "pay")
    of = [
        {key: cell.upper() if key == "Keluarga" else cell for key, cell in r.items()} for r in rows
    ]
    return [row for row in of if name in row["Keluarga"] and without not in row["Keluarga"]]


def _death(
    story: Any, village: str, family: str, who: str, on: date, folder: Path, payee: str = ""
) -> str:
    """The village reports a death with its paper; the dinas verifies and approves it."""
    paper = folder / "akta.jpg"
    paper.write_bytes(photo().read())
    page = story.page("operator_desa", village)
    page.goto(f"/usul/keluarga/{family}/")
    page.get_by_role("link", name="Kematian").click()
    if page.get_by_role("button", name="Berikutnya").count():
        page.get_by_label(re.compile(who, re.I)).check()
        press(page, "Berikutnya")
    page.locator("input[name=on]").fill(on.isoformat())
    if payee:
        choice = page.locator("select[name=payee] option", has_text=re.compile(payee, re.I))
        page.locator("select[name=payee]").select_option(choice.get_attribute("value"))
    page.locator("textarea[name=reason]").fill("Meninggal di rumah sakit, akta sudah terbit")
    page.locator("input[name=document]").fill("474.3/31/2026")
    page.locator("input[name=paper]").set_input_files(str(paper))
    press(page, "Kirim usulan")
    where = str(page.url)
    for role, button in (("verifikator_kabkota", "Nyatakan benar"), ("kepala_dinas", "Setujui")):
        other = story.page(role, village[:4])
        other.goto(where)
        press(other, button)
    page.goto(where)
    return where


def _taken_for_dead(story: Any, family: str, operator: Any, verifier: Any, head: Any) -> str:
    """A clerk reads the certificate of one Rosmiati as the other's; two more believe it."""
    operator.goto(f"/tangguh/baru/{family}/")
    operator.locator("select[name=reason]").select_option("died")
    operator.locator("select[name=person_id]").select_option(_mother(story, family))
    operator.locator("textarea[name=words]").fill("Akta kematian atas nama Rosmiati, Berkas")
    press(operator, "Laporkan isyarat")
    address = str(operator.url)
    verifier.goto(address)
    verifier.locator("input[name=finding][value=yes]").check()
    verifier.locator("input[name=fact_on]").fill(DIED.isoformat())
    verifier.locator("textarea[name=words]").fill("Nama dan kelurahan sama dengan akta")
    verifier.locator("input[name=document]").fill("474.3/31/2026")
    press(verifier, "Simpan hasil pemeriksaan")
    head.goto(address)
    form = head.locator("form.step", has=head.get_by_role("button", name="Putuskan berhenti"))
    form.locator("textarea").fill("Sesuai akta kematian")
    form.locator("input[name=dokumen]").fill("SK 14/2026")
    with head.expect_navigation():
        form.get_by_role("button").click()
    assert "masa keberatan berjalan" in head.inner_text("main")
    return address


def _mother(story: Any, family: str) -> str:
    query = "SELECT person_id FROM persons WHERE family_id = %s AND name ILIKE 'Rosmiati'"
    return str(story.rows(query, family)[0][0])


def _restored(head: Any, check: str) -> None:
    """She comes to the office with her identity card."""
    head.goto(check)
    form = head.locator("form.step", has=head.get_by_role("button", name="Pulihkan"))
    form.locator("textarea").fill("Orangnya datang sendiri: lahir 12, bukan 21 Oktober 1986.")
    form.locator("input[name=dokumen]").fill("BA 3/2026")
    with head.expect_navigation():
        form.get_by_role("button").click()
    text = head.inner_text("#rapel")
    assert "2026-04" in text and "Rp200.000" in text.replace(" ", "")


def test_an_elder_who_lived_alone_was_paid_after_her_death(
    story: Any, office: Callable[[str], tuple[Any, Any, Any]], tmp_path: Path
) -> None:
    family = story.family("Tukinem")
    story.on(date(2026, 8, 4))
    operator, verifier, head = office(REGENCY)
    head.goto(f"/keluarga/{family}/")
    assert "Sembako" in head.inner_text("main")
    where = _death(story, BUKO, family, "Tukinem", date(2025, 8, 20), tmp_path)
    head.goto(where)
    assert "Rp600.000" in head.inner_text("#kelebihan")
    assert "akan ditagih kembali" in head.inner_text("#kelebihan")
    paid = round_through(operator, verifier, head, "sembako", THIRD, "Tahap 3")
    for part in ("pay", "held"):
        assert not of_family(rows_at(operator, paid, part), "TUKINEM")
    assert of_family(rows_at(operator, paid, "pay"), "SARI")
    story.release(date(2026, 8, 31))
    story.on(date(2026, 9, 1))
    head.goto("/daftar/after_death/")
    text = head.inner_text("main")
    assert "TUKINEM" in text.upper() and "600.000" in text
    why = "Daftar triwulan keempat dikirim ke penyalur sebelum Oktober"
    later = prepared(operator, "sembako", FOURTH, "Tahap 4", early=why)
    for part in ("pay", "held"):
        assert not of_family(rows_at(operator, later, part), "TUKINEM"), "the list has her still"
