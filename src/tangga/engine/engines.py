"""Which scheduler a run has, by the name that `--engine` gives it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from tangga.engine.context import Context
from tangga.engine.limits import cores
from tangga.engine.schedule import Pool, Scheduler
from tangga.engine.workspace import Workspace
from tangga.errors import UserError

NAMES = ("loop", "pool", "spark")


@dataclass(frozen=True)
class Engine:
    """Who executes the parts of a run.

    name: `loop`, one after another; `pool`, in several processes of this machine; `spark`, on a
    cluster. processes: of the pool (None: one a core). master: the cluster's address (None: as
    Spark's own settings say). shared: where tasks find and leave their files, as fsspec names a
    place (None: in the workspace's own folder, which every machine then sees under one path).
    """

    name: str = "loop"
    processes: int | None = None
    master: str | None = None
    shared: str | None = None


LOOP = Engine()


@contextmanager
def opened(engine: Engine, workspace: Workspace) -> Iterator[Scheduler | None]:
    """The scheduler for one run of the workspace, whose lock is held; None for the loop."""
    _check(engine)
    scheduler = _open(engine, workspace)
    try:
        yield scheduler
    finally:
        if scheduler is not None:
            scheduler.close()


def said(ctx: Context) -> dict[str, Any]:
    """For the manifest: who executes the parts, how many at the same time, what each may use."""
    scheduler = ctx.scheduler
    if scheduler is None:
        return {"engine": LOOP.name}
    limits = asdict(scheduler.limits(ctx.threads, ctx.memory))
    return {"engine": scheduler.name, "slots": scheduler.slots, "task": limits}


def notes(ctx: Context) -> list[str]:
    """What the run's reader should know of who executed its parts."""
    scheduler = ctx.scheduler
    return scheduler.notes(scheduler.limits(ctx.threads, ctx.memory)) if scheduler else []


def _check(engine: Engine) -> None:
    if engine.name not in NAMES:
        raise UserError("no such engine", value=engine.name, todo=f"Engines: {', '.join(NAMES)}")
    for option, value in (("--master", engine.master), ("--shared", engine.shared)):
        if value is not None and engine.name != "spark":
            raise UserError(f"{option} is for a cluster", value=value, todo="Add --engine spark")


def _open(engine: Engine, workspace: Workspace) -> Scheduler | None:
    if engine.name == "spark":
        from tangga.engine.spark import open_spark

        return open_spark(workspace, engine.master, engine.shared)
    if engine.name == "pool":
        return Pool(engine.processes or cores())
    return None
