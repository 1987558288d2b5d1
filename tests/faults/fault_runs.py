"""Workspaces for the fault harness: the village of the tests, its runs, and how they compare."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tangga.engine import tables
from tangga.engine.current import last_complete
from village import write_village

PARQUET = "dtsen"
"""The source of the village that comes as Parquet here."""

SECOND = "00002"
STEPS = """
import json, sys
from tangga.engine.run import run_workspace
steps = []
run_workspace(sys.argv[1], full=True, threads=2, progress=lambda *step: steps.append(step))
print(json.dumps(steps))
"""


@dataclass(frozen=True)
class Ground:
    """folder: a workspace with one complete run. second: the tables of its second run, by hash.
    steps: what that run reported, in order: (step, done, of)."""

    folder: Path
    second: Mapping[str, str]
    steps: tuple[tuple[str, int, int], ...]

    def copy(self, to: Path) -> Path:
        """A workspace of one's own, files as old as they were."""
        return Path(shutil.copytree(self.folder, to))


def make_ground(folder: Path) -> Ground:
    """Made where it is not there yet."""
    done = folder / "done.json"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        workspace = write_village(folder / "workspace")
        as_parquet(workspace, PARQUET)
        _run(workspace)
        second = Path(shutil.copytree(workspace, folder / "second"))
        steps = _run(second)
        done.write_text(json.dumps({"steps": steps, "tables": fingerprints(last_complete(second))}))
    said = json.loads(done.read_text())
    steps = tuple((str(step), int(n), int(of)) for step, n, of in said["steps"])
    return Ground(folder / "workspace", said["tables"], steps)


def _run(workspace: Path) -> list[list[object]]:
    ran = subprocess.run(
        [sys.executable, "-c", STEPS, str(workspace)], capture_output=True, text=True, check=True
    )
    steps: list[list[object]] = json.loads(ran.stdout)
    return steps


def as_parquet(workspace: Path, source: str) -> None:
    """A source's table as Parquet in place of CSV, every value as text."""
    file, descriptor = workspace / f"{source}.csv", workspace / "sources" / f"{source}.toml"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (FROM read_csv('{file}', all_varchar = true)) TO "
            f"'{file.with_suffix('.parquet')}' (FORMAT parquet)"
        )
    file.unlink()
    descriptor.write_text(descriptor.read_text().replace(file.name, f"{source}.parquet"))


def tangga(
    *arguments: str | Path,
    before: list[str] | None = None,
    limit: Callable[[], None] | None = None,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """A command of Tangga to its end. before: a program that starts it. limit: called in the new
    process."""
    return subprocess.run(
        [*(before or ()), sys.executable, "-m", "tangga", *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "400", **environment},
        preexec_fn=limit,
        check=False,
    )


def starting(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """A command of Tangga that goes on beside us."""
    return subprocess.Popen(
        [sys.executable, "-m", "tangga", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def files(folder: Path, but: str = SECOND) -> dict[str, str]:
    """Every file below it and the hash of its bytes, but for the runs of this name and for what
    only a run at work has: its lock, and the name of the run that is about to end."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        passing = path.name in (".lock", ".finishing") or name.startswith(f"runs/{but}/")
        if path.is_file() and not passing:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def fingerprints(run: Path) -> dict[str, str]:
    """`stage/table` of every table of a run: how many rows, and a hash in which their order does
    not count."""
    folders = sorted({file.parent for file in run.rglob("part-*.parquet")})
    found = {}
    with duckdb.connect() as con:
        for folder in folders:
            found[folder.relative_to(run).as_posix()] = _rows(con, tables.scan(folder))
        for file in sorted((run / "publish").rglob("*.parquet")):
            name = file.relative_to(run).as_posix()
            found[name] = _rows(con, f"read_parquet('{file}')")
    return found


def _rows(con: duckdb.DuckDBPyConnection, scan: str) -> str:
    query = f"SELECT count(*), sum(hash(t)::HUGEINT), bit_xor(hash(t)) FROM (FROM {scan}) AS t"
    return "-".join(map(str, con.execute(query).fetchall()[0]))


def assert_equal_rerun(folder: Path, ground: Ground) -> None:
    """Run it again, undisturbed: every table of the new run is that of a run never disturbed."""
    ran = tangga("run", folder, "--full")
    assert ran.returncode == 0, ran.stderr
    run = last_complete(folder)
    assert run.name == SECOND
    found = fingerprints(run)
    assert found.keys() == ground.second.keys()
    assert [name for name in found if found[name] != ground.second[name]] == []


class Killer:
    """Kills runs at a step: a process that has everything imported makes a child a run."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fault_killer.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def kill(self, folder: Path, moment: str, *, full: bool = True) -> None:
        """moment: the number of a step, or `manifest`, `current`, `purge` (see fault_killer.py).

        The run must die there and not before or after.
        """
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{folder}\t{moment}\t{'full' if full else 'add'}\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, (moment, status)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)
