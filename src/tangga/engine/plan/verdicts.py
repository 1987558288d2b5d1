"""What each programme says of everybody, and who has been determined for it."""

from __future__ import annotations

from collections.abc import Iterator

from tangga.engine.plan.cut import FAMILY, of_part
from tangga.engine.plan.decisions import answer_column, columns_of, quoted
from tangga.engine.plan.statements import statement
from tangga.engine.plan.units import of_persons
from tangga.engine.runner import Part, Steps
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.on_date import OnDate
from tangga.rules.programmes_sql import benefits_sql, components_sql
from tangga.rules.to_sql import text, to_sql


def write_verdicts(steps: Steps, today: OnDate) -> None:
    """Write `verdicts`, `person_verdicts` and `determined`.

    The answer to each requirement is a BOOLEAN column `PROGRAMME__REQUIREMENT`, NULL where it is
    not known.
    """

    def families(part: Part) -> str:
        listed = "".join(f",\n  {one}" for one in _answers(today, FAMILY_TABLE))
        return f"SELECT f.family_id{listed}\nFROM {of_part(steps, 'facts', part)} AS f"

    def persons(part: Part) -> str:
        listed = "".join(f",\n  {one}" for one in _answers(today, PERSON_TABLE))
        facts = of_part(steps, "facts", part)
        return (
            f"SELECT p.family_id, p.person_id{listed}\n"
            f"FROM {of_part(steps, 'person_facts', part)} AS p\n"
            f"JOIN {facts} AS f ON f.family_id = p.family_id"
        )

    steps.parts("verdicts", families, key=FAMILY)
    steps.parts("person_verdicts", persons, key=FAMILY)
    steps.whole("determined", _determined(steps, today))


def _answers(today: OnDate, unit: str) -> Iterator[str]:
    columns = columns_of(today, unit == PERSON_TABLE)
    for programme, version in today.programmes.values():
        if programme.unit == unit:
            for requirement in version.says.requires:
                expression = to_sql(requirement.condition, columns, today.day)
                yield f'{text(expression)} AS "{answer_column(programme.id, requirement)}"'


def _determined(steps: Steps, today: OnDate) -> str:
    listed = ", ".join(quoted(id_) for id_ in of_persons(today)) or "NULL"
    return statement("determined", spells=steps.scan("spells"), of_persons=listed)


def write_benefits(steps: Steps, today: OnDate) -> None:
    """Write `components` and `benefits`: what a programme gives a year, to whom."""

    def components(part: Part) -> str:
        persons, facts = (of_part(steps, name, part) for name in ("person_facts", "facts"))
        return components_sql(today, persons, facts)

    def benefits(part: Part) -> str:
        names = ("components", "verdicts", "person_verdicts")
        return benefits_sql(today, *(of_part(steps, name, part) for name in names))

    steps.parts("components", components, key=FAMILY)
    steps.parts("benefits", benefits)
