"""Random facts of the kind that the ladder asks about, in Python and as tables of DuckDB.

Values lie at, just below and just above the bounds that the rules compare with, so that moves come
due and fail by a hair; and any may be not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import duckdb

from tangga.registry import SQL_TYPES
from tangga.rules.conditions import Ago, Condition, facts_used, parts_of
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts, FactType
from tangga.rules.on_date import OnDate
from tangga.rules.to_sql import literal, text
from tangga.rules.values import Value, ends, ranged

ALWAYS = {
    FAMILY_TABLE: ("family_id", "rung"),
    PERSON_TABLE: ("person_id", "family_id", "born", "status"),
}
"""Facts that every row has, whatever the rules read."""


def conditions(today: OnDate) -> Iterator[tuple[str, Condition]]:
    """Every condition of moves, signals and choices of a payee, with its subject."""
    for move, rule in today.moves:
        yield from ((move.subject, r.condition) for r in rule.says.requires)
    for signal, signal_rule in today.signals:
        yield from ((signal.subject, r.condition) for r in signal_rule.says.requires)
    for _, choice in today.choices:
        yield from ((PERSON_TABLE, r.condition) for r in choice.says.requires)


def names_used(today: OnDate) -> dict[str, dict[str, FactType]]:
    """Entity -> the facts that the rules read, and those that every row has."""
    used = {key for subject, one in conditions(today) for key in facts_used(one, subject)}
    used |= {(entity, name) for entity, names in ALWAYS.items() for name in names}
    all_of = {FAMILY_TABLE: today.facts.names.family, PERSON_TABLE: today.facts.names.person}
    return {
        entity: {name: all_of[entity][name] for e, name in sorted(used) if e == entity}
        for entity in (FAMILY_TABLE, PERSON_TABLE)
    }


def bounds(today: OnDate) -> dict[str, set[Any]]:
    """Fact -> plain bounds and values that the rules compare it with; days where it is one."""
    found: dict[str, set[Any]] = {}
    for _, condition in conditions(today):
        for part in parts_of(condition):
            fact, bound = getattr(part, "fact", ""), getattr(part, "bound", None)
            said = [*getattr(part, "values", ()), getattr(part, "value", None)]
            said.append(bound.day(today.day) if isinstance(bound, Ago) else bound)
            plain = {v for v in said if isinstance(v, bool | int | Decimal | date | str)}
            found.setdefault(fact.removeprefix("family."), set()).update(plain)
    return found


class World:
    """Random families for the rules of one day. unknown: how often a value is not known."""

    def __init__(self, today: OnDate, unknown: float = 0.15) -> None:
        self.today, self.unknown = today, unknown
        self.names, self.bounds = names_used(today), bounds(today)

    def family(self, random: Random, number: int) -> Facts:
        """One family of none to three members; ids are `f7` and `f7-2`."""
        own = self._row(random, FAMILY_TABLE) | {"family_id": f"f{number}"}
        rungs = [None, "protection", "empowerment", "graduated", "watch"]
        own["rung"] = random.choice(rungs)
        members = []
        for n in range(random.randint(0, 3)):
            row = self._row(random, PERSON_TABLE)
            row |= {"person_id": f"f{number}-{n}", "family_id": f"f{number}"}
            members.append(Facts(row, own))
        return Facts(own, members=tuple(members))

    def _row(self, random: Random, entity: str) -> dict[str, Value]:
        return {name: self.value(random, name, kind) for name, kind in self.names[entity].items()}

    def value(self, random: Random, name: str, kind: FactType) -> Value:
        """A value near what the rules ask, a range now and then where it can be one, or None."""
        if random.random() < self.unknown:
            return None
        one = self._plain(random, name, kind)
        if not kind.ranged or random.random() < 0.7 or isinstance(one, str | bool):
            return one
        other = self._plain(random, name, kind)
        return ranged(*sorted([one, other]))  # type: ignore[type-var]

    def _plain(self, random: Random, name: str, kind: FactType) -> Any:
        said = sorted(self.bounds.get(name, ()), key=str)
        if kind.type == "boolean":
            return random.random() < 0.7
        if kind.type == "date":
            base = random.choice([d for d in said if isinstance(d, date)] or [self.today.day])
            return base + timedelta(random.choice([-400, -30, -1, 0, 0, 1, 30]))
        if kind.type in ("integer", "money", "decimal"):
            base = random.choice([n for n in said if not isinstance(n, str)] or [1])
            return max(0, base + random.choice([-1, 0, 0, 1]))
        codes = [*said, *said, *sorted(kind.codes or ("x",))]
        return random.choice(codes)


def tables(world: World, families: Iterable[Facts]) -> duckdb.DuckDBPyConnection:
    """`facts` and `person_facts` as the engine has them."""
    connection = duckdb.connect(config={"threads": 1})
    families = list(families)
    members = [member for one in families for member in one.members]
    for table, entity, rows in (
        ("facts", FAMILY_TABLE, families),
        ("person_facts", PERSON_TABLE, members),
    ):
        kinds = world.names[entity]
        columns = ", ".join(_column(name, kind) for name, kind in kinds.items())
        connection.execute(f"CREATE TABLE {table} ({columns})")
        if rows:
            cells = ", ".join(f"({_cells(kinds, row)})" for row in rows)
            connection.execute(f"INSERT INTO {table} VALUES {cells}")
    return connection


def _column(name: str, kind: FactType) -> str:
    suffixes = ("_lo", "_hi") if kind.ranged else ("",)
    return ", ".join(f'"{name}{suffix}" {SQL_TYPES[kind.type]}' for suffix in suffixes)


def _cells(kinds: dict[str, FactType], row: Facts) -> str:
    cells: list[Any] = []
    for name, kind in kinds.items():
        value = row.own.get(name)
        cells += ends(value) if kind.ranged else [value]
    return ", ".join("NULL" if cell is None else text(literal(cell)) for cell in cells)
