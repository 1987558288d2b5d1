"""The parts of a run on a cluster: real worker processes, some of them killed; the loop's rows.

Marked `spark`: they need requirements/spark-dev.lock and Java 17, and are asked for by -m spark.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from run_tables import EVERY, different, rows, unfinished
from tangga.engine import tables
from tangga.engine.current import last_complete
from tangga.engine.engines import Engine, opened
from tangga.engine.run import run_workspace
from tangga.engine.schedule import Task
from tangga.engine.workspace import load_workspace
from tangga.errors import Conflict, UserError
from tangga.synthetic import generate
from village import write_village

pytestmark = pytest.mark.spark
CLUSTER = "local-cluster[2,1,1024]"
LOCAL = "local[2,4]"
"""Tasks in processes of this machine, tried four times; cheaper to start than a cluster."""


@pytest.fixture(autouse=True, scope="module")
def there() -> None:
    """Where it is asked for and cannot be run it fails in CI, and is skipped elsewhere."""
    missing = [what for what in ("pyspark", "moto", "s3fs") if find_spec(what) is None]
    missing += ["java"] if shutil.which("java") is None else []
    if missing and "CI" in os.environ:
        pytest.fail(f"missing: {missing}")
    if missing:
        pytest.skip(f"missing: {missing}")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of invented people with one run by the loop."""
    folder = tmp_path_factory.mktemp("people") / "w"
    generate(1500, 7, folder)
    run_workspace(folder, parts=5, threads=1)
    return folder


def copy(folder: Path, target: Path) -> Path:
    """The same workspace without its runs."""
    return Path(shutil.copytree(folder, target, ignore=shutil.ignore_patterns("runs")))


def executors() -> list[int]:
    """The executors' processes: those of Spark that the master of this test's Java started."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        ours = f"--driver-url\0spark://CoarseGrainedScheduler@127.0.0.1:{_port()}\0".encode()
        if b"CoarseGrainedExecutorBackend" in command and ours in command:
            found.append(int(process.name))
    return found


def _port() -> str:
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    return str(context.getConf().get("spark.driver.port")) if context is not None else ""


class Killer(threading.Thread):
    """Kills all executors, without warning, at a moment when one of them has half written a file
    below a folder; once for each folder, in their order."""

    def __init__(self, run: Path, *stages: str) -> None:
        super().__init__(daemon=True)
        self.run_dir, self.stages, self.killed = run, stages, []  # type: ignore[var-annotated]

    def run(self) -> None:
        for stage in self.stages:
            while not any((self.run_dir / stage).glob("*/.part-*.tmp")):
                time.sleep(0.001)
            pids = executors()
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            self.killed.append(len(pids))


def test_a_cluster_whose_workers_are_killed_gives_the_rows_of_the_loop_on_every_table(
    people: Path, tmp_path: Path
) -> None:
    folder = copy(people, tmp_path / "w")
    killer = Killer(folder / "runs" / "00001", "link", "plan")
    steps: list[tuple[str, int, int]] = []

    def progress(step: str, done: int, total: int) -> None:
        steps.append((step, done, total))
        if step == "ingest" and not killer.is_alive() and not killer.killed:
            killer.start()

    engine = Engine("spark", master=CLUSTER)
    manifest = run_workspace(folder, parts=5, threads=1, engine=engine, progress=progress)
    assert len(killer.killed) == 2 and sum(killer.killed) >= 3, killer.killed
    one, two = (rows(last_complete(f), EVERY) for f in (people, folder))
    assert one.keys() == two.keys() and len(one) > 200
    assert different(one, two) == []
    assert unfinished(folder / "runs") == []
    assert sorted(f.name for f in (folder / "runs").iterdir()) == [".lock", "00001", "CURRENT"]
    assert manifest.settings["engine"] == "spark" and manifest.settings["slots"] == 2
    assert ("resolve: spine", 5, 5) in steps
    assert any("2 executors, 2 tasks at the same time" in note for note in manifest.notes)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The URL of an empty place in a store that speaks S3."""
    import boto3
    from moto.server import ThreadedMotoServer

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = ThreadedMotoServer(port=port, verbose=False)
    server.start()
    said = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # pragma: allowlist secret
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in said.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="register")
        yield "s3://register/work"
    server.stop()


def objects() -> list[str]:
    import boto3

    listed = boto3.client("s3").list_objects_v2(Bucket="register")
    return [one["Key"] for one in listed.get("Contents", [])]


def test_a_store_of_objects_takes_the_place_of_a_shared_folder(
    people: Path, tmp_path: Path, bucket: str
) -> None:
    folder, seen = copy(people, tmp_path / "w"), set()

    def progress(step: str, _done: int, _total: int) -> None:
        if step in ("link: groups", "link: pairs"):
            seen.update(key.rpartition("/")[0].partition("/00001/")[2] for key in objects())

    run_workspace(
        folder,
        until="link",
        parts=5,
        threads=1,
        engine=Engine("spark", master=CLUSTER, shared=bucket),
        progress=progress,
    )
    assert {"link/groups", "link/sides", "link/pairs"} <= seen, "tables, by part"
    assert {f".spill/link-keys/spread={part}" for part in range(5)} <= seen, "what lies apart"
    run = folder / "runs" / "00001"
    wanted = rows(last_complete(people), ("link",))
    assert rows(run, ("link",)) == wanted
    assert objects() == []


