"""The stage `plan`, the part of it that decides: history, facts, verdicts, due moves, lists.

Everything but the order of waiting lists is keyed by family, and cut by it. What a rule says is in
`tangga.rules`; here it only runs. The run is given a day, and sees nothing that came after it.
"""

from __future__ import annotations

from tangga.engine.budget.stage import write_budget
from tangga.engine.capacity.tables import write_capacity
from tangga.engine.context import Context
from tangga.engine.outcomes import write_outcomes
from tangga.engine.plan import lists
from tangga.engine.plan.asked import visits_sql
from tangga.engine.plan.cohorts import write_cohorts
from tangga.engine.plan.decisions import decisions_sql, moves_sql
from tangga.engine.plan.facts import book_of, write_family_facts, write_person_facts
from tangga.engine.plan.family_clock import write_family_clock
from tangga.engine.plan.history import write_history
from tangga.engine.plan.ladder import write_ladder
from tangga.engine.plan.notice import write_notice_in_force, write_notices
from tangga.engine.plan.standing import read_ledger, write_standing
from tangga.engine.plan.verdicts import write_benefits, write_verdicts
from tangga.engine.plan.waiting import waiting_view, write_waits
from tangga.engine.plan_lines.tables import write_plan_lines
from tangga.engine.readiness.tables import write_readiness, write_repairs
from tangga.engine.runner import Steps
from tangga.engine.targets.stage import write_targets
from tangga.rules.on_date import OnDate, Policy

STAGE = "plan"


def decides(policy: Policy) -> bool:
    """Whether a policy decides anything: a pack without one has an empty plan."""
    return bool(policy.programmes or policy.moves)


def run(ctx: Context) -> dict[str, int]:
    """Write the tables of the stage; returns rows by table."""
    if not decides(ctx.workspace.rulebook):
        return {}
    today = ctx.workspace.today
    with Steps(ctx, STAGE) as steps:
        _facts(steps, today)
        write_verdicts(steps, today)
        write_benefits(steps, today)
        write_ladder(steps, today)
        write_notices(steps)
        ledger = read_ledger(steps)
        write_waits(steps, today, ledger)
        lists.write_candidates(steps, today)
        since = write_standing(steps, ledger, lists.stands(steps, today))
        write_notice_in_force(steps, today, since)
        lists.write_lists(steps, today, since)
        _measured(steps, today)
        ctx.save_sql(STAGE, "decisions", decisions_sql(today))
        ctx.save_sql(STAGE, "moves", moves_sql(today))
        ctx.save_sql(STAGE, "waiting", waiting_view(today))
        ctx.save_sql(STAGE, "visits_asked", visits_sql(today))
        return steps.rows


def _measured(steps: Steps, today: OnDate) -> None:
    """The measured plan: its lines first, for what was accepted are targets and budget lines."""
    write_readiness(steps, today)
    write_plan_lines(steps, today)
    write_targets(steps, today)
    write_budget(steps, today)
    write_repairs(steps, today)
    write_capacity(steps, today)
    write_outcomes(steps, today)


def _facts(steps: Steps, today: OnDate) -> None:
    """What is known on the day of everybody, their past included."""
    as_of = steps.ctx.workspace.as_of
    book = book_of(today)
    write_history(steps, today, as_of)
    write_person_facts(steps, today, book)
    write_family_clock(steps, today, steps.scan("person_facts"))
    write_family_facts(steps, today, book)
    write_cohorts(steps, today, as_of)
