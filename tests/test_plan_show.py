"""A plan in a run of the village: what its tables hold, and what a regent reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from tangga.engine.plan_lines.decide import decide
from tangga.engine.plan_lines.view import plan_view
from tangga.engine.run import run_workspace
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from village import CAST, write_village

HEADER = (
    "line,version,year,level,area,action,programme,focus,source,cost,pilar,measure,target,owner,"
    "due,state,by,at,reason,rests_on,repairs\n"
)
LINES = """
R-1,1,2026,province,18,Kunjungan ulang,,,,,,,,Dinas,2026-06-30,proposed,Dinas,2026-01-02,,,fresh
K-1,1,2026,regency,18.11,KUBE singkong,kube,empowerment,apbd_regency,500000000,pkh_companion,\
graduations,4,Dinas,2026-11-30,proposed,Dinas,2026-01-02,,Singkong,
A-1,1,2026,regency,17.71,Terlanjur,,,,,,,,Dinas,2026-11-30,proposed,Dinas,2026-01-02,,,
A-1,2,2026,regency,17.71,Terlanjur,,,,,,,,Dinas,2026-11-30,accepted,Wali,2026-01-03,,,
O-1,1,2025,regency,17.71,Pendataan pasar,,,,,,,,Dinas,2025-12-31,proposed,Dinas,2025-06-01,,,
F-1,1,2026,regency,17.71,Baru nanti,,,,,,,,Dinas,2026-12-31,proposed,Dinas,2026-02-01,,,
"""
VISITS = """
kind = "visits"
files = ["kunjungan.csv"]
as_of = 2026-01-31
trust = 50
id = "id"

[columns]
nik = "nik"
on_date = { column = "tanggal", format = "%Y-%m-%d" }
result = { column = "hasil", codes = { lengkap = "complete", menolak = "refused" } }
"""
SEEN = [("karto", "2025-06-01", "lengkap"), ("yanto", "2024-01-31", "lengkap"),
        ("herman", "2025-06-01", "menolak"), ("tukinem", "2026-01-31", "lengkap")]  # fmt: skip
OWN = "year,area,measure,kind,value,source\n2026,1811,poverty_rate,target,6,RPJMD\n"
PLACES = "year,area,programme,places\n2026,1811,kube,2\n2026,1771,pena,1\n2025,1811,kube,9\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village, with a plan, places and an own target for poverty; run once."""
    folder = tmp_path_factory.mktemp("plan")
    write_village(folder)
    files = {
        "plans/2026.csv": HEADER + LINES.lstrip(),
        "places/2026.csv": PLACES,
        "outcomes/own.csv": OWN,
    }
    rows = [f"{n},{CAST[who].nik},{day},{how}" for n, (who, day, how) in enumerate(SEEN)]
    files["kunjungan.csv"] = "\n".join(["id,nik,tanggal,hasil", *rows]) + "\n"
    files["sources/kunjungan.toml"] = VISITS
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    run_workspace(folder, until="plan")
    return folder


def ask(folder: Path, table: str) -> list[dict[str, Any]]:
    with duckdb.connect() as con:
        rows = con.sql(relation(last_complete(folder), table)).to_arrow_table().to_pylist()
    assert isinstance(rows, list)
    return rows


