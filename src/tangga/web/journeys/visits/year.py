"""A worker's year: each target, what the release counted, and what has been done since.

The release counts from records alone; what was recorded here since is counted by the same measures
(pilar.toml), as far as one worker's own records tell. The next release counts it all again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tangga.rules.settings_pilar import SHARED
from tangga.web.database.rows import rows
from tangga.web.journeys.visits import queries
from tangga.web.journeys.visits.pilar import pilar_of, settings_of
from tangga.web.journeys.visits.year_cases import (
    CaseDeed,
    assessed_in_time,
    cases_of,
    ended_well,
)
from tangga.web.lists.release import Held
from tangga.web.overlay.models import Event
from tangga.web.overlay.read import open_rows
from tangga.web.today import today
from tangga.web.viewer import Viewer

Row = Mapping[str, Any]
Settings = Mapping[str, Any]
GRADUATED = "graduated"
GROUPS = ("own", "discipline", "contribution")
APART = {"contribution": "contribution"}
"""Kinds that stand by themselves: what somebody contributed to is nobody's target."""
PACE = """
SELECT measure, pilar, target, achieved, of, unknown, hidden FROM pace
WHERE worker = %s AND year = %s AND programme = '' AND exits = ''
"""
OWN_VISITS = f"""
SELECT v.family_id, v.planned_on, v.on_date, v.purpose, v.result FROM public.visits_visit AS v
WHERE v.worker = %s AND NOT v.dropped AND NOT {queries.CONSUMED.format(id="v.id")}
"""
MET = f"""
SELECT v.family_id, v.on_date FROM public.visits_visit AS v
WHERE v.family_id = ANY(%(ids)s) AND v.on_date IS NOT NULL AND NOT v.dropped
AND NOT {queries.CONSUMED.format(id="v.id")}
"""
OUTSIDE = """
SELECT f.family_id FROM families AS f
WHERE f.family_id = ANY(%(ids)s) AND f.base_family_id IS NULL
AND EXISTS (SELECT FROM families AS b WHERE b.base_family_id IS NOT NULL)
AND NOT EXISTS (SELECT FROM visits AS v
                WHERE v.family_id = f.family_id AND v.result = ANY(%(complete)s))
"""


