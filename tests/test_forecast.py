"""`tangga forecast`: what it says by arithmetic is what a run of the later day says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tangga.engine import tables
from tangga.engine.area_tree import area_tree
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.forecast.clock import MONTHS
from tangga.engine.forecast.exact import Outlook, look_ahead
from tangga.engine.forecast.families import ABLE_IN, CLIMBS_IN
from tangga.engine.forecast.finished import Finished, finished
from tangga.engine.forecast.write import Wish, Written, forecast
from tangga.engine.run import run_workspace
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.rules.money import for_months
from tangga.rules.to_sql import alias
from tangga.synthetic import generate

CAP = Path(__file__).parent / "overlays" / "cap_in_force"
AS_OF = date(2026, 7, 31)
LATER = (7, pytest.param(31, marks=pytest.mark.slow))
"""Months after which the run is made again: a February, and a month of another length."""


def quiet(_step: str, _done: int, _of: int) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """900 invented people, the cap in force, one complete run."""
    folder = tmp_path_factory.mktemp("people")
    generate(900, 5, folder)
    shutil.copytree(CAP, folder / "local")
    settings = folder / "tangga.toml"
    text = settings.read_text().replace("2026-01-31", AS_OF.isoformat())
    settings.write_text(text + 'policy = ["local/"]\nkeep_runs = 9\n')
    run_workspace(folder, until="plan")
    return folder


@pytest.fixture(scope="module")
def outlook(folder: Path) -> Outlook:
    """The arithmetic, with the sets of months that it was made from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Finished, "drop", lambda *_: None)
        return look_ahead(finished(load_workspace(folder), connect(threads=1)), 60)


@pytest.fixture(scope="module", params=LATER)
def later(request: pytest.FixtureRequest, folder: Path, outlook: Outlook) -> tuple[int, Path]:
    """(months, folder of the plan) of a run of a later day on the same data."""
    day = outlook.calendar.on(request.param)
    run_workspace(folder, only="plan", as_of=day)
    made = max(p for p in (folder / "runs").iterdir() if (p / "plan").is_dir())
    assert json.loads((made / "manifest.json").read_text())["as_of"] == day.isoformat()
    return request.param, made / "plan"


def differing(
    outlook: Outlook, later: tuple[int, Path], table: str, tests: dict[str, str]
) -> dict[str, int]:
    """Of how many rows each pair of things differs; every family or person is in both."""
    month, plan = later
    listed = ", ".join(f"count(*) FILTER ({test.format(k=month)})" for test in tests.values())
    scans = {name: tables.scan(plan / name) for name in ("facts", "person_facts", "components")}
    (row,) = outlook.run.rows(f"SELECT count(*), {listed} FROM {table.format(**scans)}")
    assert row[0] > 25
    return dict(zip(tests, row[1:], strict=True))


def bit(column: str) -> str:
    """Whether month k is in a set."""
    return f"(({column} >> {{k}}) & 1 = 1)"


def test_the_clock_of_a_family_is_that_of_the_later_run(
    outlook: Outlook, later: tuple[int, Path]
) -> None:
    tests = {
        f"{n}": f's."{MONTHS}_{n}__yes" IS NULL OR {bit(f"""s."{MONTHS}_{n}__yes" """)} '
        f"<> (f.months_protected >= {n})"
        for n in (48, 60)
    }
    tests["bound"] = f"{bit('s.clock_bound_open__yes')} IS DISTINCT FROM f.clock_bound_open"
    found = differing(outlook, later, "family_sets AS s JOIN {facts} AS f USING (family_id)", tests)
    assert found == dict.fromkeys(found, 0)


def test_who_must_climb_is_exempt_and_able_is_as_in_the_later_run(
    outlook: Outlook, later: tuple[int, Path]
) -> None:
    tests = {
        f"{fact} {end}": f'{bit(f"""p."{fact}{end}" """)} <> (f.{fact} {is_so})'
        for fact in ("must_climb", "exempt", "able")
        for end, is_so in (("__yes", "IS TRUE"), ("__maybe", "IS NOT FALSE"))
    }
    found = differing(
        outlook, later, "people AS p JOIN {person_facts} AS f USING (person_id)", tests
    )
    assert found == dict.fromkeys(found, 0)


def test_a_family_with_nobody_who_must_climb_has_nobody_later(
    outlook: Outlook, later: tuple[int, Path]
) -> None:
    name = alias(CLIMBS_IN)
    tests = {
        "some": f'{bit(f"""s."{name}__yes" """)} <> (f.must_climb_adults_lo >= 1)',
        "maybe": f'{bit(f"""s."{name}__maybe" """)} <> (f.must_climb_adults_hi >= 1)',
    }
    assert alias(ABLE_IN) != name
    found = differing(outlook, later, "family_sets AS s JOIN {facts} AS f USING (family_id)", tests)
    assert found == {"some": 0, "maybe": 0}


