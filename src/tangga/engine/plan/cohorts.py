"""At go-live many families are over the cap at once: in which round each is decided.

Rounds follow the day from which the clock's second reading counts (`starts_on`), so many months
apart. Places are those of empowerment in the workspace's `places/*.csv`; a round of an area has the
places of its year, in equal shares of the rounds that fall in it. Without a line for an area and
year there is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tangga.engine.office_files import (
    Mistakes,
    OfficeRow,
    area_of,
    coded,
    read_office_files,
    refuse,
    whole,
    year,
)
from tangga.engine.plan.statements import statement
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.engine.workspace import Workspace
from tangga.rules.clock_settings import Clock
from tangga.rules.days import months_before
from tangga.rules.on_date import OnDate

FOLDER = "places"
FOCUS = "empowerment"


@dataclass(frozen=True)
class Places:
    """So many places of a programme in an area in a year; file and line: where it is said."""

    year: int
    area: str
    programme: str
    places: int
    file: Path = field(default=Path(), compare=False)
    line: int = field(default=0, compare=False)


def read_places(workspace: Workspace) -> list[Places]:
    """Every row of `places/*.csv` of a workspace; UserError with every mistake."""
    columns = {
        "year": year(),
        "area": area_of(workspace.pack_areas),
        "programme": coded(workspace.pack.codes.get("programme")),
        "places": whole(),
    }
    mistakes = Mistakes()
    rows = read_office_files(workspace, FOLDER, columns, mistakes)
    refuse(_twice(rows), mistakes)
    return [Places(**row.values, file=row.file, line=row.line) for row in rows]


def _twice(rows: Iterable[OfficeRow]) -> Iterator[tuple[OfficeRow, str, str]]:
    """The second of two rows of one year, area and programme, with where the first one is."""
    first: dict[tuple[int, str, str], OfficeRow] = {}
    for row in rows:
        before = first.setdefault((row["year"], row["area"], row["programme"]), row)
        if before is not row:
            told = f"stands twice: the first is {before.file}, line {before.line}"
            yield row, told, "Write the sum of both in one row, or keep one of the two"


def write_cohorts(steps: Steps, today: OnDate, as_of: date) -> None:
    """Write `cohorts`: family_id, area, cohort, decide_by, months, place.

    Empty before the second reading begins, and in a policy without a cap.
    """
    clock = Clock.of(today.clock.says)
    if today.cap is None or as_of < clock.starts_on:
        steps.whole("cohorts", _none())
        return
    dates = decided_by(clock)
    programmes = {id_ for id_, (p, _) in today.programmes.items() if p.focus == FOCUS}
    places = [p for p in read_places(steps.ctx.workspace) if p.programme in programmes]
    letters = max((len(p.area) for p in places), default=4)
    sql = statement(
        "cohorts",
        clock=steps.scan("family_clock"),
        families=received(steps, "families", {"family_id": "VARCHAR", "village": "VARCHAR"}),
        rounds=_rounds(places, dates),
        dates=_dates(dates),
        letters=letters,
        cap=int(today.cap.says["months"]),
        last=len(dates),
    )
    steps.whole("cohorts", sql)


def decided_by(clock: Clock) -> list[date]:
    """The day by which each round is decided, the first first."""
    apart = clock.cohort_months
    return [months_before(clock.starts_on, -apart * (n + 1)) for n in range(clock.cohorts)]


def places_by_round(places: list[Places], dates: list[date]) -> dict[tuple[str, int], int]:
    """(area, round) -> places in that round and all before it."""
    rounds_in = Counter(day.year for day in dates)
    met: Counter[int] = Counter()
    total: Counter[str] = Counter()
    found: dict[tuple[str, int], int] = {}
    for number, day in enumerate(dates, start=1):
        met[day.year] += 1
        for place in places:
            if place.year == day.year:
                share = rounds_in[day.year]
                until, before = (
                    place.places * n // share for n in (met[day.year], met[day.year] - 1)
                )
                total[place.area] += until - before
        found |= {(area, number): so_many for area, so_many in total.items()}
    return found


def _rounds(places: list[Places], dates: list[date]) -> str:
    rows = [
        f"('{area}', {number}, {so_many})"
        for (area, number), so_many in places_by_round(places, dates).items()
    ]
    return f"(SELECT * FROM (VALUES {', '.join(rows) or _NO_ROUND}) AS t(area, cohort, places))"


_NO_ROUND = "(NULL::VARCHAR, 0, 0)"


def _dates(dates: list[date]) -> str:
    rows = ", ".join(f"({n}, DATE '{day}')" for n, day in enumerate(dates, start=1))
    return f"(SELECT * FROM (VALUES {rows}) AS t(cohort, decide_by))"


def _none() -> str:
    return (
        "SELECT '' AS family_id, '' AS area, 0 AS cohort, NULL::DATE AS decide_by, 0 AS months, "
        "FALSE AS place LIMIT 0"
    )
