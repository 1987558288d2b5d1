"""Files that are cut off, or hold another byte: sources, tables of a run, releases."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fault_record import Told
from fault_runs import PARQUET, Ground, assert_equal_rerun, files, tangga

from tangga.engine.current import last_complete
from tangga.engine.manifest import read_manifest

pytestmark = pytest.mark.faults


def flipped(file: Path, place: int) -> None:
    """One bit of one byte is another."""
    content = bytearray(file.read_bytes())
    content[place] ^= 0x10
    file.write_bytes(content)


def test_a_truncated_parquet_as_a_source(ground: Ground, told: Told, tmp_path: Path) -> None:
    folder = ground.copy(tmp_path / "w")
    before, file = files(folder), folder / f"{PARQUET}.parquet"
    whole = file.read_bytes()
    for keep in (0, 3, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:keep])
        ran = tangga("run", folder, "--full")
        assert ran.returncode == 2, (keep, ran.stdout)
        assert file.name in ran.stderr and "Fetch it again" in ran.stderr, ran.stderr
        told.saw("truncated Parquet", "a source: nothing, 3 bytes, half, all but the last byte")
        told.said(ran.stderr, folder)
        assert last_complete(folder).name == "00001"
    shutil.copystat(ground.folder / file.name, file)
    file.write_bytes(whole)
    assert files(folder) == before
    assert_equal_rerun(folder, ground)
    told.ended("refused by name; the last complete run stays in force", "every table equal")


def test_a_truncated_table_of_the_run_in_force(ground: Ground, told: Told, tmp_path: Path) -> None:
    folder = ground.copy(tmp_path / "w")
    for table in ("resolve/ledger", "resolve/persons"):
        file = next((last_complete(folder) / table).glob("part-*.parquet"))
        whole = file.read_bytes()
        file.write_bytes(whole[:-9])
        asked = ("run", folder, "--full") if "ledger" in table else ("show", folder, "persons")
        ran = tangga(*asked)
        assert ran.returncode == 2, (table, ran.stdout, ran.stderr)
        assert str(file) in ran.stderr and "tangga web restore" in ran.stderr, ran.stderr
        told.saw("truncated Parquet", "a table of the run in force: for a run, for a reader")
        told.said(ran.stderr, folder)
        assert last_complete(folder).name == "00001"
        file.write_bytes(whole)
    assert_equal_rerun(folder, ground)
    told.ended(
        "refused by name, with where to take it from", "every table equal, the file put back"
    )


def test_a_flipped_byte_in_a_source_as_text(ground: Ground, told: Told, tmp_path: Path) -> None:
    """A text has no sum to prove it, so what stands in it is taken; that it changed is told."""
    folder = ground.copy(tmp_path / "w")
    file = folder / "regsosek.csv"
    whole = file.read_bytes()
    for place in (len(whole) // 3, len(whole) // 2):
        flipped(file, place)
    ran = tangga("run", folder)
    assert ran.returncode == 0, ran.stderr
    note = next(
        line for line in ran.stdout.splitlines() if "regsosek" in line and "berubah" in line
    )
    told.saw("flipped byte", "a source as text (CSV)")
    told.said(note, folder)
    manifest = read_manifest(last_complete(folder))
    assert manifest is not None
    for name, rows in manifest.sources.items():
        assert rows["rows_in"] == rows["accepted"] + rows["quarantined"], name
    file.write_bytes(whole)
    back = tangga("run", folder, "--full")
    assert back.returncode == 0, back.stderr
    assert _values(folder) == _values(tmp_path / "whole", ground)
    told.ended(
        "taken as it stands, rows in = accepted + quarantined; that the file is another is told",
        "the persons equal, the file put back",
    )


def _values(folder: Path, ground: Ground | None = None) -> list[str]:
    """Who is in the register with what, without ids and runs."""
    if ground is not None:
        ground.copy(folder)
    out = folder / "persons.csv"
    assert tangga("export", folder, "persons", "--to", out).returncode == 0
    return sorted(out.read_text().splitlines())


def test_a_flipped_byte_in_a_source_as_parquet(ground: Ground, told: Told, tmp_path: Path) -> None:
    """Anywhere in the file: it is refused by name, or another value is read; never a fault."""
    folder = ground.copy(tmp_path / "w")
    file = folder / f"{PARQUET}.parquet"
    whole = file.read_bytes()
    refused = 0
    for place in [0, 2, len(whole) - 1, len(whole) - 6, *range(40, len(whole), len(whole) // 9)]:
        flipped(file, place)
        ran = tangga("run", folder, "--until", "ingest")
        assert ran.returncode in (0, 2), (place, ran.stderr)
        assert "fault of the program" not in ran.stderr, (place, ran.stderr)
        if ran.returncode == 2:
            refused += 1
            assert file.name in ran.stderr, (place, ran.stderr)
            told.said(ran.stderr, folder)
        told.saw("flipped byte", "a source as Parquet, at places from its head to its foot")
        assert last_complete(folder).name == "00001"
        file.write_bytes(whole)
    assert refused >= 4
    shutil.rmtree(folder / "runs")
    shutil.copytree(ground.folder / "runs", folder / "runs")
    assert_equal_rerun(folder, ground)
    told.ended(
        f"refused by name at {refused} places, read as another value at the rest; the last "
        "complete run stays in force",
        "every table equal",
    )