def test_components_and_amounts_are_those_of_the_later_run(
    outlook: Outlook, later: tuple[int, Path]
) -> None:
    month, _ = later
    of_family = (
        "(SELECT family_id, programme, sum(amount) FILTER (counted) AS amount, "
        "bool_and(known) AS known FROM {components} GROUP BY ALL)"
    )
    table = (
        f"(SELECT * FROM stretches WHERE first <= {month} AND past > {month}) AS s "
        f"LEFT JOIN {of_family} AS c USING (family_id, programme)"
    )
    tests = {
        "amount": "s.amount <> coalesce(c.amount, 0)",
        "known": "s.known <> coalesce(c.known, TRUE)",
    }
    assert differing(outlook, later, table, tests) == {"amount": 0, "known": 0}


def test_the_very_day_on_which_a_component_ends(outlook: Outlook) -> None:
    """On the birthday from which the rule says otherwise, the leap day on 1 March."""
    rows = outlook.run.rows(
        "SELECT e.ends_on, p.born_lo FROM component_ends AS e JOIN people AS p USING (person_id) "
        "WHERE e.component = 'under_six' AND e.ends_on IS NOT NULL"
    )
    assert len(rows) > 5
    for ends_on, born in rows:
        leap = (born.month, born.day) == (2, 29) and ends_on.month == 3
        assert (ends_on.month, ends_on.day) == ((3, 1) if leap else (born.month, born.day))
        assert ends_on.year - born.year == 6


def test_what_is_owed_is_the_money_of_the_rules(outlook: Outlook) -> None:
    """A plain sum over families, month by month, with the one rounding there is."""
    now = outlook.calendar.now
    plain: dict[tuple[str, int], int] = {}
    for programme, first, past, amount in outlook.run.rows(
        "SELECT programme, first, past, amount FROM outlook_owed"
    ):
        for k in range(first, past):
            month = (now + k) % 12 + 1
            key = (programme, k)
            plain[key] = plain.get(key, 0) + for_months(amount, month, month)
    found = outlook.run.rows(
        "SELECT programme, k, CAST(sum(owed) AS BIGINT) FROM owed_by_month GROUP BY ALL"
    )
    assert {(programme, k): owed for programme, k, owed in found if owed} == {
        key: owed for key, owed in plain.items() if owed
    }


@pytest.fixture(scope="module")
def written(folder: Path) -> Written:
    run_workspace(folder, only="plan")
    return forecast(folder, Wish(years=2, draws=40), quiet)


def rows(written: Written, table: str, what: str) -> list[tuple]:
    return duckdb.sql(what.format(f"'{written.folder / table}.parquet'")).fetchall()


def test_the_folder_says_on_what_it_rests(folder: Path, written: Written) -> None:
    said = json.loads((written.folder / "manifest.json").read_text())
    assert (said["run"], said["months"]) == (last_complete(folder).name, 24)
    assert said["cap"]["status"] == "in_force"
    assert said["drawn"]["assumed"] is True
    assert said["drawn"]["seed"] == 1
    assert said["drawn"]["question"]
    assert set(said["drawn"]["per_thousand_a_year"]) == {
        row[0] for row in rows(written, "rates", "SELECT step FROM {}")
    }
    for language in ("id", "en"):
        assert (written.folder / f"report.{language}.md").is_file()
        assert (written.folder / f"owed.{language}.svg").read_text().startswith("<svg")


def test_of_what_is_exact_the_parts_sum_to_the_whole(written: Written) -> None:
    sql = (
        "SELECT month, programme, measure, count(DISTINCT total) FROM (SELECT month, programme, "
        "measure, level, sum(exact) AS total FROM {} WHERE exact IS NOT NULL GROUP BY ALL) "
        "GROUP BY ALL HAVING count(DISTINCT total) > 1"
    )
    assert rows(written, "by_month", sql) == []


