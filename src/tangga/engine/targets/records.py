"""What was recorded by the day, as relations that measures read."""

from __future__ import annotations

from dataclasses import dataclass

from tangga.engine.plan.acts import CASE, EVENT
from tangga.engine.plan.clock import codes
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.engine.targets.settings import Pilars
from tangga.rules.clock_settings import Clock
from tangga.rules.on_date import OnDate

VISIT = {
    "family_id": "VARCHAR",
    "worker": "VARCHAR",
    "on_date": "DATE",
    "rid": "BIGINT",
    "latest": "BOOLEAN",
}
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
    """What the run received, as far as the day sees it. Writes scratch `seen_visits` and
    `seen_events`, which many measures read."""
    clock = Clock.of(today.clock.says)
    day = f"DATE '{steps.ctx.workspace.as_of}'"
    families = received(steps, "families", FAMILY)

    def placed(rows: str, village: str = "f.village") -> str:
        return (
            f"(SELECT r.*, {village} AS village FROM {rows} AS r "
            f"LEFT JOIN {families} AS f ON f.family_id = r.family_id)"
        )

    visits = f"(SELECT * RENAME (village AS seen_in) FROM {_visits_of(steps, pilars)})"
    recorded = pilars.says["recorded_column"]
    wanted = {**EVENT, **({recorded: "DATE"} if recorded else {})}
    events = (
        f'(SELECT * RENAME ("by" AS worker), {recorded or "NULL::DATE"} AS noted_on FROM '
        f"{received(steps, 'events', wanted, where='latest')} "
        f"WHERE on_date <= {day} AND family_id IS NOT NULL)"
    )
    given = {"seen_visits": placed(visits, "coalesce(r.seen_in, f.village)")}
    given["seen_events"] = placed(events)
    for name, rows in given.items():
        steps.whole(name, f"SELECT * FROM {rows}", scratch=True)
    assessments = received(steps, "assessments", ASSESSMENT, where="latest")
    seen = f'(SELECT * RENAME ("by" AS worker) FROM {assessments} WHERE on_date <= {day})'
    return Records(
        day=day,
        families=families,
        visits=steps.scan("seen_visits"),
        events=steps.scan("seen_events"),
        cases=placed(_cases(steps, clock, day)),
        assessments=seen,
        payments=received(steps, "payments", PAYMENT, where="latest"),
    )


def _visits_of(steps: Steps, pilars: Pilars) -> str:
    """Visits made or planned by the day: `family_id, worker, on_date, planned_day, aim, result,
    village, rid`. on_date is NULL for one that was not made by then."""
    planned, purpose = pilars.says["planned_column"], pilars.says["purpose_column"]
    wanted = {**VISIT, "result": "VARCHAR", "village": "VARCHAR"}
    wanted |= {planned: "DATE"} if planned else {}
    wanted |= {purpose: "VARCHAR"} if purpose else {}
    rows = received(steps, "visits", wanted, where="latest")
    day = f"DATE '{steps.ctx.workspace.as_of}'"
    return (
        f"(SELECT family_id, worker, CASE WHEN on_date <= {day} THEN on_date END AS on_date, "
        f"{planned or 'NULL::DATE'} AS planned_day, {purpose or 'NULL::VARCHAR'} AS aim, "
        f"result, village, rid FROM {rows} "
        f"WHERE family_id IS NOT NULL AND coalesce(on_date, {planned or 'NULL'}) <= {day})"
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
