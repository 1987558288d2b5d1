"""The parts of a step as the tasks of one Spark job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from time import monotonic, sleep
from typing import Any

from tangga.engine.limits import share
from tangga.engine.schedule import Done, Limits, Task
from tangga.engine.spark.places import Place, Shared, Store
from tangga.engine.spark.session import first_line, start, stop
from tangga.engine.spark.worker import answer, terms, work
from tangga.engine.workspace import Workspace
from tangga.errors import UserError
from tangga.texts import both

WAIT = 120.0
"""Seconds in which a cluster must give the first executor."""
SETTLED = 3.0
"""Seconds without another one, after which the count is taken."""
LOOK = 0.2
"""Seconds between two looks at what has ended."""


def open_spark(workspace: Workspace, master: str | None, shared: str | None) -> Spark:
    """Spark for one run of the workspace, whose lock is held.

    Raises UserError where Spark cannot be started, gives no executor, or a machine of it lacks the
    program or the files.
    """
    place: Place = Shared(workspace.runs) if shared is None else Store(shared, workspace.runs)
    context = start(master)
    try:
        place.open()
        return Spark(context, place)
    except BaseException:
        with suppress(Exception):  # what went wrong first is told
            place.close()
        stop(context)
        raise


class Spark:
    """A session that lasts for one run. A lost worker's tasks are given to others by Spark itself:
    a task is harmless to repeat."""

    name = "spark"

    def __init__(self, context: Any, place: Place) -> None:
        self.context, self.place = context, place
        self.cpus = int(context.getConf().get("spark.task.cpus", "1"))
        self.terms = terms(place, _attempts(context))
        cores = self._cores()
        self.executors = len(cores)
        self.beside = max(1, max(cores) // self.cpus)
        self.slots = max(1, sum(cores) // self.cpus)
        self._roll_call()

    def limits(self, threads: int, memory: str | None) -> Limits:
        """Threads by spark.task.cpus; of `memory` (that of a machine) an equal share each."""
        return Limits(self.cpus, share(memory, self.beside), self.beside)

    def run(self, tasks: Sequence[Task], done: Done) -> int:
        """Execute the tasks on the cluster; returns rows written."""
        self.place.send(tasks)
        ended = self._job(partial(work, self.terms), tasks, done)
        for one in ended:
            if isinstance(one, Exception):
                raise one
        self.place.fetch(tasks)
        done(len(tasks))
        return sum(ended)

    def notes(self, each: Limits) -> list[str]:
        """How many executors and slots, and what a task may use."""
        memory = each.memory or f"80 % RAM / {each.beside}"
        known = {"executors": self.executors, "slots": self.slots, "threads": each.threads}
        return [both("spark.used", between=" / ", memory=memory, **known)]

    def rest(self) -> None:
        """The executors wait for the next stage."""

    def close(self) -> None:
        """End the session, and with it every worker."""
        try:
            self.place.close()
        finally:
            stop(self.context)

    def _cores(self) -> list[int]:
        """The cores of each executor that the cluster has given by now."""
        ends = monotonic() + WAIT
        found, since = self._executors(), monotonic()
        while not found or monotonic() - since < SETTLED:
            if not found and monotonic() > ends:
                raise UserError(both("spark.no_workers", between=" / ", seconds=round(WAIT)))
            sleep(LOOK)
            now = self._executors()
            if len(now) != len(found):
                found, since = now, monotonic()
            elif len(found) == self._expected():
                break
        return found

    def _expected(self) -> int | None:
        local = re.match(r"local-cluster\[\s*(\d+)", self.context.master)
        return int(local[1]) if local else 1 if self.context.master.startswith("local") else None

    def _executors(self) -> list[int]:
        listed = self.context._jsc.sc().statusStore().executorList(True)
        each = [listed.apply(number) for number in range(listed.size())]
        inside = self.context.master.startswith("local[") or self.context.master == "local"
        return [one.totalCores() for one in each if (one.id() == "driver") == inside]

    def _roll_call(self) -> None:
        """Every machine has this program and sees these files, before anything is done."""
        calls = range(2 * self.slots)
        for _, wrong in self._job(partial(answer, self.terms), calls, lambda _: None):
            if wrong is not None:
                raise wrong

    def _job(self, what: Any, of: Sequence[Any], done: Done) -> list[Any]:
        """`what` of each, wherever Spark has it done; tells meanwhile how many have ended."""
        rows = self.context.parallelize(of, len(of)).map(what)
        with ThreadPoolExecutor(1) as beside:
            asked = beside.submit(rows.collect)
            try:
                self._watch(asked, len(of), done)
                return list(asked.result())
            except KeyboardInterrupt:
                self.context.cancelAllJobs()
                raise
            except Exception as wrong:  # py4j's, or Java's through it: of no common kind
                said = both("spark.failed", between=" / ", wrong=first_line(wrong))
                raise UserError(said) from wrong

    def _watch(self, asked: Future[Any], of: int, done: Done) -> None:
        tracker, last = self.context.statusTracker(), 0
        while wait([asked], timeout=LOOK).not_done:
            stages = (tracker.getStageInfo(one) for one in tracker.getActiveStageIds())
            ended = sum(one.numCompletedTasks for one in stages if one is not None)
            if last < ended < of:
                done(last := ended)


def _attempts(context: Any) -> int:
    """How often Spark tries a task; its local mode has a setting of its own."""
    local = re.match(r"local(?:\[[^,\]]*(?:,\s*(\d+))?\])?$", context.master)
    if local:
        return int(local[1] or 1)
    return int(context.getConf().get("spark.task.maxFailures", "4"))
