"""Since when something stands: waiting, in a queue, asked, due. A ledger from run to run.

`standing` holds intervals (what, subject, since, until), so that a replay of an earlier day finds
the one that covered it. `what` is a word and, behind a slash, a code: `waiting/PROGRAMME`,
`mismatch/PROGRAMME`, `due/MOVE`, `visit/WHY`, `cap_queue`.

Who waits today stands in `waits`, and there since when: millions of open intervals are not written
twice. Only a replay of an earlier day, whose `waits` are of that day, keeps the open ones in
`standing`. `standing_day` says which it is: `day` is the last day that was written down, `ran` the
day of the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
WAITING = "'waiting/' || {0}programme"
SUBJECT = "coalesce({0}person_id, {0}family_id)"


@dataclass(frozen=True)
class Ledger:
    """What earlier runs know, as a run on a day sees it.

    last: the last day that the ledger knows; None where there is none. rows: a relation of
    (what, subject, since, until). open: one of (what, subject, since), what stood before.
    """

    on: date
    last: date | None
    rows: str
    open: str

    @property
    def forward(self) -> bool:
        """Whether the day is none before the ledger's last: only then something is added."""
        return self.last is None or self.last <= self.on


def read_ledger(steps: Steps) -> Ledger:
    """The ledger of the run before, under the ids of today; writes `standing_before` from it."""
    on = steps.ctx.workspace.as_of
    last, ran = _days(steps)
    if last is None:
        return Ledger(on, None, NONE, NONE)
    ledger = Ledger(
        on, last, _carried(steps, with_waits=ran == last), steps.scan("standing_before")
    )
    until = f"until >= DATE '{on}'" if ledger.forward else f"until > DATE '{on}'"
    since = f"since < DATE '{on}'" if ledger.forward else f"since <= DATE '{on}'"
    stood = f"{since} AND (until IS NULL OR {until})"
    steps.whole("standing_before", statement("standing_before", ledger=ledger.rows, stood=stood))
    return ledger


def waiting_since(waits: str, ledger: Ledger) -> str:
    """SELECT of those who wait (`waiting.waits_sql`) with `since`; on the first day no join."""
    day = f"DATE '{ledger.on}'"
    if ledger.last is None:
        return f"SELECT *, {day} AS since FROM ({waits})"
    return (
        f"SELECT w.*, coalesce(b.since, {day}) AS since FROM ({waits}) AS w "
        f"LEFT JOIN {ledger.open} AS b "
        f"ON b.what = {WAITING.format('w.')} AND b.subject = {SUBJECT.format('w.')}"
    )


def write_standing(steps: Steps, ledger: Ledger, stands: Iterable[str]) -> str:
    """Write `standing`, `standing_day` and `standing_now`; returns the last as a relation.

    stands: SELECTs of (what, subject), all that stands on the day of the run but who waits: that
    is read in `waits`. The result has also `since`.
    """
    steps.whole("stands", " UNION ".join([NOTHING, *stands]), scratch=True)
    day = f"DATE '{ledger.on}'"
    now = statement("standing_now", now=steps.scan("stands"), before=ledger.open, day=day)
    steps.whole("standing_now", now)
    steps.whole("standing", _standing(steps, ledger, day))
    last = max(ledger.on, ledger.last or ledger.on)
    steps.whole("standing_day", f"SELECT DATE '{last}' AS day, {day} AS ran")
    return steps.scan("standing_now")


def _standing(steps: Steps, ledger: Ledger, day: str) -> str:
    now = steps.scan("standing_now")
    if ledger.last is None:
        return f"SELECT *, NULL::DATE AS until FROM {now}"
    if not ledger.forward:
        return f"SELECT DISTINCT * FROM {ledger.rows}"
    waits = steps.scan("waits")
    return statement(
        "standing", ledger=ledger.rows, before=ledger.open, now=now, waits=waits, day=day
    )


def _days(steps: Steps) -> tuple[date | None, date | None]:
    """The last day that the ledger of the run before knows, and the day of that run."""
    folder = _folder(steps, "standing_day")
    if folder is None:
        return None, None
    (row,) = steps.con.execute(f"SELECT * FROM {tables.scan(folder)}").fetchall()
    return row[0], row[-1]


def _carried(steps: Steps, *, with_waits: bool) -> str:
    """The intervals of the run before, under the ids that stand for them now."""
    standing, waits = _folder(steps, "standing"), _folder(steps, "waits")
    rows = [
        f"SELECT what, subject, since, until FROM {tables.scan(standing) if standing else NONE}"
    ]
    if with_waits and waits:
        of = f"{WAITING.format('')}, {SUBJECT.format('')}"
        rows.append(f"SELECT {of}, since, NULL FROM {tables.scan(waits)}")
    return (
        "(SELECT l.what, coalesce(s.new_id, l.subject) AS subject, l.since, l.until "
        f"FROM ({' UNION ALL '.join(rows)}) AS l "
        f"LEFT JOIN {successors(steps)} AS s ON l.subject = s.old_id)"
    )


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
