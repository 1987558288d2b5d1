"""What was recorded by the day, as relations that measures read."""

from __future__ import annotations

from dataclasses import dataclass

from tangga.engine.plan.acts import CASE, EVENT
from tangga.engine.plan.clock import codes
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.engine.targets.assign import visits_of
from tangga.engine.targets.settings import Pilars
from tangga.rules.clock_settings import Clock
from tangga.rules.on_date import OnDate

FAMILY = {"family_id": "VARCHAR", "village": "VARCHAR", "base_source": "VARCHAR"}
PAYMENT = {
    "family_id": "VARCHAR",
    "programme": "VARCHAR",
    "status": "VARCHAR",
    "paid_on": "DATE",
    "period_start": "DATE",
    "period_end": "DATE",
}
ASSESSMENT = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "kind": "VARCHAR",
    "on_date": "DATE",
    "by": "VARCHAR",
    "rid": "BIGINT",
}


@dataclass(frozen=True)
class Records:
    """Relations of what was recorded by the day, each with the village of the family.

    Columns beside those of the register: visits `planned_day, aim`; events `noted_on`; cases
    `open, ended_in`.
    """

    day: str
    families: str
    visits: str
    events: str
    cases: str
    assessments: str
    payments: str


def records_of(steps: Steps, today: OnDate, pilars: Pilars) -> Records:
    """What the run received, as far as the day sees it."""
    clock = Clock.of(today.clock.says)
    day = f"DATE '{steps.ctx.workspace.as_of}'"
    families = received(steps, "families", FAMILY)

    def placed(rows: str, village: str = "f.village") -> str:
        return (
            f"(SELECT r.*, {village} AS village FROM {rows} AS r "
            f"LEFT JOIN {families} AS f ON f.family_id = r.family_id)"
        )

    visits = f"(SELECT * RENAME (village AS seen_in) FROM {visits_of(steps, pilars)})"
    recorded = pilars.says["recorded_column"]
    wanted = {**EVENT, **({recorded: "DATE"} if recorded else {})}
    events = (
        f'(SELECT * RENAME ("by" AS worker), {recorded or "NULL::DATE"} AS noted_on FROM '
        f"{received(steps, 'events', wanted, where='latest')} "
        f"WHERE on_date <= {day} AND family_id IS NOT NULL)"
    )
    assessments = received(steps, "assessments", ASSESSMENT, where="latest")
    seen = f'(SELECT * RENAME ("by" AS worker) FROM {assessments} WHERE on_date <= {day})'
    return Records(
        day=day,
        families=families,
        visits=placed(visits, "coalesce(r.seen_in, f.village)"),
        events=placed(events),
        cases=placed(_cases(steps, clock, day)),
        assessments=seen,
        payments=received(steps, "payments", PAYMENT, where="latest"),
    )


def _cases(steps: Steps, clock: Clock, day: str) -> str:
    """Cases of rehabilitation by the day. One that is over without a date ended when its source was
    true; how it ended is seen from then on."""
    rows = received(steps, "cases", {**CASE, "by": "VARCHAR", "rid": "BIGINT"}, where="latest")
    over = f"coalesce(state IN ({codes(clock.case_over)}), FALSE)"
    ended = f"coalesce(closed, CASE WHEN {over} THEN greatest(as_of, opened) END)"
    return (
        f'(SELECT * REPLACE ({ended} AS closed) RENAME ("by" AS worker, state AS ended_in), '
        f"NOT coalesce({ended} <= {day}, FALSE) AS open FROM {rows} "
        f"WHERE opened <= {day} AND kind IN ({codes(clock.rehabilitation)}))"
    )
