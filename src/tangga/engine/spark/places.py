"""Where the files of tasks are: a folder that every machine sees, or a store of objects.

A place is made by the driver and sent along with each task. Whoever still works on a task of a run
that has ended (a machine that was thought dead, a second attempt) writes nothing: there is a mark
as long as the run works, and it is looked at last.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from typing import Any, Protocol

import pyarrow.parquet as pq

from tangga.engine import tables
from tangga.engine.connection import quoted
from tangga.engine.schedule import Task
from tangga.errors import Conflict, UserError
from tangga.texts import both

MARK = ".spark-"
LATE = 100
"""Seconds after which a file that another machine wrote must be seen in a shared folder; Linux
remembers a listing of an NFS folder for up to 60."""
_QUOTED = re.compile(r"'((?:[^']|'')+\.parquet)'")


class Place(Protocol):
    """What driver and workers do about files."""

    def open(self) -> None:
        """On the driver, first: set the mark."""

    def seen(self) -> bool:
        """On a worker: whether the mark is there, and this worker may write."""

    def send(self, tasks: Sequence[Task]) -> None:
        """On the driver: have the files that the tasks read where workers find them."""

    def work(self, task: Task) -> int:
        """On a worker: execute the task; returns its rows."""

    def fetch(self, tasks: Sequence[Task]) -> None:
        """On the driver: have what the tasks wrote where the next step finds it."""

    def close(self) -> None:
        """On the driver, last: remove the mark, and what was there for this run only."""


@dataclass(frozen=True)
class Shared:
    """The workspace's own folder, under the same path on every machine."""

    runs: Path
    token: str = field(default_factory=lambda: token_hex(8))

    @property
    def mark(self) -> Path:
        """There as long as the run works."""
        return self.runs / f"{MARK}{self.token}"

    def open(self) -> None:
        """Also ends whatever still works for a run that died."""
        for left in self.runs.glob(f"{MARK}*"):
            left.unlink(missing_ok=True)
        self.mark.touch(mode=0o600)

    def seen(self) -> bool:
        """The mark can be opened, and its folder written to, by this user of this machine."""
        return os.access(self.mark, os.R_OK) and os.access(self.runs, os.W_OK)

    def send(self, tasks: Sequence[Task]) -> None:
        """They are there."""

    def work(self, task: Task) -> int:
        """Reads and writes in the folder; spills on the worker's own disk."""
        return replace(task, spill=scratch("spill")).run(while_there=self.mark)

    def fetch(self, tasks: Sequence[Task]) -> None:
        """Wait until this machine sees every file; UserError where that takes too long."""
        ends = monotonic() + LATE
        missing = {task.file for task in tasks}
        while missing:
            missing = {file for file in missing if file.name not in _names(file.parent)}
            if missing and monotonic() > ends:
                said = both("spark.late", between=" / ", seconds=LATE)
                raise UserError(said, file=min(missing))
            sleep(0.2 if missing else 0)
        for task in tasks:
            tables.sweep(task.file)

    def close(self) -> None:
        """No task of this run writes any more."""
        self.mark.unlink(missing_ok=True)


def _names(folder: Path) -> set[str]:
    return set(os.listdir(folder))  # noqa: PTH208 - names only, and the folder asked anew


