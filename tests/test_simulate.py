"""A simulation of the village says what a real run under that overlay says, and changes nothing."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from tangga.cli.app import app
from tangga.engine import plan
from tangga.engine.catalogue import relation
from tangga.engine.context import Context
from tangga.engine.current import last_complete
from tangga.engine.run import run_workspace
from tangga.engine.simulate.affected import affected
from tangga.engine.simulate.answers import write_answers
from tangga.engine.simulate.climb import moves_sql
from tangga.engine.simulate.edits import edited
from tangga.engine.simulate.opened import FACTS, HISTORY, STORED, opened
from tangga.engine.simulate.run import Simulated, simulate
from tangga.engine.simulate.scenario_file import read_scenario
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.registry.load import load_pack
from village_records import write_years

DAY = date(2027, 12, 31)
FIRST = "2027-12-01"
POLICY = load_pack("indonesia").dir / "policy"
HEAD = 'name = "{name}"\ntitle_id = "Uji"\ntitle_en = "Test"\nbasis = "uji"\n'
PLAIN = """
[cutoffs]
sembako = 3
[amounts.pkh]
elderly = 3_000_000
primary = 1_000_000
"""
ALL = """
[cutoffs]
sembako = 3
[amounts.pkh]
elderly = 3_000_000
primary = 1_000_000
[counting]
programmes = ["pkh"]
[buffer]
times = 3.5
"""
CAP = """
[cap]
months = 12
planning_from = 6
"""


def overlay(folder: Path, *, counting: bool) -> None:
    """What the scenario says, as an office would write it: versions that supersede the pack's."""
    (folder / "programmes").mkdir(parents=True)
    _version(folder, "programmes/sembako.toml", [("at_most = 5", "at_most = 3")])
    lines = [
        ('id = "elderly"(.*?)amount_year = 2400000', r'id = "elderly"\1amount_year = 3000000'),
        ('"primary"\namount_year = 900000', '"primary"\namount_year = 1000000'),
    ]
    _version(folder, "programmes/pkh.toml", lines)
    if counting:
        lines = [
            (r'\nprogrammes = \["pkh", "sembako"\]', '\nprogrammes = ["pkh"]'),
            (r"\nbuffer = 1\.2 ", "\nbuffer = 3.5 "),
        ]
        _version(folder, "clock.toml", lines)


def _version(folder: Path, name: str, changes: list[tuple[str, str]]) -> None:
    """The pack's latest version of a file, changed, from the first of the month on."""
    head, *versions = re.split(r"(?m)^(?=\[\[version\]\]$)", (POLICY / name).read_text())
    text = re.split(r"(?m)^(?:\[\[case\]\]|\[\[cap\]\]|# ---.*|# The cap.*)$", versions[-1])[0]
    (id_,) = re.findall(r'(?m)^id = "(\w+)"$', text.split("[[version.")[0])
    text = text.replace(f'id = "{id_}"', f'id = "uji"\nsupersedes = "{id_}"', 1)
    text = re.sub(r"(?m)^valid_from = .*$", f"valid_from = {FIRST}", text, count=1)
    for what, by in changes:
        text, made = re.subn(what, by, text, count=1, flags=re.DOTALL)
        assert made == 1, what
    top = "\n".join(re.findall(r'(?m)^id = ".*"$', head))
    (folder / name).write_text(f"{top}\n\n{text}")


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village at the end of 2027, run; the cap is in force there."""
    folder = write_years(tmp_path_factory.mktemp("village") / "village", DAY)
    run_workspace(folder, full=True, until="plan")
    return folder


def under_overlay(village: Path, target: Path, *, counting: bool) -> Path:
    """The stage `plan` of the same register, really run under another policy; the run's folder."""
    folder = target / "village"
    shutil.copytree(village, folder, ignore=shutil.ignore_patterns("runs"))
    overlay(folder / "other", counting=counting)
    settings = (folder / "tangga.toml").read_text()
    (folder / "tangga.toml").write_text(settings.replace('["local/"]', '["local/", "other/"]'))
    run = target / "run"
    run.mkdir()
    for stage in ("standardise", "resolve", "rank"):
        (run / stage).symlink_to(last_complete(village) / stage)
    plan.run(Context(load_workspace(folder), run))
    return run


