"""Open numbers by area and as files, the rules in plain words; light enough for a telephone."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from typing import Any

import pytest
from public_people import forget_tries, of_programme

MOST_BYTES = 50 * 1024
ASSETS = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@pytest.fixture(autouse=True)
def _nobody_waits(web: Any, monkeypatch: Any) -> None:
    from tangga.web.public import pace

    forget_tries(web)
    monkeypatch.setattr(pace, "wait", lambda began: None)


def test_files_are_those_that_were_published(web: Any) -> None:
    client = web.client()
    folder = web.release.parent / "open"
    package = client.get("/terbuka/berkas/datapackage.json")
    assert package.content == (folder / "datapackage.json").read_bytes()
    for one in json.loads(package.content)["resources"]:
        got = client.get(f"/terbuka/berkas/{one['name']}.csv")
        assert hashlib.sha256(got.content).hexdigest() == one["hash"].removeprefix("sha256:")


def test_what_is_left_out_is_not_on_a_page(web: Any) -> None:
    """Each number of a page stands in the file, and a cell that is left out is a point."""
    client = web.client()
    text = client.get("/terbuka/berkas/families_by_decile.csv").content.decode()
    lines = [one for one in csv.DictReader(io.StringIO(text)) if one["area"] == "1811"]
    page = client.get("/terbuka/1811/").content.decode()
    table = page[page.index('aria-labelledby="t-families_by_decile"') :]
    table = table[: table.index("</table>")]
    cells = re.findall(r'<td class="number">([^<]*)</td>', table)
    by_value = {one["decile"]: one for one in lines}
    order = [*map(str, range(1, 11)), "not_known", "total"]
    wanted = []
    for one in (by_value[key] for key in order if key in by_value):
        for name in ("families", "people"):
            gone = name in one["suppressed"].split()
            wanted.append("·" if gone else f"{int(one[name]):,}".replace(",", "."))
    assert cells == wanted


def test_pages_lead_from_area_to_area(web: Any) -> None:
    client = web.client()
    page = client.get("/terbuka/").content.decode()
    codes = set(re.findall(r"/terbuka/(\d+)/", page))
    assert {"17", "18"} <= codes
    assert "/terbuka/1811/" in client.get("/terbuka/18/").content.decode()
    assert client.get("/terbuka/9999/").status_code == 404
    assert client.get("/terbuka/berkas/nothing.csv").status_code == 404
    assert client.get("/terbuka/berkas/programmes.json").status_code == 404


def test_the_rules_are_told_to_everybody(web: Any) -> None:
    client = web.client()
    page = client.get("/aturan/").content.decode()
    for word in ("Badan Pusat Statistik", "Keberatan", "Usul", "Sanggah"):
        assert word in page
    rule = client.get("/aturan/pkh/").content.decode()
    assert "Desil 1 sampai 4" in rule
    assert "Kementerian Sosial" in rule
    assert client.get("/aturan/nothing/").status_code == 404


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_is_light(web: Any, language: str) -> None:
    """With all that it loads, at most 50 kB; and nothing from elsewhere."""
    client = web.client()
    client.cookies["bahasa"] = language
    one = of_programme(web, "pkh")[0]
    paths = ("/cek/", "/cek/tiket/", "/terbuka/", "/terbuka/18/", "/terbuka/1811/")
    pages = [client.get(path) for path in (*paths, "/aturan/", "/aturan/pkh/", "/aturan/kube/")]
    pages += [client.post("/cek/", one.form), client.post("/cek/", {**one.form, "nama": "Lain"})]
    assets: dict[str, int] = {}
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        for asset in ASSETS.findall(text):
            if asset not in assets:
                got = client.get(asset)
                assets[asset] = len(b"".join(got) if got.streaming else got.content)
        whole = len(page.content) + sum(assets[asset] for asset in ASSETS.findall(text))
        assert whole <= MOST_BYTES
        assert not re.search(r'(?:src|action)="https?:', text)


def test_a_release_without_open_numbers_says_so(web: Any, monkeypatch: Any) -> None:
    from tangga.web.public import open_data

    monkeypatch.setattr(open_data, "has_any", lambda release: False)
    client = web.client()
    assert "Belum ada angka terbuka" in client.get("/terbuka/").content.decode()
    assert client.get("/terbuka/berkas/programmes.csv").status_code == 404


def test_a_changed_file_stops_the_load(tmp_path: Any) -> None:
    from tangga.web.register.loading.findings import BrokenRelease
    from tangga.web.register.loading.open_tables import _files

    said = {"name": "x", "resources": [{"name": "a", "path": "a.csv", "hash": "sha256:00"}]}
    told = json.dumps(said).encode()
    (tmp_path / "datapackage.json").write_bytes(told)
    (tmp_path / "a.csv").write_text("level,area\n")
    with pytest.raises(BrokenRelease):
        list(_files(tmp_path, hashlib.sha256(told).hexdigest()))
    with pytest.raises(BrokenRelease):
        list(_files(tmp_path, "00"))


def test_who_is_on_no_list_is_not_known_and_ages_stand_in_order(web: Any) -> None:
    """A programme of which nobody sent a list has no recipients of 0: nobody knows."""
    from datetime import date

    from tangga.web.public.open_data import File, _table

    def table(name: str, each: list[str], by: list[str], lines: list[dict[str, str]]) -> Any:
        said = {
            "tangga": {"each": each, "by": by, "measures": ["families"]},
            "schema": {"fields": [{"name": one} for one in (*each, *by, "families")]},
        }
        rows = [{"families": "3", "suppressed": "", **one} for one in lines]
        return _table(File(name, name, 1, said), rows, "id", date(2026, 3, 2))

    states = [("pip", "fits"), ("pkh", "determined"), ("pkh", "waiting")]
    found = table(
        "programmes", ["programme"], ["state"], [{"programme": p, "state": s} for p, s in states]
    )
    by_label = {label: dict(zip(found.heads, cells, strict=True)) for label, cells in found.lines}
    pip = next(cells for label, cells in by_label.items() if "Indonesia Pintar" in label)
    assert pip["Penerima"] == pip["Menunggu kuota"] == "belum ada daftar"
    ages = ["age_18_to_59", "age_0_to_5", "age_from_60", "age_6_to_17", "total"]
    sexes = table("people", [], ["sex", "age"], [{"sex": "female", "age": one} for one in ages])
    assert [one.split()[0] for one in sexes.heads] == ["0", "6", "18", "60", "Jumlah"]