def test_a_folder_under_another_path_does_so_too_and_spark_is_silent(
    people: Path, tmp_path: Path
) -> None:
    folder, shared = copy(people, tmp_path / "w"), tmp_path / "shared"
    shared.mkdir()
    command = [sys.executable, "-m", "tangga", "run", folder.name, "--until", "link"]
    command += ["--parts", "5", "--threads", "1", "--engine", "spark", "--master", LOCAL]
    command += ["--shared", shared.as_uri()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert rows(folder / "runs" / "00001", ("link",)) == rows(last_complete(people), ("link",))
    assert list(shared.iterdir()) == []
    assert done.stderr == ""
    assert "Spark: 1 pelaksana" in done.stdout


def test_what_goes_wrong_in_a_task_is_told_as_the_loop_tells_it(tmp_path: Path) -> None:
    workspace = load_workspace(write_village(tmp_path / "w"))
    workspace.runs.mkdir()
    table = workspace.runs / "00001" / "link" / "t"
    late = workspace.runs / "late.parquet"
    with opened(Engine("spark", master=LOCAL), workspace) as spark:
        assert spark is not None

        def run(sql: str, memory: str | None = None) -> int:
            limits = replace(spark.limits(1, None), memory=memory)
            each = [Task(sql, table, part, limits, workspace.runs) for part in range(3)]
            for one in each:
                one.file.unlink(missing_ok=True)
            return spark.run(each, lambda _: None)

        assert run("SELECT range AS a FROM range(4)") == 12
        with pytest.raises(duckdb.ConversionException, match="abc"):
            run("SELECT CAST('abc' AS INTEGER) AS a")
        with pytest.raises(duckdb.OutOfMemoryException):
            run("SELECT md5(range::VARCHAR) AS a FROM range(3000000) ORDER BY a", "5MB")
        timer = threading.Timer(1.0, lambda: _make(late))  # as a folder of the network may be
        timer.start()
        assert run(f"SELECT * FROM read_parquet('{late}')") == 3
        timer.join()
        late.unlink()
        with pytest.raises(duckdb.IOException):
            run(f"SELECT * FROM read_parquet('{late}')")
        _a_worker_that_is_other_is_told(spark)
        for mark in workspace.runs.glob(".spark-*"):
            mark.unlink()
        with pytest.raises(UserError, match=r"tidak melihat folder.*does not see the folder"):
            run("SELECT 1 AS a")


def _make(file: Path) -> None:
    unfinished = file.with_suffix(".tmp")
    duckdb.sql(f"COPY (SELECT 1 AS a) TO '{unfinished}' (FORMAT parquet)")
    unfinished.rename(file)


def _a_worker_that_is_other_is_told(spark: Any) -> None:
    from tangga.engine.spark.worker import answer

    machine, wrong = answer(spark.terms, 0)
    assert (machine, wrong) == (socket.gethostname(), None)
    _, wrong = answer(replace(spark.terms, duckdb="0.1"), 0)
    assert wrong is not None and "duckdb" in str(wrong) and "0.1" in str(wrong)


def test_a_task_of_a_run_that_has_ended_leaves_no_object(tmp_path: Path) -> None:
    from tangga.engine.schedule import Limits
    from tangga.engine.spark.places import Store

    store = Store(tmp_path.as_uri(), tmp_path / "runs")
    store.open()
    done = Task("SELECT 1 AS a", tmp_path / "runs" / "1" / "t", 0, Limits(), tmp_path)
    assert store.work(done) == 1
    store.fetch([done])
    assert tables.exists(done.table)
    store.close()
    with pytest.raises(Conflict, match="has ended"):
        store.work(replace(done, part=1))
    assert not (tmp_path / f"tangga-{store.token}").exists()


def test_a_master_that_does_not_answer_is_said(tmp_path: Path) -> None:
    write_village(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    engine = Engine("spark", master=f"spark://127.0.0.1:{port}")
    with pytest.raises(UserError, match=r"tidak menjawab.*does not answer"):
        run_workspace(tmp_path, engine=engine)
    with pytest.raises(UserError, match=r"tidak dapat dimulai.*could not be started"):
        run_workspace(tmp_path, engine=Engine("spark", master="moon://"))


def test_java_that_is_missing_or_old_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_village(tmp_path / "w")
    (tmp_path / "bin").mkdir()
    java = tmp_path / "bin" / "java"
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UserError, match=r"tidak ditemukan.*there is none.*JAVA_HOME"):
        run_workspace(tmp_path / "w", engine=Engine("spark"))
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    with pytest.raises(UserError, match=r"this is Java 11"):
        run_workspace(tmp_path / "w", engine=Engine("spark"))
    assert list((tmp_path / "w" / "runs").glob("[0-9.s]*")) in ([], [tmp_path / "w/runs/.lock"])
