"""What is expected of each cell: births and deaths by age, and what is owed to its families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangga.engine.forecast.cells import Cells, Real, Whole
from tangga.engine.forecast.exact import Outlook
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.support import RUNNING
from tangga.engine.plan.clock import codes
from tangga.engine.plan.months import month
from tangga.rules.answer import YES
from tangga.rules.holds import answer_of
from tangga.rules.names import Facts
from tangga.rules.policy import Benefit

MILLION = 1_000_000
THOUSAND = 1000


@dataclass(frozen=True)
class Expected:
    """By cell: births, deaths, deaths of people who are a family alone, [cell, year]; owed, of each
    programme, by arithmetic [cell, month]. unknown: people without a birth date, of whom nothing is
    drawn. per_birth, per_death: programme -> rupiah a year that a birth adds or a death ends, of
    each area.
    """

    births: Real
    deaths: Real
    alone: Real
    owed: Mapping[str, Whole]
    unknown: int
    per_birth: Mapping[str, Real]
    per_death: Mapping[str, Real]

    def amounts(self, programme: str) -> dict[str, Real]:
        """What a birth and a death change, rupiah a year by area."""
        if programme not in self.per_birth:
            return {}
        return {"births": self.per_birth[programme], "deaths": -self.per_death[programme]}


def expected(outlook: Outlook, says: Mapping[str, Any], cells: Cells) -> Expected:
    """Work it out from the people of the outlook, their ages, and what the pack says of ages."""
    run, months = outlook.run, outlook.calendar.months
    years = (months + 11) // 12
    by_member = [
        (id_, version.says.benefit)
        for id_, (_, version) in run.today.programmes.items()
        if version.says.benefit.components
    ]
    rows = run.rows(
        statement(
            "chances",
            people=outlook.people,
            cells="family_cells",
            components=run.scan("plan", "components"),
            owed=outlook.owed,
            running=RUNNING,
            programmes=codes(tuple(id_ for id_, _ in by_member)),
            births=_by_age(says["birth"], outlook),
            deaths=_by_age(says["death"], outlook),
            years=years,
        )
    )
    found = np.zeros((4, len(cells), years))
    for row in rows:
        found[:, row[0], row[1]] = row[2:6]
    births, deaths, alone, lost = found / MILLION
    owed = _owed(outlook, cells)
    return Expected(
        births,
        deaths,
        alone,
        owed,
        sum(row[6] for row in rows if row[1] == 0),
        {id_: _per_birth(outlook, cells, births, id_, benefit) for id_, benefit in by_member},
        {id_: _ratio(cells, lost, deaths) for id_, _ in by_member},
    )


def _by_age(bands: Sequence[Mapping[str, Any]], outlook: Outlook) -> str:
    """SQL: millionths a year for a person `p`, by age in months in the middle of a year of the
    calendar; 0 outside every band and for an age that is not known."""
    age = f"({outlook.calendar.now} + 12 * y.year + 6 - {month('p.born_lo')})"
    cases = []
    for band in bands:
        upper = "" if band["below_age"] is None else f" AND {age} < {band['below_age'] * 12}"
        chance = int(band["per_thousand"] * THOUSAND)
        cases.append(f"WHEN {age} >= {band['from_age'] * 12}{upper} THEN {chance}")
    return f"(CASE {' '.join(cases)} ELSE 0 END)" if cases else "0"


def _owed(outlook: Outlook, cells: Cells) -> dict[str, Whole]:
    """What is owed by arithmetic to the families of each cell, [cell, month], by programme."""
    sql = statement(
        "owed_by_cell",
        owed=outlook.owed,
        cells="family_cells",
        months=outlook.calendar.months,
        month=f"(({outlook.calendar.now} + k) % 12)",
    )
    programme, cell, k, rupiah = outlook.run.con.execute(sql).fetchnumpy().values()
    found: dict[str, Whole] = {}
    for name in sorted(set(programme)):
        own = programme == name
        found[name] = np.zeros((len(cells), outlook.calendar.months + 1), np.int64)
        found[name][cell[own], k[own]] = rupiah[own]
    return found


def _ratio(cells: Cells, amount: Real, events: Real) -> Real:
    """Rupiah an event, by area, over the years of the calendar."""
    rupiah, many = (cells.by_area(each.sum(axis=1)) for each in (amount, events))
    return np.asarray(np.divide(rupiah, many, out=np.zeros(len(cells.areas)), where=many > 0))


def _per_birth(
    outlook: Outlook, cells: Cells, births: Real, programme: str, benefit: Benefit
) -> Real:
    """What a newborn adds a year, where the programme runs for the family and has room for it."""
    newborn = Facts({"born": outlook.run.day})
    fitting = [
        one for one in benefit.components if answer_of(one.who, newborn, outlook.run.day) is YES
    ]
    if not fitting:
        return np.zeros(len(cells.areas))
    best = max(fitting, key=lambda one: one.amount_year)
    limits = {"members": benefit.most_members, "children": benefit.most_children, "own": best.most}
    room = {name: most - 1 if most else 10**6 for name, most in limits.items()}
    children = tuple(one.id for one in benefit.components if one.child)
    share = np.zeros(len(cells))
    for cell, with_room in outlook.run.rows(
        statement(
            "room",
            running=RUNNING,
            cells="family_cells",
            components=outlook.run.scan("plan", "components"),
            programme=programme,
            own=best.id,
            children=codes(children),
            room_members=room["members"],
            room_children=room["children"],
            room_own=room["own"],
        )
    ):
        share[cell] = with_room / cells.families[cell]
    return _ratio(cells, births * share[:, None] * best.amount_year, births)
