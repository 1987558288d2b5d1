"""An area and all that hold it, as SQL."""

from __future__ import annotations

from tangga.engine.area_tree import AreaTree


def levels_sql(tree: AreaTree, code: str) -> str:
    """A list of `{level, area}` of a code (an SQL expression) and of the areas above it, in SQL.

    A code that is shorter than a village's has no village; '' and NULL have the country alone.
    """
    known = f"coalesce({code}, '')"
    levels = list(tree.levels.items())
    listed = ", ".join(
        f"{{'level': '{level}', 'area': left({known}, {letters})}}" for level, letters in levels
    )
    deepest = " ".join(
        f"WHEN length({known}) >= {letters} THEN {number}"
        for number, (_, letters) in reversed(list(enumerate(levels, start=1)))
    )
    return f"list_slice([{listed}], 1, CASE {deepest} END)"
