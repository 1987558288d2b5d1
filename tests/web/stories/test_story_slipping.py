"""A family just above the poor: decile 6, the earner loses his work, a child nearly leaves school.

It is put on watch with a package of prevention and followed for twelve months: no PKH, no month of
support counted, and in the end it stands under prevention and under no graduation.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from round_pages import prepared, press, rows_at

from village import CAST

pytestmark = pytest.mark.slow

DAY = date(2026, 2, 28)
REGENCY, DISTRICT = "1811", "181105"
HEAD, DAUGHTER = "Yanto Prasetyo", "Dewi Anggraini"


def prepare(workspace: Path) -> None:
    """He has work still: nobody has recorded that he lost it."""
    file = workspace / "peristiwa.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    kept = [row for row in rows if row["nik"] != CAST["yanto"].nik]
    assert len(kept) == len(rows) - 1
    with file.open("w", encoding="utf-8", newline="") as lines:
        out = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(kept)


def test_a_family_that_slips_is_caught_and_does_not_fall(story: Any) -> None:
    family = story.family(HEAD)
    story.on(date(2026, 3, 3))
    _he_lost_his_work(story, family)

    clerk, verifier = (story.page(r, REGENCY) for r in ("operator_kabkota", "verifikator_kabkota"))
    matter = _package(clerk, verifier, family)
    _parts(clerk, matter, story)
    _nothing_of_protection(story, clerk, family)

    story.on(date(2026, 9, 1))
    _visited(story, family, "2700000")
    story.release(date(2026, 9, 30))
    story.on(date(2026, 10, 1))
    clerk.goto(f"/tangga/keluarga/{family}/")
    text = clerk.inner_text("main")
    assert "Pantauan" in text and "0 dari 60" in text, "the next release says the same"

    story.on(date(2027, 2, 26))
    _visited(story, family, "2700000")
    story.tick()
    verifier.goto(matter)
    assert "Diikuti 12 bulan" in _state(verifier), "twelve months are not over"
    story.on(date(2027, 3, 5))
    story.tick()
    verifier.goto(matter)
    assert "Ditinjau setelah 12 bulan" in _state(verifier)
    _step(verifier, "Selesai: keluarga tidak jatuh", "Ayahnya bekerja lagi, anaknya tetap sekolah.")
    _counted_as_prevention(clerk, family)


def _he_lost_his_work(story: Any, family: str) -> None:
    page = story.page("tksk", DISTRICT, worker="TKSK-181105")
    page.goto(f"/kunjungan/keluarga/{family}/")
    _opened(page)
    page.get_by_label("Hasil kunjungan").select_option("complete")
    page.get_by_label("Guncangan sejak kunjungan lalu").select_option("job_loss")
    press(page, "Simpan kunjungan")
    assert "tersimpan" in page.locator(".notice.success").inner_text()


def _visited(story: Any, family: str, income: str) -> None:
    """Somebody is there again, and asks what they live on."""
    page = story.page("tksk", DISTRICT)
    page.goto(f"/kunjungan/keluarga/{family}/")
    _opened(page)
    page.get_by_label("Hasil kunjungan").select_option("complete")
    page.locator("input[name$=income_month]").fill(income)
    press(page, "Simpan kunjungan")
    assert "tersimpan" in page.locator(".notice.success").inner_text()


def _opened(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def _package(clerk: Any, verifier: Any, family: str) -> str:
    """The rule proposes it, a clerk begins it, another official opens it."""
    clerk.goto("/tangga/pencegahan/")
    clerk.locator(f"a[href='/tangga/keluarga/{family}/']").click()
    text = clerk.inner_text("main")
    assert "Masuk pantauan" in text and "0 dari 60" in text
    clerk.locator("#alasan-prevention").fill("Ayah kehilangan kerja, anak perempuan sering bolos.")
    press(clerk, "Usulkan paket pencegahan")
    matter = str(clerk.url)
    verifier.goto(matter)
    _step(verifier, "Buka paket")
    assert "Diikuti 12 bulan" in _state(verifier)
    return matter


def _step(page: Any, name: str, reason: str = "") -> None:
    form = page.locator("form.step", has=page.get_by_role("button", name=name, exact=True))
    if reason:
        form.locator("textarea").fill(reason)
    with page.expect_navigation():
        form.get_by_role("button", name=name, exact=True).click()


def _state(page: Any) -> str:
    return str(page.locator("dl.facts").first.inner_text())


def _parts(clerk: Any, matter: str, story: Any) -> None:
    """School for her, work for him: offered, and taken."""
    for name, programme in ((DAUGHTER, "pip"), (HEAD, "job_placement")):
        for state in ("offered", "placed"):
            clerk.goto(matter)
            clerk.locator("select[name=person_id]").select_option(story.person(name))
            clerk.locator("select[name=programme]").select_option(programme)
            clerk.locator("select[name=state]").select_option(state)
            press(clerk, "Simpan baris")
    rows = clerk.locator("#baris ~ * tbody tr, #baris tbody tr")
    assert rows.count() == 2, "a part that moves on is one line still"


def _nothing_of_protection(story: Any, clerk: Any, family: str) -> None:
    """No PKH by the rule, none in the round, no month counted."""
    (said,) = story.rows(
        "SELECT verdict FROM decisions WHERE family_id = %s AND person_id IS NULL "
        "AND programme = 'pkh'",
        family,
    )
    assert said == ("does_not_fit",)
    paid = prepared(clerk, "pkh", "2026-01-01/2026-03-31", "Tahap 1")
    listed = [
        row for part in ("pay", "held", "out", "instead") for row in rows_at(clerk, paid, part)
    ]
    assert listed, "others of the regency have it"
    assert not [row for row in listed if HEAD.upper() in str(row).upper()]
    clerk.goto(f"/tangga/keluarga/{family}/")
    text = clerk.inner_text("main")
    assert "Pantauan" in text and "0 dari 60" in text


def _counted_as_prevention(clerk: Any, family: str) -> None:
    clerk.goto("/tangga/pencegahan/")
    figures = clerk.locator("#hasil .figure").all_inner_texts()
    assert [one.split()[-1] for one in figures if "Diikuti" in one or "diikuti" in one] == ["0"]
    (kept,) = [one for one in figures if "Tidak jatuh" in one]
    assert "1" in kept.splitlines() and "bukan graduasi" in kept
    clerk.goto("/tangga/lulus/")
    (graduated,) = [
        one for one in clerk.locator(".figure").all_inner_texts() if one.startswith("Lulus")
    ]
    assert graduated.splitlines()[-1] == "0"
    assert not clerk.locator(f"a[href='/tangga/keluarga/{family}/']").count()
    clerk.goto(f"/keluarga/{family}/")
    assert "keluarga tidak jatuh" in clerk.inner_text("main")