def scenario(folder: Path, text: str, name: str = "uji") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(HEAD.format(name=name) + text, encoding="utf-8")
    return file


def looked_at(village: Path, file: Path) -> tuple[Any, set[tuple[object, ...]], dict[str, int]]:
    """What the scenario touches; its verdicts and amounts; its due moves of families."""
    with opened(village) as run:
        read = read_scenario(file, run.workspace)
        after = edited(read.policy, read.scenario, DAY).on(DAY)
        touched = affected(run, read.scenario, run.workspace.today, after)
        run.make_anew(touched.anew, after)
        write_answers(run, touched, run.workspace.today, after)
        rows = run.steps.con.execute(
            "SELECT programme, family_id, person_id, CASE WHEN after THEN 'fits' ELSE 'not_known' "
            "END, CASE WHEN after AND amount_after > 0 THEN amount_after END "
            "FROM answers WHERE after IS NOT FALSE"
        ).fetchall()
        moves = run.steps.con.execute(moves_sql(run, touched, after)).fetchall()
    return touched, set(rows), {move: after for move, _, after, _, _ in moves if after}


def decided(run: Path, programmes: tuple[str, ...]) -> set[tuple[object, ...]]:
    """The same of a real run."""
    listed = ", ".join(f"'{code}'" for code in programmes)
    sql = (
        "SELECT programme, family_id, person_id, verdict, amount "
        f"FROM ({relation(run, 'decisions')}) WHERE verdict <> 'does_not_fit' "
        f"AND programme IN ({listed})"
    )
    return set(duckdb.sql(sql).fetchall())


def due(run: Path) -> dict[str, int]:
    sql = (
        f"SELECT move, count(*) FROM read_parquet('{run}/plan/due/*.parquet') "
        "WHERE person_id IS NULL GROUP BY move"
    )
    return dict(duckdb.sql(sql).fetchall())


def test_verdicts_and_amounts_are_those_of_a_real_run(village: Path, tmp_path: Path) -> None:
    touched, found, moves = looked_at(village, scenario(tmp_path, PLAIN))
    assert touched.anew == STORED and touched.programmes == ("pkh", "sembako")
    run = under_overlay(village, tmp_path, counting=False)
    assert found == decided(run, touched.programmes)
    assert found != decided(last_complete(village), touched.programmes)
    assert moves == {}  # the ladder is the same, and nothing is said of it


@pytest.mark.slow
def test_months_and_moves_are_those_of_a_real_run(village: Path, tmp_path: Path) -> None:
    touched, found, moves = looked_at(village, scenario(tmp_path, ALL))
    assert touched.anew == HISTORY
    run = under_overlay(village, tmp_path, counting=True)
    assert found == decided(run, touched.programmes)
    assert moves == due(run)
    assert moves != due(last_complete(village))


def test_a_fact_that_the_run_did_not_keep_is_made_anew(village: Path, tmp_path: Path) -> None:
    text = """
[cutoffs.sembako]
requirement = "decile"
if = { all = [
  { fact = "decile", at_most = 5 },
  { count = { fact = "born", age_at_least = 50 }, at_least = 1 },
] }
"""
    touched, found, _ = looked_at(village, scenario(tmp_path, text))
    assert touched.anew == FACTS
    elders = duckdb.sql(
        f"SELECT DISTINCT family_id FROM read_parquet('{last_complete(village)}/plan/person_facts/"
        f"*.parquet') WHERE born_hi <= DATE '{DAY}' - INTERVAL 50 YEAR"
    ).fetchall()
    fits = {row[1] for row in found if row[3] == "fits"}
    before = decided(last_complete(village), ("sembako",))
    assert fits == {row[1] for row in before if row[3] == "fits"} & {row[0] for row in elders}
    assert fits


