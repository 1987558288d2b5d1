"""What was achieved, month by month, and how it stands beside the targets of the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tangga.engine.area_tree import AreaTree
from tangga.engine.plan.clock import codes
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.statements import statement
from tangga.engine.runner import Steps
from tangga.engine.targets.care import BASIS
from tangga.engine.targets.cascade import Row
from tangga.engine.targets.deeds import DEEDS, counts_sql, known
from tangga.engine.targets.hidden import SMALL, shown_levels, write_small
from tangga.engine.targets.levels import levels_sql
from tangga.engine.targets.rows import FLAG, TEXT, WHOLE, write_rows
from tangga.engine.targets.settings import Pilars

TARGETS, ACHIEVEMENT, PACE = "targets", "achievement", "pace"
COLUMNS = {
    "year": WHOLE,
    "level": TEXT,
    "area": TEXT,
    "pilar": TEXT,
    "worker": TEXT,
    "programme": TEXT,
    "measure": TEXT,
    "exits": TEXT,
    "value": WHOLE,
    "given": FLAG,
    "set_from": TEXT,
    "rule": TEXT,
    "children_sum": WHOLE,
    "difference": WHOLE,
    "workers_sum": WHOLE,
    "workers_difference": WHOLE,
    "doubt": TEXT,
    "planned": WHOLE,
    "file": TEXT,
    "line": WHOLE,
    "plan_line": TEXT,
}


def write_targets_table(steps: Steps, rows: Iterable[Row]) -> None:
    """Write `targets`, in order."""
    write_rows(steps, TARGETS, COLUMNS, map(_cells, rows))


def _cells(row: Row) -> tuple[object, ...]:
    key, source = row.key, row.source
    whose = (key.year, row.level, row.area, key.pilar, row.worker, key.programme, key.measure)
    below = (row.children_sum, row.difference, row.workers_sum, row.workers_difference)
    start = (
        *whose,
        key.exits,
        row.value,
        row.given,
        row.set_from,
        row.rule,
        *below,
        row.doubt or None,
    )
    if source is None:
        return (*start, None, None, None, None)
    return (*start, source.planned, source.file or None, source.line, source.plan_line or None)


def write_achievement(steps: Steps, pilars: Pilars, tree: AreaTree) -> None:
    """Write `achievement`, from `deeds`."""
    sql = statement(
        ACHIEVEMENT,
        deeds=steps.scan(DEEDS),
        who=steps.scan("who"),
        counts=counts_sql(pilars),
        workers=steps.scan("worker_list"),
        levels=levels_sql(tree, "village"),
    )
    steps.whole(ACHIEVEMENT, sql)


def write_pace(steps: Steps, pilars: Pilars, tree: AreaTree, as_of: date) -> None:
    """Write `pace`: targets and what was achieved by the day, side by side."""
    write_small(steps, pilars, tree)
    begun = (as_of - date(as_of.year, 1, 1)).days + 1
    days = (date(as_of.year + 1, 1, 1) - date(as_of.year, 1, 1)).days
    sql = statement(
        PACE,
        targets=steps.scan(TARGETS),
        achievement=steps.scan(ACHIEVEMENT),
        measures=measures_sql(steps, pilars),
        basis=steps.scan(BASIS),
        workers=steps.scan("worker_list"),
        year=as_of.year,
        begun=begun,
        days=days,
        within=pilars.says["on_course_percent"],
        small=steps.scan(SMALL),
        shown=codes(tuple(shown_levels(pilars, tree))),
    )
    steps.whole(PACE, sql)


def measures_sql(steps: Steps, pilars: Pilars) -> str:
    """A relation of `measure, shared, known, hides`: of each measure of the pack."""
    columns = {"measure": "VARCHAR", "shared": "BOOLEAN", "known": "BOOLEAN", "hides": "BOOLEAN"}
    rows = (
        (m.id, int(not m.counted), int(known(steps, m)), int(m.hidden))
        for m in pilars.measures.values()
    )
    return relation_of(columns, rows)
