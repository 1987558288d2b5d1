"""Which families are in care and which can graduate, and how many of them each area has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tangga.engine.area_tree import AreaTree
from tangga.engine.plan.cut import of_part
from tangga.engine.plan.statements import statement
from tangga.engine.runner import Part, Steps
from tangga.engine.targets.levels import levels_sql
from tangga.engine.targets.settings import Pilars
from tangga.rules.names import FAMILY_TABLE, Columns
from tangga.rules.on_date import OnDate
from tangga.rules.to_sql import text, to_sql

CARE, BASIS = "care", "target_basis"


@dataclass(frozen=True)
class Basis:
    """What an area has. not_known: families in care of whom it is not known whether they can
    graduate."""

    families: int
    in_care: int
    graduable: int
    not_known: int


def graduable_sql(today: OnDate, pilars: Pilars, facts: str) -> str:
    """`family_id, village, rung, in_care, graduable` (NULL: not known) of families in `facts`.

    Only families of whom either is so, or not known while they are in care.
    """
    columns = Columns(today.facts.names, FAMILY_TABLE, own="f", members="m")
    in_care, graduable = (
        text(to_sql(condition, columns, today.day))
        for condition in (pilars.in_care, pilars.graduable)
    )
    return statement("care", facts=facts, in_care=in_care, graduable=graduable)


def write_care(steps: Steps, today: OnDate, pilars: Pilars, tree: AreaTree) -> None:
    """Write `care` (a family) and `target_basis` (an area)."""
    steps.parts(
        CARE, lambda part: graduable_sql(today, pilars, of_part(steps, "facts", part)), scratch=True
    )
    steps.whole(
        BASIS,
        statement(
            BASIS,
            facts=steps.scan("facts"),
            care=steps.scan(CARE),
            levels=levels_sql(tree, "village"),
        ),
    )


def write_graduable(steps: Steps) -> None:
    """Write `graduable`: families that can graduate, with the worker who cares for them."""

    def sql(part: Part) -> str:
        given = {name: of_part(steps, name, part) for name in (CARE, "assignments")}
        return statement("graduable", **given)

    steps.parts("graduable", sql)


def basis_of(steps: Steps) -> Mapping[str, Basis]:
    """Area -> what it has; of areas in which families of the register live."""
    rows = steps.fetch(
        f"SELECT area, families, in_care, graduable, graduable_not_known FROM {steps.scan(BASIS)}"
    )
    return {area: Basis(*counts) for area, *counts in rows}
