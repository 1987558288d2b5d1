"""The letters of the register as the run sees them: which due move was told, and when it holds.

A letter counts for a due move only if it was written while that move stood due without a break: one
that fell away and came back is told anew.
"""

from __future__ import annotations

from tangga.engine.connection import quoted
from tangga.engine.notices.register import COLUMNS, DATES, FILE, read_register
from tangga.engine.plan.objections import effects, write_objections
from tangga.engine.plan.standing import successors
from tangga.engine.plan.statements import statement
from tangga.engine.runner import Steps
from tangga.rules.on_date import OnDate

NONE = (
    "(SELECT '' AS number, NULL::DATE AS date, '' AS family_id, '' AS person_id, '' AS move, "
    "NULL::DATE AS takes_effect_on LIMIT 0)"
)


def write_notices(steps: Steps) -> None:
    """Write `notices`: every letter dated on or before the day, with the ids of today."""
    register = _register(steps)
    day = f"DATE '{steps.ctx.workspace.as_of}'"
    sql = statement("notices", register=register, successors=successors(steps), day=day)
    steps.whole("notices", sql)


def write_notice_in_force(steps: Steps, today: OnDate, since: str) -> None:
    """Write `objections`, and `notice_in_force`: one row a due move of which its family was told,
    and whether that holds on the day."""
    write_objections(steps, today)
    notices = steps.scan("notices")
    told = statement("told", due=steps.scan("due"), notices=notices, since=since)
    steps.whole("told", told, scratch=True)
    sql = statement(
        "notice_in_force",
        told=steps.scan("told"),
        effects=effects(steps, steps.scan("told"), today.day),
        day=f"DATE '{today.day}'",
    )
    steps.whole("notice_in_force", sql)


def _register(steps: Steps) -> str:
    """The register as a relation, once every row of it is known to be whole."""
    file = steps.ctx.workspace.dir / FILE
    if not read_register(steps.ctx.workspace.dir):
        return NONE
    types = ", ".join(f"'{c}': '{'DATE' if c in DATES else 'VARCHAR'}'" for c in COLUMNS)
    return f"read_csv('{quoted(file)}', header = true, columns = {{{types}}}, nullstr = '')"
