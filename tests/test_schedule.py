"""Who executes the parts: a task may run twice, at the same time, and after its run has ended."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from run_tables import EVERY, different, rows, unfinished
from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.current import last_complete
from tangga.engine.engines import Engine
from tangga.engine.limits import ROUNDS, parts_for
from tangga.engine.manifest import read_manifest
from tangga.engine.run import run_workspace
from tangga.engine.runner import Part, Steps
from tangga.engine.schedule import Limits, Pool, Task
from tangga.engine.workspace import load_workspace
from tangga.errors import Conflict, UserError
from village import write_village


def task(folder: Path, sql: str = "SELECT 1 AS a", part: int = 0) -> Task:
    return Task(sql, folder / "table", part, Limits(), folder / "spill")


def test_a_second_attempt_leaves_what_the_first_wrote(tmp_path: Path) -> None:
    first = task(tmp_path, "SELECT range AS a FROM range(3)")
    assert first.run() == 3
    before = first.file.stat()
    assert task(tmp_path, "SELECT range AS a FROM range(3)").run() == 3
    after = first.file.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [f.name for f in first.file.parent.iterdir()] == ["part-00000.parquet"]


def test_attempts_at_the_same_time_do_no_harm(tmp_path: Path) -> None:
    each = [task(tmp_path, "SELECT range AS a FROM range(200000)")] * 8
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda one: one.run(), each)) == {200_000}
    assert [f.name for f in each[0].file.parent.iterdir()] == ["part-00000.parquet"]
    assert duckdb.sql(f"SELECT count(*) FROM '{each[0].file}'").fetchall() == [(200_000,)]


def test_a_task_of_a_run_that_has_ended_writes_nothing(tmp_path: Path) -> None:
    one, mark = task(tmp_path), tmp_path / "mark"
    with pytest.raises(Conflict, match="has ended"):
        one.run(while_there=mark)
    assert list(one.file.parent.iterdir()) == []
    mark.touch()
    assert one.run(while_there=mark) == 1


def test_a_task_that_fails_leaves_nothing(tmp_path: Path) -> None:
    one = task(tmp_path, "SELECT error('no') AS a FROM range(5)")
    with pytest.raises(duckdb.Error):
        one.run()
    assert list(one.file.parent.iterdir()) == []


def test_files_are_named_where_another_machine_would_list_them_late(tmp_path: Path) -> None:
    folder = tmp_path / "it's"
    for part in (1, 0):
        Task("SELECT 1 AS a", folder, part, Limits(), tmp_path).run()
    sql = tables.listed(f"SELECT * FROM {tables.scan(folder)}")
    assert "*.parquet" not in sql and sql.count("part-0000") == 2
    assert duckdb.sql(sql).fetchall() == [(1,), (1,)]
    nothing = f"SELECT * FROM {tables.scan(tmp_path / 'none')}"
    assert tables.listed(nothing) == nothing


def test_parts_follow_from_what_each_task_may_use() -> None:
    assert parts_for(None, 10**9, slots=4, beside=2) == 4 * ROUNDS
    alone, shared = (parts_for("2GB", 10**10, slots=n, beside=n) for n in (1, 4))
    assert shared >= 4 * alone - 4
    assert Pool(4).limits(8, "2000MB") == Limits(2, "500MB", 4)


def test_memory_that_nobody_limited_is_shared_all_the_same(tmp_path: Path) -> None:
    asked = "SELECT current_setting('memory_limit') AS a"
    for part, beside in enumerate((1, 4)):
        Task(asked, tmp_path, part, Limits(beside=beside), tmp_path).run()
    (whole,), (share,) = duckdb.sql(f"SELECT a FROM {tables.scan(tmp_path)}").fetchall()
    assert whole != share


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        (Engine("storm"), "no such engine"),
        (Engine("pool", master="spark://a:1"), "--master is for a cluster"),
        (Engine(shared="s3://a"), "--shared is for a cluster"),
    ],
)
def test_engines_that_cannot_be_are_said(tmp_path: Path, engine: Engine, said: str) -> None:
    write_village(tmp_path)
    with pytest.raises(UserError, match=said):
        run_workspace(tmp_path, engine=engine)


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="pyspark is installed here")
def test_a_missing_pyspark_is_said_before_anything_is_done(tmp_path: Path) -> None:
    write_village(tmp_path)
    with pytest.raises(UserError, match=r"belum terpasang.*is not installed.*spark\.lock"):
        run_workspace(tmp_path, engine=Engine("spark"))


@pytest.mark.slow
def test_a_pool_gives_the_rows_of_the_loop_on_every_table(tmp_path: Path) -> None:
    found = []
    for engine in (Engine(), Engine("pool", processes=2)):
        folder = tmp_path / engine.name
        write_village(folder)
        run_workspace(folder, parts=3, engine=engine)
        manifest = read_manifest(last_complete(folder))
        assert manifest is not None and manifest.settings["engine"] == engine.name
        found.append(rows(last_complete(folder), EVERY))
        assert unfinished(last_complete(folder)) == []
    assert found[0].keys() == found[1].keys()
    assert different(*found) == []


# --- Rows that lie apart --------------------------------------------------------------------------


@contextmanager
def steps_of(folder: Path, parts: int) -> Iterator[Steps]:
    """The steps of a stage over a run's folder that holds nothing yet."""
    workspace = load_workspace(write_village(folder / "village"))
    (folder / "run").mkdir()
    with Steps(Context(workspace, folder / "run", parts=parts), "link") as steps:
        yield steps


@pytest.mark.parametrize("parts", [1, 3, 40])
def test_rows_laid_apart_are_each_in_their_part_and_none_is_lost(
    tmp_path: Path, parts: int
) -> None:
    with steps_of(tmp_path, parts) as steps:
        rows = "SELECT range AS a, 'it''s ' || range AS b, range % 5 = 0 AS c FROM range(30)"
        apart = steps.spread("rows", rows, "a")
        assert steps.fetch(f"SELECT sum(a), count(*) FROM {apart.whole}") == [(435, 30)]
        of = [steps.fetch(f"SELECT * FROM {apart.of(Part(n, parts))}") for n in range(parts)]
        assert sorted(row for part in of for row in part) == sorted(steps.fetch(rows))
        assert all(row[0] % parts == n for n, part in enumerate(of) for row in part)


def test_a_part_reads_its_own_only_of_what_was_cut_by_the_same_key(tmp_path: Path) -> None:
    with steps_of(tmp_path, 3) as steps:
        steps.parts("a", lambda part: f"SELECT range AS a FROM range(9) WHERE {part.cut('range')}",
                    key="a")  # fmt: skip
        own = steps.fetch(f"SELECT a FROM {steps.scan_part('a', 'a', Part(1, 3))} ORDER BY a")
        assert own == [(1,), (4,), (7,)]
        for key, part in (("b", Part(1, 3)), ("", Part(1, 3)), ("a", Part())):
            assert steps.scan_part("a", key, part) == steps.scan("a")


def test_a_step_that_a_run_of_adding_replaces_is_read_whole(tmp_path: Path) -> None:
    """What stands in its place is not cut."""
    with steps_of(tmp_path, 2) as steps:
        steps.ctx = replace(steps.ctx, adjust={"link/a": lambda _sql, _scan: "SELECT 7 AS a"})
        steps.parts("a", lambda part: f"SELECT range AS a FROM range(4) WHERE {part.cut('range')}",
                    key="a")  # fmt: skip
        assert steps.scan_part("a", "a", Part(1, 2)) == steps.scan("a")
