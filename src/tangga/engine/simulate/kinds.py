"""The families of the register with what a simulation tells them apart by.

The table `kinds` of the connection: one row a family; key: family_id. `people` counts its living
members. `decile`, `rung`, `protected` and `severity` are facts of the day; `g0`, `g1` ... are the
groups of `policy/simulation.toml`: TRUE, FALSE, or NULL where it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tangga.engine.simulate.opened import Opened
from tangga.rules.conditions import Condition, facts_used
from tangga.rules.facts_sql import columns_of
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.on_date import OnDate
from tangga.rules.to_sql import HIGH, LOW, aggregates, text, to_sql

KINDS = "kinds"
SETTINGS = "simulation"


@dataclass(frozen=True)
class Group:
    """A group of families as the pack names it. column: of `kinds`."""

    id: str
    labels: Mapping[str, str]
    column: str


def write_kinds(opened: Opened, today: OnDate) -> tuple[Group, ...]:
    """Make `kinds`; returns the groups that the run's facts can tell.

    A group that reads a fact which the run did not keep is left out.
    """
    listed = [one for one in _listed(today) if _kept(opened, today, one)]
    of_members = [(n, one["member"]) for n, one in enumerate(listed) if one["member"] is not None]
    of_family = [(n, one["family"]) for n, one in enumerate(listed) if one["family"] is not None]
    columns = Columns(today.facts.names, FAMILY_TABLE, own="f", members="f")
    flags = "".join(f", m.g{n}" for n, _ in of_members)
    flags += "".join(f", {text(to_sql(one, columns, today.day))} AS g{n}" for n, one in of_family)
    opened.steps.con.execute(
        f"CREATE OR REPLACE TEMP TABLE {KINDS} AS "
        f"SELECT f.family_id, f.village, f.decile, f.rung, {fact_of(today, 'protected')} AS "
        f"protected, {fact_of(today, 'severity')} AS severity, "
        f"coalesce(m.people, 0)::BIGINT AS people{flags}\n"
        f"FROM {opened.after('facts')} AS f\n"
        f"LEFT JOIN ({_members(opened, today, of_members)}) AS m ON m.family_id = f.family_id"
    )
    return tuple(Group(one["id"], one["labels"], f"g{n}") for n, one in enumerate(listed))


def fact_of(today: OnDate, name: str) -> str:
    """A fact of a family `f`; of a range what is proven; NULL where no rule of the day has it."""
    kind = today.facts.names.find(name, FAMILY_TABLE)
    if kind is None:
        return "NULL"
    return f'f."{name}{LOW if kind.ranged else ""}"'


def _listed(today: OnDate) -> tuple[dict[str, Any], ...]:
    version = today.settings.get(SETTINGS)
    return tuple(version.says["group"]) if version is not None else ()


def _kept(opened: Opened, today: OnDate, group: Mapping[str, Any]) -> bool:
    """Whether the facts are there that a group is told by."""
    there = {FAMILY_TABLE: opened.columns("facts"), PERSON_TABLE: opened.columns("person_facts")}
    for unit, condition in _conditions(group):
        for entity, name in facts_used(condition, unit):
            if not set(columns_of(today.facts.facts[entity, name])) <= there[entity]:
                return False
        counts = Columns(today.facts.names, PERSON_TABLE, own="p")
        if not set(aggregates([condition], counts, today.day)) <= there[FAMILY_TABLE]:
            return False
    return True


def _conditions(group: Mapping[str, Any]) -> Iterator[tuple[str, Condition]]:
    for key, unit in (("member", PERSON_TABLE), ("family", FAMILY_TABLE)):
        if group[key] is not None:
            yield unit, group[key]


def _members(opened: Opened, today: OnDate, groups: list[tuple[int, Condition]]) -> str:
    """family_id, people, and of each group whether any member is so."""
    columns = Columns(today.facts.names, PERSON_TABLE, own="p", family="f")
    each = [(n, text(to_sql(one, columns, today.day))) for n, one in groups]
    flags = "".join(
        f", CASE WHEN bool_or({one}) THEN TRUE WHEN count(*) > count({one}) THEN NULL "
        f"ELSE FALSE END AS g{n}"
        for n, one in each
    )
    of_family = any(entity == FAMILY_TABLE for _, one in groups
                    for entity, _ in facts_used(one, PERSON_TABLE))  # fmt: skip
    facts = opened.after("facts")
    join = f" JOIN {facts} AS f ON f.family_id = p.family_id" if of_family else ""
    return (
        f"SELECT p.family_id, count(*) AS people{flags} "
        f"FROM {opened.after('person_facts')} AS p{join} GROUP BY p.family_id"
    )


def ranged(today: OnDate, name: str) -> tuple[str, str]:
    """The columns of the least and the most of a fact of a family; twice the same of no range."""
    kind = today.facts.names.find(name, FAMILY_TABLE)
    both = (LOW, HIGH) if kind is not None and kind.ranged else ("", "")
    return f"{name}{both[0]}", f"{name}{both[1]}"
