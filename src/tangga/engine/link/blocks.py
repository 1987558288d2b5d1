"""Blocks: which rows are worth comparing. Rule 3: cut by block and block value, caps there."""

from __future__ import annotations

from tangga.engine.link.keys import key_column
from tangga.engine.link.model import Block
from tangga.engine.runner import Part


def pairs_sql(sides: str, block: Block, condition: str) -> str:
    """Pairs (`l`, `r`) of one block: `l` is unsure; a pair of two unsure rows stands once."""
    keys = [key_column(key) for key in block.on]
    same = " AND ".join(f"a.{key} = b.{key}" for key in keys)
    listed = ", ".join(keys)
    known = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    return f"""
SELECT a.vid AS l, b.vid AS r
FROM (SELECT vid, gid, {listed} FROM {sides} WHERE unsure AND {known} AND {condition}) AS a
JOIN (
  SELECT {listed} FROM {sides} WHERE {known} AND {condition}
  GROUP BY {listed} HAVING count(*) BETWEEN 2 AND {block.cap} AND bool_or(unsure)
) AS cell ON {" AND ".join(f"a.{key} = cell.{key}" for key in keys)}
JOIN (SELECT vid, gid, unsure, {listed} FROM {sides} WHERE {known} AND {condition}) AS b
  ON {same} AND a.gid <> b.gid AND (NOT b.unsure OR a.gid < b.gid)
"""


def cell_part(block: Block) -> str:
    """The integer that cuts a block into parts: equal values fall together."""
    text = " || '|' || ".join(f"CAST({key_column(key)} AS VARCHAR)" for key in block.on)
    return f"coalesce(md5_number_lower('{block.name}|' || {text}) % 1048576, 0)"


def all_pairs_sql(sides: str, blocks: tuple[Block, ...], part: Part) -> str:
    """The distinct pairs of all blocks in one part (a pair may recur in another part)."""
    if not blocks:
        return f"SELECT vid AS l, vid AS r FROM {sides} WHERE FALSE"
    selects = [pairs_sql(sides, block, part.cut(cell_part(block))) for block in blocks]
    return "SELECT DISTINCT l, r FROM (" + " UNION ALL ".join(selects) + ") AS found"