def test_moves_under_the_cap_follow_its_months(village: Path, tmp_path: Path) -> None:
    """A cap of 12 months makes decisions due at 12, and they are called so."""
    was = simulate(village, scenario(tmp_path, "[cap]\nin_force = true\n"), out=tmp_path / "was")
    found = simulate(village, scenario(tmp_path, CAP), out=tmp_path / "out")
    facts = f"read_parquet('{last_complete(village)}/plan/facts/*.parquet')"
    ((least,),) = duckdb.sql(
        f"SELECT count(*) FROM {facts} WHERE clock_bound_open AND months_protected >= 12"
    ).fetchall()
    assert found.figures["at_cap", ""][1] == least > (was.figures["at_cap", ""][1] or 0)
    names = ("move_at_cap", "decide_at_cap")
    decided = [
        sum(one.moves[move][1] for move in names if move in one.moves) for one in (was, found)
    ]
    assert decided[0] < decided[1] <= least
    said = (found.folder / "report.en.md").read_text()
    assert "at 12 months" in said and "60" not in said.split("## The ladder")[1].split("##")[0]


def test_nothing_changed_is_no_difference(village: Path, tmp_path: Path) -> None:
    """Everything is made anew, and nothing is another: that is said."""
    found = simulate(village, scenario(tmp_path, "[counting]\nextension_months = 7\n"))
    assert found.nothing
    assert "**Nothing changes" in (found.folder / "report.en.md").read_text()
    assert not list(found.folder.glob("*.svg"))
    assert found.affected.anew == HISTORY and len(found.affected.programmes) > 10
    assert [
        pair for pair in found.figures.values() if None not in pair and pair[0] != pair[1]
    ] == []
    flows = ("families_in", "families_out", "people_in", "winners", "losers", "comes_to_fit")
    assert {found.figures[name, ""][1] for name in flows} == {0}
    assert found.figures["served", ""][1]
    assert _rows(found, "changed") == []
    assert all(row["comes"] == "0" and row["goes"] == "0" for row in _rows(found, "moves"))


