"""The facts of the village on a day of its six years, read from the diary in plain Python.

    facts("sari", date(2027, 8, 31))

A third reading of acts, on purpose: written out for ten families, beside the engine's for a
country and `tangga.rules.history`. The cap is in force from July 2026 (overlays/cap_in_force).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from ladder_cases import CAP_IN_FORCE, policy
from tangga.rules.clock import (
    Adult,
    Claimant,
    FamilyCount,
    Grant,
    Stay,
    case_months,
    collected,
    counted,
    disaster_months,
    family_count,
)
from tangga.rules.clock_settings import Clock
from tangga.rules.days import months_before, whole_months
from tangga.rules.facts_reading import Row, reading
from tangga.rules.names import Facts
from tangga.rules.on_date import OnDate
from tangga.rules.values import Value
from village import CAST, DECILES
from village_years import (
    Act,
    Enrolment,
    acts,
    enrolments,
    family_row,
    home,
    living,
    person_row,
    running,
)


@lru_cache(maxsize=200)
def _collected(on: date, clock: Clock) -> Mapping[str, frozenset[int]]:
    grants = [
        Grant(
            home(CAST[e.person]),
            e.person,
            e.programme,
            e.since,
            e.until - timedelta(1) if e.until else None,
        )
        for e in enrolments(on)
    ]
    stays = [
        Stay(v.key, home(v), v.birth, d[0].on if (d := acts(on, "death", v.key)) else None)
        for v in CAST.values()
    ]
    disasters = {
        act.who: disaster_months(act.on, None, clock, on)
        for act in acts(on, "shock")
        if act.said["shock"] in clock.disasters
    }
    return collected(grants, stays, clock, on, disasters)


def clock_of(family: str, on: date, today: OnDate, persons: Facts) -> FamilyCount:
    """The family's months, from those of its members. persons: facts without history of months."""
    clock = Clock.of(today.clock.says)
    claimants = []
    for facts in persons.members:
        who = CAST[str(facts.get("person_id"))]
        cases = frozenset[int]().union(
            *(case_months(one.opened, one.closed, on) for one in _cases(who.key, on))
        )
        adult = Adult(who.birth, facts.get("school_status") == "attending", cases)
        months = counted(_collected(on, clock).get(who.key, frozenset()), adult, clock)
        claimants.append(
            Claimant(
                months=len(months.sure),
                unsure=len(months.unsure),
                since_start=months.since(clock.starts_on),
                leads=facts.get("relation") in ("head", "spouse"),
                exempt=facts.get("exempt"),  # type: ignore[arg-type]
                able=facts.get("able"),  # type: ignore[arg-type]
                born=who.birth,
                person=who.key,
            )
        )
    return family_count(claimants)


# --- history facts ------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseOf:
    """A rehabilitation case as known on a day."""

    opened: date
    reviewed: date
    closed: date | None


def _cases(person: str, on: date) -> list[CaseOf]:
    found = []
    for act in acts(on, "open", person):
        of_it = [a for a in acts(on, who=person) if a.said.get("id") == act.said["id"]]
        reviews = [a.on for a in of_it if a.kind in ("open", "review")]
        closed = next((a.on for a in of_it if a.kind == "close"), None)
        found.append(CaseOf(act.on, max(reviews), closed))
    return found


def person_history(person: str, on: date) -> dict[str, Value]:
    """The history facts of a person that the rules of the ladder read."""
    cases, assessed = _cases(person, on), acts(on, "assess", person)
    opened = [one for one in cases if one.closed is None]
    closed = [one.closed for one in cases if one.closed is not None]
    left = {a.said["id"] for a in acts(on, "leave", person)}
    return {
        "case_open": bool(opened),
        "case_reviewed_on": max((one.reviewed for one in opened), default=None),
        "case_closed_on": max(closed, default=None),
        "need_assessed": assessed[-1].said["need"] if assessed else None,
        "need_assessed_on": assessed[-1].on if assessed else None,
        "assessed_disabled": False,
        "exempt_claimed": False,
        "group_member": any(a.said["id"] not in left for a in acts(on, "join", person)),
    }


def family_history(family: str, on: date, today: OnDate) -> dict[str, Value]:
    """The history facts of a family that the rules of the ladder read, but for the months."""
    rung, since = _rung(family, on)
    return {
        "rung": rung,
        "rung_since": since,
        "support_open": bool(_counted(family, on)),
        "clock_bound_open": any(_bound(one, today) for one in _counted(family, on)),
        **_decile(family, on),
        **_shock(family, on),
        **_extension(family, on),
        **_visits(family, on, since, today),
        **_receives(family, on),
    }


