"""Since when something stands: waiting, in a queue, asked, due. A ledger from run to run.

`standing` holds intervals (what, subject, since, until), so that a replay of an earlier day finds
the one that covered it. `standing_day` holds the last day that was written down. `what` is a word
and, behind a slash, a code: `waiting/PROGRAMME`, `mismatch/PROGRAMME`, `due/MOVE`, `visit/WHY`,
`cap_queue`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tangga.engine import tables
from tangga.engine.plan.statements import statement
from tangga.engine.resolve import statements as resolve_statements
from tangga.engine.runner import Steps

NONE = (
    "(SELECT '' AS what, '' AS subject, DATE '1970-01-01' AS since, "
    "DATE '1970-01-01' AS until LIMIT 0)"
)
NO_SUCCESSORS = "(SELECT '' AS old_id, '' AS new_id LIMIT 0)"
NOTHING = "SELECT '' AS what, '' AS subject WHERE FALSE"


def write_standing(steps: Steps, stands: Iterable[str]) -> str:
    """Write `standing`, `standing_day` and `standing_now`; returns the last as a relation.

    stands: SELECTs of (what, subject), all that stands on the day of the run. The result has also
    `since`.
    """
    steps.whole("stands", f"{' UNION '.join([NOTHING, *stands])}", scratch=True)
    on, last = steps.ctx.workspace.as_of, ledger_day(steps)
    day, now = f"DATE '{on}'", steps.scan("stands")
    forward = "TRUE" if last is None or last <= on else "FALSE"
    ledger = statement(
        "standing",
        ledger=_before(steps),
        successors=successors(steps),
        now=now,
        day=day,
        forward=forward,
    )
    steps.whole("standing", ledger)
    steps.whole("standing_day", f"SELECT DATE '{max(on, last or on)}' AS day")
    since = statement("standing_now", now=now, ledger=steps.scan("standing"), day=day)
    steps.whole("standing_now", since)
    return steps.scan("standing_now")


def ledger_day(steps: Steps) -> date | None:
    """The last day that the ledger of the run before knows; None where there is no ledger."""
    folder = _folder(steps, "standing_day")
    if folder is None:
        return None
    found = steps.con.execute(f"SELECT max(day) FROM {tables.scan(folder)}").fetchall()
    day = found[0][0]
    return day if isinstance(day, date) else None


def _before(steps: Steps) -> str:
    folder = _folder(steps, "standing")
    return tables.scan(folder) if folder else NONE


def _folder(steps: Steps, table: str) -> Path | None:
    """A table of this stage in the last complete run, which may come from before this stage."""
    previous = steps.ctx.previous
    folder = previous / steps.stage / table if previous else None
    return folder if folder and tables.exists(folder) else None


def successors(steps: Steps) -> str:
    """A relation: id that was merged -> the id that stands for it now."""
    lineage = steps.ctx.table("resolve", "lineage")
    if not tables.exists(lineage):
        return NO_SUCCESSORS
    return f"({resolve_statements.statement('successors', lineage=tables.scan(lineage))})"
