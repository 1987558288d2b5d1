"""The sixth story: target and budget, from the province of Bengkulu down to one payment.

The village's people, with what an office writes beside them: targets, budgets, a plan. The figures
are public: Rp447 billion is what the ministry had for the province, Rp58 billion what was disbursed
in its city (19 November 2024); 412 companions times ten families are Cianjur's (15 January 2025).
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from tangga.engine.run import run_workspace
from tangga.errors import UserError
from village import CAST, write_village

# Three runs. Each rule alone: test_targets_*, test_plan_lines*, test_plan_show, test_budget_*.
pytestmark = pytest.mark.slow

BENGKULU, CITY, CIANJUR = "17", "1771", "3203"
PILAR = {
    "pkh_companion": ("graduations", 1237),
    "tksk": ("verified", 903),
    "tagana": ("affected_families", 77),
    "peace_pioneer": ("papers", 41),
    "rehabilitation_companion": ("contribution", 23),
}
"""Pilar -> a measure that is a count, and the province's target of it for 2026."""
COMPANIONS = 412

WORKERS = """
kind = "workers"
files = ["petugas.csv"]
as_of = 2026-01-31
trust = 50
id = "petugas"

[columns]
worker = "petugas"
pilar = { column = "pilar", codes = { PKH = "pkh_companion" } }
area = { column = "wilayah", system = "kemendagri" }
"""


