"""The numbers of every open table that the policy declares, before anything is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from tangga.engine.area_tree import AreaTree
from tangga.engine.catalogue import Run
from tangga.engine.plan.decisions import quoted
from tangga.engine.publish.cells import TOTAL, Row, Shape
from tangga.engine.publish.counted import COUNTED, STAGE, Counted, Seen
from tangga.engine.publish.pieces import pieces
from tangga.engine.runner import Steps
from tangga.errors import BadPack
from tangga.rules.on_date import OnDate

OF_FAMILY = 3_000
"""Bytes that counting one family needs, at most (measured)."""
HELD = "counted"
"""What tables count, of a piece."""


@dataclass(frozen=True)
class Numbers:
    """One open table. rows: every number, those of nobody among them. families: of each row."""

    shape: Shape
    labels: Mapping[str, str]
    rows: list[Row]
    families: list[int]
    levels: tuple[str, ...]


def count_all(steps: Steps, today: OnDate, tree: AreaTree) -> list[Numbers]:
    """The tables of publish.toml that this run has something to count for."""
    asked = [one for one in today.settings[STAGE].says["table"] if one["of"] in COUNTED]
    fine: dict[str, str] = {}
    for of in dict.fromkeys(one["of"] for one in asked):
        fine |= _fine(steps, today, tree, of, [one for one in asked if one["of"] == of])
    found = [_count(steps, today, tree, one, fine[one["id"]]) for one in asked if one["id"] in fine]
    for table in fine.values():
        steps.con.execute(f"DROP TABLE {table}")
    return found


def _fine(
    steps: Steps, today: OnDate, tree: AreaTree, of: str, asked: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Count what tables look at, in each area of the narrowest level, piece by piece: id of a table
    -> where its numbers are. Nothing where the run has nothing of it."""
    counted, whole, found = COUNTED[of], Run(steps.ctx.run_dir), {}
    relation = counted.relation(Seen(steps, whole), today)
    if relation is None:
        return {}
    steps.ctx.save_sql(STAGE, f"counted_{of}", _located(relation, tree))
    seen = pieces(whole, steps.con, OF_FAMILY) if counted.by_family else [whole]
    for first, piece in zip([True] + [False] * len(seen), seen, strict=False):
        _hold(steps, counted, counted.relation(Seen(steps, piece), today) or relation, tree)
        for table in asked:
            name = found.setdefault(table["id"], f"fine_{of}_{len(found)}")
            make = f"CREATE OR REPLACE TEMP TABLE {name} AS" if first else f"INSERT INTO {name}"
            steps.con.execute(f"{make} {_fine_sql(_shape(table), counted.one_row)}")
    steps.con.execute(f"DROP TABLE {HELD}")
    steps.ctx.progress(f"{STAGE}: counted_{of}", 1, 1)
    return found


def _hold(steps: Steps, counted: Counted, relation: str, tree: AreaTree) -> None:
    """Make a relation once for all tables that count it.

    Where a family has one row, `alike` families of a village that are the same in all that parts a
    table are one row of it: as many rows as villages need, not as families.
    """
    sql = _located(relation, tree)
    if counted.one_row:
        left = ", ".join(("family", *counted.measures))
        sums = ", ".join(f"sum({one}) AS {one}" for one in counted.measures)
        sql = f"SELECT * EXCLUDE ({left}), {sums}, count(*) AS alike FROM ({sql}) GROUP BY ALL"
    steps.con.execute(f"CREATE OR REPLACE TEMP TABLE {HELD} AS {sql}")


def _shape(table: Mapping[str, Any]) -> Shape:
    counted = COUNTED[table["of"]]
    return Shape(table["id"], counted.each, tuple(table["by"]), tuple(counted.measures))


