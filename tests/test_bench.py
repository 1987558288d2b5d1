"""The benchmark runs from end to end on few people, and prints what it measured."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import data as material  # noqa: E402
from bench import growth, imis, judge, planning, register, scale, table, tree, welfare  # noqa: E402
from bench.limit import limited  # noqa: E402


def test_the_tree_of_processes_is_measured(tmp_path: Path) -> None:
    code = "x = bytearray(200_000_000); import time; time.sleep(0.3); sum(range(10**6))"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    cost = tree.run([sys.executable, "-c", child], log=tmp_path / "log")
    assert cost.peak_bytes > 200_000_000
    assert cost.cpu_seconds > 0
    assert cost.seconds >= 0.3


def test_a_failing_command_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(tree.Failed, match="no such people"):
        tree.run([sys.executable, "-c", "raise SystemExit('no such people')"], log=tmp_path / "l")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> material.Data:
    return material.prepare(tmp_path_factory.mktemp("bench"), 1500, 2, batch=200)


def _ids(file: Path) -> set[tuple[str, str]]:
    rows = file.read_text(encoding="utf-8").splitlines()[1:]
    return {tuple(row.split(",")[:2]) for row in rows}


def test_what_is_held_back_is_in_the_batch_and_nowhere_else(data: material.Data) -> None:
    every, base = _ids(data.truth), _ids(data.truth_base)
    late = every - base
    assert 190 <= len(late) <= 200
    assert len(every) == len(base) + len(late)
    for source in material.SOURCES:
        whole = (data.folder / "data" / f"{source}.csv").read_text(encoding="utf-8").splitlines()
        kept = (data.base / f"{source}.csv").read_text(encoding="utf-8").splitlines()
        held = (data.batch / f"{source}-later.csv").read_text(encoding="utf-8").splitlines()
        assert kept[0] == held[0] == whole[0]
        assert sorted(kept[1:] + held[1:]) == sorted(whole[1:])
        assert len(held) - 1 == sum(s == source for s, _ in late)


def test_half_of_the_batch_is_known(data: material.Data) -> None:
    of = {
        tuple(row.split(",")[:2]): row.split(",")[2]
        for row in data.truth.read_text(encoding="utf-8").splitlines()[1:]
    }
    base = _ids(data.truth_base)
    known = {of[r] for r in base}
    late = [of[r] for r in set(of) - base]
    assert len(late) * 0.45 < sum(e in known for e in late) < len(late) * 0.55


def test_the_peer_is_given_the_same_people(data: material.Data, tmp_path: Path) -> None:
    """A person of one name, or of no date, would make it refuse the whole file."""
    records = imis.cut(data.folder, tmp_path / "w", 300) / "data" / f"{imis.SOURCE}.csv"
    changed = imis.for_peer(records, tmp_path / "groups.csv", groups=True)
    with records.open(newline="") as ours, (tmp_path / "groups.csv").open(newline="") as theirs:
        here, there = list(csv.DictReader(ours)), list(csv.DictReader(theirs))
    assert len(here) == len(there) == 300
    for one, other in zip(here, there, strict=True):
        assert (one["nik"], one["id_keluarga"]) == (other["nik"], other["group_code"])
        assert one["nama_art"].split()[:1] == other["first_name"].split()
        assert other["last_name"] and date.fromisoformat(other["dob"])
    assert changed["one_name"] == sum(row["last_name"] == "-" for row in there) > 0
    imis.for_peer(records, tmp_path / "people.csv", groups=False)
    assert "group_code" not in (tmp_path / "people.csv").read_text().partition("\n")[0]


@pytest.fixture
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    """`bench` sets it for the processes it starts."""
    monkeypatch.setenv("PYTHONPATH", "")


@pytest.mark.slow
@pytest.mark.usefixtures("_path")
def test_everything_is_measured_on_few_people(tmp_path: Path) -> None:
    few = ["--people", "3000", "--batch", "60", "--dir", str(tmp_path), "--quiet"]
    options = register.arguments([*few, "--only", "splink", "memory", "increment"])
    result = register.measure(options)
    json.dumps(result)
    text = table.markdown(result)
    assert "failed" not in result["memory"], result["memory"]
    assert result["memory"]["same_rows"]
    added = result["increment"]
    assert added["there"], added
    assert added["persons_that_differ"] <= added["persons"] / 1000 + 3
    assert added["right"]["flags"][material.NEW_FLAG]["f1"] > 0.95
    right, splink = result["register"]["right"], result["splink"]["right"]
    assert right["missing"] == 0
    assert right["pairs"]["f1"] > splink["best"]["pairs"]["f1"]
    assert splink["best"]["pairs"]["f1"] >= splink["documented"]["pairs"]["f1"]
    for words in ("Splink at 0.95", "over-merged persons", "| twin |", "| resolve |"):
        assert words in text


@pytest.mark.slow
@pytest.mark.usefixtures("_path")
def test_published_records_through_the_ordinary_command(tmp_path: Path) -> None:
    assert register.febrl(tmp_path, (4,))["4"]["f1"] >= 0.995


def test_edges_cut_at_a_weight_are_components(tmp_path: Path) -> None:
    from tangga.engine import tables
    from tangga.engine.connection import connect

    with connect() as con:
        tables.write(
            con, "SELECT range AS rid, TRUE AS latest FROM range(10, 16)", tmp_path / "records"
        )
        rows = "(10, 11, 30.0), (11, 12, 20.0), (13, 14, 5.0)"
        tables.write(
            con, f"SELECT * FROM (VALUES {rows}) AS e(rid_l, rid_r, match_weight)",
            tmp_path / "edges",
        )  # fmt: skip
        judge._cluster(tables.scan(tmp_path / "records"), tmp_path, 20.0)
        cut = con.execute(
            "SELECT list(rid ORDER BY rid) FROM "
            f"{tables.scan(tmp_path / 'cut')} GROUP BY cluster_id ORDER BY min(rid)"
        ).fetchall()
    assert [group for (group,) in cut] == [[10, 11, 12], [13], [14], [15]]


@pytest.mark.slow
@pytest.mark.usefixtures("_path")
def test_welfare_models_are_measured_on_few_families(tmp_path: Path) -> None:
    few = ["--families", "3000", "--people", "3000", "--dir", str(tmp_path), "--quiet"]
    parts = ["plain", "what-if", "explain", "command"]  # LightGBM has an environment of its own
    result = welfare.measure(welfare.arguments([*few, "--only", *parts]))
    json.dumps(result)
    (found,) = result["repeats"]
    assert found["ours"]["deciles"] == found["plain"]["deciles"]
    text = welfare.markdown(result)
    for words in ("local deciles", "the same deciles", "what-if", "explaining one family"):
        assert words in text


def test_a_copy_of_a_workspace_leaves_the_first_as_it_is(tmp_path: Path) -> None:
    first = tmp_path / "first"
    for name in ("runs/1/plan/facts/part-0.parquet", "runs/1/manifest.json", "forecast/a.csv"):
        (first / name).parent.mkdir(parents=True, exist_ok=True)
        (first / name).write_text("before")
    copy = planning.twin(first, tmp_path / "copy")
    (copy / "runs/1/manifest.json").write_text("after")
    (copy / "runs/1/plan/facts/part-0.parquet").unlink()
    assert not (copy / "forecast").exists()
    assert {f.read_text() for f in first.rglob("*") if f.is_file()} == {"before"}


@pytest.mark.slow
@pytest.mark.usefixtures("_path")
def test_planning_is_measured_on_few_people(tmp_path: Path) -> None:
    few = ["--people", "3000", "--dir", str(tmp_path), "--quiet"]
    result = planning.measure(planning.arguments([*few, "--only", "forecast", "optimise"]))
    json.dumps(result)
    text = planning.markdown(result)
    for words in ("planning in the stage `plan`", "`tangga forecast`", "`tangga optimise`"):
        assert words in text
    assert not (tmp_path / "work" / "planning").exists()


def test_a_slope_between_logarithms_is_the_exponent() -> None:
    square = {n: 3.0 * n**2 for n in (10, 100, 1000)}
    assert growth.exponents(square) == pytest.approx([2.0, 2.0])
    assert growth.fitted(square) == pytest.approx(2.0)
    assert growth.exponent((100, 0.1), (1000, 50.0)) is None  # the start of things, no growth


def test_who_takes_more_than_the_group_may_is_killed(tmp_path: Path) -> None:
    with limited(100_000_000) as group:
        if not group.enforced:
            pytest.skip("no group of processes (cgroup) may be made here")
        greedy = [sys.executable, "-c", "x = bytearray(200_000_000); print(x[5])"]
        with pytest.raises(tree.Failed):
            tree.run([*group.inside, *greedy], log=tmp_path / "log")
        modest = [sys.executable, "-c", "x = bytearray(20_000_000); print(x[5])"]
        tree.run([*group.inside, *modest], log=tmp_path / "log")
    assert group.used_bytes is None or group.used_bytes <= 100_000_000


@pytest.mark.slow
@pytest.mark.usefixtures("_path")
def test_growth_is_measured_on_few_people(tmp_path: Path) -> None:
    few = ["--people", "1000", "3000", "--memory", "2GB", "--dir", str(tmp_path / "d"), "--quiet"]
    options = scale.arguments([*few, "--out", str(tmp_path / "scale")])
    result = scale.measure(options)
    assert result == json.loads((tmp_path / "scale.json").read_text())
    for found in result["sizes"].values():
        assert 1.9 < found["records"] / found["people"] < 2.2
        for name, stage in found["stages"].items():
            steps = stage["steps"].values()
            assert steps, name
            assert sum(s["cpu_seconds"] for s in steps) == pytest.approx(
                stage["cpu_seconds"], rel=0.1, abs=0.15
            )
            assert max(s["peak_bytes"] for s in steps) <= stage["peak_bytes"]
    assert result["day"]["mode"] == "add"
    assert result["day"]["rows"] == {"events": 30, "corrections": 30}
    text = (tmp_path / "scale.md").read_text()
    for words in ("| resolve |", "1,000 to 3,000", "### A day"):
        assert words in text
    assert not list((tmp_path / "d" / "work").glob("scale-*"))
