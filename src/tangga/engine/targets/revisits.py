"""Who is visited again, by another worker: a few in a hundred of the families visited in a month.

The draw follows from the seed of pilar.toml, the month and the family's id alone: the same families
come out of every run.
"""

from __future__ import annotations

from datetime import date, timedelta

from tangga.engine.area_tree import AreaTree
from tangga.engine.plan.clock import codes
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.statements import statement
from tangga.engine.runner import Steps
from tangga.engine.targets.records import Records
from tangga.engine.targets.settings import Pilars
from tangga.engine.targets.workers import POSTS
from tangga.rules.days import months_before

REVISITS = "revisits"
MONTHS = 12
"""So many months back draws are told."""


def write_revisits(steps: Steps, pilars: Pilars, records: Records, tree: AreaTree) -> None:
    """Write `revisits`: month, family_id, village, visited_on, again_by, worker, revisited_on,
    revisited_by."""
    says = pilars.says
    asked = codes(says["revisit_pilar"])
    villages = f"(SELECT DISTINCT village FROM {steps.scan('facts')} WHERE village IS NOT NULL)"
    posts = (
        f"(SELECT DISTINCT f.village, p.worker FROM {villages} AS f JOIN {steps.scan(POSTS)} AS p "
        f"ON starts_with(f.village, p.area) WHERE p.pilar IN ({asked}))"
    )
    tomorrow = steps.ctx.workspace.as_of + timedelta(1)
    over = tomorrow.replace(day=1)  # months that begin before this day are over
    sql = statement(
        REVISITS,
        visits=records.visits,
        posts=posts,
        seed=quoted(says["revisit_seed"]),
        complete=codes(says["complete"]),
        again=codes(says["revisit_purposes"]),
        since=f"DATE '{months_before(over, MONTHS)}'",
        before=f"DATE '{over}'",
        letters=tree.levels.get(says["revisit_level"], 0),
        percent=says["revisit_percent"],
        days=says["revisit_days"],
    )
    steps.whole(REVISITS, sql)


def told_sql(worker: str, year: int, day: date) -> str:
    """One row over `{0}`, the table: families visited in a year whom a worker (a quoted id) was
    asked to visit again, by what became of it by the day; those whom they visited unasked; and
    `made` of `due`, as the measure counts them."""
    asked, made = f"worker = {worker}", f"revisited_by = {worker}"
    to_go, late = f"{asked} AND revisited_on IS NULL", f"again_by < DATE '{day}'"
    counts = {
        "asked": asked,
        "own": f"{asked} AND {made}",
        "others": f"{asked} AND revisited_by <> {worker}",
        "late": f"{to_go} AND {late}",
        "open": f"{to_go} AND NOT {late}",
        "unasked": f"worker IS DISTINCT FROM {worker} AND {made}",
        "made": made,
        "due": f"{made} OR {to_go} AND {late}",
    }
    listed = ", ".join(f"count(*) FILTER ({sql}) AS {name}" for name, sql in counts.items())
    return f"SELECT {listed} FROM {{0}} WHERE year(visited_on) = {year}"