def _rows(found: Simulated, table: str) -> list[dict[str, str]]:
    with (found.folder / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _bytes(folder: Path) -> Iterator[str]:
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        yield f"{file.relative_to(folder)} {hashlib.sha256(file.read_bytes()).hexdigest()}"


@pytest.mark.slow
@pytest.mark.parametrize("text", [PLAIN, ALL])
def test_the_run_stays_as_it_is(village: Path, tmp_path: Path, text: str) -> None:
    before = list(_bytes(village / "runs"))
    simulate(village, scenario(tmp_path, text), out=tmp_path / "out")
    assert list(_bytes(village / "runs")) == before


@pytest.mark.slow
def test_the_same_with_one_thread_and_two(village: Path, tmp_path: Path) -> None:
    made = []
    for threads in (1, 2):
        folder = tmp_path / f"with{threads}"
        shutil.copytree(village, folder, symlinks=True)
        settings = (folder / "tangga.toml").read_text()
        (folder / "tangga.toml").write_text(f"threads = {threads}\n{settings}")
        found = simulate(folder, scenario(tmp_path, ALL), out=tmp_path / f"out{threads}")
        made.append([line for line in _bytes(found.folder) if "manifest" not in line])
    assert made[0] == made[1]


CHECKED = """
[[check]]
measure = "families_out"
programme = "sembako"
at_most = {most}
"""


def test_a_check_that_fails_stops_and_writes_nothing(village: Path, tmp_path: Path) -> None:
    """Only a budget of nothing takes support from a family that fits."""
    limited = PLAIN + '[[budget]]\nprogramme = "sembako"\namount = 0\n'
    file = scenario(tmp_path, limited + CHECKED.format(most=0), name="dicek")
    done = CliRunner().invoke(app, ["simulate", str(village), "--scenario", str(file)])
    assert isinstance(done.exception, UserError)
    said = done.exception.sentence()
    lost = simulate(village, scenario(tmp_path, limited), out=tmp_path / "out")
    many = lost.figures["families_out", "sembako"][1]
    assert many
    assert f"families_out of sembako is {many} families, {many} more than 0" in said
    line = file.read_text().splitlines().index("[[check]]") + 1
    assert f"dicek.toml, line {line}" in said
    assert not (village / "simulations" / "dicek").exists()
    assert not [f for f in (village / "runs").iterdir() if f.name.startswith(".simulated")]
    passes = scenario(tmp_path, limited + CHECKED.format(most=many), name="dicek")
    assert simulate(village, passes, out=tmp_path / "passes").figures


def test_what_is_not_linked_is_not_drawn_as_nought(village: Path, tmp_path: Path) -> None:
    """The cap in force moves nobody in a drawn future: that is said, and no band of noughts."""
    text = "months = 3\n[cap]\nmonths = 60\nplanning_from = 40\n"
    found = simulate(village, scenario(tmp_path, text))
    assert found.time is not None and found.time.unlinked == ("cap", "moves")
    rows = _rows(found, "through_time")
    unsaid = {row["measure"] for row in rows if row["median"] == ""}
    assert unsaid == {m for m in found.time.values if not found.time.modelled(m)}
    assert unsaid and all(row["before"] for row in rows)
    assert ("through_time.id.svg" in {f.name for f in found.folder.iterdir()}) == any(
        map(found.time.differs, found.time.values)
    )
    assert "not modelled" in (found.folder / "report.en.md").read_text()


def test_a_model_that_was_not_applied_is_left_out(village: Path, tmp_path: Path) -> None:
    text = PLAIN + '[welfare]\nfrom = "model"\n'
    found = simulate(village, scenario(tmp_path, text))
    assert found.effects is None
    assert "this workspace applied none" in (found.folder / "report.en.md").read_text()
    asked = text + '[[check]]\nmeasure = "poverty"\nat_most = 1\n'
    with pytest.raises(UserError, match=r"uji\.toml, line .*check of poverty needs a model"):
        simulate(village, scenario(tmp_path, asked))


def test_what_is_not_known_holds_no_check(village: Path, tmp_path: Path) -> None:
    file = scenario(tmp_path, PLAIN + '[[check]]\nmeasure = "exclusion"\nat_most = 1\n')
    with pytest.raises(UserError, match="exclusion is not known"):
        simulate(village, file)


def test_another_policy_than_that_of_the_run_is_refused(village: Path, tmp_path: Path) -> None:
    folder = tmp_path / "village"
    shutil.copytree(village, folder)
    clock = folder / "local" / "clock.toml"
    clock.write_text(clock.read_text().replace("months = 60", "months = 59"))
    with pytest.raises(UserError, match="the policy has changed since"):
        simulate(folder, scenario(tmp_path, PLAIN))


def test_the_reports_say_what_was_changed(village: Path, tmp_path: Path) -> None:
    found = simulate(village, scenario(tmp_path, ALL + CAP), out=tmp_path / "out")
    said = (found.folder / "report.id.md").read_text()
    for words in ("paling banyak 3", "Rp3.000.000 setahun", "Batas perlindungan 12 bulan", "3,5"):
        assert words in said
    english = (found.folder / "report.en.md").read_text()
    assert "What is not known" in english
    files = {path.name for path in found.folder.iterdir()}
    named = set(re.findall(r"\]\(([\w.]+)\)", said + english))
    assert named <= files and any(name.endswith(".svg") for name in named)


def test_nobody_is_named_in_reports_and_charts(village: Path, tmp_path: Path) -> None:
    found = simulate(village, scenario(tmp_path, ALL), out=tmp_path / "out")
    texts = "".join(f.read_text() for f in found.folder.iterdir() if f.suffix in (".md", ".svg"))
    run = last_complete(village)
    names = duckdb.sql(f"SELECT family_id FROM read_parquet('{run}/plan/facts/*.parquet')")
    people = duckdb.sql(f"SELECT name FROM read_parquet('{run}/resolve/persons/*.parquet')")
    told = {row[0] for row in names.fetchall()} | {row[0] for row in people.fetchall() if row[0]}
    assert [one for one in told if one in texts and len(one) > 6] == []