@dataclass(frozen=True)
class Store:
    """A store of objects (S3 and its like), by any URL that fsspec knows.

    Only the files that tasks read and write go through it, below a name of this run's own; the run
    itself, its lock and its manifest stay on the driver's disk, where a rename is whole or not at
    all. An object appears whole as well: a second attempt writes the same one again.
    """

    url: str
    runs: Path
    token: str = field(default_factory=lambda: token_hex(8))
    there: set[str] = field(default_factory=set, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "there": set()}  # workers need not know what all is there

    @property
    def mark(self) -> str:
        """There as long as the run works."""
        return f"{MARK}{self.token}"

    def open(self) -> None:
        """UserError where the store cannot be written to."""
        try:
            files, root = _reach(self.url)
            files.makedirs(self._key(root, ""), exist_ok=True)
            files.pipe_file(self._key(root, self.mark), b"")
        except Exception as wrong:  # whatever the store's own library raises
            said = both("spark.no_store", between=" / ", wrong=type(wrong).__name__)
            raise UserError(said, value=self.url) from wrong

    def seen(self) -> bool:
        """The worker reaches the store, and finds the mark there."""
        files, root = _reach(self.url)
        files.invalidate_cache()
        return bool(files.exists(self._key(root, self.mark)))

    def send(self, tasks: Sequence[Task]) -> None:
        """Put what is not there yet; what tasks wrote is."""
        files, root = _reach(self.url)
        for path in sorted({path for task in tasks for path in _read(task.sql)} - self.there):
            _put(files, path, self._made(files, root, self._name(Path(path))))
            self.there.add(path)

    def work(self, task: Task) -> int:
        """In a folder of the worker's own: bring the files that it has not, run, put the part."""
        files, root = _reach(self.url)
        own = scratch(f"files-{self.token}")

        def here(found: re.Match[str]) -> str:
            name = self._name(Path(found[1].replace("''", "'")))
            _bring(files, self._key(root, name), own / name)
            return f"'{quoted(own / name)}'"

        sql = _QUOTED.sub(here, task.sql)
        with tempfile.TemporaryDirectory(dir=own, prefix=".made-") as made:
            done = replace(task, sql=sql, table=Path(made), spill=scratch("spill"))
            rows = done.run()
            if not self.seen():
                raise Conflict(f"{task.table.name}: the run of this task has ended")
            _put(files, str(done.file), self._made(files, root, self._name(task.file)))
        return rows

    def fetch(self, tasks: Sequence[Task]) -> None:
        """Copy what the tasks wrote into the run, each under a temporary name first."""
        files, root = _reach(self.url)
        for task in tasks:
            _bring(files, self._key(root, self._name(task.file)), task.file)
            self.there.add(str(task.file))

    def close(self) -> None:
        """Remove everything of this run from the store: the mark first."""
        files, root = _reach(self.url)
        try:
            files.rm_file(self._key(root, self.mark))
            files.rm(self._key(root, ""), recursive=True)
        except Exception as wrong:
            said = both("spark.left_in_store", between=" / ", folder=f"tangga-{self.token}")
            raise UserError(said, value=self.url) from wrong

    def _name(self, path: Path) -> str:
        return path.relative_to(self.runs).as_posix()

    def _key(self, root: str, name: str) -> str:
        return f"{root.rstrip('/')}/tangga-{self.token}/{name}".rstrip("/")

    def _made(self, files: Any, root: str, name: str) -> str:
        """The key of a file, its folder made where the store has folders."""
        key = self._key(root, name)
        files.makedirs(key.rpartition("/")[0], exist_ok=True)
        return key


def _read(sql: str) -> set[str]:
    """The files that a SELECT names."""
    return {path.replace("''", "'") for path in _QUOTED.findall(sql)}


def _reach(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it."""
    from fsspec.core import url_to_fs

    files, root = url_to_fs(url)
    return files, str(root)


def _put(files: Any, path: str, key: str) -> None:
    """One file as an object, which appears whole; in a folder, by a rename."""
    if "file" not in files.protocol:
        files.put_file(path, key)
        return
    unfinished = f"{key}.{token_hex(4)}.tmp"
    files.put_file(path, unfinished)
    Path(unfinished).replace(key)


def _bring(files: Any, key: str, to: Path) -> None:
    """One object as a file, unless it is there already."""
    if to.exists():
        return
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = to.with_name(f".{to.name}.{os.getpid()}-{token_hex(4)}.tmp")
    try:
        files.get_file(key, str(unfinished))
        pq.read_metadata(unfinished)  # whole, or it is brought again
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


def scratch(name: str) -> Path:
    """A private folder on this machine's own disk, which Spark removes with the executor."""
    home = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")[0] or tempfile.gettempdir()
    own = Path(home) / f"tangga-{name}"
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    return own