def write(folder: Path, name: str, header: str, *rows: str) -> None:
    file = folder / name
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def office(folder: Path) -> None:
    """Targets of five pilar, two figures of money, one line of a plan, 412 companions."""
    targets = [f"2026,17,{pilar},,,{m},{value},equal" for pilar, (m, value) in PILAR.items()]
    each = [f"2026,,pkh_companion,C{n:03d},,graduations,10," for n in range(COMPANIONS)]
    head = "year,area,pilar,worker,programme,measure,value,rule"
    write(folder, "targets/provinsi.csv", head, *targets)
    write(folder, "targets/cianjur.csv", head, *each)
    write(
        folder,
        "budgets/2024.csv",
        "year,level,area,programme,focus,source,measure,document,amount",
        "2024,provinsi,17,,,APBN,pagu,,447000000000",
        "2024,kabupaten/kota,17.71,,,APBN,disalurkan,,58000000000",
    )
    write(
        folder,
        "plans/2026.csv",
        "line,version,year,level,area,action,focus,source,cost,owner,due,state,by,at,reason",
        "17-01,1,2026,regency,1771,Bentuk 20 KUBE,empowerment,apbn,400000000,,2026-06-30,"
        "proposed,Dinas Sosial Provinsi,2026-01-10,",
    )
    (folder / "sources/petugas.toml").write_text(WORKERS)
    rows = [f"C{n:03d},PKH,3203{n % 32 + 1:02d}" for n in range(COMPANIONS)]
    write(folder, "petugas.csv", "petugas,pilar,wilayah", *rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("story")
    write_village(folder)
    office(folder)
    run_workspace(folder)
    return folder


def ask(folder: Path, table: str, where: str = "TRUE") -> list[dict[str, Any]]:
    rows = relation(last_complete(folder), table)
    with duckdb.connect() as con:
        found = con.sql(f"SELECT * FROM ({rows}) WHERE {where}").to_arrow_table().to_pylist()
    assert isinstance(found, list)
    return found


def tangga(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tangga", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "160"},
    )


def test_the_province_and_its_city_are_never_summed(folder: Path) -> None:
    tree = {(r["area"], r["measure"]): r for r in ask(folder, "budget_tree", "year = 2024")}
    assert tree[BENGKULU, "allocated"]["amount"] == 447_000_000_000
    assert tree[CITY, "disbursed"]["amount"] == 58_000_000_000
    amounts = {r["amount"] for r in tree.values() if r["amount"] is not None}
    assert amounts == {447_000_000_000, 58_000_000_000}
    # The city says nothing of what was allocated, the province nothing of what was disbursed: that
    # is not known, and is no zero.
    for row in tree.values():
        if (row["area"], row["measure"]) not in {(BENGKULU, "allocated"), (CITY, "disbursed")}:
            assert row["amount"] is None
    said = tangga("budget", str(folder), "--year", "2024")
    assert said.returncode == 0
    assert "447" in said.stdout
    assert "505" not in said.stdout


@pytest.mark.parametrize("pilar", PILAR)
def test_spread_to_ten_regencies_the_target_of_each_pilar_sums_exactly(
    folder: Path, pilar: str
) -> None:
    measure, value = PILAR[pilar]
    rows = ask(
        folder,
        "targets",
        f"pilar = '{pilar}' AND measure = '{measure}' AND level = 'regency' "
        f"AND area LIKE '{BENGKULU}%' AND coalesce(worker, '') = ''",
    )
    assert len(rows) == 10
    assert sum(row["value"] for row in rows) == value
    assert {row["value"] for row in rows} <= {value // 10, value // 10 + 1}
    assert not any(row["given"] for row in rows)


def test_412_companions_times_ten_are_4120(folder: Path) -> None:
    mine = ask(folder, "targets", "worker IS NOT NULL AND worker LIKE 'C%'")
    assert len(mine) == COMPANIONS
    assert sum(row["value"] for row in mine) == 4_120
    # And the other way about: 4,120 of the regency, spread equally over its companions.
    other = folder.parent / "other-way"
    write_village(other)
    office(other)
    (other / "targets/cianjur.csv").unlink()
    head = "year,area,pilar,worker,programme,measure,value,rule"
    write(other, "targets/cianjur.csv", head, "2026,3203,pkh_companion,,,graduations,4120,equal")
    run_workspace(other, until="plan")
    spread = ask(other, "targets", "worker IS NOT NULL AND worker LIKE 'C%'")
    assert Counter(row["value"] for row in spread) == {10: COMPANIONS}


def test_the_city_rejects_a_line_with_a_reason_and_the_province_sees_it(folder: Path) -> None:
    reject = ["plan", "decide", str(folder), "17-01", "--state", "rejected", "--on", "2026-01-20"]
    without = tangga(*reject, "--by", "Wali Kota Bengkulu")
    assert without.returncode == 2
    said = tangga(*reject, "--by", "Wali Kota Bengkulu", "--reason", "Tempat tidak cukup")
    assert said.returncode == 0, said.stderr
    assert run_workspace(folder).mode == "add"
    (line,) = ask(folder, "plan_lines", "line = '17-01'")
    assert (line["state"], line["reason"]) == ("rejected", "Tempat tidak cukup")
    assert [r["state"] for r in ask(folder, "plan_line_versions", "line = '17-01'")] == [
        "proposed", "rejected",
    ]  # fmt: skip
    seen = tangga("plan", "show", str(folder), "--area", BENGKULU, "--year", "2026")
    assert seen.returncode == 0, seen.stderr
    assert "17-01" in seen.stdout
    assert "Tempat tidak cukup" in seen.stdout
    # What was rejected is no budget.
    assert ask(folder, "budget_lines", "plan_line = '17-01'") == []


def test_nobody_can_type_an_achievement(folder: Path) -> None:
    """It follows from recorded moves and visits: no file that an office writes can carry one."""
    head = "year,area,pilar,worker,programme,measure,value,achieved"
    write(folder, "targets/typed.csv", head, "2026,17,pkh_companion,,,graduations,1,1")
    before = sorted(f.name for f in (folder / "runs").iterdir())
    with pytest.raises(UserError, match="unknown column: 'achieved'"):
        run_workspace(folder)
    # It is said before anything is read, and nothing half-written is left.
    assert sorted(f.name for f in (folder / "runs").iterdir()) == before
    (folder / "targets/typed.csv").unlink()
    write(folder, "achievement/2026.csv", head, "2026,17,pkh_companion,,,graduations,1,1")
    run_workspace(folder, full=True)
    counted = ask(folder, "achievement", "measure = 'graduations'")
    assert sum(row["achieved"] or 0 for row in counted) == 0


def test_every_rupiah_of_the_payment_file_is_accounted_for(folder: Path) -> None:
    with (folder / "penyaluran.csv").open(encoding="utf-8") as file:
        sent = [int(row["rupiah"]) for row in csv.DictReader(file)]
    rows = ask(folder, "reconciliation")
    assert sum(row["matched"] + row["unmatched"] for row in rows) == sum(sent)
    assert len(rows) == len(sent)
    # Tukinem died in August 2025 and was alone: what was paid for the quarter after is not hers.
    late = [r for r in rows if r["source_id"] == "bayar-tukinem-4"]
    assert [(r["matched"], r["unmatched"]) for r in late] == [(0, 600_000)]
    # A mother of three died in November 2025: the family's quarter goes on.
    assert CAST["rosmi"].name == "Rosmiati"
    said = tangga("budget", str(folder), "--year", "2025")
    assert said.returncode == 0, said.stderr
