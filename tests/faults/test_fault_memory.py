"""Too little memory: what is said where it can be said, and what a kill by the kernel leaves."""

from __future__ import annotations

import resource
import shutil
from pathlib import Path

import pytest
from fault_machine import little_memory
from fault_record import Told
from fault_runs import SECOND, Ground, assert_equal_rerun, files, tangga

from tangga.engine.current import last_complete

pytestmark = pytest.mark.faults


def test_killed_by_the_kernel_for_want_of_memory(
    ground: Ground, told: Told, tmp_path: Path
) -> None:
    folder = ground.copy(tmp_path / "w")
    before = files(folder)
    killed = 0
    for megabytes in (110, 180, 200, 220):
        with little_memory(megabytes) as inside:
            ran = tangga("run", folder, "--full", before=inside)
        assert ran.returncode in (-9, 137, 2), (megabytes, ran.returncode, ran.stderr)
        killed += ran.returncode != 2
        if ran.returncode == 2:
            told.said(ran.stderr, folder)
        told.saw("the machine's memory limit", "a group of processes of 110 to 220 MB (cgroup)")
        assert files(folder) == before
        assert last_complete(folder).name == "00001"
    assert killed, "the kernel never had to"
    left = (folder / "runs" / SECOND).is_dir()
    ran = tangga("run", folder, "--until", "ingest")
    assert ran.returncode == 0, ran.stderr
    if left:  # who is killed cannot say it: the next run does
        told.said(next(line for line in ran.stdout.splitlines() if "terputus" in line), folder)
    shutil.rmtree(folder / "runs" / SECOND)
    assert_equal_rerun(folder, ground)
    told.ended("the last complete run stays in force, byte for byte", "every table equal")


def test_an_address_space_that_is_too_small(ground: Ground, told: Told, tmp_path: Path) -> None:
    folder = ground.copy(tmp_path / "w")
    before = files(folder)
    for megabytes in (900, 1200, 1500):
        most = megabytes * 2**20
        ran = tangga(
            "run", folder, "--full",
            limit=lambda most=most: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
        )  # fmt: skip
        assert ran.returncode != 0, megabytes
        told.saw("the machine's memory limit", "an address space of 900, 1200, 1500 MB (ulimit -v)")
        if ran.returncode == 2:
            assert "memori tidak cukup" in ran.stderr, ran.stderr
            told.said(ran.stderr, folder)
        assert files(folder) == before
        assert last_complete(folder).name == "00001"
    assert_equal_rerun(folder, ground)
    told.ended("the last complete run stays in force, byte for byte", "every table equal")
