"""What people do in Bu Sari's story until she is moved to empowerment, each at their own page."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from proposing import photo
from round_pages import press
from sari_register import COMPANION, DISTRICT, NEIGHBOURS, NEW_CARD

from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from village import BERKAS, SIMPANG

CITY, REGENCY = "1771", "1811"
BUYER, UNTIL = "Pasar Simpang Pematang", date(2028, 2, 28)
NOTE = "Penglihatan sangat terbatas; belajar berjalan dengan tongkat dan membaca braille"
WITH_HER = ("Sari Wulandari", "Dimas Saputra", "Putri Ayu", "Anton Hidayat")

# --- 41 months, a card of her own, a new home ----------------------------------------------------


def splits(story: Any, folder: Path) -> None:
    """A card of her own: proposed by the village, verified, approved."""
    paper = folder / "kk.jpg"
    paper.write_bytes(photo().read())
    family = story.family("Sari Wulandari")
    page = story.page("operator_desa", BERKAS)
    page.goto(f"/keluarga/{family}/")
    assert "41 dari 60 bulan" in page.inner_text("main")
    page.goto(f"/usul/keluarga/{family}/")
    page.get_by_role("link", name="Pecah KK").click()
    for name in WITH_HER:
        page.get_by_label(re.compile(name, re.I)).check()
    head = page.locator("select[name=head] option", has_text=re.compile("Sari Wulandari", re.I))
    page.locator("select[name=head]").select_option(head.get_attribute("value"))
    page.locator("input[name=on]").fill("2026-01-03")
    page.locator("input[name=card]").fill(NEW_CARD)
    page.locator("textarea[name=reason]").fill("Sudah lama mengurus rumah tangga sendiri")
    page.locator("input[name=document]").fill("474.1/9/2026")
    page.locator("input[name=paper]").set_input_files(str(paper))
    press(page, "Kirim usulan")
    where = str(page.url)
    for role, button in (("verifikator_kabkota", "Nyatakan benar"), ("kepala_dinas", "Setujui")):
        other = story.page(role, CITY)
        other.goto(where)
        press(other, button)
    assert "Berlaku" in other.inner_text("main")
    other.goto(f"/keluarga/{family}/")


def moves(story: Any) -> str:
    """The city proposes, Mesuji accepts; her months go along. The family's id."""
    family = story.family("Sari Wulandari")
    page = story.page("operator_kabkota", CITY)
    page.goto(f"/keluarga/{family}/")
    assert "41 dari 60 bulan" in page.inner_text("main")
    page.goto(f"/pindah/baru/{family}/")
    page.locator("select[name=ke]").select_option(REGENCY)
    press(page, "Lanjut")
    page.locator("select[name=to_village]").select_option(SIMPANG)
    for name, value in (
        ("moved_on", "2026-01-21"),
        ("consent_on", "2026-01-21"),
        ("document", "SKPWNI/1771/2026/77"),
    ):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("textarea[name=words]").fill("Ikut bekerja di kebun saudaranya")
    press(page, "Ajukan pindah")
    there = story.page("verifikator_kabkota", REGENCY)
    there.goto(str(page.url))
    assert "41" in there.locator("dl.pairs").inner_text()
    press(there, "Terima keluarga ini")
    own = story.page("pendamping_pkh", DISTRICT, worker=COMPANION)
    own.goto(f"/tangga/keluarga/{family}/")
    assert "41 dari 60" in own.locator("dl.facts").inner_text()
    assert "Simpang Pematang" in own.locator("dl.facts").inner_text()
    page.goto(f"/keluarga/{family}/")
    assert "sudah pindah ke" in page.inner_text("main")
    return family


# --- her brother, and he alone ------------------------------------------------------------------