@dataclass(frozen=True)
class Deeds:
    """What one worker recorded since the release. visits: made and planned; events: of the overlay;
    met: family -> days on which anybody visited it since; outside: visited families that the base
    release does not have; cases: files of rehabilitation."""

    visits: Sequence[Row] = ()
    events: Sequence[Event] = ()
    met: Mapping[str, Sequence[date]] | None = None
    outside: frozenset[str] = frozenset()
    cases: list[CaseDeed] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One measure of a worker's year. shared: achieved of so many, the target in percent. group:
    own work, discipline, or contribution. since: what was done since the release, None where only a
    release counts it. state: as of `pace`."""

    measure: str
    label: str
    unit: str
    shared: bool
    group: str
    target: int | None
    released: int | None
    released_of: int | None
    since: int | None
    since_of: int
    expected: int | None
    state: str

    @property
    def achieved(self) -> int | None:
        """With what was done since."""
        if self.released is None and self.since is None:
            return None
        return (self.released or 0) + (self.since or 0)

    @property
    def of(self) -> int | None:
        """Of a share: out of how many."""
        return None if not self.shared else (self.released_of or 0) + self.since_of

    @property
    def told(self) -> bool:
        """Whether there is anything to say: a target, or something achieved. What every pilar is
        measured by is always said."""
        return self.group != "own" or self.target is not None or bool(self.achieved)

    @property
    def percent(self) -> int | None:
        """Of a share: achieved of a hundred."""
        return 100 * (self.achieved or 0) // self.of if self.of else None

    @property
    def short(self) -> int:
        """How many are lacking to what is expected by now; 0 for none."""
        return max(0, (self.expected or 0) - (self.achieved or 0))

    @property
    def whole(self) -> float:
        """The length of its bar."""
        return float(max(self.of or 0 if self.shared else self.target or 0, self.achieved or 0))

    @property
    def mark(self) -> float | None:
        """Where the target stands on it."""
        if self.target is None:
            return None
        return (self.of or 0) * self.target / 100 if self.shared else float(self.target)


def lines(viewer: Viewer, release: Held) -> list[Line]:
    """The measures of the viewer's pilar in the pack's order; none where it has no targets."""
    said = settings_of()
    pilar = pilar_of(viewer)
    if said is None or not viewer.worker:
        return []
    day = today()
    found = _released(viewer.worker, day.year, release)
    done = deeds(viewer, release, said)
    measures = [one for one in said["measure"] if pilar in one["pilar"]]
    return [line(one, said, found.get(one["id"]), done, day, viewer.language) for one in measures]


def _released(worker: str, year: int, release: Held) -> dict[str, Row]:
    if not release.has("pace", "worker"):
        return {}
    return {row["measure"]: row for row in rows(PACE, [worker, year])}


def deeds(viewer: Viewer, release: Held, said: Settings) -> Deeds:
    """What the viewer recorded since the release."""
    visits = rows(OWN_VISITS, [viewer.worker])
    events = list(open_rows(Event).filter(worker=viewer.worker))
    ids = sorted({event.family_id for event in events})
    met: dict[str, list[date]] = {}
    for row in rows(MET, {"ids": ids}) if ids else ():
        met.setdefault(row["family_id"], []).append(row["on_date"])
    complete = list(said["complete"])
    seen = sorted({v["family_id"] for v in visits if v["on_date"] and v["result"] in complete})
    told = release.has("families", "base_family_id") and release.has("visits", "result")
    outside = rows(OUTSIDE, {"ids": seen, "complete": complete}) if seen and told else ()
    new = frozenset(row["family_id"] for row in outside)
    return Deeds(visits, events, met, new, cases_of(viewer))


def line(
    measure: Row, said: Settings, released: Row | None, done: Deeds, day: date, language: str
) -> Line:
    """One measure with the release's count and what came since."""
    count = COUNTS.get(measure["kind"])
    since, since_of = count(measure, said, done, day) if count is not None else (None, 0)
    row = released or {}
    shared = measure["kind"] in SHARED
    made = Line(
        measure=measure["id"],
        label=measure["labels"][language],
        unit=measure["unit"][language],
        shared=shared,
        group="discipline" if measure["discipline"] else APART.get(measure["kind"], "own"),
        target=row.get("target"),
        released=row.get("achieved"),
        released_of=row.get("of"),
        since=since,
        since_of=since_of,
        expected=None,
        state="",
    )
    expected = expected_by(made, day)
    unknown = row.get("unknown") or 0
    state = state_of(made, expected, unknown, int(said["on_course_percent"]))
    return Line(**{**made.__dict__, "expected": expected, "state": state})


