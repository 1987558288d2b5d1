"""The tables of a plan: who does what where and when, what is used up, which families, what is
assumed.

Families in rehabilitation stand in them by area and intervention only, are never listed by id, and
fewer than the pack's smallest cell are not shown at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tangga.engine.optimise.parameters import HIGH, LOW, MIDDLE
from tangga.engine.optimise.prices import NONE
from tangga.engine.optimise.problem import Floats, Limit
from tangga.engine.optimise.shadow import by_year
from tangga.engine.optimise.states import HELD
from tangga.engine.optimise.words import shadow_words
from tangga.texts import LANGUAGES

if TYPE_CHECKING:
    from tangga.engine.optimise.plan import Plan

CONTINUE = "continue"
FEW = 0.005
"""Families below which a row is left out: it would read 0,00."""
EFFECTS = ("graduates", "lasts", "poor_years")
Row = dict[str, Any]


def tables(plan: Plan) -> dict[str, pa.Table]:
    """Every table by its name, in the order in which they are written."""
    rows = {
        "plan": list(plan_rows(plan)),
        "by_area": list(by_area(plan)),
        "limits": list(limit_rows(plan)),
        "shadow_prices": list(shadow_rows(plan)),
        "families": family_rows(plan),
        "targets": list(goal_rows(plan)),
        "assumptions": list(assumption_rows(plan)),
        "sensitivity": [vars(one) for one in plan.sensitivity],
        "not_known": [vars(one) for one in plan.found.not_known],
    }
    return {name: pa.Table.from_pylist(found, SCHEMAS[name]) for name, found in rows.items()}


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


TEXT, WHOLE, REAL, FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
SCHEMAS = {
    "plan": _schema(
        year=WHOLE, area=TEXT, area_name=TEXT, rung=TEXT, kind=TEXT, years_on_support=WHOLE,
        severity=TEXT, intervention=TEXT, families=REAL, whole_families=FLAG, graduations=REAL,
        lasting=REAL, poor_years=REAL, cost=WHOLE, hours=WHOLE, assumption=FLAG,
    ),
    "by_area": _schema(
        year=WHOLE, area=TEXT, area_name=TEXT, intervention=TEXT, focus=TEXT, families=REAL,
        ask_first=WHOLE, graduations=REAL, lasting=REAL, lasting_low=REAL, lasting_high=REAL,
        poor_years=REAL, cost=WHOLE, hours=WHOLE, assumption=FLAG,
    ),
    "limits": _schema(
        what=TEXT, area=TEXT, area_name=TEXT, year=WHOLE, of=TEXT, capacity=WHOLE, used=WHOLE,
        price=REAL,
    ),
    "shadow_prices": _schema(
        what=TEXT, area=TEXT, area_name=TEXT, year=WHOLE, of=TEXT, step=WHOLE, by_price=REAL,
        solved_again=REAL, lasting=REAL, words_id=TEXT, words_en=TEXT,
    ),
    "families": _schema(
        family_id=TEXT, area=TEXT, year=WHOLE, intervention=TEXT, chosen=FLAG, tied=FLAG,
        ask_first=FLAG, priority=REAL, draw=WHOLE,
    ),
    "targets": _schema(
        area=TEXT, area_name=TEXT, year=WHOLE, target=REAL, reached=REAL, lacking=REAL, price=REAL
    ),
    "assumptions": _schema(
        intervention=TEXT, effect=TEXT, low=REAL, stated=REAL, high=REAL, cost=WHOLE,
        cost_source=TEXT, effect_source=TEXT, assumption=FLAG,
    ),
    "sensitivity": _schema(end=TEXT, value=REAL, best=REAL, same=REAL),
    "not_known": _schema(what=TEXT, intervention=TEXT, area=TEXT, year=WHOLE),
}  # fmt: skip


def plan_rows(plan: Plan) -> Iterator[Row]:
    """One row: an area, state, intervention and year. Who is held by rehabilitation is not here."""
    states, severities = plan.families.states, plan.stated.says["severity"]
    groups = [one["id"] for one in severities] + [None]
    found = plan.families_by_year
    for area, s, k, year in np.argwhere(found > FEW):
        state = states[s]
        if state.kind == HELD:
            continue
        yield {
            **_where(plan, area, year),
            "rung": state.rung,
            "kind": state.kind,
            "years_on_support": state.years,
            "severity": groups[state.severity],
            "intervention": _way(plan, k),
            **_brought(plan, found[area, s, k, year], s, k),
            "whole_families": bool(year == 0),
            "assumption": True,
        }


def by_area(plan: Plan) -> Iterator[Row]:
    """One row: an area, intervention and year, with the range of what lasts."""
    found, smallest = plan.families_by_year, plan.stated.says["smallest_cell"]
    asked = _asked(plan)
    for area in range(found.shape[0]):
        for year in range(found.shape[3]):
            for k, way in enumerate(plan.stated.interventions):
                families = found[area, :, k + 1, year]
                many = float(families.sum())
                if many <= FEW:
                    continue
                row = {**_where(plan, area, year), "intervention": way.id}
                row |= {"focus": way.says["focus"], "assumption": True}
                if HELD in way.says["kinds"] and many < smallest:
                    yield row
                    continue
                yield {
                    **row,
                    **_sums(plan, families, k),
                    "ask_first": int(asked[area, k]) if year == 0 else None,
                }


def _asked(plan: Plan) -> Floats:
    """(A, K) families of the first year of whom something has to be asked first."""
    chosen, families = plan.whole.chosen, plan.families
    asked = np.zeros((len(families.areas), len(plan.stated.interventions)))
    (some,) = np.nonzero(chosen != NONE)
    some = some[families.asked[some, chosen[some]]]
    np.add.at(asked, (families.area[some], chosen[some]), 1)
    return asked


def _sums(plan: Plan, families: Floats, k: int) -> Row:
    effects, way = plan.problem.effects, plan.stated.interventions[k]
    many = float(families.sum())
    lasting = effects.graduates[:, k] * effects.lasts[:, k]
    middle = way.effect("graduates") * way.effect("lasts")
    ends = [way.effect("graduates", end) * way.effect("lasts", end) for end in (LOW, HIGH)]
    low, high = (float(families @ lasting) * (end / middle if middle else 0.0) for end in ends)
    return {
        "families": round(many, 2),
        "graduations": round(float(families @ effects.graduates[:, k]), 2),
        "lasting": round(float(families @ lasting), 2),
        "lasting_low": round(low, 2),
        "lasting_high": round(high, 2),
        "poor_years": round(float(families @ effects.avoided[:, k]), 2),
        "cost": round(many * way.cost),
        "hours": round(many * way.hours),
    }


def _where(plan: Plan, area: int, year: int) -> Row:
    code = plan.families.areas[area]
    return {"year": plan.first + int(year), "area": code, "area_name": plan.tree.name(code)}


def _way(plan: Plan, activity: int) -> str:
    return plan.stated.interventions[activity - 1].id if activity else CONTINUE


def _brought(plan: Plan, families: float, s: int, activity: int) -> Row:
    if not activity:
        return {"families": round(float(families), 2), "cost": 0, "hours": 0}
    effects, k = plan.problem.effects, activity - 1
    way, graduates = plan.stated.interventions[k], families * effects.graduates[s, k]
    return {
        "families": round(float(families), 2),
        "graduations": round(float(graduates), 3),
        "lasting": round(float(graduates * effects.lasts[s, k]), 3),
        "poor_years": round(float(families * effects.avoided[s, k]), 3),
        "cost": round(families * way.cost),
        "hours": round(families * way.hours),
    }


def used(limit: Limit, families: Floats) -> float:
    """What a plan uses of a limit. families: (A, S, K + 1, T)."""
    return float((families[limit.areas, :, :, limit.year] * limit.uses).sum())


def limit_rows(plan: Plan) -> Iterator[Row]:
    """One row: a limit, what is used of it, and its price (what one unit more would bring)."""
    for n, limit in enumerate(plan.problem.limits):
        so_much = used(limit, plan.families_by_year)
        hidden = limit.uses.min() < 0 or _tells_of_a_case(plan, limit)
        yield {
            **_of_limit(plan, limit),
            "capacity": round(limit.capacity),
            "used": None if hidden else round(so_much),
            "price": float(plan.solution.prices[n]),
        }


def _tells_of_a_case(plan: Plan, limit: Limit) -> bool:
    """Whether what is used would tell how many of a few are in rehabilitation."""
    ways = [k for k, w in enumerate(plan.stated.interventions) if HELD in w.says["kinds"]]
    ways = [k for k in ways if limit.uses[:, k + 1].any()]
    families = plan.families_by_year[limit.areas, :, :, limit.year]
    many = sum(families[:, :, k + 1].sum(axis=1) for k in ways)
    return bool(ways and ((many > FEW) & (many < plan.stated.says["smallest_cell"])).any())


def _of_limit(plan: Plan, limit: Limit) -> Row:
    return {
        "what": limit.what,
        "area": limit.area,
        "area_name": plan.tree.name(limit.area),
        "year": plan.first + limit.year,
        "of": limit.focus or None,
    }


def shadow_rows(plan: Plan) -> Iterator[Row]:
    """One row: a scarce limit, and what a step more of it would bring, in words."""
    for one in plan.shadows:
        where = _of_limit(plan, one.limit)
        yield {
            **where,
            "step": round(one.step),
            "by_price": one.priced,
            "solved_again": one.brings,
            "lasting": one.graduations,
            **{f"words_{language}": shadow_words(one, plan, language) for language in LANGUAGES},
        }


def family_rows(plan: Plan) -> list[Row]:
    """Families that get something in the first year, and those whom only the draw kept from it; by
    area, intervention, priority and draw."""
    families, whole = plan.families, plan.whole
    named = np.array([way.says["named"] for way in plan.stated.interventions])
    rows = []
    for n in np.flatnonzero((whole.chosen != NONE) | whole.tied):
        state, k = families.states[families.state[n]], int(whole.chosen[n])
        if state.kind == HELD or (k != NONE and not named[k]):
            continue
        rows.append(_family(plan, int(n), k))
    return sorted(rows, key=_listed_by)


def _listed_by(row: Row) -> tuple[Any, ...]:
    way = row["intervention"] or ""
    return (row["area"], not row["chosen"], way, -row["priority"], row["draw"])


def _family(plan: Plan, n: int, k: int) -> Row:
    families, whole = plan.families, plan.whole
    return {
        "family_id": families.ids[n],
        "area": families.areas[families.area[n]],
        "year": plan.first,
        "intervention": plan.stated.interventions[k].id if k != NONE else None,
        "chosen": k != NONE,
        "tied": bool(whole.tied[n]),
        "ask_first": bool(families.asked[n, k]) if k != NONE else None,
        "priority": round(float(whole.net[n]), 6) + 0.0,
        "draw": int(plan.draw[n]),
    }


def goal_rows(plan: Plan) -> Iterator[Row]:
    """One row: a target, what the plan is expected to reach of it, and what is lacking."""
    first, effects = len(plan.problem.limits), plan.problem.effects
    for n, goal in enumerate(plan.problem.goals):
        families = plan.families_by_year[goal.areas]
        reached = float(by_year(effects, families, effects.graduates)[goal.year])
        yield {
            "area": goal.area,
            "area_name": plan.tree.name(goal.area),
            "year": plan.first + goal.year,
            "target": goal.least,
            "reached": round(reached, 2),
            "lacking": round(max(0.0, goal.least - reached), 2),
            "price": float(plan.solution.prices[first + n]),
        }


def assumption_rows(plan: Plan) -> Iterator[Row]:
    """One row: an effect of an intervention, its range and where it is from."""
    for way in plan.stated.interventions:
        for effect in EFFECTS:
            stated = {
                name: float(Decimal(str(way.says[f"{effect}{end}"])))
                for name, end in (("low", LOW), ("stated", MIDDLE), ("high", HIGH))
            }
            sources = {name: way.says[name] for name in ("cost_source", "effect_source")}
            yield {
                "intervention": way.id,
                "effect": effect,
                **stated,
                "cost": way.cost,
                **sources,
                "assumption": True,
            }
