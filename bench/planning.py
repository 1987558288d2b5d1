"""Measure the measured plan: `python -m bench.planning --people 3300000`. See README.md."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median

import duckdb

from bench import commands, decisions, judge, tree
from bench.register import ROOT, Found, machine, said, take_program
from tangga.engine.current import last_complete
from tangga.synthetic import generate

SOURCES = (*decisions.SOURCES, "petugas")
SCENARIOS = ROOT / "src/tangga/packs/indonesia/scenarios"
WITHOUT = (
    "import sys; from tangga.engine.plan import stage; from tangga.cli.app import main; "
    "stage._measured = lambda *given: None; sys.argv[0] = 'tangga'; main()"
)
"""The program without what the stage `plan` does for planning."""
ASKED = {"simulate": "15", "forecast": "60", "large": "10", "families": "30"}
"""CPU-seconds."""


def register(folder: Path, people: int, seed: int) -> Path:
    """A workspace whose register is finished, with office files and workers; made once."""
    workspace = folder / f"planning-{people}-{seed}"
    if not (workspace / "truth.csv").exists():
        shutil.rmtree(workspace, ignore_errors=True)
        generate(people, seed, workspace, sources=SOURCES)
    if not (workspace / "runs" / "CURRENT").exists():
        log = workspace / "log.txt"
        tree.run(tree.python("tangga", "run", str(workspace), "--full"), log=log)
    return workspace


def twin(workspace: Path, target: Path) -> Path:
    """The same workspace to work in: tables and data are shared by hard links, and a table that is
    written anew takes a new file, so that the first stays as it is."""
    shutil.rmtree(target, ignore_errors=True)
    for file in _files(workspace):
        copy = target / file.relative_to(workspace)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix in (".parquet", ".csv"):
            os.link(file, copy)
        else:
            shutil.copy(file, copy)
    return target


def _files(folder: Path) -> Iterator[Path]:
    kept = ("forecast", "simulations", "optimised", "truth.csv")
    for file in folder.rglob("*"):
        if file.is_file() and file.relative_to(folder).parts[0] not in kept:
            yield file


def plan(workspace: Path, work: Path) -> Found:
    """The stage `plan`, and the same without targets, budgets, readiness and the rest."""
    copy = twin(workspace, work / "planning")
    found: Found = {}
    for name, command in (
        ("without", [sys.executable, "-c", WITHOUT]),
        ("with", tree.python("tangga")),
    ):
        report = work / f"report-plan-{name}.json"
        options = ["run", str(copy), "--only", "plan", "--report", str(report)]
        cost = tree.run([*command, *options], log=work / f"log-plan-{name}.txt")
        inside = judge.report(report)["stages"]["plan"]
        found[name] = asdict(cost) | {"inside": inside["cpu_seconds"], "rows": inside["rows"]}
    shutil.rmtree(copy)
    added = found["with"]["cpu_seconds"] - found["without"]["cpu_seconds"]
    return found | {"cpu_seconds": round(added, 2), "peak_bytes": found["with"]["peak_bytes"]}


def publish(workspace: Path, work: Path) -> Found:
    """The stage `publish` on the finished register."""
    copy = twin(workspace, work / "publishing")
    report = work / "report-publish.json"
    command = tree.python("tangga", "run", str(copy), "--only", "publish", "--report", str(report))
    cost = tree.run(command, log=work / "log-publish.txt")
    shutil.rmtree(copy)
    return asdict(cost)


def simulate(workspace: Path, work: Path) -> Found:
    """Every scenario of the pack, each a command of its own; the dearest counts."""
    each = {}
    for scenario in sorted(SCENARIOS.glob("*.toml")):
        out = work / f"simulation-{scenario.stem}"
        options = ("--scenario", str(scenario), "--out", str(out))
        cost = tree.run(
            tree.python("tangga", "simulate", str(workspace), *options),
            log=work / f"log-simulate-{scenario.stem}.txt",
        )
        each[scenario.stem] = asdict(cost)
        shutil.rmtree(out)
    dearest = max(each.values(), key=lambda cost: cost["cpu_seconds"])
    return dearest | {"each": each}


def forecast(workspace: Path, work: Path) -> Found:
    """Five years of every family, and 200 futures of the cells."""
    out = work / "forecast"
    command = tree.python("tangga", "forecast", str(workspace), "--years", "5", "--out", str(out))
    cost = tree.run(command, log=work / "log-forecast.txt")
    shutil.rmtree(out)
    return asdict(cost)


def optimise(workspace: Path, work: Path) -> Found:
    """The command on the register; then the cases of a size asked for (bench/optimised.py)."""
    out = work / "optimised"
    command = tree.python("tangga", "optimise", str(workspace), "--out", str(out))
    found: Found = {"command": asdict(tree.run(command, log=work / "log-optimise.txt"))}
    shutil.rmtree(out)
    for case in ("large", "families", "milp"):
        told = work / f"optimised-{case}.json"
        cost = tree.run(
            tree.python("bench.optimised", case, str(told)), log=work / f"log-{case}.txt"
        )
        found[case] = asdict(cost) | json.loads(told.read_text(encoding="utf-8"))
    return found


MEASURES: dict[str, Callable[[Path, Path], Found]] = {
    "plan": plan,
    "forecast": forecast,
    "simulate": simulate,
    "optimise": optimise,
    "publish": publish,
}


def measure(options: argparse.Namespace) -> Found:
    """Everything asked for, `--repeat` times in turn."""
    say: Callable[[str], None] = said if not options.quiet else (lambda _: None)
    work = options.dir / "work"
    work.mkdir(parents=True, exist_ok=True)
    result: Found = {"machine": machine(), "program": take_program(work), "people": options.people}
    say(f"{options.people:,} people and their register (once)")
    workspace = register(options.dir, options.people, options.seed)
    result["families"] = _families(workspace)
    result["repeats"] = []
    for _ in range(options.repeat):
        found = {}
        for name in options.only:
            say(name)
            found[name] = MEASURES[name](workspace, work)
        result["repeats"].append(found)
    return result


def _families(workspace: Path) -> int:
    folder = last_complete(workspace) / "resolve" / "families"
    with duckdb.connect() as con:
        row = con.execute(f"SELECT count(*) FROM '{folder}/part-*.parquet'").fetchall()[0]
    return int(row[0])


def markdown(result: Found) -> str:
    """The figures beside what was asked."""
    rows: list[tuple[object, ...]] = []
    size = f"{result['families']:,} families"
    for name, label in (
        ("plan", f"planning in the stage `plan`, {size}: CPU-seconds that it adds"),
        ("forecast", f"`tangga forecast`, five years, {size}: CPU-seconds"),
        ("simulate", f"`tangga simulate`, one date, {size}: CPU-seconds of the dearest scenario"),
        ("publish", f"the stage `publish`, {size}: CPU-seconds"),
    ):
        if name in result["repeats"][0]:
            rows.append((label, _middle(result, name), ASKED.get(name, "")))
            rows.append(("peak of the process tree, GB", _gb(result, name), ""))
    if "optimise" in result["repeats"][0]:
        rows += _optimised(result)
    lines = ["| what | measured | asked |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {a} | {b} | {c} |" for a, b, c in rows)]) + "\n"


def _optimised(result: Found) -> Iterator[tuple[object, ...]]:
    last = result["repeats"][-1]["optimise"]
    cpu = _middle(result, "optimise", "command")
    yield "`tangga optimise` on the same register: CPU-seconds", cpu, ""
    labels = {
        "large": "500 areas x 10 deciles x 6 interventions x 5 years: CPU-seconds",
        "families": "a million families x 6 interventions, 500 areas: CPU-seconds",
    }
    for case, label in labels.items():
        yield label, _middle(result, "optimise", case), ASKED[case]
    yield "the same, certified gap, %", last["families"]["gap_percent"], "0.5"
    plain = last["milp"]
    label = f"plain `scipy.optimize.milp`, one area, {plain['families']:,} families: CPU-seconds"
    yield label, _middle(result, "optimise", "milp"), ""


def _middle(result: Found, *path: str) -> float:
    """The median over the repeats of the CPU-seconds of one part."""
    found = []
    for repeat in result["repeats"]:
        for name in path:
            repeat = repeat[name]
        found.append(repeat["cpu_seconds"])
    return round(median(found), 2)


def _gb(result: Found, name: str) -> float:
    return round(max(repeat[name]["peak_bytes"] for repeat in result["repeats"]) / 1e9, 2)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="bench.planning", description=__doc__)
    parser.add_argument("--people", type=int, default=3_300_000)
    parser.add_argument("--seed", type=int, default=1)
    commands.add_common(parser, tuple(MEASURES), tuple(MEASURES))
    return parser.parse_args(given)


def main() -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    commands.run(arguments(), measure, markdown)


if __name__ == "__main__":
    main()
