"""Measure the measured plan: `python -m bench.planning --people 3300000`. See README.md."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median

from bench import commands, decisions, judge, tree
from bench.register import ROOT, Found, machine, said, take_program
from tangga.synthetic import generate

SOURCES = (*decisions.SOURCES, "petugas")
SCENARIOS = ROOT / "src/tangga/packs/indonesia/scenarios"
WITHOUT = (
    "import sys; from tangga.engine.plan import stage; from tangga.cli import main; "
    "stage._measured = lambda *given: None; sys.argv[0] = 'tangga'; main()"
)
"""The program without what the stage `plan` does for planning."""
ASKED = {"simulate": "15", "forecast": "60"}
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
    kept = ("forecast", "simulations", "optimised")
    for file in folder.rglob("*"):
        if file.is_file() and file.relative_to(folder).parts[0] not in kept:
            yield file


def plan(copy: Path, work: Path) -> Found:
    """The stage `plan` without targets, budgets, readiness and the rest, and then with them."""
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
    added = found["with"]["cpu_seconds"] - found["without"]["cpu_seconds"]
    return found | {"cpu_seconds": round(added, 2), "peak_bytes": found["with"]["peak_bytes"]}


def publish(copy: Path, work: Path) -> Found:
    """The stage `publish` on the finished register."""
    report = work / "report-publish.json"
    command = tree.python("tangga", "run", str(copy), "--only", "publish", "--report", str(report))
    return asdict(tree.run(command, log=work / "log-publish.txt"))


def simulate(copy: Path, work: Path) -> Found:
    """Every scenario of the pack, each a command of its own; the dearest counts."""
    each = {}
    for scenario in sorted(SCENARIOS.glob("*.toml")):
        options = ("--scenario", str(scenario))
        cost = tree.run(
            tree.python("tangga", "simulate", str(copy), *options),
            log=work / f"log-simulate-{scenario.stem}.txt",
        )
        each[scenario.stem] = asdict(cost)
    dearest = max(each.values(), key=lambda cost: cost["cpu_seconds"])
    return dearest | {"each": each}


def forecast(copy: Path, work: Path) -> Found:
    """Five years of every family, and 200 futures of the cells."""
    command = tree.python("tangga", "forecast", str(copy), "--years", "5")
    return asdict(tree.run(command, log=work / "log-forecast.txt"))


def optimise(copy: Path, work: Path) -> Found:
    """The command on the register; cases of a stated size are in bench/planning_optimise.py."""
    return asdict(tree.run(tree.python("tangga", "optimise", str(copy)), log=work / "log-o.txt"))


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
    result["families"] = decisions.count_families(workspace)
    say("the stage plan of this program, in a copy")
    copy = twin(workspace, work / "planning")
    result["repeats"] = []
    try:
        for _ in range(options.repeat):
            found = {}
            for name in ("plan", *(part for part in options.only if part != "plan")):
                say(name)
                found[name] = _measured(name, copy, work)
            result["repeats"].append(found)
    finally:
        shutil.rmtree(copy)
    return result


def _measured(name: str, copy: Path, work: Path) -> Found:
    """One part; what a part that failed said, so that the others are not lost."""
    try:
        return MEASURES[name](copy, work)
    except tree.Failed as failed:
        return {"failed": " ".join(str(failed).split())[-200:].replace("|", "/")}


def markdown(result: Found) -> str:
    """The figures beside what was asked."""
    rows: list[tuple[object, ...]] = []
    size = f"{result['families']:,} families"
    for name, label in (
        ("plan", f"planning in the stage `plan`, {size}: CPU-seconds that it adds"),
        ("forecast", f"`tangga forecast`, five years, {size}: CPU-seconds"),
        ("simulate", f"`tangga simulate`, one date, {size}: CPU-seconds of the dearest scenario"),
        ("optimise", f"`tangga optimise`, five years, {size}: CPU-seconds"),
        ("publish", f"the stage `publish`, {size}: CPU-seconds"),
    ):
        if "failed" in result["repeats"][0].get(name, {}):
            rows.append((label, result["repeats"][0][name]["failed"], ASKED.get(name, "")))
        elif name in result["repeats"][0]:
            rows.append((label, _middle(result, name), ASKED.get(name, "")))
            rows.append(("peak of the process tree, GB", _gb(result, name), ""))
    lines = ["| what | measured | asked |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {a} | {b} | {c} |" for a, b, c in rows)]) + "\n"


def _middle(result: Found, name: str) -> float:
    """The median over the repeats of the CPU-seconds of one part."""
    return round(median(repeat[name]["cpu_seconds"] for repeat in result["repeats"]), 2)


def _gb(result: Found, name: str) -> float:
    return round(max(repeat[name]["peak_bytes"] for repeat in result["repeats"]) / 1e9, 2)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="bench.planning", description=__doc__)
    parser.add_argument("--people", type=int, default=3_300_000)
    parser.add_argument("--seed", type=int, default=1)
    parts = tuple(name for name in MEASURES if name != "plan")
    commands.add_common(parser, parts, parts)
    return parser.parse_args(given)


def main() -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    commands.run(arguments(), measure, markdown)


if __name__ == "__main__":
    main()
