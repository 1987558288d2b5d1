"""The workers of the pilar: who they are, where they are posted, how many families they state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from tangga.engine.area_tree import AreaTree
from tangga.engine.received import received, was_received
from tangga.engine.runner import Steps
from tangga.engine.targets.rows import TEXT, write_rows
from tangga.engine.targets.settings import Pilars

KIND = "workers"
LISTED, POSTS = "worker_list", "posts"
WORKER = {
    "worker": "VARCHAR",
    "pilar": "VARCHAR",
    "area": "VARCHAR",
    "caseload": "BIGINT",
    "as_of": "DATE",
    "rid": "BIGINT",
    "latest": "BOOLEAN",
}


@dataclass(frozen=True, order=True)
class Worker:
    """One worker of one pilar.

    area: the narrowest that holds all their postings; None where none is known. posts: the areas
    themselves. caseload: families in their care as the list states it; None where it does not.
    active: on duty on the day.
    """

    id: str
    pilar: str
    area: str | None
    posts: tuple[str, ...]
    caseload: int | None
    active: bool


def read_workers(steps: Steps, pilars: Pilars, tree: AreaTree) -> list[Worker] | None:
    """All workers of a list, of duty or not; None where no list was received."""
    if not was_received(steps, KIND):
        return None
    begins, ends = pilars.says["from_column"], pilars.says["to_column"]
    wanted = {**WORKER, **{column: "DATE" for column in (begins, ends) if column}}
    day = f"DATE '{steps.ctx.workspace.as_of}'"
    active = " AND ".join(
        [
            *([f"coalesce({begins} <= {day}, TRUE)"] if begins else []),
            *([f"coalesce({ends} > {day}, TRUE)"] if ends else []),
        ]
    )
    rows = steps.fetch(
        f"SELECT worker, coalesce(pilar, ''), area, caseload, {active or 'TRUE'} "
        f"FROM {received(steps, KIND, wanted, where='latest')} "
        "WHERE worker IS NOT NULL ORDER BY worker, pilar NULLS FIRST, area, as_of, rid"
    )
    same = groupby(rows, key=lambda row: (str(row[0]), str(row[1])))
    return [_worker(id_, pilar, list(some), tree) for (id_, pilar), some in same]


def _worker(id_: str, pilar: str, rows: Sequence[Sequence[object]], tree: AreaTree) -> Worker:
    """Of several rows for one area the latest states the families; several areas add up."""
    on_duty = [row for row in rows if row[4]] or list(rows)
    by_area = {row[2]: row[3] for row in on_duty}
    stated = [n for n in by_area.values() if isinstance(n, int)]
    posts = tuple(sorted(str(area) for area in by_area if area is not None))
    return Worker(
        id=id_,
        pilar=pilar,
        area=_around(posts, tree) if posts else None,
        posts=posts,
        caseload=sum(stated) if len(stated) == len(by_area) else None,
        active=any(row[4] for row in rows),
    )


def _around(posts: Sequence[str], tree: AreaTree) -> str:
    """The narrowest area that holds them all."""
    shared = set.intersection(*({*tree.above([post])} for post in posts))
    return max(shared, key=len)


def active_of(workers: Iterable[Worker], pilar: str) -> list[Worker]:
    """Those of a pilar who are on duty, in order of id."""
    return sorted(one for one in workers if one.active and one.pilar == pilar)


def write_workers(steps: Steps, workers: Iterable[Worker]) -> None:
    """Write scratch `worker_list` (worker, pilar, area; '' where unknown) and `posts` (a posting of
    somebody on duty)."""
    columns = {"worker": TEXT, "pilar": TEXT, "area": TEXT}
    listed = sorted(workers)
    everybody = [(one.id, one.pilar, one.area or "") for one in listed]
    write_rows(steps, LISTED, columns, everybody, scratch=True)
    posts = [(one.id, one.pilar, post) for one in listed if one.active for post in one.posts]
    write_rows(steps, POSTS, columns, posts, scratch=True)


def posted_at(workers: Iterable[Worker]) -> dict[str, list[Worker]]:
    """Area -> the workers with a posting there, in order of id."""
    found: dict[str, list[Worker]] = defaultdict(list)
    for one in sorted(workers):
        for post in one.posts:
            found[post].append(one)
    return found
