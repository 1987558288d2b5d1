"""Limits of memory and disk: what they cut, and how a shortage is told."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import duckdb
import pytest

from tangga.engine.connection import connect
from tangga.engine.limits import duckdb_limit, parts_for, read_size, share
from tangga.engine.shortage import shortage_told
from tangga.errors import UserError


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GB", 2 * 10**9), ("800 MB", 8 * 10**8), ("1.5GiB", 3 * 2**29), ("1gb", 10**9)],
)
def test_sizes(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "2", "GB", "-1GB", "2 boxes"])
def test_what_is_no_size_is_said(text: str) -> None:
    with pytest.raises(UserError, match="not a size"):
        read_size(text)


def test_the_database_leaves_room_for_the_rest() -> None:
    assert duckdb_limit(None) is None
    assert read_size(duckdb_limit("2GB") or "") <= 1_200_000_000
    with pytest.raises(UserError, match="too little memory"):
        duckdb_limit("600MB")


def test_more_input_or_less_memory_is_cut_finer() -> None:
    cuts = [parts_for("2GB", size * 10**8) for size in (0, 1, 2, 4, 8, 80)]
    assert cuts == sorted(cuts) and cuts[0] == 1 and cuts[-1] > 30
    assert parts_for("1GB", 10**9) > parts_for("4GB", 10**9)
    assert parts_for(None, 10**12) == 1


def test_processes_share_the_limit() -> None:
    assert share("1000MB", 1) == "1000MB"
    assert share("1000MB", 4) == "250MB"
    assert share(None, 4) is None


def test_databases_of_one_run_spill_into_folders_of_their_own(tmp_path: Path) -> None:
    rows = "SELECT range AS a, md5(range::VARCHAR) AS b FROM range(4000000)"
    with (
        connect(memory="150MB", spill=tmp_path, threads=1) as one,
        connect(memory="150MB", spill=tmp_path, threads=1) as two,
    ):
        for con in (one, two):
            con.execute(f"CREATE TEMP TABLE t AS {rows}")
        assert len(list(tmp_path.iterdir())) == 2
        found = [con.execute("SELECT count(DISTINCT b) FROM t").fetchall() for con in (one, two)]
    assert found == [[(4_000_000,)], [(4_000_000,)]]


def fill_memory(folder: Path, most: str) -> None:
    with connect(memory="60MB", spill=folder) as con:
        con.execute(f"SET max_temp_directory_size = '{most}'")
        con.execute("CREATE TEMP TABLE t AS SELECT md5(range::VARCHAR) FROM range(4000000)")


def test_too_little_room_to_spill_is_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="disk is full"), shortage_told(tmp_path):
        fill_memory(tmp_path, "5MB")


def test_too_little_memory_is_said() -> None:
    with (
        pytest.raises(UserError, match="--parts"),
        shortage_told(Path()),
        connect(memory="20MB") as con,
    ):
        con.execute("SET temp_directory = ''")
        con.execute("CREATE TEMP TABLE t AS SELECT md5(range::VARCHAR) FROM range(4000000)")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_said(code: int) -> None:
    with pytest.raises(UserError, match="disk is full"), shortage_told(Path()):
        raise OSError(code, os.strerror(code))
    with pytest.raises(UserError, match="disk is full"), shortage_told(Path()):
        raise duckdb.IOException(f"Could not write file: {os.strerror(code)}")


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOENT, "no"), duckdb.IOException("no"), ValueError("no")]
)
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)), shortage_told(Path()):
        raise error


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_folder_that_may_not_be_written_is_named(code: int) -> None:
    with pytest.raises(UserError, match=r"^runs/x: .*read-only.*Look at"), shortage_told(Path()):
        raise OSError(code, os.strerror(code), "runs/x")
    with pytest.raises(UserError, match=r"^runs: .*read-only"), shortage_told(Path("runs")):
        raise duckdb.IOException(f"Cannot open file: {os.strerror(code)}")


def test_a_table_that_is_cut_off_is_named(tmp_path: Path) -> None:
    file = tmp_path / "part-00000.parquet"
    with connect() as con:
        con.execute(f"COPY (SELECT 1 AS a) TO '{file}' (FORMAT parquet)")
    file.write_bytes(file.read_bytes()[:-9])
    said = rf"^{file}: .*damaged or cut off.*from a backup"
    with pytest.raises(UserError, match=said), shortage_told(tmp_path), connect() as con:
        con.execute(f"SELECT * FROM '{file}'")
