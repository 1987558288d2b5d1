"""Facts of every person and family on the day, as far as any rule of the day reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tangga.engine.plan.cut import FAMILY, of_family
from tangga.engine.plan.family_clock import family_past
from tangga.engine.runner import Part, Steps
from tangga.errors import BadPack
from tangga.rules.conditions import Condition
from tangga.rules.facts import CountOf, FactBook, Key, SumOf
from tangga.rules.facts_sql import Relation, Sources, family_facts_sql, person_facts_sql
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.on_date import OnDate

READ_HERE: dict[str, tuple[str, ...]] = {
    FAMILY_TABLE: (
        "decile",
        "rung",
        "months_protected",
        "months_since_start",
        "support_open",
        "clock_bound_open",
        "extended_until",
        "has_place",
        "protected",
        "severity",
        "must_climb_adults",
        "members",
    ),
    PERSON_TABLE: ("born", "exempt", "able", "must_climb", "months_counted", "case_open"),
}
"""Facts that the engine itself reads: for lists, the waiting order and explanations."""
NEEDED = (
    "decile",
    "rung",
    "months_protected",
    "months_since_start",
    "support_open",
    "clock_bound_open",
    "extended_until",
    "has_place",
)
"""Facts of a family without which no list can be made; a policy declares them."""


def conditions(today: OnDate) -> Iterator[tuple[str, Condition]]:
    """(person or family, condition) of everything that is decided on a day."""
    for programme, version in today.programmes.values():
        for requirement in version.says.requires:
            yield programme.unit, requirement.condition
        for component in version.says.benefit.components:
            yield PERSON_TABLE, component.who
    for one, rule in (*today.moves, *today.signals):
        for requirement in rule.says.requires:
            yield one.subject, requirement.condition
    for _, rule in today.choices:
        for requirement in rule.says.requires:
            yield PERSON_TABLE, requirement.condition
    pilar = today.settings.get("pilar")
    if pilar is not None:
        yield from ((FAMILY_TABLE, pilar.says[name]) for name in ("graduable", "in_care"))


def book_of(today: OnDate) -> FactBook:
    """The facts that anything of the day reads, and all that they are made from.

    BadPack where the policy lacks one that the engine itself needs.
    """
    absent = [name for name in NEEDED if (FAMILY_TABLE, name) not in today.facts.facts]
    if absent:
        todo = "Declare them in policy/facts.toml, most with history = true"
        raise BadPack(f"the policy lacks facts of a family: {', '.join(absent)}", todo=todo)
    keys: set[Key] = set(today.facts.uses(conditions(today)))
    for _, version in today.programmes.values():
        if version.says.benefit.ties:
            keys.add((PERSON_TABLE, version.says.benefit.ties))
    for entity, names in READ_HERE.items():
        keys |= {(entity, name) for name in names if (entity, name) in today.facts.facts}
    keys |= {below for key in keys for below in today.facts.facts[key].rests_on}
    return today.facts.restricted_to(keys | set(_asked(today.facts.restricted_to(keys))))


def _asked(book: FactBook) -> Iterator[Key]:
    """What can be asked in place of a fact that is not known, and what tells of whom."""
    for key, fact in book.facts.items():
        if fact.ask:
            yield key
        if isinstance(fact.derivation, CountOf | SumOf):
            yield from fact.needs


def family_conditions(today: OnDate) -> list[Condition]:
    """Those that may count members: their counts become columns of the facts of families."""
    return [condition for unit, condition in conditions(today) if unit == FAMILY_TABLE]


def write_person_facts(steps: Steps, today: OnDate, book: FactBook) -> None:
    """Write `person_facts`, one row a living person in a family, from what is known of the past."""

    def sql(part: Part) -> str:
        sources = _sources(steps, part, family_history=steps.scan("family_history"))
        where = of_family(part, "p.family_id")
        return person_facts_sql(book, sources, today.day, where)

    steps.parts("person_facts", sql, key=FAMILY)


def write_family_facts(steps: Steps, today: OnDate, book: FactBook) -> None:
    """Write `facts`, one row a family, with every count over members that a rule asks for."""
    also = family_conditions(today)

    def sql(part: Part) -> str:
        sources = _sources(steps, part, family_history=family_past(steps))
        persons = relation_of_part(steps, steps.scan_part("person_facts", FAMILY, part), part)
        where = of_family(part, "f.family_id")
        return family_facts_sql(book, sources, persons, today.day, where, also)

    steps.parts("facts", sql, key=FAMILY)


def _sources(steps: Steps, part: Part, *, family_history: str) -> Sources:
    """Persons, families and their past, each cut to the families of a part."""
    ctx = steps.ctx
    families = ctx.scan("resolve", "families")
    return Sources(
        persons=relation_of_part(steps, ctx.scan("resolve", "persons"), part),
        families=relation_of_part(
            steps, f"(SELECT * FROM {families} WHERE status = 'active')", part
        ),
        person_history=replace(
            relation_of_part(steps, steps.scan_part("person_history", FAMILY, part), part),
            complete=True,
        ),
        family_history=replace(relation_of_part(steps, family_history, part), complete=True),
    )


def relation_of_part(steps: Steps, table: str, part: Part) -> Relation:
    """A table as a relation; the rows of a part where it has a family."""
    columns = frozenset(row[0] for row in steps.fetch(f"DESCRIBE SELECT * FROM {table}"))
    if part.of == 1 or "family_id" not in columns:
        return Relation(table, columns)
    return Relation(f"(SELECT * FROM {table} WHERE {of_family(part, 'family_id')})", columns)