def _counted(family: str, on: date) -> list[Enrolment]:
    return [one for one in running(family, on) if one.programme in ("pkh", "sembako")]


def _bound(spell: Enrolment, today: OnDate) -> bool:
    """Whether the clock can end a spell: an elder's or disabled person's component it cannot."""
    components = today.programmes[spell.programme][1].says.benefit.components
    return all(one.ends_by_clock for one in components if one.id == spell.component)


def _rung(family: str, on: date) -> tuple[str | None, date | None]:
    moves = acts(on, "rung", family)
    if moves:
        return moves[-1].said["rung"] or None, moves[-1].on
    open_ = _counted(family, on)
    return ("protection", min(one.since for one in open_)) if open_ else (None, None)


def _decile(family: str, on: date) -> dict[str, Value]:
    if family not in DECILES:
        return {"decile": None, "decile_on": None, "decile_before": None}
    said = [(date(2026, 1, 23), DECILES[family])]
    later = [a for a in acts(on, "decile") if a.on <= on]
    if later:
        own = next((a.said["decile"] for a in later if a.who == family), said[0][1])
        said.append((later[-1].on, own))
    deciles = [int(text) if text else None for _, text in said]
    return {
        "decile": deciles[-1],
        "decile_on": said[-1][0],
        "decile_before": deciles[-2] if len(deciles) > 1 else None,
    }


def _shock(family: str, on: date) -> dict[str, Value]:
    open_ = [a for a in acts(on, "shock", family) if a.on >= months_before(on, 12)]
    return {
        "shock": open_[-1].said["shock"] if open_ else None,
        "shock_on": open_[-1].on if open_ else None,
    }


def _extension(family: str, on: date) -> dict[str, Value]:
    untils = [a.day("until") for a in acts(on, "extend", family)]
    return {"extended_until": untils[-1] if untils else None}


def _visits(family: str, on: date, since: date | None, today: OnDate) -> dict[str, Value]:
    """Visits: the last one, the unbroken run of observations above the buffer, the papers."""
    visits = acts(on, "visit", family)
    run: list[Act] = []
    for visit in visits:
        line = poverty_line(family, visit.on, today)
        high = int(visit.said["income"]) * 10 >= line * 12 * len(living(family, visit.on))
        run = [*run, visit] if high else []
    on_rung = [v for v in visits if since is None or v.on >= since]
    asked = [v.said["statement"] for v in on_rung if "statement" in v.said]
    return {
        "visited_on": visits[-1].on if visits else None,
        "above_first": run[0].on if run else None,
        "above_last": run[-1].on if run else None,
        "above_months": whole_months(run[0].on, run[-1].on) if run else 0,
        "above_observers": len({v.said["worker"] for v in run}),
        "statement": asked[-1] if asked else None,
        "minutes": any("document" in v.said for v in on_rung),
    }


def poverty_line(family: str, on: date, today: OnDate) -> int:
    """The line of the family's province on a day."""
    return int(reading(today.facts, on).family(family_row(family, on)).get("poverty_line"))  # type: ignore[arg-type]


def _receives(family: str, on: date) -> dict[str, Value]:
    """On a list that came: true or false; of no list: not known."""
    listed = {one.programme for one in enrolments(on)}
    own = {one.programme for one in running(family, on)}
    return {f"receives_{programme}": programme in own for programme in listed}


# --- facts --------------------------------------------------------------------------------------


@lru_cache(maxsize=200)
def today(on: date) -> OnDate:
    """The policy of a day, with the cap in force from July 2026."""
    return policy(CAP_IN_FORCE).on(on)


@lru_cache(maxsize=2000)
def facts(family: str, on: date) -> Facts:
    """All facts of a family on a day."""
    people = living(family, on)
    rows: list[Row] = [person_row(who, on) for who in people]
    pasts = [person_history(who.key, on) for who in people]
    past = family_history(family, on, today(on))
    read = reading(today(on).facts, on)
    without = read.family(family_row(family, on), rows, past, pasts)
    months_ = clock_of(family, on, today(on), without)
    past |= {"months_protected": months_.months_protected}
    return read.family(family_row(family, on), rows, past, pasts)