def test_a_year_is_its_months_where_it_is_exact(written: Written) -> None:
    sql = (
        "SELECT measure, programme, sum(exact) FROM {} WHERE level = 'country' "
        "AND exact IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    of_months, of_years = (rows(written, table, sql) for table in ("by_month", "by_year"))
    assert len(of_months) > 5
    assert of_months == of_years


def test_what_is_drawn_and_what_is_known_stand_apart(written: Written) -> None:
    sql = "SELECT DISTINCT measure, exact IS NULL, median IS NULL FROM {}"
    found = {row[0]: row[1:] for row in rows(written, "by_month", sql)}
    assert found["owed"] == (False, True)
    assert found["owed_change"] == (True, False)
    assert found["graduate"] == (True, False)
    assert found["reaches_cap"] == (False, False)
    bad = "SELECT count(*) FROM {} WHERE NOT (low <= median AND median <= high)"
    assert rows(written, "by_month", bad) == [(0,)]
    more = "SELECT count(*) FROM {} WHERE measure = 'reaches_cap' AND high > exact"
    assert rows(written, "by_month", more) == [(0,)]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files_and_another_does_not(
    folder: Path, written: Written, tmp_path: Path
) -> None:
    same = forecast(folder, Wish(years=2, draws=40, out=tmp_path / "same"), quiet).folder
    other = forecast(folder, Wish(years=2, draws=40, seed=2, out=tmp_path / "other"), quiet).folder
    names = [file.name for file in written.folder.glob("*.csv")]
    assert len(names) == 5
    for name in names:
        assert (written.folder / name).read_bytes() == (same / name).read_bytes(), name
    assert (same / "by_year.csv").read_bytes() != (other / "by_year.csv").read_bytes()
    assert (same / "families.csv").read_bytes() == (other / "families.csv").read_bytes()


@pytest.mark.slow
def test_one_area_is_that_part_of_the_whole(folder: Path, written: Written, tmp_path: Path) -> None:
    (area,) = rows(written, "families", "SELECT min(village)[:4] FROM {}")[0]
    part = forecast(folder, Wish(years=2, draws=40, area=area, out=tmp_path / "part"), quiet)
    inside = "SELECT * FROM {} WHERE starts_with(area, '" + area + "')"
    assert rows(part, "by_month", "SELECT * FROM {}") == rows(written, "by_month", inside)
    assert area_tree(load_workspace(folder).pack_areas).name(area) in (
        part.folder / "report.id.md"
    ).read_text().splitlines()[0]  # fmt: skip


def test_of_nobody_a_person_is_named_in_reports_and_charts(written: Written) -> None:
    ids = {row[0] for row in rows(written, "families", "SELECT family_id FROM {}")}
    assert ids
    for file in (*written.folder.glob("*.md"), *written.folder.glob("*.svg")):
        assert not re.search(r"\b[FP][0-9A-F]{13}\b", file.read_text()), file


def _tangga(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tangga", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "160"},
    )


def test_the_command_prints_the_years_and_where_the_files_are(folder: Path, tmp_path: Path) -> None:
    done = _tangga("forecast", folder, "--years", "1", "--draws", "20", "--out", tmp_path / "f")
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "f") in done.stdout
    assert "60" in done.stdout
    assert "by arithmetic" in done.stdout


def test_what_cannot_be_forecast_says_why_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    shutil.copytree(folder, empty, ignore=shutil.ignore_patterns("runs", "forecast"))
    for wish, directory, why in (
        (Wish(years=11), folder, "no forecast of so many years"),
        (Wish(area="11"), folder, "no family of the run"),
        (Wish(area="18'--"), folder, "is no area of the pack"),
        (Wish(), empty, "no complete run"),
    ):
        with pytest.raises(UserError, match=why):
            forecast(directory, Wish(wish.years, 20, 1, wish.area, tmp_path / "no"), quiet)
    assert not (tmp_path / "no").exists()


def test_a_policy_that_has_changed_is_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("forecast"))
    rule = other / "local" / "clock.toml"
    rule.write_text(rule.read_text().replace("planning_from = 48", "planning_from = 50"))
    with pytest.raises(UserError, match="policy has changed"):
        forecast(other, Wish(years=1, draws=20), quiet)
    assert not (other / "forecast").exists()


@pytest.mark.slow
def test_a_cap_that_is_only_announced_is_said_to_be(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("forecast"))
    settings = other / "tangga.toml"
    settings.write_text(settings.read_text().replace('policy = ["local/"]\n', ""))
    run_workspace(other, only="plan")
    done = forecast(other, Wish(years=1, draws=20), quiet)
    report = (done.folder / "report.en.md").read_text()
    assert "announced only" in report
    assert "no move rests on it" in report
    assert done.told.cap is not None


def test_what_is_owed_now_is_what_payments_are_held_against(outlook: Outlook) -> None:
    """The payment period of the run's month, of support that runs through it in both."""
    run, now = outlook.run, outlook.calendar.now
    month = f"({now} + k) % 12"
    same = "family_id, person_id, programme"
    rows = run.rows(
        f"SELECT count(*), count(*) FILTER (o.amount <> f.amount) FROM (SELECT {same}, amount "
        f"FROM {run.scan('plan', 'owed')} WHERE period_start = DATE '2026-07-01' AND months = 3 "
        f"AND amount IS NOT NULL) AS o JOIN (SELECT {same}, "
        f"sum(amount * ({month} + 1) // 12 - amount * ({month}) // 12) AS amount "
        "FROM outlook_owed, (SELECT unnest(range(3)) AS k) WHERE first = 0 AND past >= 3 "
        f"GROUP BY {same}) AS f ON o.family_id = f.family_id AND o.programme = f.programme "
        "AND o.person_id IS NOT DISTINCT FROM f.person_id"
    )
    assert rows[0][0] > 40
    assert rows[0][1] == 0