def _count(
    steps: Steps, today: OnDate, tree: AreaTree, table: Mapping[str, Any], fine: str
) -> Numbers:
    counted, shape = COUNTED[table["of"]], _shape(table)
    wide = levels_to(tree, today.settings[STAGE].says["case_level"])
    levels = levels_to(tree, table["narrowest"])
    if counted.case:
        levels = min(levels, wide, key=len)
    there = _summed(steps, shape, tree, levels, fine)
    hidden, unknown = counted.hidden(today), counted.unknown(steps)
    rows, families = [], []
    for key, numbers in _all(there, shape, levels, tree):
        if hidden.intersection(key[1]) and tree.level(key[0]) not in wide:
            continue
        if not any(numbers) and any(unknown(each, by) for each in key[1] for by in key[2]):
            continue
        rows.append((*key, numbers[:-1]))
        families.append(numbers[-1])
    return Numbers(shape, table["labels"], rows, families, levels)


def levels_to(tree: AreaTree, narrowest: str) -> tuple[str, ...]:
    """The levels of a pack's areas from the country down to one; BadPack for one it lacks."""
    names = tuple(tree.levels)
    if narrowest not in names:
        todo = f"publish.toml may name: {', '.join(names)}"
        raise BadPack("the pack has no areas of this level", value=narrowest, todo=todo)
    return names[: names.index(narrowest) + 1]


def _located(relation: str, tree: AreaTree) -> str:
    """Only what is in an area of the narrowest level: the sums of areas are then exact."""
    return f"SELECT * FROM ({relation}) WHERE length(area) = {max(tree.levels.values())}"


Found = dict[tuple[str, tuple[str, ...], tuple[str, ...]], tuple[int, ...]]


def _fine_sql(shape: Shape, one_row: bool) -> str:
    """Of each area in what is held: values of each, of by and of all of them together -> the
    measures, and of how many families."""
    cube = f", CUBE ({', '.join(shape.by)})" if shape.by else ""
    values = "".join(
        f", CASE GROUPING({one}) WHEN 1 THEN {quoted(TOTAL)} ELSE {one} END AS v_{one}"
        for one in shape.by
    )
    sums = "".join(f", CAST(sum({one}) AS BIGINT) AS {one}" for one in shape.measures)
    families = "sum(alike)" if one_row else "count(DISTINCT family)"
    each = "".join(f", {one}" for one in shape.each)
    return (
        f"SELECT area{each}{values}{sums}, CAST({families} AS BIGINT) AS families_of "
        f"FROM {HELD} GROUP BY area{each}{cube}"
    )


def _summed(steps: Steps, shape: Shape, tree: AreaTree, levels: Sequence[str], fine: str) -> Found:
    """(area, values of each, of by) -> the measures, and of how many families.

    A family lives in one place and stands in one piece, so that families of areas and of pieces add
    up; those of values need not.
    """
    each = "".join(f", {one}" for one in shape.each)
    listed = "".join(f", v_{one}" for one in shape.by)
    widest = ", ".join(f"'{left}'" for left in levels)
    rows = steps.fetch(
        f"SELECT up.area{each}{listed}"
        + "".join(f", CAST(sum({one}) AS BIGINT)" for one in (*shape.measures, "families_of"))
        + f" FROM (SELECT *, {tree.sql('area')} AS up FROM {fine}) WHERE up.level IN ({widest}) "
        f"GROUP BY up.area{each}{listed}"
    )
    split = 1 + len(shape.each), 1 + len(shape.each) + len(shape.by)
    return {
        (row[0], tuple(row[1 : split[0]]), tuple(row[split[0] : split[1]])): tuple(row[split[1] :])
        for row in rows
    }


def _all(
    there: Found, shape: Shape, levels: Sequence[str], tree: AreaTree
) -> Iterator[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], tuple[int, ...]]]:
    """Every number in order, zeros included."""
    areas = sorted({key[0] for key in there}, key=lambda area: (len(area), area))
    each = sorted({key[1] for key in there})
    by = [
        [*sorted({key[2][at] for key in there} - {TOTAL}, key=_order), TOTAL]
        for at in range(len(shape.by))
    ]
    nothing = (0,) * (len(shape.measures) + 1)
    for key in product(areas, each, product(*by)):
        yield key, there.get(key, nothing)


def _order(value: str) -> tuple[int, str]:
    """Numbers as numbers."""
    return (int(value), "") if value.isdigit() else (10**9, value)
