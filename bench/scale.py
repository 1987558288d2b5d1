"""Measure growth: `python -m bench.scale --people 100000 1000000`. See README.md."""

from __future__ import annotations

import argparse
import json
import shutil
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from bench import commands, growth, judge, large, tree
from bench.limit import limited
from bench.register import Found, machine, said, take_program
from tangga.engine.current import last_complete
from tangga.engine.limits import read_size
from tangga.engine.run import STAGES

GB = 1e9
LOOK = 5.0
"""Seconds between two looks at the disk."""
SHOWN = 1.0
"""Steps of less than so many CPU-seconds at the largest size are not printed."""
STEEP = 1.1
"""An exponent above this is marked."""


def run(workspace: Path, memory: str, *options: str) -> Found:
    """`tangga run` in a group of processes that may use `memory`: cost, stages, steps, disk."""
    report = workspace / "report.json"
    inside = tree.python("tangga", "run", str(workspace), "--memory", memory, *options)
    disk = _Disk(workspace / "runs")
    with limited(read_size(memory)) as group:
        disk.start()
        try:
            cost = tree.run(
                [*group.inside, *inside, "--report", str(report)], log=workspace / "log.txt"
            )
        finally:
            disk.ended.set()
            disk.join()
    told = judge.report(report)
    return asdict(cost) | {
        "memory": memory,
        "enforced": group.enforced,
        "kernel_peak_bytes": group.used_bytes,
        "disk_peak_bytes": disk.most,
        "mode": told["mode"],
        "notes": told["notes"],
        "settings": told["settings"],
        "stages": told["stages"],
    }


