"""Area codes: the whole country, two systems, and nothing guessed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tangga.errors import BadPack
from tangga.registry.areas import load_areas

ROOT = Path(__file__).parent.parent
PACK = ROOT / "src/tangga/packs/indonesia"


@pytest.fixture(scope="module")
def areas():
    return load_areas(PACK)


def workspace_table(tmp_path: Path, *rows: str, header="system,code,kemendagri,edition") -> Path:
    file = tmp_path / "codes.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def test_the_whole_country_is_there(areas):
    levels = Counter(area.level for area in areas.by_code.values())
    assert levels == {"province": 38, "regency": 514, "district": 7285, "village": 83762}
    assert len(areas.under("1811", "village")) == 105
    assert len(areas.under("1771", "village")) == 67


def test_an_area_knows_those_above_it(areas):
    path = areas.path("1811012001")
    assert [area.code for area in path] == ["1811012001", "181101", "1811", "18"]
    assert areas.name("1771") == "Kota Bengkulu"
    assert areas.parent("18") is None
    assert areas.parent("9999") is None
    assert areas.path("9999") == []


@pytest.mark.parametrize(
    ("code", "system", "own"),
    [
        ("1801", "bps", "1804"),  # Lampung Barat
        ("1803", "bps", "1801"),  # Lampung Selatan
        ("1801", "kemendagri", "1801"),
        ("18.11.01.2001", "kemendagri", "1811012001"),
        ("1771", "bps", "1771"),
        ("1801010001", "bps", None),  # ten digits: its first four are no explanation
        ("1801010", "bps", None),
        ("3201", "bps", None),
        ("18", "bps", None),
        ("1811019999", "kemendagri", None),
    ],
)
def test_a_code_means_what_its_system_says(areas, code, system, own):
    assert areas.translate(code, system=system) == own


def test_the_two_systems_differ_for_eight_places_of_lampung(areas):
    swapped = [code for code, own in areas.systems["bps"].items() if code != own]
    assert len(areas.systems["bps"]) == 25
    assert len(swapped) == 8
    assert {code[:2] for code in swapped} == {"18"}


@pytest.mark.parametrize("system", ["", "BPS", "capil"])
def test_a_code_without_a_known_system_is_an_error(areas, system):
    with pytest.raises(BadPack, match="Name one of: kemendagri, bps"):
        areas.translate("1811", system=system)


def test_a_workspace_explains_longer_codes(tmp_path):
    extra = workspace_table(tmp_path, "bps,1811010001,18.11.01.2001,2023")
    areas = load_areas(PACK, [extra])
    assert areas.translate("1811010001", system="bps") == "1811012001"
    assert areas.translate("1811010002", system="bps") is None


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",1811010001,1811012001,2023", "line 3, column system: an area code without its system"),
        ("bps,1811010001,1811019999,2023", "line 3, column kemendagri: no such area"),
        ("bps,1801,1801,2025", "line 3, column code: this bps code already means 1804"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path, row, problem):
    extra = workspace_table(tmp_path, "bps,1811010001,1811012001,2023", row)
    with pytest.raises(BadPack, match=problem):
        load_areas(PACK, [extra])


def test_a_table_without_its_columns_is_refused(tmp_path):
    extra = workspace_table(tmp_path, "1811,1811", header="code,kemendagri")
    with pytest.raises(BadPack, match="missing column system, edition"):
        load_areas(PACK, [extra])


def test_a_pack_without_areas_has_none(tmp_path):
    assert load_areas(tmp_path).by_code == {}


def test_loading_is_quick():
    best = min(_seconds_to_load() for _ in range(5))
    assert best < 1.0  # 0.16 s alone on a quiet machine


def _seconds_to_load() -> float:
    began = time.process_time()
    load_areas(PACK)
    return time.process_time() - began


def test_the_committed_table_is_current():
    script = ROOT / "scripts/make_areas.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