def tangga(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tangga", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )


def test_readiness_is_what_one_counts_by_hand(folder: Path) -> None:
    """Counted again in Python from the register itself."""
    people = {p["person_id"]: p for p in ask(folder, "person_facts")}
    known = {
        m["person_id"]
        for m in ask(folder, "civil_matches")
        if m["state"] in ("matched", "matched_with_differences")
    }
    facts = ask(folder, "facts")
    seen: dict[str, date] = {}
    for row in ask(folder, "visits"):
        if row["family_id"] and row["result"] == "complete":
            seen[row["family_id"]] = max(seen.get(row["family_id"], date.min), row["on_date"])
    assert len(seen) == 3
    found = ask(folder, "readiness")
    by_village = {row["village"]: row for row in found if row["place"] == "village"}
    assert sum(row["families"] for row in found) == len(facts)
    assert by_village
    for village, row in by_village.items():
        here = {one["family_id"] for one in facts if one["village"] == village}
        living = {p for p, one in people.items() if one["family_id"] in here}
        fresh = {f for f in here if seen.get(f, date.min) > date(2024, 1, 31)}
        assert (row["families"], row["persons"]) == (len(here), len(living))
        assert row["matched"] == len(living & known)
        assert row["fresh"] == len(fresh)
        ready = 100 * row["matched"] >= 90 * len(living) and 100 * len(fresh) >= 80 * len(here)
        assert row["ready"] is ready


def test_three_of_the_forest_register_stand_apart(folder: Path) -> None:
    (row,) = [row for row in ask(folder, "readiness") if row["place"] == "elsewhere"]
    assert (row["village"], row["families"], row["persons"]) == ("181104", 1, 3)


def test_a_line_on_data_below_the_threshold_is_flagged(folder: Path) -> None:
    lines = {row["line"]: row for row in ask(folder, "plan_lines")}
    assert set(lines) == {"R-1", "K-1", "A-1", "O-1"}  # F-1 is proposed after the day
    flags = {name: row["needs_repair"] for name, row in lines.items()}
    assert flags == {"R-1": False, "K-1": True, "A-1": True, "O-1": True}
    assert lines["A-1"]["state"] == "accepted"
    assert lines["K-1"]["villages_without_repair"] == lines["K-1"]["villages_not_ready"] > 0
    assert [row["version"] for row in ask(folder, "plan_line_versions")] == [1, 2, 1, 1, 1]


def test_an_overdue_line_shows_to_both_levels(folder: Path) -> None:
    found = [(r["area"], r["line"], r["days_late"]) for r in ask(folder, "overdue_lines")]
    assert found == [("17", "O-1", 31), ("1771", "O-1", 31)]


def test_no_more_families_than_places(folder: Path) -> None:
    rooms = {(r["area"], r["programme"]): r for r in ask(folder, "capacity")}
    assert set(rooms) == {("1811", "kube"), ("1771", "pena")}  # those of 2025 are over
    placed = Counter(
        (r["area"], r["programme"]) for r in ask(folder, "capacity_order") if r["area"]
    )
    for pool, room in rooms.items():
        assert room["planned"] == placed[pool] <= room["free"]
        assert room["left_over"] == room["free"] - placed[pool]
        assert room["months_left"] == 11
    order = ask(folder, "capacity_order")
    assert all((row["month"] is None) == (row["missing"] is not None) for row in order)
    assert {row["month"] for row in order} <= {None, *range(2026 * 12 + 1, 2027 * 12)}


def test_the_offices_target_stands_beside_the_survey(folder: Path) -> None:
    rows = [r for r in ask(folder, "outcomes") if r["area"] == "1811" and r["survey"] is not None]
    (rate,) = [row for row in rows if row["measure"] == "poverty_rate"]
    assert (float(rate["survey"]), float(rate["target"]), rate["target_year"]) == (6.31, 6.0, 2026)
    assert float(rate["difference"]) == pytest.approx(0.31)


def test_a_regent_reads_it_in_two_languages(folder: Path) -> None:
    said = tangga("plan", "show", str(folder), "--area", "18.11")
    assert said.returncode == 0, said.stderr
    for words in (
        "Rencana 1811 Kabupaten Mesuji, tahun 2026",
        "The plan of 1811 Kabupaten Mesuji, year 2026",
        "KUBE singkong",
        "DATA DULU: K-1",
        "DATA FIRST: K-1",
        "6,31 %",
        "tidak dihitung dari desil",
    ):
        assert words in said.stdout
    assert "Pendataan pasar" not in said.stdout  # that is another area's
    above = tangga("plan", "show", str(folder), "--area", "17").stdout
    assert "OVERDUE: O-1" in above
    assert "Kabupaten Mesuji" not in above


def test_programs_read_the_same(folder: Path) -> None:
    said = json.loads(tangga("plan", "show", str(folder), "--area", "17", "--json").stdout)
    assert (said["area"], said["year"], said["day"]) == ("17", 2026, "2026-01-31")
    assert [line["line"] for line in said["lines"]] == ["A-1", "O-1"]
    assert sum(row["villages"] for row in said["readiness"]) == len(
        [
            r
            for r in ask(folder, "readiness")
            if r["place"] == "village" and r["village"][:2] == "17"
        ]
    )


@pytest.mark.parametrize(
    ("area", "why"), [("18.99", "is no area of the pack"), ("bengkulu", "is no area of the pack")]
)
def test_an_area_that_is_none(folder: Path, area: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        plan_view(folder, year=None, area=area)


def test_data_first_then_the_plan(folder: Path) -> None:
    """Refused; the province repairs; accepted; and the next run has it as it was decided."""
    workspace = load_workspace(folder)

    def accept(line: str, by: str) -> None:
        decide(workspace, line, state="accepted", by=by, on=date(2026, 1, 20), changes={})

    with pytest.raises(UserError, match="below the threshold"):
        accept("K-1", "Bupati Mesuji")
    accept("R-1", "Gubernur")
    words = ("--state", "accepted", "--by", "Bupati Mesuji", "--on", "2026-01-21")
    done = tangga("plan", "decide", str(folder), "K-1", *words)
    assert done.returncode == 0, done.stderr
    assert "Rp500.000.000" in done.stdout
    assert "Rp500,000,000" in done.stdout
    assert "2026-01-31" not in done.stdout  # the workspace's day is not before the decision
    run_workspace(folder, only="plan")
    (line,) = [row for row in ask(folder, "plan_lines") if row["line"] == "K-1"]
    assert (line["state"], line["by"], line["needs_repair"]) == ("accepted", "Bupati Mesuji", False)
    assert line["villages_not_ready"] > 0
    asked = ["plan", "decide", str(folder), "K-1", "--state", "rejected", "--by", "x"]
    refused = tangga(*asked)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "rejected cannot follow accepted" in refused.stderr


def test_a_mistake_stops_the_run_and_leaves_the_last_one(folder: Path) -> None:
    before = last_complete(folder)
    wrong = folder / "plans" / "wrong.csv"
    wrong.write_text(HEADER + LINES.splitlines()[1].replace("R-1,1", "R-9,3") + "\n")
    with pytest.raises(UserError, match=r"wrong\.csv, line 2: line R-9 has no version 1"):
        run_workspace(folder, only="plan")
    wrong.unlink()
    assert last_complete(folder) == before
