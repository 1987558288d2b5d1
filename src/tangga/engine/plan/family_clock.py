"""The months of each family: whose among its members' they are rests on who is exempt now.

So this runs after the facts of persons, and before those of families. The plain reading is
`rules.clock.family_count`.
"""

from __future__ import annotations

from tangga.engine.plan.cut import FAMILY, of_family
from tangga.engine.plan.statements import statement
from tangga.engine.received import received
from tangga.engine.runner import Part, Steps
from tangga.rules.on_date import OnDate

LEADING = ("head", "spouse")
NEEDED = {"exempt": "BOOLEAN", "able": "BOOLEAN"}
BORN = ("born_hi", "born")
"""The latest day on which somebody can have been born, by the name of its column."""


def write_family_clock(steps: Steps, today: OnDate, person_facts: str) -> None:
    """Write `family_clock`: family_id, months_protected, months_since_start, months_unsure.

    person_facts: relation of person_id, family_id and the facts exempt, able, born. A fact that no
    rule of the policy makes is not known of anybody. A family that is not in it has zero months.
    """
    steps.whole("leads", _leading(steps), scratch=True)
    given = {
        "persons": _persons(steps, person_facts),
        "clock": steps.scan("person_clock"),
        "leading": steps.scan("leads"),
    }

    def sql(part: Part) -> str:
        return statement("family_clock", part=of_family(part, "p.family_id"), **given)

    steps.parts("family_clock", sql, key=FAMILY)
    steps.drop("leads")


def family_past(steps: Steps) -> str:
    """`family_history` with the months of `family_clock`, as something to SELECT from."""
    columns = ("months_protected", "months_since_start", "months_unsure")
    months = ", ".join(f"coalesce(c.{name}, 0) AS {name}" for name in columns)
    return (
        f"(SELECT h.*, {months} FROM {steps.scan('family_history')} AS h "
        f"LEFT JOIN {steps.scan('family_clock')} AS c ON h.family_id = c.family_id)"
    )


def _persons(steps: Steps, person_facts: str) -> str:
    has = {row[0] for row in steps.fetch(f"DESCRIBE SELECT * FROM {person_facts}")}
    known = ", ".join(
        name if name in has else f"NULL::{kind} AS {name}" for name, kind in NEEDED.items()
    )
    born = next((name for name in BORN if name in has), "NULL::DATE")
    return f"(SELECT person_id, family_id, {known}, {born} AS born FROM {person_facts})"


def _leading(steps: Steps) -> str:
    """Head and spouse of each family: as its head stands in the register, or by relation."""
    heads = received(steps, "families", {"family_id": "VARCHAR", "head_person_id": "VARCHAR"})
    members = received(
        steps,
        "memberships",
        {"person_id": "VARCHAR", "family_id": "VARCHAR", "relation": "VARCHAR"},
        where="programme",
    )
    listed = ", ".join(f"'{relation}'" for relation in LEADING)
    return (
        f"SELECT head_person_id AS person_id, family_id FROM {heads} "
        "WHERE head_person_id IS NOT NULL "
        f"UNION ALL SELECT person_id, family_id FROM {members} WHERE relation IN ({listed})"
    )
