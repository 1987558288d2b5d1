"""What the evidence of a pair is worth, in hundredths of a bit.

A score is a pure function of the two rows: frequencies were put on the rows before (`sides`),
and all arithmetic is on integers, so that it is the same in every part and on every machine.
"""

from __future__ import annotations

from tangga.engine.link.keys import FIXED, key_column, place_column
from tangga.engine.link.levels import ALIKE, RARITY, UNKNOWN, levels, otherwise
from tangga.engine.link.model import Comparison, Model


def scored_sql(
    pairs: str, sides: tuple[str, str], model: Model, prior: int, neighbours: int | None
) -> str:
    """Pairs that reach the review threshold: `l, r, lg, rg`, each comparison's `w_*`, `weight`.

    sides: relations that hold each pair's `l` and its `r`. prior: hundredths of a bit, negative.
    neighbours: how many leading characters two numbers share when they differ only in their serial
    part (None: numbers have no such part).
    """
    floor = round(100 * model.review)
    weighed = [c for c in model.comparisons if c.kind != "visit"]
    cheap = [c for c in weighed if c.kind != "name"]
    names = [c for c in weighed if c.kind == "name"]
    alike = ", ".join(f"{value} AS {name}" for name, value in ALIKE.items())
    so_far = " + ".join([str(prior), *(f"w_{c.slug}" for c in cheap)])
    total = " + ".join([str(prior), *(f"w_{c.slug}" for c in weighed)])

    def worth(comparisons: list[Comparison]) -> str:
        return "".join(f", {_expression(c, model, neighbours)} AS w_{c.slug}" for c in comparisons)

    return f"""
WITH p AS (SELECT DISTINCT l, r FROM {pairs}),
met AS (
  SELECT p.l, p.r, {both_sides(model)}
  FROM p JOIN {sides[0]} AS a ON p.l = a.vid JOIN {sides[1]} AS b ON p.r = b.vid
),
begun AS (SELECT *{worth(cheap)} FROM met),
hopeful AS (SELECT *, {alike} FROM begun WHERE {so_far} + {_at_best(names)} >= {floor}),
weighed AS (SELECT *{worth(names)} FROM hopeful)
SELECT l, r, l_gid AS lg, r_gid AS rg, {", ".join(f"w_{c.slug}" for c in weighed)},
       {total} AS weight
FROM weighed WHERE {total} >= {floor}
"""


def both_sides(model: Model) -> str:
    """Columns `l_*` and `r_*` of the sides `a` and `b`: what levels and rarities read."""
    weighed = [c for c in model.comparisons if c.kind != "visit"]
    compared = {key_column(model.keys[k], model) for c in weighed for k in _keys_of(c)}
    held = [place_column(key) for key in model.places()]
    rare = ["ab", "nb", "fb", "pb", "db", *held]
    columns = [*FIXED, "gid", *rare, *sorted(compared - set(FIXED))]
    return ", ".join(f"a.{c} AS l_{c}, b.{c} AS r_{c}" for c in columns)


def _at_best(names: list[Comparison]) -> str:
    """The most a pair's names can be worth; they are looked at closely only where it matters."""
    return " + ".join(_name_at_best(c) for c in names) or "0"


def _name_at_best(c: Comparison) -> str:
    rare = [level for kind, level in RARITY if kind == "name" and level not in ("equal", "sorted")]
    plain = [bits for level, bits in c.weights.items() if (c.kind, level) not in RARITY]
    most = [_worth(c, level) for level in rare] + [str(round(100 * max(0, *plain)))]
    same = f"{_worth(c, 'equal')} + {round(100 * max(0, c.weights['sorted']))}"
    return f"CASE WHEN l_st = r_st THEN {same} ELSE greatest({', '.join(most)}) END"


def _keys_of(comparison: Comparison) -> list[str]:
    return [comparison.key] if comparison.key else [key for key, _ in comparison.levels]


def _expression(comparison: Comparison, model: Model, neighbours: int | None) -> str:
    tried = levels(comparison, model, neighbours)
    whens = " ".join(f"WHEN {when} THEN {_worth(comparison, name)}" for name, when in tried)
    rest = _worth(comparison, otherwise(comparison))
    return f"CAST(CASE {whens} ELSE {rest} END AS INTEGER)"


def _worth(c: Comparison, level: str) -> str:
    """Hundredths of a bit, as SQL."""
    if level == UNKNOWN:
        return "0"
    bits = dict(c.levels).get(level, c.weights.get(level))
    rarity = rarity_of(c, level)
    if bits is None:
        return rarity
    return f"{rarity} + {round(100 * bits)}" if rarity else str(round(100 * bits))


def rarity_of(c: Comparison, level: str) -> str:
    """The rarity that a level is worth, in hundredths of a bit, as SQL; empty where none is."""
    if level in c.rarity:
        rare = place_column(c.rarity[level])
        return f"coalesce(least(l_{rare}, r_{rare}), 0)"
    return RARITY.get((c.kind, level), (None, ""))[1]
