"""A disk that is full, and a folder that may not be written."""

from __future__ import annotations

import resource
import shutil
from pathlib import Path

import pytest
from fault_machine import read_only, resized, small_disk
from fault_record import Told
from fault_runs import Ground, assert_equal_rerun, files, tangga

from tangga.engine.current import last_complete

pytestmark = pytest.mark.faults


def on_disk(folder: Path) -> int:
    """Bytes that a folder takes, in pages."""
    return sum(-(-f.stat().st_size // 4096) * 4096 for f in folder.rglob("*") if f.is_file())


def test_a_full_disk_at_several_places(ground: Ground, told: Told, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shutil.copytree(ground.folder, folder, ignore=shutil.ignore_patterns("runs"))
    one = on_disk(ground.folder / "runs")
    died = set()
    with small_disk(folder / "runs", 2 * one):
        shutil.copytree(ground.folder / "runs", folder / "runs", dirs_exist_ok=True)
        before = files(folder)
        for part in (0.05, 0.35, 0.75, 0.97):
            resized(folder / "runs", int(one * (1 + part)))
            ran = tangga("run", folder, "--full")
            assert ran.returncode == 2, (part, ran.stdout, ran.stderr)
            assert "disk penuh" in ran.stderr and "disk is full" in ran.stderr, ran.stderr
            assert str(folder / "runs") in ran.stderr and "tangga purge" in ran.stderr
            told.saw("disk full", "a small disk under `runs`, full at four places of a run")
            told.said(ran.stderr, folder)
            assert files(folder) == before
            assert last_complete(folder).name == "00001"
            died |= {f.name for f in (folder / "runs" / "00002").glob("[a-z]*")}
        assert len(died) > 2, "it was full in several stages"
        resized(folder / "runs", 8 * one)
        assert_equal_rerun(folder, ground)
    told.ended("the last complete run stays in force, byte for byte", "every table equal")


def test_no_file_may_grow_so_large(ground: Ground, told: Told, tmp_path: Path) -> None:
    """What an ordinary user can do too: a quota for each file."""
    folder = ground.copy(tmp_path / "w")
    before = files(folder)
    largest = max(f.stat().st_size for f in (folder / "runs").rglob("*.parquet"))
    for most in (2_000, largest - 1):
        ran = tangga(
            "run", folder, "--full",
            limit=lambda most=most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
        )  # fmt: skip
        assert ran.returncode == 2 and "disk penuh" in ran.stderr, ran.stderr
        told.saw("disk full", "no file may grow larger than a quota (RLIMIT_FSIZE)")
        told.said(ran.stderr, folder)
        assert files(folder) == before
    assert_equal_rerun(folder, ground)
    told.ended("the last complete run stays in force, byte for byte", "every table equal")


def test_an_export_to_a_full_disk(ground: Ground, told: Told, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk, 4096):
        for form in ("csv", "xlsx", "parquet"):
            file = disk / f"persons.{form}"
            ran = tangga("export", ground.folder, "provenance", "--to", file)
            assert ran.returncode == 2, (form, ran.stderr)
            assert "disk penuh" in ran.stderr, ran.stderr
            told.saw("disk full", "where an export is written (csv, xlsx, parquet)")
            told.said(ran.stderr, disk, ground.folder)
            assert not file.exists(), "half a file looks like a whole one"
    once = tmp_path / "provenance.csv"
    assert tangga("export", ground.folder, "provenance", "--to", once).returncode == 0
    told.ended("no half file is left under the name that was asked for", "the file is written")


def test_a_folder_that_is_read_only(ground: Ground, told: Told, tmp_path: Path) -> None:
    folder = ground.copy(tmp_path / "w")
    before = files(folder)
    for place in (folder, folder / "runs"):
        with read_only(place):
            ran = tangga("run", folder, "--full")
            shown = tangga("show", folder, "persons")
        assert ran.returncode == 2, ran.stderr
        assert "hanya-baca" in ran.stderr and "read-only" in ran.stderr, ran.stderr
        assert str(folder / "runs") in ran.stderr
        assert shown.returncode == 0, "reading goes on"
        told.saw("read-only folder", "the workspace; its folder `runs`")
        told.said(ran.stderr, folder)
        assert files(folder) == before
    assert_equal_rerun(folder, ground)
    told.ended("the last complete run stays in force and can be read", "every table equal")