def brother(story: Any, family: str) -> str:
    """Anton is assessed, referred to Wyata Guna, which serves Mesuji, and taken in; his file."""
    anton = story.person("Anton Hidayat")
    page = story.page("pendamping_rehsos", REGENCY, worker="RHS-01")
    page.goto(f"/rehabilitasi/baru/{anton}/")
    page.locator("select[name=cluster]").select_option("disability")
    page.locator("textarea[name=words]").fill(NOTE)
    press(page, "Buka berkas rehabilitasi")
    file = str(page.url)
    page.get_by_role("link", name="Simpan hasil asesmen").click()
    page.locator("select[name=kind]").select_option("rehabilitation")
    page.locator("select[name=need]").select_option("physical_therapy")
    press(page, "Simpan asesmen")
    page.get_by_role("link", name="Rujuk", exact=True).click()
    assert "Wyata Guna" in page.inner_text("main")
    assert "Dharma Guna" not in page.inner_text("main")
    page.locator("input[name=provider][value=sentra]").check()
    page.locator("select[name=mode]").select_option("residential")
    page.locator("textarea[name=why_not_local]").fill("Tidak ada rehabilitasi netra di kabupaten")
    page.locator("textarea[name=words]").fill(NOTE)
    press(page, "Rujuk")
    centre = story.page("sentra", REGENCY)
    centre.goto(file)
    assert "Wyata Guna" in centre.inner_text("main")
    for step in ("Terima rujukan", "Mulai layanan"):
        form = centre.locator("details.step", has=centre.locator("summary", has_text=step)).first
        form.evaluate("one => one.open = true")
        form.locator("textarea").fill("Sesuai hasil pertemuan")
        with centre.expect_navigation():
            form.get_by_role("button").click()
    assert "Dalam layanan" in centre.inner_text("main")
    office = story.page("operator_kabkota", REGENCY)
    office.goto(f"/keluarga/{family}/")
    text = office.inner_text("main")
    assert text.count("dalam layanan rehabilitasi") == 1
    assert NOTE not in text
    return file


def finished(story: Any, file: str) -> None:
    """Anton comes home: his file is closed, and nothing of his holds anybody any more."""
    centre = story.page("sentra", REGENCY)
    centre.goto(file)
    form = centre.locator("details.step", has=centre.locator("summary", has_text="Tutup")).first
    form.evaluate("one => one.open = true")
    form.locator("textarea").fill("Berjalan sendiri dengan tongkat, membaca braille")
    form.locator("select[name=goals_met]").select_option("yes")
    with centre.expect_navigation():
        form.get_by_role("button").click()
    assert "Selesai" in centre.inner_text("main")


def only_he_is_held(story: Any, family: str) -> None:
    """Of the four in her family rehabilitation holds him; she can climb, her support runs."""
    run = last_complete(story.village.workspace)
    facts = f"({relation(run, 'person_facts')})"
    held = duckdb.sql(f"SELECT person_id FROM {facts} WHERE held_by_rehabilitation").fetchall()
    assert held == [(story.person("Anton Hidayat"),)]
    must = duckdb.sql(f"SELECT person_id FROM {facts} WHERE must_climb AND family_id = '{family}'")
    assert must.fetchall() == [(story.person("Sari Wulandari"),)]
    assert _runs(story, family) == ["sembako"]


# --- month 48, month 60, month 64 ---------------------------------------------------------------


def planned(story: Any, family: str) -> None:
    """From month 48 on her companion plans; the plan rests on what the village has."""
    page = story.page("pendamping_pkh", DISTRICT)
    page.goto("/tangga/rencana/")
    row = page.locator("tbody tr", has_text=re.compile("Sari Wulandari", re.I))
    assert [cell.strip() for cell in row.locator("td").all_inner_texts()][1:3] == ["48", "1"]
    _potential(page)
    page.goto(f"/tangga/keluarga/{family}/")
    press(page, "Susun rencana")
    page.locator("select[name=programme]").select_option("kube")
    page.locator("select[name=potential]").select_option(label=BUYER)
    page.locator("input[name=by_when]").fill("2027-08-31")
    press(page, "Simpan baris")
    press(page, "Usulkan rencana")
    check = story.page("koordinator_pkh", REGENCY)
    check.goto(str(page.url))
    press(check, "Sepakati rencana")
    text = check.inner_text("main")
    assert "Disepakati, berjalan" in text and BUYER in text
    assert _runs(story, family) == ["sembako"]


