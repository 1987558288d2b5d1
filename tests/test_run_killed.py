"""A run that dies leaves the last complete run in force, and a rerun is as if it had not been."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from run_tables import contents, different, folders, unfinished
from small_workspace import HEADER, PEOPLE, ROWS, workspace
from tangga.engine.current import last_complete
from tangga.engine.lock import locked
from tangga.engine.run import STAGES, run_workspace
from tangga.errors import UserError
from tangga.synthetic import generate
from village import write_village

RUN = """
import sys
from tangga.engine.engines import Engine
from tangga.engine.run import run_workspace
if __name__ == "__main__":
    parts, processes = map(int, sys.argv[2:])
    engine = Engine("pool" if processes > 1 else "loop", processes=processes)
    run_workspace(sys.argv[1], full=True, threads=2, parts=parts, engine=engine)
"""
SOURCES = ("dtks", "regsosek", "dtsen", "dukcapil", "peristiwa")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one complete run."""
    folder = tmp_path_factory.mktemp("once") / "w"
    generate(1500, 9, folder, sources=SOURCES)
    run_workspace(folder, threads=2)
    return folder


@pytest.fixture(scope="module")
def twice(once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its second run, that nothing disturbed."""
    folder = copy(once, tmp_path_factory.mktemp("twice") / "w")
    run_workspace(folder, full=True, threads=2)
    return last_complete(folder)


def copy(folder: Path, target: Path) -> Path:
    return Path(shutil.copytree(folder, target))


def start(folder: Path, *, parts: int = 1, processes: int = 1) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", RUN, str(folder), str(parts), str(processes)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def kill_in(stage: str, folder: Path, wait: float = 0.0, **how: int) -> Path:
    """Kill -9 a second run `wait` seconds after the stage wrote its first folder; its folder."""
    running = start(folder, **how)
    run = folder / "runs" / "00002"
    while not any((run / stage).glob("*")):
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)
    time.sleep(wait)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert not (run / "manifest.json").exists()
    return run


def assert_in_force(folder: Path, name: str, before: dict[str, str]) -> None:
    assert last_complete(folder).name == name
    assert contents(last_complete(folder)) == before


@pytest.mark.slow
def test_killed_in_every_stage_and_run_again(once: Path, twice: Path, tmp_path: Path) -> None:
    folder = copy(once, tmp_path / "w")
    before, chance = contents(last_complete(folder)), random.Random(4)
    for stage in STAGES:
        left = kill_in(stage, folder, wait=chance.random() / 4)
        assert_in_force(folder, "00001", before)
        assert left.is_dir()
    manifest = run_workspace(folder, full=True, threads=2)
    assert (manifest.run, manifest.previous) == ("00002", "00001")
    again = last_complete(folder)
    assert folders(again).keys() == folders(twice).keys()
    assert different(contents(again), contents(twice)) == []
    assert unfinished(again) == []
    assert sorted(f.name for f in again.iterdir()) == sorted(f.name for f in twice.iterdir())


@pytest.mark.slow
def test_a_first_run_that_is_killed_leaves_nothing_in_force(tmp_path: Path) -> None:
    write_village(tmp_path)
    running = start(tmp_path)
    while not (tmp_path / "runs" / "00001" / "standardise").exists():
        assert running.poll() is None
        time.sleep(0.002)
    running.kill()
    running.wait()
    with pytest.raises(UserError, match="no complete run"):
        last_complete(tmp_path)
    assert run_workspace(tmp_path).run == "00001"


@pytest.mark.slow
def test_processes_of_a_killed_run_end_too(tmp_path: Path) -> None:
    write_village(tmp_path)
    run_workspace(tmp_path)
    running = start(tmp_path, parts=3, processes=2)
    run = tmp_path / "runs" / "00002"
    while not any((run / "link").glob("groups/part-*")):
        assert running.poll() is None
        time.sleep(0.005)
    children = _children(running.pid)
    assert children
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    ends = time.monotonic() + 20
    while any(_alive(pid) for pid in children) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in children)
    assert run_workspace(tmp_path, full=True).run == "00002"


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.slow
def test_a_full_disk_is_said_and_harms_nothing(once: Path, twice: Path, tmp_path: Path) -> None:
    folder = copy(once, tmp_path / "w")
    before = contents(last_complete(folder))
    died = set()
    for most in _file_sizes(last_complete(folder)):
        ended = subprocess.run(
            [sys.executable, "-m", "tangga", "run", str(folder), "--full"],
            capture_output=True, text=True, preexec_fn=lambda most=most: _no_larger(most),
        )  # fmt: skip
        assert ended.returncode == 2, ended.stderr
        assert "disk is full" in ended.stderr and "Traceback" not in ended.stderr
        assert_in_force(folder, "00001", before)
        died.add([s for s in STAGES if (folder / "runs" / "00002" / s).is_dir()][-1])
    assert len(died) > 1, "the disk was full in several stages"
    run_workspace(folder, full=True, threads=2)
    assert different(contents(last_complete(folder)), contents(twice)) == []


def _file_sizes(run: Path) -> list[int]:
    """Limits under each of which another stage is the first to write too large a file."""
    largest = {
        stage: max(f.stat().st_size for f in (run / stage).rglob("*.parquet")) for stage in STAGES
    }
    limits, so_far = [], 0
    for stage in STAGES:
        if largest[stage] > so_far:
            limits.append(largest[stage] - 1)
            so_far = largest[stage]
    return limits


def _no_larger(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    folder = workspace(tmp_path, {"a.csv": HEADER + ROWS}, PEOPLE.replace("{more}", ""))
    run_workspace(folder, until="plan")
    before = contents(last_complete(folder))
    with (
        locked(folder / "runs"),
        pytest.raises(UserError, match="another run is working in this workspace"),
    ):
        run_workspace(folder, full=True)
    assert_in_force(folder, "00001", before)
    assert [f.name for f in (folder / "runs").iterdir() if f.is_dir()] == ["00001"]
