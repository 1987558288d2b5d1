"""What became of budgets, by area: absorption by programme, and the foci side by side.

write_absorption(steps, today)      # `absorption` and `foci`, after the reconciliation
"""

from __future__ import annotations

from tangga.engine.area_tree import area_tree
from tangga.engine.budget.statements import statement
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.rows import relation_of
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.rules.on_date import OnDate

FAMILY = {"family_id": "VARCHAR", "village": "VARCHAR"}
PERSON = {"person_id": "VARCHAR", "family_id": "VARCHAR", "status": "VARCHAR"}


def write_absorption(steps: Steps, today: OnDate) -> None:
    """Write `absorption` and `foci`: budget beside payments, money beside people."""
    says = today.settings["budget"].says
    families = received(steps, "families", FAMILY)
    given = {name: steps.scan(name) for name in ("owed", "reconciliation", "unpaid")}
    money = statement("paid_by_village", families=families, **given)
    steps.whole("paid_by_village", money, scratch=True)
    people = statement(
        "people_by_village",
        determined=steps.scan("determined"),
        programmes=_programmes(today),
        persons=received(steps, "persons", PERSON),
        families=families,
    )
    steps.whole("people_by_village", people, scratch=True)
    shared = {
        "tree": steps.scan("budget_tree"),
        "money": steps.scan("paid_by_village"),
        "planned": says["planned"],
        "spent": says["spent"],
        "above": area_tree(steps.ctx.workspace.pack_areas).sql("coalesce(village, '')"),
        "level": _level(steps),
    }
    steps.whole("absorption", statement("absorption", **shared))
    more = {"people": steps.scan("people_by_village"), "programmes": _programmes(today)}
    more["spells"] = steps.scan("spells")
    steps.whole("foci", statement("foci", year=today.day.year, **shared, **more))
    steps.drop("paid_by_village", "people_by_village")


def _programmes(today: OnDate) -> str:
    """(programme, focus) of every programme that the policy knows."""
    rows = [(programme.id, programme.focus) for programme, _ in today.programmes.values()]
    return relation_of({"programme": "VARCHAR", "focus": "VARCHAR"}, rows)


def _level(steps: Steps) -> str:
    """The level of an area by the length of its code, in SQL."""
    levels = area_tree(steps.ctx.workspace.pack_areas).levels
    cases = " ".join(f"WHEN {length} THEN {quoted(level)}" for level, length in levels.items())
    return f"CASE length(area) {cases} END"
