"""Running support of which the rule of the day does not say that it fits: it is known not to, or it
is not known. One look at the answers of everybody who was determined.
"""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.plan.decisions import answers, quoted, whole
from tangga.engine.runner import Steps
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.on_date import OnDate
from tangga.rules.policy import IN_FORCE, Dated, Programme, ProgrammeRule

NOT_FITTING = "not_fitting"
NOBODY = (
    "SELECT NULL::VARCHAR AS programme, NULL::VARCHAR AS family_id, NULL::VARCHAR AS person_id, "
    "FALSE AS fits WHERE FALSE"
)

Rule = tuple[Programme, Dated[ProgrammeRule]]


def write_not_fitting(steps: Steps, today: OnDate) -> None:
    """Write the scratch table of them: programme, family_id, person_id, fits (FALSE or NULL)."""
    in_force = [one for one in today.programmes.values() if one[1].period.status == IN_FORCE]
    selects = [
        _unit(steps, unit, rules)
        for unit in (FAMILY_TABLE, PERSON_TABLE)
        if (rules := [one for one in in_force if one[0].unit == unit])
    ]
    steps.whole(NOT_FITTING, " UNION ALL ".join(selects) or NOBODY, scratch=True)


def _unit(steps: Steps, unit: str, rules: Sequence[Rule]) -> str:
    of_person = unit == PERSON_TABLE
    verdicts = steps.scan("person_verdicts" if of_person else "verdicts")
    key, person = ("person_id", "v.person_id") if of_person else ("family_id", "NULL::VARCHAR")
    fits = " ".join(
        f"WHEN {quoted(programme.id)} THEN {whole(answers(programme.id, rule.says.requires, 'v'))}"
        for programme, rule in rules
    )
    listed = ", ".join(quoted(programme.id) for programme, _ in rules)
    return (
        f"SELECT DISTINCT * FROM (SELECT d.programme, v.family_id, {person} AS person_id, "
        f"CASE d.programme {fits} END AS fits FROM {verdicts} AS v "
        f"JOIN (SELECT programme, {key} FROM {steps.scan('determined')} "
        f"WHERE programme IN ({listed})) AS d ON d.{key} = v.{key}) WHERE fits IS NOT TRUE"
    )
