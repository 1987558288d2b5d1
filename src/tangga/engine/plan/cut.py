"""Into parts by family: a family and all that is said of its members are in one part."""

from __future__ import annotations

from tangga.engine.resolve import ids
from tangga.engine.runner import Part, Steps

FAMILY = "family"
"""The key of steps that are cut so: their rows have a family, and stand in its part."""


def of_family(part: Part, family_id: str) -> str:
    """The condition that a row is in this part.

    family_id: the column that holds the id, whose 52 bits are a hash. A row without a family is
    in no part.
    """
    if part.of == 1:
        return f"{family_id} IS NOT NULL"
    return part.cut(ids.read_back(family_id))


def of_part(steps: Steps, table: str, part: Part) -> str:
    """A table of the stage as a relation: the rows of the families of this part."""
    if part.of > 1 and steps.keys.get(table) == FAMILY:
        return steps.scan_part(table, FAMILY, part)
    return f"(SELECT * FROM {steps.scan(table)} WHERE {of_family(part, 'family_id')})"
