"""`tangga optimise` on a finished run: within the money to the rupiah, the protected untouched,
nobody in rehabilitation named, the same twice, and nothing written where there is no plan."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from optimise_run import write_run, write_table
from tangga.cli.optimise import optimise
from tangga.engine.optimise.plan import Plan, work_out
from tangga.engine.optimise.problem import Limit
from tangga.engine.optimise.proposals import propose
from tangga.engine.optimise.report import summary
from tangga.engine.optimise.solve import Broken
from tangga.engine.optimise.tables import by_area
from tangga.engine.optimise.words import shadow_lines, shadow_words, span, told
from tangga.engine.optimise.write import write_plan
from tangga.engine.plan_lines.read import read_plan_lines
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError

MONEY = {"kube": 14_000_000, "pena": 31_000_000}
TARGET, HOURS = 30, 1200


def _line(area: str, programme: str | None, focus: str, amount: int, **more: object) -> dict:
    own = {"year": 2026, "area": area, "programme": programme, "focus": focus, "amount": amount}
    return {**own, "measure": "allocated", "plan_line": None, **more}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some money and places in Mesuji, of which an accepted line takes a part; a sum for everything
    in Bengkulu; hours in Mesuji; a target of each area."""
    folder = write_run(tmp_path_factory.mktemp("optimise"))
    lines = [_line("1811", programme, "empowerment", money) for programme, money in MONEY.items()]
    lines.append(_line("1811", "kube", "empowerment", 2_000_000, plan_line="L1"))
    lines.append(_line("17", None, None, 447_000_000_000))  # type: ignore[arg-type]
    hours = [
        {"worker": "W1", "area": "181105", "minutes_left": HOURS * 60 // 5},
        {"worker": "W2", "area": "181106", "minutes_left": None},
    ]
    target = {"year": 2026, "level": "regency", "measure": "graduations", "worker": ""}
    target |= {"programme": "", "exits": ""}
    targets = [{**target, "area": area, "value": TARGET} for area in ("1771", "1811")]
    targets.append({**targets[1], "worker": "W1", "value": 999})
    targets.append({**targets[1], "year": 2027})
    with duckdb.connect() as con:
        run = folder / "runs" / "00001"
        for name, rows in (
            ("budget_lines", lines),
            ("capacity_hours", hours),
            ("targets", targets),
        ):
            write_table(con, run, name, rows)
    (folder / "places").mkdir()
    (folder / "places" / "p.csv").write_text("year,area,programme,places\n2026,18.11,kube,5\n")
    return folder


def planned(folder: Path, aim: str = "graduations") -> Plan:
    return work_out(folder, years=3, aim=aim, report=lambda *_: None)


@pytest.fixture(scope="module")
def plan(folder: Path) -> Plan:
    return planned(folder)


@pytest.fixture(scope="module")
def written(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "optimised"
    write_plan(plan, out)
    return out


def rows(written: Path, table: str) -> list[dict[str, str]]:
    with (written / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_money_and_the_places_are_kept_to_the_rupiah(written: Path, plan: Plan) -> None:
    cost = {way.id: way.cost for way in plan.stated.interventions}
    chosen = [row for row in rows(written, "families") if row["chosen"] == "true"]
    many = Counter(row["intervention"] for row in chosen if row["area"] == "1811")
    for programme, money in MONEY.items():
        assert 0 < many[programme] * cost[programme] <= money
    assert many["kube"] == 5  # of six that the money left would pay, for want of places
    assert many["pena"] == 5


def test_later_years_keep_the_money_carried_forward(written: Path) -> None:
    for row in rows(written, "limits"):
        if row["what"] == "budget":
            assert int(row["used"]) <= int(row["capacity"])
    assert {row["year"] for row in rows(written, "limits")} == {"2026", "2027", "2028"}


def test_nobody_protected_and_nobody_in_rehabilitation_is_named(plan: Plan, written: Path) -> None:
    kinds = {plan.families.states[s].kind for s in plan.families.state}
    assert "protected" in kinds
    of = dict(zip(plan.families.ids, plan.families.state, strict=True))
    named = rows(written, "families")
    assert named
    for row in named:
        assert plan.families.states[of[row["family_id"]]].kind in ("able", "mixed")
    for row in rows(written, "plan"):
        assert row["kind"] != "held"
        assert row["kind"] in ("able", "mixed") or row["intervention"] == "continue"


def test_the_tables_of_the_first_year_agree(written: Path, plan: Plan) -> None:
    named = Counter(
        (row["area"], row["intervention"])
        for row in rows(written, "families")
        if row["chosen"] == "true"
    )
    for row in rows(written, "by_area"):
        if row["year"] == "2026" and row["families"] and row["intervention"] != "rehabilitation":
            assert float(row["families"]) == named[row["area"], row["intervention"]]
    assert plan.whole.gap < 0.02


def test_every_output_says_that_effects_are_assumed(written: Path, plan: Plan) -> None:
    for language in ("id", "en"):
        mark = plan.stated.says["assumption"][language]
        assert mark in (written / f"report.{language}.md").read_text()
        for chart in written.glob(f"*.{language}.svg"):
            assert mark.split()[0] in chart.read_text()
    for table in ("plan", "by_area", "assumptions"):
        assert {row["assumption"] for row in rows(written, table)} == {"true"}
    assert "assumptions" in json.loads((written / "manifest.json").read_text())


def test_what_is_not_known_is_said(written: Path) -> None:
    said = {(row["what"], row["intervention"], row["area"]) for row in rows(written, "not_known")}
    assert ("budget", "training", "1811") in said
    assert ("budget", "kube", "1811") not in said
    assert ("budget", "kube", "1771") in said
    report = (written / "report.en.md").read_text()
    assert "Nobody wrote down how much there is" in report
    assert "the figures of 2026 are used" in report


def test_shadow_prices_are_told_in_words(written: Path) -> None:
    found = rows(written, "shadow_prices")
    assert found
    for row in found:
        assert float(row["by_price"]) > 0
        if row["solved_again"]:
            assert float(row["solved_again"]) <= float(row["by_price"]) + 1e-6
    money = next(row for row in found if row["what"] == "budget")
    assert money["words_id"].startswith("234.860.000 rupiah lagi untuk")
    assert money["step"] == "1000000000"
    assert "Mesuji" in money["words_id"]


def _prints(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.csv")
    }


def test_the_same_run_gives_the_same_plan(folder: Path, written: Path, tmp_path: Path) -> None:
    write_plan(planned(folder), tmp_path / "again")
    assert _prints(tmp_path / "again") == _prints(written)


def test_the_other_aim(folder: Path, plan: Plan) -> None:
    poor = planned(folder, "poor-years")
    assert {one.limit.what for one in poor.shadows} <= {"budget", "places", "hours"}
    assert poor.sensitivity[1].value > poor.sensitivity[0].value
    assert poor.problem.aim != plan.problem.aim


def test_lines_are_proposed_and_can_be_read_back(folder: Path, plan: Plan, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    many = propose(plan, copy / "plans" / "proposed.csv")
    lines = read_plan_lines(load_workspace(copy))
    assert len(lines) == many > 0
    assert {line.state for line in lines} == {"proposed"}
    assert all("ASUMSI" in line.rests_on for line in lines)
    assert sum(line.cost or 0 for line in lines if line.programme == "pena") % 6_000_000 == 0
    begun = {line.year: line for line in lines if line.programme == "pena"}
    assert begun[2026].due == date(2026, 12, 31)
    assert (begun[2026].cost, begun[2026].target) == (5 * 6_000_000, None)
    assert (begun[2027].cost, begun[2027].measure) == (None, "graduations")
    assert begun[2026].fund_source == ""
    assert "sumber" in begun[2026].reason.lower()
    expected = sum(row.get("graduations") or 0 for row in by_area(plan) if row["year"] == 2026)
    assert sum(line.target or 0 for line in lines) == round(expected)
    with pytest.raises(UserError, match="nobody has decided on it"):
        propose(planned(copy), copy / "plans" / "again.csv")
    with pytest.raises(UserError, match="is there already"):
        propose(plan, copy / "plans" / "proposed.csv")


def _tight(folder: Path, tmp_path: Path) -> Path:
    """The same with an overlay that asks that nine of ten past the cap begin something, and no
    money for anything but two kinds."""
    copy = tmp_path / "tight"
    shutil.copytree(folder, copy)
    source = load_workspace(folder).pack.dir / "policy" / "interventions.toml"
    text = source.read_text().replace("decide_percent = 0 ", "decide_percent = 90 ")
    head, *ways = text.split("[[version.intervention]]")
    kept = "[[version.intervention]]".join([head, *ways[:2]])
    late = kept.replace('id = "1"', 'id = "2"\nsupersedes = "1"', 1)
    late = late.replace("valid_from = 2024-11-19", "valid_from = 2026-01-01")
    (copy / "local" / "interventions.toml").write_text(late)
    return copy


def test_an_unsolvable_plan_names_what_breaks_it_and_writes_nothing(
    folder: Path, tmp_path: Path
) -> None:
    tight = _tight(folder, tmp_path)
    command = [sys.executable, "-m", "tangga", "optimise", str(tight)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "No plan keeps all limits" in found.stderr
    assert "Families past the cap that must begin something, Kabupaten Mesuji, 2026" in found.stderr
    assert "of the families, for" in found.stderr
    mesuji = r"Kabupaten Mesuji, 2026: lacking [0-9]+ of the families, for .*money"
    assert re.search(mesuji, found.stderr)
    assert not (tight / "optimised").exists()


def test_an_unknown_aim_and_a_file_that_is_there_are_refused(folder: Path, tmp_path: Path) -> None:
    given = {"years": 3, "out": tmp_path / "out"}
    with pytest.raises(UserError, match="is no aim"):
        optimise(folder, aim="riches", propose=None, **given)
    there = tmp_path / "there.csv"
    there.write_text("")
    with pytest.raises(UserError, match="is there already"):
        optimise(folder, aim="graduations", propose=there, **given)
    assert not (tmp_path / "out").exists()


def test_the_command_says_that_effects_are_assumed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path / "lines.csv"
    optimise(folder, years=2, aim="graduations", propose=lines, out=tmp_path / "out")
    said = capsys.readouterr().out
    assert said.index("ASUMSI") < said.index("ASSUMPTION")
    assert (tmp_path / "out" / "report.id.md").exists()
    assert lines.exists()


def test_a_target_is_reached_in_the_year_in_which_what_began_ends(written: Path) -> None:
    of = {(row["area"], row["year"]): row for row in rows(written, "targets")}
    assert float(of["1811", "2026"]["reached"]) == 0  # what begins after July ends a year later
    mesuji = of["1811", "2027"]
    assert float(mesuji["target"]) == TARGET
    assert float(mesuji["reached"]) + float(mesuji["lacking"]) == pytest.approx(TARGET, abs=0.02)
    assert float(mesuji["lacking"]) > 0
    begun = sum(
        float(row["graduations"] or 0)
        for row in rows(written, "by_area")
        if row["area"] == "1811" and row["year"] in ("2026", "2027")
    )
    assert float(mesuji["reached"]) == pytest.approx(begun, abs=0.5)


def test_hours_are_those_that_visits_leave_in_the_months_left(written: Path) -> None:
    of = {
        (row["area"], row["year"]): row for row in rows(written, "limits") if row["what"] == "hours"
    }
    assert int(of["1811", "2026"]["capacity"]) == HOURS
    assert int(of["1811", "2027"]["capacity"]) == HOURS * 12 // 5
    assert of["1811", "2026"]["used"] == "" or int(of["1811", "2026"]["used"]) <= HOURS


def test_few_in_rehabilitation_are_not_shown(written: Path) -> None:
    shown = [row for row in rows(written, "by_area") if row["intervention"] == "rehabilitation"]
    assert shown
    assert {row["families"] for row in shown} == {""}
    assert {row["cost"] for row in shown} == {""}


def test_a_run_without_families_in_care_says_so(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    facts = copy / "runs" / "00001" / "plan" / "facts"
    with duckdb.connect() as con:
        empty = f"SELECT * REPLACE (NULL::VARCHAR AS rung) FROM '{facts}/part-00000.parquet'"
        con.execute(f"COPY ({empty}) TO '{facts}/new.parquet'")
    (facts / "new.parquet").rename(facts / "part-00000.parquet")
    with pytest.raises(UserError, match="nobody in the last run is planned for"):
        planned(copy)


def test_families_whose_area_is_not_known_are_counted_apart(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    facts = copy / "runs" / "00001" / "plan" / "facts"
    with duckdb.connect() as con:
        some = "CASE WHEN decile = 3 THEN '18' ELSE village END AS village"
        moved = f"SELECT * REPLACE ({some}) FROM '{facts}/part-00000.parquet'"
        con.execute(f"COPY ({moved}) TO '{facts}/new.parquet'")
    (facts / "new.parquet").rename(facts / "part-00000.parquet")
    found = planned(copy)
    assert found.families.nowhere == 33


def test_a_step_tells_what_of_it_is_usable_and_what_binds_then(plan: Plan) -> None:
    money = [one for one in plan.shadows if one.limit.what == "budget" and one.usable is not None]
    assert money
    for one in money:
        assert one.usable is not None and 0 < one.usable < one.step
        words = shadow_words(one, plan, "en")
        assert "1,000,000,000" not in words
        assert "of no use" in words


def test_prices_that_say_the_same_are_told_once(plan: Plan) -> None:
    lines = shadow_lines(plan.shadows, plan, "en")
    assert len(lines) == len(set(lines)) <= len(plan.shadows)
    assert span([2030, 2026, 2028, 2029]) == "2026, 2028–2030"


def test_limits_that_break_alike_are_told_once_and_exactly() -> None:
    each = [
        Broken(
            Limit("support", "1811", year, np.array([0]), np.zeros((1, 2)), 0.0), 171_500_000, ()
        )
        for year in range(5)
    ]
    said = told([(one, "Mesuji") for one in each], 2026)
    assert said.count("171,500,000 rupiah") == said.count("171.500.000 rupiah") == 1
    assert "2026–2030" in said


def test_the_reserve_is_the_sum_of_what_they_receive(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    money = [_line("1811", None, "protection", 1)]
    with duckdb.connect() as con:
        write_table(con, copy / "runs" / "00001", "budget_lines", money)
    with pytest.raises(UserError, match="33,599,999 rupiah"):
        planned(copy)  # 14 protected families of 2,400,000, less the one rupiah


def test_the_other_aim_is_told_and_drawn_in_its_own_unit(folder: Path, tmp_path: Path) -> None:
    write_plan(planned(folder, "poor-years"), tmp_path / "out")
    report = (tmp_path / "out" / "report.en.md").read_text()
    assert "years in poverty are expected to be avoided" in report
    assert "Years in poverty avoided (assumed)" in report
    assert "With all effects at the ends of their range" in report
    assert (tmp_path / "out" / "avoided.en.svg").exists()


def test_the_plan_stands_beside_what_was_recorded(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    graduated = [{"family_id": "F1", "graduated_on": date(2025, 5, 1)}]
    with duckdb.connect() as con:
        write_table(con, copy / "runs" / "00001", "graduations", graduated)
        (copy / "forecast").mkdir()
        con.execute(
            "COPY (SELECT 1 AS year, 'country' AS level, '' AS programme, 'leaves' AS measure, "
            f"4.0 AS median) TO '{copy}/forecast/by_year.parquet'"
        )
        con.execute(
            "COPY (SELECT 'leaves' AS step, 'protection' AS from_rung, 'graduated' AS to_rung) "
            f"TO '{copy}/forecast/rates.parquet'"
        )
    said = "\n".join(summary(planned(copy), "en"))
    assert "2024: 0, 2025: 1, 2026: 0" in said
    assert "draws 4.0 graduations" in said
    assert "far above what was ever recorded" in said
    assert "Beyond the budget" in said
