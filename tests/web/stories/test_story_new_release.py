"""A new official release: changed deciles by name and village, and nobody stopped by them.

Nine cards are named in the second release in other ways than in the first, one is no longer in
it, and one is known to nobody; the files are those of the engine's own story.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from round_pages import of_family, round_through, rows_at, rupiah
from sari_register import each

from tangga.engine.run import run_workspace
from test_rank_story import (
    AFTER,
    BEFORE,
    DESCRIPTOR,
    FIRST,
    NEW,
    OLD,
    SECOND,
    decided,
    write_release,
)
from village import BERKAS, CARDS, CAST

pytestmark = pytest.mark.slow

DAY = BEFORE
CITY, REGENCY = "1771", "1811"
CHANGED = {
    # area of the office: head, village, decile before, decile now, way
    CITY: {
        ("HERMAN EFENDI", "Berkas", "4", "6", "desil naik"),
        ("ROSMIATI", "Berkas", "2", "–", "desil hilang"),
    },
    REGENCY: {
        ("SARI WULANDARI", "Simpang Pematang", "1", "2", "desil naik"),
        ("KARTO", "Simpang Pematang", "2", "–", "desil hilang"),
        ("YANTO PRASETYO", "Simpang Pematang", "6", "–", "desil hilang"),
    },
}
"""The truth, from the two files."""
UNRANKED = ("Togar Siregar", "Paimin")
ENTITLEMENT = 375_000
"""Of a pupil of lower secondary school, for three months."""
QUARTER = "2026-04-01/2026-06-30"


def prepare(workspace: Path) -> None:
    """The first release in a file of its own, no second one yet; Herman receives for Aisyah."""
    aisyah = CAST["aisyah"]
    own = {"nik": aisyah.nik, "name": aisyah.name, "component": "lower_secondary",
           "payee_nik": CAST["herman"].nik}  # fmt: skip
    listed = workspace / "kepesertaan.csv"
    each(listed, lambda row: row | own if row["id"] == "rosmi" else row)
    (workspace / "peringkat.csv").unlink()
    told = DESCRIPTOR.replace("peringkat*.csv", "peringkat_[12].csv")
    (workspace / "sources/peringkat.toml").write_text(told, encoding="utf-8")
    rows = [(CARDS[card][0], "", "", decile) for card, decile in OLD.items()]
    write_release(workspace, 1, FIRST, rows)


def test_a_new_release(story: Any) -> None:
    workspace = story.village.workspace
    last_quarter = decided(workspace)
    ranked_before = _deciles(story)
    story.on(date(2026, 2, 2))
    assert _nothing_to_compare(story)

    write_release(workspace, 2, SECOND, NEW.values())
    story.release(AFTER)
    story.on(date(2026, 5, 4))
    _changes_are_the_truth(story)
    herman = story.family("Herman Efendi")
    _visited_not_stopped(story, herman)
    _still_paid(story)
    _unranked_stay_unranked(story, ranked_before)

    run_workspace(workspace, as_of=BEFORE, until="plan")
    assert decided(workspace) == last_quarter


def _deciles(story: Any) -> dict[str, int | None]:
    return dict(story.rows("SELECT family_id, decile_official FROM ranking"))


def _nothing_to_compare(story: Any) -> bool:
    page = story.page("kepala_dinas", REGENCY)
    page.goto("/daftar/decile_changes/")
    return "Tidak ada baris" in page.inner_text("main") or "Baru ada satu" in page.inner_text(
        "main"
    )


def _changes_are_the_truth(story: Any) -> None:
    """Each office sees those of its own area, by name and village, and no others."""
    for area, truth in CHANGED.items():
        page = story.page("kepala_dinas", area)
        page.goto("/daftar/decile_changes/")
        heads = [one.strip() for one in page.locator("thead th").all_inner_texts()]
        wanted = ("Kepala keluarga", "Desa/kelurahan", "Desil sebelumnya", "Desil", "Arah")
        places = [heads.index(one) for one in wanted]
        found = set()
        for row in page.locator("tbody tr").all():
            cells = [cell.strip() for cell in row.locator("td").all_inner_texts()]
            found.add(tuple(cells[place] for place in places))
        assert found == truth


def _visited_not_stopped(story: Any, family: str) -> None:
    """From 4 to 6: support runs, the rung is the same; a worker finds the family, with a day."""
    page = story.page("kepala_dinas", CITY)
    page.goto(f"/keluarga/{family}/")
    text = page.inner_text("main")
    assert "Sebelumnya desil 4 (rilis 2026-T1)" in text
    assert "kenaikan desil saja tidak menghentikan bantuan" in text
    running = text[text.index("Sedang menerima") : text.index("Layak")]
    assert "Program Keluarga Harapan (PKH)" in running and "Aktif" in running
    assert "tidak menghentikan apa pun" in running
    assert re.search(r"sebelum\s+29 Juni\s+2026", text)
    worker = story.page("tksk", BERKAS[:6], worker="TKSK-01")
    worker.goto("/kunjungan/")
    card = worker.locator(f"#k-{family}")
    assert "29 Juni 2026" in card.inner_text()
    card.get_by_role("link", name="Catat kunjungan").click()
    assert worker.locator(".visit-form").is_visible()
    for asked in ("spells WHERE valid_to IS NOT NULL AND", "cap_queue WHERE", "notices WHERE"):
        assert not story.rows(f"SELECT 1 FROM {asked} family_id = %s", family), asked
    assert not story.rows("SELECT 1 FROM public.work_item WHERE family_id = %s", family)


def _still_paid(story: Any) -> None:
    """The round after the release pays the family as before."""
    roles = ("operator_kabkota", "verifikator_kabkota", "kepala_dinas")
    office, check, boss = (story.page(role, CITY) for role in roles)
    address = round_through(office, check, boss, "pkh", QUARTER, "Tahap 2")
    (row,) = of_family(rows_at(office, address, "pay"), "HERMAN EFENDI")
    assert rupiah(row["Jumlah"]) == ENTITLEMENT
    assert not rows_at(office, address, "out")


def _unranked_stay_unranked(story: Any, before: dict[str, int | None]) -> None:
    """No release, and no rule of ours, gives a decile to who has none."""
    now = _deciles(story)
    page = story.page("kepala_dinas", REGENCY)
    for name in UNRANKED:
        family = story.family(name)
        assert before.get(family) is None and now.get(family) is None
        page.goto(f"/keluarga/{family}/")
        assert "tanpa desil" in page.inner_text("main").lower()
    lost = {story.family(name) for name in ("Karto", "Yanto Prasetyo")}
    for family in lost:
        assert before[family] is not None and now[family] is None
        page.goto(f"/keluarga/{family}/")
        text = page.inner_text("main")
        assert "tidak berarti mampu dan tidak berarti miskin" in text
        assert "Ini tidak menghentikan apa pun" in text
