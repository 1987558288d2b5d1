"""kill -9 at every step of a run, and in the moments between its last step and its end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from fault_record import Told
from fault_runs import SECOND, Ground, Killer, files, fingerprints, tangga

from tangga.engine.current import last_complete
from tangga.engine.run import run_workspace

pytestmark = pytest.mark.faults

EVERY = os.environ.get("TANGGA_FAULTS") == "every"
"""Really kill at each of the steps (half an hour), not at three a stage."""


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    made = Killer()
    yield made
    made.close()


def marks(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file but those of the run at work, as the system knows it: cheaper than its bytes."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.name != ".lock" and not name.startswith(f"runs/{SECOND}/"):
            said = path.stat()
            found[name] = (said.st_ino, said.st_size, said.st_mtime_ns)
    return found


def test_at_every_step_what_a_kill_would_leave(ground: Ground, told: Told, tmp_path: Path) -> None:
    """A kill leaves the disk as it stands: looked at when each step is reported. Nothing but the
    new run's own folder has changed, and that has no manifest: the next run deletes it."""
    folder = ground.copy(tmp_path / "w")
    before, new = marks(folder), folder / "runs" / SECOND

    def progress(step: str, done: int, total: int) -> None:
        told.saw("kill -9: what it would leave", "each step of a run, in the order it reports them")
        assert not (new / "manifest.json").exists(), step
        assert marks(folder) == before, step

    run_workspace(folder, full=True, threads=2, progress=progress)
    assert told.times == len(ground.steps) > 200
    assert fingerprints(last_complete(folder)) == ground.second
    told.ended(
        "nothing is changed but the new run's own folder, without a manifest: it never counts",
        "every table equal (what is left is deleted first: a rerun begins from the same files)",
    )


def chosen(ground: Ground) -> list[str]:
    """The first, the middle and the last step of each stage; every one where asked."""
    numbered = enumerate(step.partition(":")[0] for step, _, _ in ground.steps)
    stages = groupby(numbered, key=lambda one: one[1])
    found: list[str] = []
    for _, group in stages:
        of = [str(number) for number, _ in group]
        found += of if EVERY else [of[0], of[len(of) // 2], of[-1]]
    return [*dict.fromkeys(found), "manifest", "current"]


def test_really_killed_in_every_stage(
    ground: Ground, told: Told, killer: Killer, tmp_path: Path
) -> None:
    folder = ground.copy(tmp_path / "w")
    before = files(folder)
    moments = chosen(ground)
    for moment in moments:
        killer.kill(folder, moment)
        told.saw(
            "kill -9", "first, middle and last step of each stage; before and after the manifest"
        )
        assert files(folder) == before, moment
        assert last_complete(folder).name == "00001", moment
    assert (folder / "runs" / SECOND / "manifest.json").exists(), "the last died after its manifest"
    ran = tangga("run", folder, "--full")
    assert ran.returncode == 0, ran.stderr
    note = next(line for line in ran.stdout.splitlines() if "terputus" in line)
    assert SECOND in note and "was cut off" in note
    told.said(note, folder)
    assert fingerprints(last_complete(folder)) == ground.second
    told.ended("the last complete run stays in force, byte for byte", "every table equal")


def test_killed_while_an_old_run_is_deleted(
    ground: Ground, told: Told, killer: Killer, tmp_path: Path
) -> None:
    folder = ground.copy(tmp_path / "w")
    with (folder / "tangga.toml").open("a") as out:
        out.write("keep_runs = 1\n")
    killer.kill(folder, "purge")
    told.saw("kill -9", "after a run came into force, while an old one is being deleted")
    assert last_complete(folder).name == SECOND
    assert fingerprints(last_complete(folder)) == ground.second, "it is whole"
    left = [f.name for f in (folder / "runs").iterdir() if f.is_dir()]
    assert sorted(left) == [".00001.gone", SECOND], "half of the old one is left, and is no run"
    ran = tangga("run", folder)
    assert ran.returncode == 0, ran.stderr
    assert [f.name for f in (folder / "runs").iterdir() if f.is_dir()] == [SECOND]
    assert last_complete(folder).name == SECOND
    told.said(_both(ran.stdout, "Tidak ada yang baru"), folder)
    told.ended("the new run is in force and whole; half a run counts as none", "every table equal")


def test_killed_while_rows_are_added(
    ground: Ground, told: Told, killer: Killer, tmp_path: Path
) -> None:
    def grown(name: str) -> Path:
        folder = ground.copy(tmp_path / name)
        events = folder / "peristiwa.csv"
        rows = events.read_text().splitlines()
        row = rows[-1].split(",")
        events.write_text("\n".join([*rows, ",".join([f"{row[0]}-baru", *row[1:]])]) + "\n")
        return folder

    whole = grown("whole")
    steps: list[str] = []
    manifest = run_workspace(whole, threads=2, progress=lambda step, *_: steps.append(step))
    assert (manifest.mode, manifest.run) == ("add", SECOND), manifest.notes
    folder = grown("w")
    before = files(folder)
    for moment in [len(steps) // 5, len(steps) // 2, len(steps) - 2, "current"]:
        killer.kill(folder, str(moment), full=False)
        told.saw("kill -9", "while rows are added to the run in force (mode add)")
        assert files(folder) == before, moment
    ran = tangga("run", folder)
    assert ran.returncode == 0, ran.stderr
    told.said(next(line for line in ran.stdout.splitlines() if "terputus" in line), folder)
    again, once = (fingerprints(last_complete(one)) for one in (folder, whole))
    assert again == once
    told.ended(
        "the run in force, whose files the new one shares, is as it was", "every table equal"
    )


def _both(text: str, word: str) -> str:
    """The line with this word, and the one after it in the other language."""
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if word in line)
    return f"{lines[at]} / {lines[at + 1]}"


def test_a_first_run_that_is_killed(
    ground: Ground, told: Told, killer: Killer, tmp_path: Path
) -> None:
    folder = ground.copy(tmp_path / "w")
    reference = fingerprints(last_complete(folder))
    shutil.rmtree(folder / "runs")
    killer.kill(folder, "current")
    told.saw("kill -9", "at the end of the first run there ever was")
    shown = tangga("show", folder, "persons")
    assert shown.returncode == 2
    told.said(shown.stderr, folder)
    assert tangga("run", folder).returncode == 0
    assert fingerprints(last_complete(folder)) == reference
    told.ended("there is no run in force, and that is said", "every table equal")