def expected_by(one: Line, day: date) -> int | None:
    """Of a number the part of the year that is over; of a share so much of what was due."""
    if one.target is None:
        return None
    if one.shared:
        return -(-(one.of or 0) * one.target // 100)
    first, last = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return one.target * ((day - first).days + 1) // (last - first).days


def state_of(one: Line, expected: int | None, unknown: int, within: int) -> str:
    """As `pace` says it of a release."""
    if one.target is None:
        return "no_target"
    achieved = one.achieved
    if achieved is None or expected is None:
        return "not_known"
    if one.shared:
        if not one.of:
            return "nothing_due"
        if achieved >= expected:
            return "reached"
        return "not_known" if achieved + unknown >= expected else "behind"
    if achieved >= one.target:
        return "reached"
    if achieved * 100 > expected * (100 + within):
        return "ahead"
    if achieved * 100 >= expected * (100 - within):
        return "on_course"
    return "not_known" if (achieved + unknown) * 100 >= expected * (100 - within) else "behind"


Count = tuple[int, int]
"""Achieved, and out of how many."""


def _visits(measure: Row, said: Settings, done: Deeds, day: date) -> Count:
    made = [
        one
        for one in done.visits
        if _of_year(one["on_date"], day)
        and one["result"] in said["complete"]
        and (not measure["purposes"] or one["purpose"] in measure["purposes"])
    ]
    return len(made), len(made)


def _planned(said: Settings, done: Deeds, day: date, purposes: Iterable[str]) -> list[Row]:
    """Planned visits that were made, or should have been by now."""
    late = timedelta(days=int(said["schedule_days"]))
    wanted = set(purposes)
    return [
        one
        for one in done.visits
        if _of_year(one["planned_on"], day)
        and (not wanted or one["purpose"] in wanted)
        and (one["on_date"] is not None or one["planned_on"] + late < day)
    ]


def _kept(measure: Row, said: Settings, done: Deeds, day: date) -> Count:
    due = _planned(said, done, day, measure["purposes"])
    return sum(bool(one["on_date"] and one["result"] in said["made"]) for one in due), len(due)


def _on_schedule(measure: Row, said: Settings, done: Deeds, day: date) -> Count:
    due, most = _planned(said, done, day, measure["purposes"]), int(said["schedule_days"])
    return (
        sum(
            bool(
                one["on_date"]
                and one["result"] in said["made"]
                and abs((one["on_date"] - one["planned_on"]).days) <= most
            )
            for one in due
        ),
        len(due),
    )


def _outside(_measure: Row, said: Settings, done: Deeds, day: date) -> Count:
    found = {
        one["family_id"]
        for one in done.visits
        if _of_year(one["on_date"], day) and one["result"] in said["complete"]
    }
    many = len(found & done.outside)
    return many, many


def _revisits(_measure: Row, said: Settings, done: Deeds, day: date) -> Count:
    made = [
        one
        for one in done.visits
        if _of_year(one["on_date"], day) and one["purpose"] in said["revisit_purposes"]
    ]
    return len(made), len(made)


def _events_of(measure: Row, done: Deeds, day: date) -> dict[tuple[str, str, date], Event]:
    """One event of each family (or person), kind and day: what is recorded twice happened once."""
    person = measure["of"] == "person"
    found: dict[tuple[str, str, date], Event] = {}
    for one in done.events:
        unit = one.person_id if person else one.family_id
        fits = not measure["events"] or one.event in measure["events"]
        if one.event == "shock" and measure["shocks"] and one.shock not in measure["shocks"]:
            fits = False
        if unit and fits and _of_year(one.on_date, day):
            first = found.setdefault((unit, one.event, one.on_date), one)
            if one.recorded_on < first.recorded_on:
                found[unit, one.event, one.on_date] = one
    return found


def _events(measure: Row, _said: Settings, done: Deeds, day: date) -> Count:
    many = len(_events_of(measure, done, day))
    return many, many


def _recorded_within(measure: Row, _said: Settings, done: Deeds, day: date) -> Count:
    found, most = _events_of(measure, done, day).values(), int(measure["days"])
    return sum((one.recorded_on - one.on_date).days <= most for one in found), len(found)


def _followed_up(measure: Row, _said: Settings, done: Deeds, day: date) -> Count:
    """Those with time left are not counted yet."""
    most, met = timedelta(days=int(measure["days"])), done.met or {}
    achieved = of = 0
    for one in _events_of(measure, done, day).values():
        visited = any(one.on_date <= d <= one.on_date + most for d in met.get(one.family_id, ()))
        if visited or one.on_date + most < day:
            achieved, of = achieved + visited, of + 1
    return achieved, of


def _reports(_measure: Row, said: Settings, done: Deeds, day: date) -> Count:
    """Recorded by the cut-off of the month that follows."""
    found = [one for one in done.events if _of_year(one.on_date, day)]
    in_time = 0
    for one in found:
        year, month = divmod(one.on_date.year * 12 + one.on_date.month, 12)
        in_time += one.recorded_on <= date(year, month + 1, int(said["report_day"]))
    return in_time, len(found)


def _graduations(_measure: Row, _said: Settings, done: Deeds, day: date) -> Count:
    many = sum(
        one.event == "rung_move" and one.rung == GRADUATED and _of_year(one.on_date, day)
        for one in done.events
    )
    return many, many


def _assessed(measure: Row, _said: Settings, done: Deeds, day: date) -> Count:
    found = assessed_in_time(measure, done.cases, day)
    return sum(found), len(found)


def _cases_ended(measure: Row, _said: Settings, done: Deeds, day: date) -> Count:
    found = ended_well(measure, done.cases, day)
    return sum(found), len(found)


def _of_year(day: date | None, now: date) -> bool:
    return day is not None and day.year == now.year and day <= now


COUNTS: Mapping[str, Callable[[Row, Settings, Deeds, date], Count]] = {
    "visits": _visits,
    "visits_kept": _kept,
    "visits_on_schedule": _on_schedule,
    "outside": _outside,
    "events": _events,
    "recorded_within": _recorded_within,
    "followed_up": _followed_up,
    "reports": _reports,
    "revisits": _revisits,
    "graduations": _graduations,
    "assessed": _assessed,
    "cases_ended": _cases_ended,
}
"""Kind of measure -> what one worker's own records since the release tell of it. The other kinds
rest on what many recorded: the next release counts them."""