def _potential(page: Any) -> None:
    page.goto("/tangga/potensi/")
    page.locator("select[name=kind]").select_option("buyer")
    page.locator("select[name=area]").select_option(DISTRICT)
    for name, value in (
        ("name", BUYER),
        ("source", "Dinas Perdagangan"),
        ("on_date", "2026-08-03"),
    ):
        page.locator(f"input[name={name}]").fill(value)
    press(page, "Tambah potensi")


def extended(story: Any, family: str) -> None:
    """Month 60 and no place: in the queue by itself, extended by a named official until a day."""
    story.tick()
    office, check, boss = office_of(story)
    office.goto("/tangga/batas/")
    row = office.locator("tbody tr", has_text=re.compile("Sari Wulandari", re.I))
    assert row.locator("td").nth(1).inner_text().strip() == "60"
    row.get_by_role("link", name="Dalam antrean").click()
    item = str(office.url)
    office.locator("#alasan-propose_extension").fill("Belum ada tempat di kelompok usaha")
    office.locator("#sampai").fill(UNTIL.isoformat())
    press(office, "Usulkan diperpanjang")
    check.goto(item)
    press(check, "Usulan sudah diperiksa")
    boss.goto(item)
    boss.locator("#alasan-decide_extension").fill("KUBE Harapan dibentuk akhir tahun")
    press(boss, "Perpanjang atas nama saya")
    text = boss.inner_text("main")
    assert "Diperpanjang" in text and "KUBE Harapan dibentuk akhir tahun" in text
    assert "kepala-dinas-1811" in text
    boss.goto("/tangga/batas/")
    row = boss.locator("tbody tr", has_text=re.compile("Sari Wulandari", re.I))
    assert "diperpanjang sampai 28 Februari 2028" in row.inner_text()
    assert _runs(story, family) == ["sembako"]


def office_of(story: Any) -> tuple[Any, Any, Any]:
    roles = ("operator_kabkota", "verifikator_kabkota", "kepala_dinas")
    office, check, boss = (story.page(role, REGENCY) for role in roles)
    return office, check, boss


def _runs(story: Any, family: str) -> list[str]:
    """Programmes of which a page of the family says that they run."""
    page = story.page("operator_kabkota", REGENCY)
    page.goto(f"/tangga/keluarga/{family}/")
    found = page.locator("#bantuan").locator("..").locator("tbody th").all_inner_texts()
    return ["sembako" for text in found if "Sembako" in text]


def grouped(story: Any, family: str) -> None:
    """A business group of five heads of families of Simpang, as the programme's rule asks."""
    page = story.page("pendamping_pkh", DISTRICT)
    page.goto("/tangga/kelompok/")
    page.locator("input[name=name]").fill("KUBE Harapan")
    page.locator("select[name=area]").select_option(DISTRICT)
    page.locator("select[name=potential]").select_option(label=f"{BUYER} (Simpang Pematang)")
    press(page, "Kumpulkan calon kelompok")
    everybody = [family, *(story.family(name) for name in NEIGHBOURS)]
    roles = ("chair", "secretary", "treasurer", "member", "member")
    for who, role in zip(everybody, roles, strict=True):
        form = page.locator("form[action$='/anggota/']")
        form.locator("input[name=family_id]").fill(who)
        form.locator("select[name=role]").select_option(role)
        press(page, "Tambah anggota")
    press(page, "Bentuk dengan berita acara")
    assert "BA-KUBE" in page.inner_text("main")


def moved(story: Any, family: str) -> str:
    """With a place she is moved to empowerment, though the extension still runs; the matter."""
    office, check, boss = office_of(story)
    office.goto(f"/tangga/keluarga/{family}/")
    assert "64 dari 60" in office.locator("dl.facts").inner_text()
    press(office, "Masukkan ke antrean")
    item = str(office.url)
    office.locator("#alasan-propose_move").fill("Ada tempat di KUBE Harapan")
    press(office, "Usulkan dialihkan, dengan tempat")
    check.goto(item)
    press(check, "Usulan sudah diperiksa")
    boss.goto(item)
    press(boss, "Tetapkan pengalihan")
    assert "keluarga diberi tahu" in boss.inner_text("main")
    return item
