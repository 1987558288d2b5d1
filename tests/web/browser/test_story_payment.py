"""A round is paid: the file goes out to who pays, the results come back, and every rupiah of them
is matched or told why not. And nobody, in whatever role, can type what was achieved."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from forging import forms_at
from round_pages import press, round_through, rows_at, rupiah

pytestmark = pytest.mark.slow

CITY = "1771"
TIME = "2026-01-01/2026-03-31"
HEADING = ["ID_SALUR", "JUMLAH", "TANGGAL", "STATUS", "SEBAB"]
TYPED = ("achiev", "capaian", "realisasi", "tercapai", "done")
"""Parts of names that a field for an achievement would have."""


def test_the_payment_file_goes_out_and_its_results_come_back(service: Any, tmp_path: Path) -> None:
    roles = ("operator_kabkota", "verifikator_kabkota", "kepala_dinas")
    operator, verifier, head = (service.open(role, CITY) for role in roles)
    address = round_through(operator, verifier, head, "pkh", TIME, "Tahap 1")
    shown = _figure(head, "Dalam daftar bayar"), _figure(head, "Jumlah")
    operator.goto(address)
    press(operator, "Mulai salurkan")
    lines = _sent_out(operator, tmp_path)
    total = sum(int(line["JUMLAH"]) for line in lines)
    assert (len(lines), total) == shown, "the file is the list to the rupiah"
    assert len({line["ID_SALUR"] for line in lines}) == len(lines)

    results = _results(lines)
    _taken_in(operator, address, tmp_path, "hasil.csv", results)
    matched, unmatched = _told(operator)
    said = sum(int(row[1]) for row in results if row[1].isdecimal())
    assert matched + unmatched == said == _figure(operator, "Jumlah")
    late = int(lines[2]["JUMLAH"])
    paid = [int(line["JUMLAH"]) for line in lines[5:]]
    assert matched == int(lines[0]["JUMLAH"]) + (int(lines[1]["JUMLAH"]) - 1000) + sum(paid)
    states = _states(operator)
    assert states["nomor tidak dikenal"] == 1 and states["jumlah tidak terbaca"] == 1, states

    operator.goto(address)
    figures = _figures(operator.locator("#hasil").locator("xpath=.."))
    assert figures["Cocok"] + figures["Tidak cocok"] == figures["Jumlah"] == said
    failed = rows_at(operator, address, "gagal")
    assert len(failed) == 1 and rupiah(failed[0]["Jumlah"]) == late
    assert len(rows_at(operator, address, "belum")) == 1
    _taken_in(operator, address, tmp_path, "hasil.csv", results)
    assert "sudah" in operator.locator(".notice").first.inner_text(), "the same file counts once"
    operator.goto(address)
    operator.locator("#alasan-settle_open").fill("Penyalur menutup tahap ini")
    press(operator, "Tutup walau masih ada yang terbuka")
    assert "Ditutup, masih ada yang terbuka" in operator.inner_text("main")


def _figures(part: Any) -> dict[str, int]:
    found = {}
    for one in part.locator(".figure").all():
        label = one.locator("dt").inner_text().strip()
        found.setdefault(label, rupiah(one.locator("dd").inner_text().split("\n")[0]))
    return found


def _figure(page: Any, label: str) -> int:
    return _figures(page.locator("main"))[label]


def _sent_out(operator: Any, folder: Path) -> list[dict[str, str]]:
    """The payment file, as who pays reads it."""
    operator.get_by_role("link", name="Berkas bayar").click()
    with operator.expect_download() as waiting:
        operator.get_by_role("button", name="Unduh berkas").click()
    kept = folder / "bayar.csv"
    waiting.value.save_as(str(kept))
    return list(csv.DictReader(io.StringIO(kept.read_text(encoding="utf-8-sig"))))


def _results(lines: list[dict[str, str]]) -> list[list[str]]:
    """What the bank says: one paid, one short, one failed, one of which nothing is said, one with
    an amount that is none, the rest paid; one twice, and one that nobody sent."""

    def paid(line: dict[str, str], less: int = 0) -> list[str]:
        return [line["ID_SALUR"], str(int(line["JUMLAH"]) - less), "2026-02-02", "TERSALUR", ""]

    late, garbled = lines[2], lines[4]
    return [
        paid(lines[0]),
        paid(lines[1], less=1000),
        [late["ID_SALUR"], late["JUMLAH"], "", "GAGAL", ""],
        [garbled["ID_SALUR"], "dua ratus ribu", "2026-02-02", "TERSALUR", ""],
        *(paid(line) for line in lines[5:]),
        paid(lines[0]),
        ["THP-0000-00000", "225000", "2026-02-02", "TERSALUR", ""],
    ]


def _taken_in(page: Any, address: str, folder: Path, name: str, results: list[list[str]]) -> None:
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADING, *results])
    page.goto(address)
    page.locator("input[name=berkas]").set_input_files(str(file))
    press(page, "Masukkan hasil")


def _told(page: Any) -> tuple[int, int]:
    return _figure(page, "Cocok"), _figure(page, "Tidak cocok")


def _states(page: Any) -> Counter[str]:
    """How many lines came to each end, as the page of the file has them."""
    found: Counter[str] = Counter()
    while True:
        tags = page.locator("tbody tr td[data-label='Keadaan'] .tag").all_inner_texts()
        found.update(tag.strip().lower() for tag in tags)
        after = page.locator("nav.pager a[rel=next]")
        if not after.count():
            return found
        after.first.click()


def test_nobody_types_an_achievement(service: Any) -> None:
    from tangga.web.access import access

    places = {"country": "", "province": "17", "regency": CITY, "district": "177103"}
    seen, wrong = 0, []
    for role in access().roles.values():
        area = places.get(role.levels[0], "1771031001")
        client = service.web.client(role.code, area)
        pages = ["/rencana/", "/rencana/baru/", "/rencana/sebar/", "/kunjungan/tahun/", "/tugas/"]
        for path in (*pages, f"/wilayah/{area or '17'}/"):
            forms = forms_at(client, path)
            seen += len(forms)
            for name in {name for form in forms for name in (*form.values, *form.needs)}:
                wrong += [f"{role.code} {path}: {name}"] if name.startswith(TYPED) else []
    assert seen > len(access().roles), "pages with forms were looked at"
    assert not wrong, "\n".join(wrong)
