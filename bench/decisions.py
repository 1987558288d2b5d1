"""Measure the decisions: `python -m bench.decisions --people 3300000`. See README.md."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import venv
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median

import duckdb

from bench import commands, judge, many, tree
from bench.register import ROOT, Found, machine, said, take_program
from tangga.engine.current import last_complete
from tangga.synthetic import generate

SOURCES = ("dtsen", "peringkat_desil", "kepesertaan", "penyaluran", "peristiwa", "kunjungan",
           "langkah", "asesmen", "kasus", "pemberdayaan")  # fmt: skip
"""What decisions rest on; that several sources become one register is measured elsewhere."""
DECIDING = ("rank", "plan")
LOCK = ROOT / "bench" / "openfisca.lock"


def register(folder: Path, people: int, seed: int) -> Path:
    """A workspace whose register is finished; made once."""
    workspace = folder / f"decisions-{people}-{seed}"
    if not (workspace / "truth.csv").exists():
        shutil.rmtree(workspace, ignore_errors=True)
        generate(people, seed, workspace, sources=SOURCES)
    if not (workspace / "runs" / "CURRENT").exists():
        tree.run(tree.python("tangga", "run", str(workspace), "--full"), log=workspace / "log.txt")
    return workspace


def decide(workspace: Path, *options: str) -> Found:
    """The two stages that decide, each in a process of its own, on the finished register."""
    found: Found = {}
    for stage in DECIDING:
        report = workspace / f"report-{stage}.json"
        command = tree.python("tangga", "run", str(workspace), "--only", stage, *options)
        cost = tree.run([*command, "--report", str(report)], log=workspace / f"log-{stage}.txt")
        told = judge.report(report)["stages"][stage]
        found[stage] = asdict(cost) | {"inside": told["cpu_seconds"], "rows": told["rows"]}
    found["cpu_seconds"] = round(sum(found[s]["cpu_seconds"] for s in DECIDING), 2)
    found["inside"] = round(sum(found[s]["inside"] for s in DECIDING), 2)
    found["peak_bytes"] = max(found[s]["peak_bytes"] for s in DECIDING)
    return found


def one_by_one(workspace: Path) -> Found:
    """The reading in Python: a family's rows to all its decisions, in a process of its own."""
    out = workspace / "one_by_one.json"
    tree.run(tree.python("bench.one_by_one", str(workspace), str(out)), log=workspace / "log-1.txt")
    found: Found = json.loads(out.read_text(encoding="utf-8"))
    return found


def vectorised(folder: Path, people: int) -> Found:
    """OpenFisca in an environment of its own, made once from its lock file."""
    home, out = folder / "openfisca", folder / "openfisca.json"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(install, check=True)
    script = str(ROOT / "bench" / "vectorised.py")
    cost = tree.run([str(python), script, str(people), str(out)], log=folder / "openfisca.txt")
    found: Found = json.loads(out.read_text(encoding="utf-8"))
    return asdict(cost) | found


def parts(workspace: Path, folder: Path, times: int, memory: str) -> Found:
    """The same register so many times over, decided within a limit of memory."""
    large = folder / "decisions-large"
    families = many.repeat(workspace, large, times)
    found = decide(large, "--memory", memory)
    shutil.rmtree(large)
    return found | {"families": families, "memory": memory, "times": times}


def measure(options: argparse.Namespace) -> Found:
    """Everything asked for, ours and the rival in turn, medians of `--repeat`."""
    say: Callable[[str], None] = said if not options.quiet else (lambda _: None)
    work = options.dir / "work"
    work.mkdir(parents=True, exist_ok=True)
    result: Found = {"machine": machine(), "program": take_program(work), "people": options.people}
    say(f"{options.people:,} people and their register (once)")
    workspace = register(options.dir, options.people, options.seed)
    result["families"] = count_families(workspace)
    repeats = []
    for _ in range(options.repeat):
        say("deciding")
        found = {"ours": decide(workspace)}
        if "openfisca" in options.only:
            say("OpenFisca")
            found["openfisca"] = vectorised(options.dir, 1_000_000)
        repeats.append(found)
    result["repeats"], result["ours"] = repeats, repeats[-1]["ours"]
    result["cpu_seconds"] = median(r["ours"]["cpu_seconds"] for r in repeats)
    result["inside"] = median(r["ours"]["inside"] for r in repeats)
    rest: dict[str, Callable[[], Found]] = {
        "one": lambda: one_by_one(workspace),
        "parts": lambda: parts(workspace, options.dir, options.times, options.memory),
    }
    for name, part in rest.items():
        if name in options.only:
            say(name)
            result[name] = part()
    return result


def count_families(workspace: Path) -> int:
    """Families of the register of the last complete run."""
    folder = last_complete(workspace) / "resolve" / "families"
    with duckdb.connect() as con:
        row = con.execute(f"SELECT count(*) FROM '{folder}/part-*.parquet'").fetchall()[0]
    return int(row[0])


def markdown(result: Found) -> str:
    """The figures beside what was aimed at."""
    ours, rows = result["ours"], []
    stages = ", ".join(f"{s} {ours[s]['cpu_seconds']}" for s in DECIDING)
    size = f"{result['families']:,} families ({result['people']:,} people)"
    rows.append((f"CPU-seconds, {size}: {stages}", result["cpu_seconds"], "20 a million"))
    rows.append(("of that inside the stages", result["inside"], ""))
    rows.append(("peak of the process tree, GB", _gb(ours["peak_bytes"]), "3"))
    if "one" in result:
        one = result["one"]
        said_of = f"one family in Python, ms (median; 99 of 100 under {one['p99_ms']})"
        rows.append((said_of, one["median_ms"], "1"))
    if "parts" in result:
        large = result["parts"]
        said_of = f"{large['families']:,} families, --memory {large['memory']}: peak, GB"
        rows.append((said_of, _gb(large["peak_bytes"]), "4"))
        rows.append(("the same, CPU-seconds", large["cpu_seconds"], ""))
    found = result["repeats"][-1].get("openfisca")
    if found:
        said_of = (
            f"OpenFisca, {found['people']:,} people, {found['formulas']} formulas: CPU-seconds"
        )
        rows.append((said_of, found["cpu_seconds"], ""))
        inside = f"{found['calculate_cpu_seconds']} (and {found['build_cpu_seconds']})"
        rows.append(("of that computing (and building from arrays)", inside, ""))
    lines = ["| what | measured | asked |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {a} | {b} | {c} |" for a, b, c in rows)]) + "\n"


def _gb(size: int) -> float:
    return round(size / 1e9, 2)


PARTS = ("openfisca", "one", "parts")


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="bench.decisions", description=__doc__)
    parser.add_argument("--people", type=int, default=3_300_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=10, help="how many times over, for `parts`")
    parser.add_argument("--memory", default="4GB", help="the limit of `parts`")
    commands.add_common(parser, PARTS, ("openfisca", "one"))
    return parser.parse_args(given)


def main() -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    commands.run(arguments(), measure, markdown)


if __name__ == "__main__":
    main()
