"""Families into places, one after the other, until places or hours run out.

The order is given: it is what people argue about. Each family takes a place of a programme that it
surely fits, in the narrowest area with a place left, of several programmes the first by its code.
The places that are free are spread evenly over the months left, and begun in this order. Nothing is
weighed against anything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Pool = tuple[str, str]
"""Area and programme."""
MONTHS, FACTS, PROGRAMME, PLACES, HOURS = "months", "facts", "programme", "places", "hours"
"""What is missing: the year is over; a place is left, and it is not known whether the family fits;
it surely fits no programme with places in its area; all places that it fits are taken; no worker
has hours left."""


@dataclass(frozen=True)
class Candidate:
    """A family that is to go somewhere. why: `cap_queue`, `near_cap` or `waiting`.

    months: of support so far. since: in the queue or on the list. fits: programmes that it surely
    fits; unsure: those of which that is not known.
    """

    family_id: str
    village: str
    why: str
    months: int | None
    since: date | None
    decide_by: date | None
    fits: tuple[str, ...]
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """Where a family goes, and when (year * 12 + month - 1); or what is missing for that."""

    candidate: Candidate
    pool: Pool | None = None
    month: int | None = None
    worker: str | None = None
    missing: str | None = None


@dataclass
class Hands:
    """Workers and how many families each can still begin with.

    left: worker -> families. caring: family -> its worker. posts: area -> workers there.
    """

    left: dict[str, int]
    caring: Mapping[str, str]
    posts: Mapping[str, Sequence[str]]

    def of(self, family_id: str, village: str) -> str | None:
        """The family's own worker; without one, who of those around has most hours left. None
        where nobody has any."""
        own = self.caring.get(family_id)
        around = [own] if own in self.left else self._around(village)
        able = [worker for worker in around if worker is not None and self.left[worker] > 0]
        return min(able, key=lambda worker: (-self.left[worker], worker), default=None)

    def _around(self, village: str) -> list[str]:
        return [w for n in range(len(village) + 1) for w in self.posts.get(village[:n], ())]


@dataclass
class _Places:
    """The places of every pool, and how many of them were given."""

    free: Mapping[Pool, int]
    given: dict[Pool, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[tuple[str, tuple[str, ...]], list[Pool]] = field(default_factory=dict)

    def around(self, village: str, programmes: tuple[str, ...]) -> list[Pool]:
        """Pools that a family of a village could go to, the narrowest area first."""
        key = village, programmes
        if key not in self.seen:
            areas = [village[:n] for n in range(len(village), -1, -1)]
            pools = [(area, one) for area in areas for one in sorted(programmes)]
            self.seen[key] = [pool for pool in pools if pool in self.free]
        return self.seen[key]

    def has(self, pool: Pool) -> bool:
        return self.given[pool] < self.free[pool]

    def give(self, pool: Pool, months: Sequence[int]) -> int:
        """Take the next place; returns its month: after m of M months m/M of all are given."""
        self.given[pool] += 1
        return months[-(-self.given[pool] * len(months) // self.free[pool]) - 1]


def fill(
    candidates: Iterable[Candidate],
    free: Mapping[Pool, int],
    hands: Hands | None,
    months: Sequence[int],
) -> list[Turn]:
    """The turn of every candidate, in their order.

    free: places left in each pool. hands: None where no list of workers is there: then hours stop
    nobody, and that is not known rather than enough. months: those left in the year.
    """
    places = _Places(free)
    return [_turn(one, places, hands, months) for one in candidates]


def _turn(one: Candidate, places: _Places, hands: Hands | None, months: Sequence[int]) -> Turn:
    if not months:
        return Turn(one, missing=MONTHS)
    around = places.around(one.village, one.fits)
    pool = next(filter(places.has, around), None)
    if pool is None:
        unsure = any(map(places.has, places.around(one.village, one.unsure)))
        return Turn(one, missing=FACTS if unsure else PLACES if around else PROGRAMME)
    worker = hands.of(one.family_id, one.village) if hands else None
    if hands:
        if worker is None:
            return Turn(one, missing=HOURS)
        hands.left[worker] -= 1
    return Turn(one, pool, places.give(pool, months), worker)