class _Disk(threading.Thread):
    """Samples the bytes below a folder until told that it ended."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.most, self.ended = folder, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(LOOK):
            self.most = max(self.most, size_of(self.folder.rglob("*")))


def size_of(files: Iterable[Path]) -> int:
    """Bytes of files; one that is gone meanwhile counts nothing."""
    total = 0
    for file in files:
        try:
            total += file.lstat().st_size if not file.is_dir() else 0
        except OSError:
            continue
    return total


def one_size(options: argparse.Namespace, people: int, say: Callable[[str], None]) -> Found:
    """Invent so many, and run them from CSV to release; the workspace stays."""
    folder = options.dir / f"scale-{people}-{options.seed}"
    say(f"inventing {people:,} people (once)")
    invented = large.invent(folder, people, options.seed)
    kept = folder / "invented.json"
    if invented is not None:
        kept.write_text(json.dumps(asdict(invented)))
    workspace = large.workspace(folder, options.dir / "work" / f"scale-{people}")
    say(f"{people:,} people: CSV to release")
    cut = ("--parts", str(options.parts)) if options.parts else ()
    found = run(workspace, options.memory, "--full", "--until", options.until, *cut)
    home = last_complete(workspace)
    for name, stage in found["stages"].items():
        stage["disk_bytes"] = size_of((home / name).rglob("*"))
        for step, cost in stage["steps"].items():
            # Tables that are cut are what several processes or machines can share.
            cost["files"] = len(list((home / name / step.partition(": ")[2]).glob("part-*")))
    return found | {
        "people": people,
        "records": large.rows_of_people(folder),
        "csv_bytes": size_of((folder / "data").glob("*.csv")),
        "release_bytes": size_of((home / "publish" / "release").rglob("*")),
        "invented": json.loads(kept.read_text()) if kept.exists() else None,
        "date": datetime.now(UTC).date().isoformat(),
    }


def one_day(options: argparse.Namespace, people: int, say: Callable[[str], None]) -> Found:
    """A day of events and corrections added to the register of one size."""
    folder = options.dir / f"scale-{people}-{options.seed}"
    workspace = options.dir / "work" / f"scale-{people}"
    rows = large.add_day(folder, workspace)
    say(f"a day of {rows['events']:,} events and {rows['corrections']:,} corrections")
    found = run(workspace, options.memory)
    return found | {"people": people, "rows": rows, "date": datetime.now(UTC).date().isoformat()}


def measure(options: argparse.Namespace) -> Found:
    """Each size in turn, then the day on the largest of them.

    What `--out` names is read first: sizes measured before stay in it beside these.
    """
    say: Callable[[str], None] = said if not options.quiet else (lambda _: None)
    work = options.dir / "work"
    work.mkdir(parents=True, exist_ok=True)
    result = _before(options) | {"machine": machine(), "seed": options.seed}
    program = take_program(work)
    for people in sorted(options.people):
        found = one_size(options, people, say) | {"program": program}
        result.setdefault("sizes", {})[str(people)] = found
        _keep(options, result)
        if "day" in options.only and people == max(options.people):
            result["day"] = one_day(options, people, say) | {"program": program}
            _keep(options, result)
        if not options.keep:
            shutil.rmtree(work / f"scale-{people}")
    return result


def _before(options: argparse.Namespace) -> Found:
    file = options.out.with_suffix(".json") if options.out else None
    found: Found = json.loads(file.read_text()) if file and file.exists() else {}
    return found


def _keep(options: argparse.Namespace, result: Found) -> None:
    """Written after each size: the next one may take hours."""
    if options.out is not None:
        options.out.with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
        options.out.with_suffix(".md").write_text(markdown(result))


def markdown(result: Found) -> str:
    """Sizes beside each other, stage by stage and step by step, with exponents."""
    sizes = {int(people): found for people, found in result["sizes"].items()}
    told = ", ".join(f"{key} {value}" for key, value in result["machine"].items())
    parts = [
        f"{told}; seed {result['seed']}.",
        _table(("people", *WHOLE), [_whole(n, sizes[n]) for n in sorted(sizes)]),
        "### Growth: CPU-seconds of each stage, and the exponent from size to size",
        _table(_heading(sizes), _grown(sizes, _stage_costs(sizes))),
        "### Memory and disk of each stage, GB",
        _table(_sized(sizes, ("peak", "disk")), _room(sizes)),
        f"### Steps of {SHOWN:.0f} CPU-second and more at the largest size",
        _table(_heading(sizes), _grown(sizes, _step_costs(sizes))),
    ]
    if "day" in result:
        parts += ["### A day", _table(("what", "measured"), _day(result["day"]))]
    return "\n\n".join(parts) + "\n"


WHOLE = (
    "records", "date", "CSV GB", "CPU-s", "s", "limit", "by the kernel", "peak GB",
    "kernel's peak GB", "disk GB", "disk at most GB", "release GB", "parts", "invented CPU-s",
    "invented peak GB",
)  # fmt: skip


def _whole(people: int, found: Found) -> tuple[str, ...]:
    disk = sum(stage["disk_bytes"] for stage in found["stages"].values())
    invented = found["invented"] or {"cpu_seconds": 0, "peak_bytes": 0}
    return (
        f"{people:,}", f"{found['records']:,}", found["date"], _gb(found["csv_bytes"]),
        f"{found['cpu_seconds']:.0f}", f"{found['seconds']:.0f}", found["memory"],
        "yes" if found["enforced"] else "no", _gb(found["peak_bytes"]),
        _gb(found["kernel_peak_bytes"] or 0), _gb(disk), _gb(found["disk_peak_bytes"]),
        _gb(found["release_bytes"]), str(found["settings"]["parts"]),
        f"{invented['cpu_seconds']:.0f}", _gb(invented["peak_bytes"]),
    )  # fmt: skip


def _stage_costs(sizes: dict[int, Found]) -> dict[str, dict[int, float]]:
    """`all` and stage -> people -> CPU-seconds."""
    costs = {"all": {n: float(found["cpu_seconds"]) for n, found in sizes.items()}}
    for name in STAGES:
        costs[name] = {
            n: float(found["stages"].get(name, {}).get("cpu_seconds", 0.0))
            for n, found in sizes.items()
        }
    return costs


def _step_costs(sizes: dict[int, Found]) -> dict[str, dict[int, float]]:
    """Step -> people -> CPU-seconds, the dearest at the largest size first."""
    costs: dict[str, dict[int, float]] = {}
    for n, found in sizes.items():
        for stage in found["stages"].values():
            for step, cost in stage.get("steps", {}).items():
                costs.setdefault(step, {})[n] = float(cost["cpu_seconds"])
    most = max(sizes)
    kept = {step: each for step, each in costs.items() if each.get(most, 0.0) >= SHOWN}
    return dict(sorted(kept.items(), key=lambda item: -item[1][most]))


def _heading(sizes: dict[int, Found]) -> tuple[str, ...]:
    ordered = sorted(sizes)
    steps = (f"{few:,} to {many:,}" for few, many in pairwise(ordered))
    return ("", *(f"{n:,}" for n in ordered), *steps, "all sizes")


def _grown(sizes: dict[int, Found], costs: dict[str, dict[int, float]]) -> list[tuple[str, ...]]:
    rows = []
    for name, each in costs.items():
        whole = {n: each.get(n, 0.0) for n in sizes}
        found = [*growth.exponents(whole), growth.fitted(whole)]
        told = ("" if b is None else f"**{b:.2f}**" if b > STEEP else f"{b:.2f}" for b in found)
        rows.append((name, *(f"{whole[n]:.1f}" for n in sorted(sizes)), *told))
    return rows


def _sized(sizes: dict[int, Found], what: tuple[str, ...]) -> tuple[str, ...]:
    return ("", *(f"{n:,}: {one}" for n in sorted(sizes) for one in what))


def _room(sizes: dict[int, Found]) -> list[tuple[str, ...]]:
    rows = []
    for name in STAGES:
        stages = [sizes[n]["stages"].get(name) for n in sorted(sizes)]
        cells = [
            (_gb(s["peak_bytes"]), _gb(s["disk_bytes"])) if s is not None else ("", "")
            for s in stages
        ]
        rows.append((name, *(one for pair in cells for one in pair)))
    return rows


def _day(found: Found) -> list[tuple[str, ...]]:
    rows = found["rows"]
    return [
        ("people in the register", f"{found['people']:,}"),
        ("events and corrections", f"{rows['events']:,} and {rows['corrections']:,}"),
        ("mode", f"{found['mode']}: {' '.join(found['notes'])}".replace("|", "/")),
        ("CPU-s / s", f"{found['cpu_seconds']:.1f} / {found['seconds']:.1f}"),
        ("peak of the tree, GB", _gb(found["peak_bytes"])),
        *(
            (f"stage {name}, CPU-s / s", f"{s['cpu_seconds']:.1f} / {s['seconds']:.1f}")
            for name, s in found["stages"].items()
        ),
    ]


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _gb(size: float) -> str:
    return f"{size / GB:.2f}"


PARTS = ("day",)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    sizes = [100_000, 1_000_000, 3_000_000, 10_000_000]
    parser.add_argument("--people", type=int, nargs="+", default=sizes)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", default="4GB", help="for the whole tree of processes")
    parser.add_argument("--parts", type=int, help="into how many (else as the memory asks for)")
    parser.add_argument("--until", default=STAGES[-1], choices=STAGES[-2:], help="the last stage")
    parser.add_argument("--keep", action="store_true", help="leave the workspaces")
    commands.add_common(parser, PARTS, PARTS)
    return parser.parse_args(given)


def main() -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    commands.run(arguments(), measure, markdown)


if __name__ == "__main__":
    main()
