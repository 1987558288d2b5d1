"""Blocks: which rows are worth comparing. Rule 3: cut by block and block value, caps there."""

from __future__ import annotations

from tangga.engine.link.keys import MANY, key_column
from tangga.engine.link.model import Block, Model
from tangga.engine.runner import Part


def pairs_sql(sides: str, block: Block, model: Model, part: Part) -> str:
    """Pairs (`l`, `r`) of one block: `l` is unsure; a pair of two unsure rows stands once.

    A cell is the hash of the block's value: two values that fall on one hash would only be
    compared for nothing, since scoring looks at the values themselves. Parts are cut by cell, so
    that a cell, and with it the cap, is the same in any number of parts.
    """
    keys = [key_column(model.keys[key], model) for key in block.on]
    known = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    return f"""
(WITH rows AS MATERIALIZED (
  SELECT vid, gid, unsure, cell
  FROM (SELECT vid, gid, unsure, hash({", ".join(keys)}) AS cell FROM {sides} WHERE {known})
  WHERE {part.cut(f"cell % {MANY}")}
)
SELECT a.vid AS l, b.vid AS r
FROM (SELECT vid, gid, cell FROM rows WHERE unsure) AS a
JOIN (
  SELECT cell FROM rows
  GROUP BY cell HAVING count(*) BETWEEN 2 AND {block.cap} AND bool_or(unsure)
) AS c ON a.cell = c.cell
JOIN rows AS b ON a.cell = b.cell AND a.gid <> b.gid AND (NOT b.unsure OR a.gid < b.gid))
"""


def all_pairs_sql(sides: str, model: Model, part: Part) -> str:
    """The pairs of all blocks in one part; a pair that several blocks find stands several times."""
    if not model.blocks:
        return f"SELECT vid AS l, vid AS r FROM {sides} WHERE FALSE"
    selects = [pairs_sql(sides, block, model, part) for block in model.blocks]
    return " UNION ALL ".join(selects)
