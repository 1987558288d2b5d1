"""The order in which targets, achievement and assignments are made, within the stage `plan`."""

from __future__ import annotations

from tangga.engine.area_tree import AreaTree, area_tree
from tangga.engine.runner import Steps
from tangga.engine.tables import exists
from tangga.engine.targets.achieved import write_achievement, write_pace, write_targets_table
from tangga.engine.targets.assign import write_assignments
from tangga.engine.targets.care import basis_of, write_care, write_graduable
from tangga.engine.targets.cascade import cascade
from tangga.engine.targets.deeds import DEEDS, write_deeds, write_who
from tangga.engine.targets.files import ACCEPTED, read_targets, with_lines
from tangga.engine.targets.ground import Ground
from tangga.engine.targets.load import carried, write_load
from tangga.engine.targets.records import records_of
from tangga.engine.targets.revisits import write_revisits
from tangga.engine.targets.settings import Pilars, pilars_of
from tangga.engine.targets.workers import Worker, read_workers, write_workers
from tangga.rules.on_date import OnDate

SCRATCH = (
    *("care", "companions", "shares", "worker_list", "posts", "who", DEEDS),
    *("seen_visits", "seen_events", "small_cells"),
)


def write_targets(steps: Steps, today: OnDate) -> None:
    """Write `target_basis`, `assignments`, `graduable`, `worker_load`, `worker_gaps`, `revisits`,
    `targets`, `achievement` and `pace`.

    Nothing where the policy of the day has no pilar. UserError for a mistake in targets/*.csv.
    """
    pilars = pilars_of(today)
    set_ = read_targets(steps.ctx.workspace, pilars)
    if pilars is None:
        return
    tree = area_tree(steps.ctx.workspace.pack_areas)
    workers = read_workers(steps, pilars, tree)
    write_workers(steps, workers or ())
    write_who(steps, pilars, workers or ())
    write_care(steps, today, pilars, tree)
    records = records_of(steps, today, pilars)
    write_assignments(steps, pilars, workers, records)
    write_graduable(steps)
    write_load(steps, pilars, workers, tree)
    targets = with_lines(set_, _accepted(steps), pilars)
    write_targets_table(steps, cascade(targets, pilars, _ground(steps, pilars, workers, tree)))
    write_revisits(steps, pilars, records, tree)
    write_deeds(steps, today, pilars, [one.key for one in targets], records)
    write_achievement(steps, pilars, tree)
    write_pace(steps, pilars, tree, steps.ctx.workspace.as_of)
    steps.drop(*SCRATCH)


def _ground(steps: Steps, pilars: Pilars, workers: list[Worker] | None, tree: AreaTree) -> Ground:
    return Ground(
        tree=tree,
        basis=basis_of(steps),
        workers=None if workers is None else tuple(one for one in workers if one.active),
        carried=carried(steps),
        by_families=frozenset(p.code for p in pilars.pilars.values() if p.families),
        off_duty=frozenset(one.id for one in workers or () if not one.active),
    )


def _accepted(steps: Steps) -> list[tuple[object, ...]]:
    """Accepted plan lines with a target: line, year, area, pilar, programme, measure, target."""
    if not exists(steps.table("plan_lines")):
        return []
    states = ", ".join(f"'{state}'" for state in ACCEPTED)
    return steps.fetch(
        "SELECT line, year, area, pilar, programme, measure, target "
        f"FROM {steps.scan('plan_lines')} "
        f"WHERE state IN ({states}) AND target IS NOT NULL AND measure IS NOT NULL ORDER BY line"
    )
