"""What was found when two records were compared: the level of each comparison, by its name.

The same levels and rarities as in `score`, so that words and weights come from one truth.
"""

from __future__ import annotations

from tangga.engine.link.levels import ALIKE, levels, otherwise
from tangga.engine.link.model import Comparison, Model
from tangga.engine.link.score import both_sides, rarity_of


def evidence_sql(pairs: str, sides: str, model: Model, neighbours: int | None) -> str:
    """One row per pair: `l, r`, and of each comparison `level_*` and `rare_*` (the rarity of what
    agrees, in hundredths of a bit; null where none counts).

    pairs: relation of `l, r` (`vid` of sides). neighbours: as in `scored_sql`.
    """
    weighed = [c for c in model.comparisons if c.kind != "visit"]
    found = "".join(
        f", {_level(c, model, neighbours)} AS level_{c.slug}"
        f", {_rarity(c, model, neighbours)} AS rare_{c.slug}"
        for c in weighed
    )
    alike = ", ".join(f"{value} AS {name}" for name, value in ALIKE.items())
    return f"""
WITH met AS (
  SELECT p.l, p.r, {both_sides(model)}
  FROM {pairs} AS p JOIN {sides} AS a ON p.l = a.vid JOIN {sides} AS b ON p.r = b.vid
),
likened AS (SELECT *, {alike} FROM met)
SELECT l, r{found} FROM likened ORDER BY l, r
"""


def _level(c: Comparison, model: Model, neighbours: int | None) -> str:
    whens = " ".join(f"WHEN {when} THEN '{name}'" for name, when in levels(c, model, neighbours))
    return f"CASE {whens} ELSE '{otherwise(c)}' END"


def _rarity(c: Comparison, model: Model, neighbours: int | None) -> str:
    tried = [(rarity_of(c, name) or "NULL", when) for name, when in levels(c, model, neighbours)]
    whens = " ".join(f"WHEN {when} THEN {rarity}" for rarity, when in tried)
    return f"CASE {whens} END"
