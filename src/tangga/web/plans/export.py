"""Lines of the plan as a file of the workspace: `plans/web.csv`, one row a version."""

from __future__ import annotations

from tangga.web.plans.models import PlanVersion

COLUMNS = (
    *("line", "version", "year", "level", "area", "action", "programme", "focus", "source"),
    *("cost", "pilar", "measure", "target", "owner", "due", "state", "by", "at", "reason"),
    *("rests_on", "repairs"),
)


def plan_rows() -> list[tuple[object, ...]]:
    """Each version that was written here, in the order of lines and versions; None: says nothing.

    Read by the owner, outside of a request.
    """
    found = PlanVersion.objects.select_related("line").order_by("line__line", "version")
    return [
        (
            *(one.line.line, one.version, one.line.year, one.line.level, one.line.area or None),
            *(one.action, one.programme, one.focus, one.fund_source, one.cost, one.pilar),
            *(one.measure, one.target, one.owner, one.due, one.state, one.by_called),
            *(one.on_day, one.reason, one.rests_on, one.line.repairs),
        )
        for one in found
    ]
