"""Measure the register: `python -m bench.register --people 1000000`. See README.md."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from bench import commands, judge, table, tree
from bench import data as material
from tangga.engine.current import last_complete
from tangga.engine.limits import cores

ROOT = commands.ROOT
Found = dict[str, Any]


def run(workspace: Path, name: str, *options: str) -> Found:
    """`tangga run` in a process of its own: the tree's cost, the stages' cost, the rows."""
    report = workspace / f"report-{name}.json"
    command = tree.python("tangga", "run", str(workspace), *options, "--report", str(report))
    cost = tree.run(command, log=workspace / f"log-{name}.txt")
    written = judge.report(report)
    stages = {
        stage: {key: found[key] for key in ("seconds", "cpu_seconds", "peak_bytes")}
        for stage, found in written["stages"].items()
    }
    return asdict(cost) | {"stages": stages, "mode": written["mode"], "notes": written["notes"]}


def full(data: material.Data, work: Path) -> Found:
    """CSV to finished `resolve`, and how right it is."""
    workspace = material.workspace(data, work / "register")
    cost = run(workspace, "full", "--full")
    return cost | {"right": judge.told(judge.ours(workspace, data.truth_base))}


def rival(work: Path, mode: str) -> Found:
    """Splink on the records that the run of `full` cleaned."""
    cleaned = last_complete(work / "register")
    out = work / "splink"
    cost = tree.run(tree.python("bench.rival", mode, str(cleaned), str(out)), log=out / "log.txt")
    told = json.loads((out / f"{mode}.json").read_text())
    linking = round(sum(step["cpu_seconds"] for step in told["steps"].values()), 2)
    return asdict(cost) | told | {"linking_cpu_seconds": linking}


def increment(data: material.Data, work: Path) -> Found:
    """The batch added to the finished register; then a rebuild of the same, to compare."""
    workspace = work / "register"
    material.add_batch(data, workspace)
    added = run(workspace, "add")
    if added["mode"] == "full":
        return {"there": False, "why": " ".join(added["notes"])}
    first = last_complete(workspace)
    right = judge.told(judge.ours(workspace, data.truth))
    rebuilt = run(workspace, "rebuild", "--full")
    differ, persons = judge.differing(last_complete(workspace), first)
    return {
        "there": True,
        "added": added,
        "rebuilt": rebuilt,
        "cpu_share": round(added["cpu_seconds"] / rebuilt["cpu_seconds"], 4),
        "right": right,
        "persons": persons,
        "persons_that_differ": differ,
    }


def small(data: material.Data, work: Path, memory: str) -> Found:
    """The same run within a limit of memory, in a workspace of its own."""
    whole = judge.rows_hash(work / "register")
    workspace = material.workspace(data, work / "small")
    cost = run(workspace, "small", "--full", "--memory", memory)
    same = judge.rows_hash(workspace) == whole
    shutil.rmtree(workspace)
    return cost | {"memory": memory, "same_rows": same}


def take_program(work: Path) -> str:
    """Copy the program, so that work on it does not change what is measured; returns a hash."""
    copy = work / "program"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    os.environ["PYTHONPATH"] = os.pathsep.join((str(copy), str(ROOT)))
    digest = hashlib.sha256()
    for file in sorted(f for f in copy.rglob("*") if f.is_file()):
        digest.update(file.relative_to(copy).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def febrl(work: Path, sets: tuple[int, ...] = (1, 2, 3, 4)) -> Found:
    """FEBRL sets through the ordinary command, with the pack of tests/."""
    sys.path.insert(0, str(ROOT / "tests"))
    from febrl import write_workspace

    found = {}
    for number in sets:
        folder = work / f"febrl{number}"
        shutil.rmtree(folder, ignore_errors=True)
        write_workspace(folder, number)
        cost = run(folder, "febrl", "--full")
        right = judge.told(judge.ours(folder, folder / "truth.csv"))
        found[str(number)] = {"cpu_seconds": cost["cpu_seconds"], **right["pairs"]}
    return found


def measure(options: argparse.Namespace) -> Found:
    """Everything asked for, pairs interleaved `--repeat` times."""
    wanted: list[str] = options.only
    work = options.dir / "work"
    say = said if not options.quiet else (lambda _: None)
    result: Found = {
        "machine": machine(),
        "people": options.people,
        "seed": options.seed,
        "program": take_program(work),
    }
    say(f"inventing {options.people:,} people (once)")
    data = material.prepare(options.dir, options.people, options.seed, batch=options.batch)
    repeats: list[Found] = []
    for _ in range(options.repeat):
        repeats.append(_once(data, work, wanted, say))
    result["repeats"] = repeats
    result["register"] = repeats[-1]["register"]
    result["number_alone"] = judge.number_alone(last_complete(work / "register"), data.truth_base)
    if "splink" in wanted:
        say("judging Splink at several thresholds")
        cleaned = last_complete(work / "register")
        right = judge.rival(cleaned, work / "splink", data.truth_base)
        result["splink"] = {"right": right} | _ratios(repeats)
    rest: dict[str, Callable[[], Found]] = {
        "memory": lambda: small(data, work, options.memory),
        "increment": lambda: increment(data, work),
        "febrl": lambda: febrl(work),
    }
    for name, part in rest.items():
        if name in wanted:
            say(name)
            result[name] = _tried(part)
    return result


def _once(data: material.Data, work: Path, wanted: list[str], say: Callable) -> Found:
    say("CSV to register")
    found = {"register": full(data, work)}
    if "splink" in wanted:
        say("Splink, with training")
        found["train"] = rival(work, "train")
        say("Splink, saved model")
        found["saved"] = rival(work, "saved")
    return found


def _tried(part: Callable[[], Found]) -> Found:
    """What fails is reported, and the rest goes on."""
    try:
        return part()
    except tree.Failed as failed:
        return {"failed": str(failed)}


def _ratios(repeats: list[Found]) -> Found:
    """CPU-seconds of linking alone, medians, and how many times more the rival takes."""
    link = median(r["register"]["stages"]["link"]["cpu_seconds"] for r in repeats)
    train = median(r["train"]["linking_cpu_seconds"] for r in repeats)
    saved = median(r["saved"]["linking_cpu_seconds"] for r in repeats)
    return {
        "link_cpu_seconds": link,
        "train_cpu_seconds": train,
        "saved_cpu_seconds": saved,
        "ratio_train": round(train / link, 2),
        "ratio_saved": round(saved / link, 2),
        "peak_bytes": max(r["train"]["peak_bytes"] for r in repeats),
    }


def machine() -> Found:
    """What the figures were measured with."""
    return {
        "cores": cores(),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "splink": version("splink"),
        "system": platform.system(),
    }


def said(text: str) -> None:
    """Tell on stderr how far it is."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


PARTS = ("splink", "memory", "increment", "febrl")


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="bench.register", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=material.BATCH, help="rows to add later")
    parser.add_argument("--memory", default="2GB")
    commands.add_common(parser, PARTS, PARTS)
    return parser.parse_args(given)


def main() -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    commands.run(arguments(), measure, table.markdown)


if __name__ == "__main__":
    main()
