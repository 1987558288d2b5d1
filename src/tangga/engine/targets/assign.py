"""Who cares for which family: recorded ones stand, the others are proposed, balanced by load.

A family in care belongs to the worker of its last visit, where that worker is on duty and posted to
its place. Every other one is proposed to a worker posted there, the least loaded first, none over
the limit. Nobody is moved from one worker to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tangga.engine.plan.clock import codes
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.statements import statement
from tangga.engine.runner import Steps
from tangga.engine.targets.care import CARE
from tangga.engine.targets.records import Records
from tangga.engine.targets.rows import TEXT, WHOLE, write_rows
from tangga.engine.targets.settings import Pilars
from tangga.engine.targets.workers import POSTS, Worker, active_of, posted_at

ASSIGNMENTS = "assignments"


@dataclass(frozen=True)
class Share:
    """So many families of a village for a worker: those from place `first` on, in order of a draw.
    worker None: nobody has room for them."""

    village: str
    worker: str | None
    first: int
    many: int


def proposed(
    waiting: Mapping[str, int], workers: Sequence[Worker], load: Mapping[str, int], limit: int
) -> list[Share]:
    """Who takes how many of the families of each village that nobody has.

    waiting: village -> families. load: worker -> families that they have. Villages with the fewest
    workers come first; in each the least loaded worker takes the next family, ties by id. Who
    states more than the limit has no room.
    """
    loads = {one.id: load.get(one.id, 0) for one in workers}
    loads |= {one.id: one.caseload for one in workers if one.caseload and one.caseload > limit}
    posts = posted_at(workers)
    who = {village: _posted(village, posts) for village in waiting}
    found = []
    for village in sorted(waiting, key=lambda code: (len(who[code]), code)):
        taken = level_up({id_: loads[id_] for id_ in who[village]}, waiting[village], limit)
        first = 1
        for worker, many in taken.items():
            found.append(Share(village, worker, first, many))
            loads[worker] += many
            first += many
        if first <= waiting[village]:
            found.append(Share(village, None, first, waiting[village] - first + 1))
    return found


def _posted(village: str, posts: Mapping[str, list[Worker]]) -> list[str]:
    """The workers posted to a village or to an area around it, in order of id."""
    ids = (one.id for n in range(len(village) + 1) for one in posts.get(village[:n], ()))
    return sorted(set(ids))


def level_up(loads: Mapping[str, int], many: int, limit: int) -> dict[str, int]:
    """How many each takes when one after another goes to the least loaded, none over the limit.

    Those who take none are left out; ties go to the smaller name.
    """
    order = sorted(loads, key=lambda name: (loads[name], name))
    room = [name for name in order if loads[name] < limit]
    low, high = 0, limit
    while low < high:  # the highest level to which all can be filled
        middle = (low + high + 1) // 2
        if sum(max(0, middle - loads[name]) for name in room) <= many:
            low = middle
        else:
            high = middle - 1
    taken = {name: max(0, low - loads[name]) for name in room}
    left = many - sum(taken.values())
    if low < limit:
        for name in [name for name in sorted(room) if loads[name] + taken[name] == low][:left]:
            taken[name] += 1
    return {name: n for name, n in taken.items() if n}


def write_assignments(
    steps: Steps, pilars: Pilars, workers: Iterable[Worker] | None, records: Records
) -> None:
    """Write `assignments`: family_id, village, pilar, worker, how (recorded, proposed).

    Families for whom nobody is there, or has room, have no row. No row without a list of workers.
    """
    caring = [one.code for one in pilars.pilars.values() if one.families]
    listed = list(workers or ())
    shares: list[tuple[object, ...]] = []
    _write_companions(steps, pilars, caring, records)
    for pilar in caring:
        waiting, load = _state(steps, pilar)
        posted = active_of(listed, pilar)
        shares += [
            (pilar, share.village, share.worker, share.first, share.first + share.many - 1)
            for share in proposed(waiting, posted, load, pilars.says["load_limit"])
        ]
    columns = {"pilar": TEXT, "village": TEXT, "worker": TEXT, "first": WHOLE, "last": WHOLE}
    write_rows(steps, "shares", columns, shares, scratch=True)
    given = {name: steps.scan(name) for name in (CARE, "companions", "shares")}
    seed = quoted(pilars.says["revisit_seed"])
    steps.whole(ASSIGNMENTS, statement(ASSIGNMENTS, **given, seed=seed))


def _write_companions(
    steps: Steps, pilars: Pilars, caring: Sequence[str], records: Records
) -> None:
    """Scratch `companions`: family_id, pilar, worker of the last visit that says who cares."""
    not_by = f"coalesce(aim NOT IN ({codes(pilars.says['not_companion'])}), TRUE)"
    sql = statement(
        "companions",
        care=steps.scan(CARE),
        visits=f"(SELECT * FROM {records.visits} WHERE on_date IS NOT NULL AND {not_by})",
        posts=f"(SELECT * FROM {steps.scan(POSTS)} WHERE pilar IN ({codes(tuple(caring))}))",
    )
    steps.whole("companions", sql, scratch=True)


def _state(steps: Steps, pilar: str) -> tuple[dict[str, int], dict[str, int]]:
    """Village -> families in care without a worker of a pilar; worker -> families they have."""
    has = f"(SELECT * FROM {steps.scan('companions')} WHERE pilar = '{pilar}')"
    waiting = steps.fetch(
        f"SELECT village, count(*) FROM {steps.scan(CARE)} AS c ANTI JOIN {has} AS h "
        "ON h.family_id = c.family_id WHERE in_care AND village IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    load = steps.fetch(f"SELECT worker, count(*) FROM {has} GROUP BY 1 ORDER BY 1")
    return dict(waiting), dict(load)
