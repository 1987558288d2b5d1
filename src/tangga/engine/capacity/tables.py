"""The tables `capacity`, `capacity_hours` and `capacity_order`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tangga.engine.capacity.candidates import candidates, narrowest
from tangga.engine.capacity.fill import Pool, Turn, fill
from tangga.engine.capacity.hours import WorkerHours, hands_of, worker_hours
from tangga.engine.plan.cohorts import read_places
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.waiting import RANKED
from tangga.engine.runner import Steps
from tangga.engine.workspace import Workspace
from tangga.rules.days import month_of
from tangga.rules.on_date import OnDate

CAPACITY = {"year": "INTEGER", "area": "VARCHAR", "programme": "VARCHAR", "months_left": "INTEGER",
            "places": "BIGINT", "used": "BIGINT", "free": "BIGINT", "over": "BIGINT",
            "planned": "BIGINT", "left_over": "BIGINT", "waiting": "BIGINT"}  # fmt: skip
HOURS = {"worker": "VARCHAR", "area": "VARCHAR", "families": "BIGINT", "minutes_month": "BIGINT",
         "minutes_visits": "BIGINT", "minutes_left": "BIGINT", "can_begin": "BIGINT",
         "begins": "BIGINT"}  # fmt: skip
ORDER = {"position": pa.int64(), "family_id": pa.string(), "village": pa.string(),
         "why": pa.string(), "months_protected": pa.int32(), "since": pa.date32(),
         "decide_by": pa.date32(), "area": pa.string(), "programme": pa.string(),
         "month": pa.int32(), "worker": pa.string(), "missing": pa.string()}  # fmt: skip
FOCI = ("empowerment", "prevention")
"""Those whose places a family can climb by. Places of rehabilitation are for cases: who is in one
is in no list outside the case team."""


@dataclass(frozen=True)
class Room:
    """Places of a programme in an area this year, and how many began in them."""

    places: int
    used: int

    @property
    def free(self) -> int:
        """Places left; none where more began than there are."""
        return max(0, self.places - self.used)


def write_capacity(steps: Steps, today: OnDate) -> None:
    """Write the three tables. Empty without places to climb by this year, and where the policy
    of the day says nothing of hours."""
    version = today.settings.get("readiness")
    rooms = _rooms(steps, today) if version is not None else {}
    workers = worker_hours(steps, version.says) if version is not None else None
    months = months_left(today)
    turns: list[Turn] = []
    if rooms:
        free = {pool: room.free for pool, room in rooms.items() if room.free}
        turns = fill(candidates(steps, today, free), free, hands_of(steps, workers), months)
    waiting = _waiting(steps, rooms)
    rows = _capacity(today.day.year, rooms, turns, len(months), waiting)
    steps.whole("capacity", _select(CAPACITY, rows, "area, programme"))
    steps.whole("capacity_hours", _select(HOURS, _hours(workers or [], turns), "area, worker"))
    _write_order(steps, turns)


def months_left(today: OnDate) -> range:
    """The whole months of the year after that of the day."""
    return range(month_of(today.day) + 1, (today.day.year + 1) * 12)


def places_of(workspace: Workspace, today: OnDate) -> dict[Pool, int]:
    """Places to climb by, by area and programme, in the year of the day."""
    wanted = {id_ for id_, (one, _) in today.programmes.items() if one.focus in FOCI}
    found: Counter[Pool] = Counter()
    for one in read_places(workspace):
        if one.year == today.day.year and one.programme in wanted:
            found[one.area, one.programme] += one.places
    return dict(found)


def _rooms(steps: Steps, today: OnDate) -> dict[Pool, Room]:
    """Who began a programme this year has taken a place of the narrowest area that has any."""
    places = places_of(steps.ctx.workspace, today)
    used: Counter[Pool] = Counter()
    for programme in sorted({programme for _, programme in places}):
        pool = narrowest([a for a, p in places if p == programme], "f.village")
        rows = steps.fetch(
            f"SELECT {pool} AS pool, count(DISTINCT coalesce(s.person_id, s.family_id)) "
            f"FROM {steps.scan('spells')} AS s "
            f"JOIN {steps.scan('facts')} AS f ON s.family_id = f.family_id "
            f"WHERE s.programme = {quoted(programme)} AND year(s.valid_from) = {today.day.year} "
            "GROUP BY pool ORDER BY pool"
        )
        used.update({(area, programme): many for area, many in rows if area is not None})
    return {pool: Room(many, used[pool]) for pool, many in sorted(places.items())}


def _waiting(steps: Steps, rooms: Mapping[Pool, Room]) -> dict[Pool, int]:
    """Families with a rank on the waiting list of a programme, by the area of its places."""
    found: dict[Pool, int] = {}
    for programme in sorted({programme for _, programme in rooms}):
        pool = narrowest([a for a, p in rooms if p == programme], "f.village")
        rows = steps.fetch(
            f"SELECT {pool} AS pool, count(DISTINCT w.family_id) FROM {steps.scan('waits')} AS w "
            f"JOIN {steps.scan('facts')} AS f ON w.family_id = f.family_id "
            f"WHERE w.programme = {quoted(programme)} AND w.queue = '{RANKED}' "
            "GROUP BY pool ORDER BY pool"
        )
        found |= {(area, programme): many for area, many in rows if area is not None}
    return found


def _capacity(
    year: int,
    rooms: Mapping[Pool, Room],
    turns: Iterable[Turn],
    months: int,
    waiting: Mapping[Pool, int],
) -> Iterable[tuple[object, ...]]:
    planned = Counter(turn.pool for turn in turns if turn.pool is not None)
    for pool, room in rooms.items():
        over = max(0, room.used - room.places)
        left = room.free - planned[pool]
        yield (
            *(year, *pool, months, room.places, room.used, room.free, over),
            *(planned[pool], left, waiting.get(pool, 0)),
        )


def _hours(workers: Iterable[WorkerHours], turns: Iterable[Turn]) -> Iterable[tuple[object, ...]]:
    begun = Counter(turn.worker for turn in turns if turn.worker is not None)
    for one in workers:
        hours = (
            one.minutes,
            one.visits,
            one.left,
            one.begins if one.families is not None else None,
        )
        yield one.worker, one.area, one.families, *hours, begun[one.worker]


def _write_order(steps: Steps, turns: Sequence[Turn]) -> None:
    """Those who have a place, and those by the clock who have none; of waiting lists the rest still
    waits there. Handed over as a table: there may be too many to be written into a statement."""
    shown = [one for one in turns if one.pool is not None or one.candidate.why != "waiting"]
    rows = [_order(position, one) for position, one in enumerate(shown, start=1)]
    columns = zip(*rows, strict=True) if rows else ([] for _ in ORDER)
    arrays = [pa.array(list(one), kind) for one, kind in zip(columns, ORDER.values(), strict=True)]
    with_turns = pa.Table.from_arrays(arrays, list(ORDER))
    steps.con.register("capacity_turns", with_turns)
    steps.whole("capacity_order", "SELECT * FROM capacity_turns ORDER BY position")
    steps.con.unregister("capacity_turns")


def _order(position: int, one: Turn) -> tuple[object, ...]:
    of = one.candidate
    who = (of.family_id, of.village, of.why, of.months, of.since, of.decide_by)
    return position, *who, *(one.pool or (None, None)), one.month, one.worker, one.missing


def _select(columns: Mapping[str, str], rows: Iterable[tuple[object, ...]], order: str) -> str:
    return f"SELECT * FROM {relation_of(columns, rows)} ORDER BY {order}"
