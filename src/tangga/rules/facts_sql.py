"""Facts of a whole country: two SELECTs for DuckDB, of persons and of families.

    persons = person_facts_sql(book, sources, on)                    # one row a living member
    families = family_facts_sql(book, sources, person_facts, on)     # one row a family

The columns of a fact: its name, or `NAME_lo` and `NAME_hi` of one that can be a range. A column
that a relation does not have in this run is a typed NULL. Each level of dependence is a SELECT
over the one before, so that nothing is worked out twice. Members are seen through one GROUP BY of
the family; there are no window functions, and no order: who keeps the rows orders them by id.

`facts_reading` is the other reading; a generative test asserts that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tangga.registry import SQL_TYPES
from tangga.rules.conditions import Condition
from tangga.rules.facts import (
    DEAD,
    CountOf,
    Fact,
    FactBook,
    OverMembers,
    SumOf,
    When,
    counts_members,
)
from tangga.rules.facts_sql_parts import derived, of_members
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.to_sql import HIGH, LOW, aggregates, text

PERSON_ID, FAMILY_ID, VILLAGE = "person_id", "family_id", "village"


@dataclass(frozen=True)
class Relation:
    """What stands after FROM, and the columns that it really has.

    sql: a table, a table function, or a SELECT in brackets.
    """

    sql: str
    columns: frozenset[str]


@dataclass(frozen=True)
class Sources:
    """Where persons, families and their histories come from: one row an id in each.

    A history that is None is not known of anybody.
    """

    persons: Relation
    families: Relation
    person_history: Relation | None = None
    family_history: Relation | None = None


def columns_of(fact: Fact) -> list[str]:
    """The column of a fact, or the two of one that can be a range."""
    return [fact.name + LOW, fact.name + HIGH] if fact.type.ranged else [fact.name]


def person_facts_sql(book: FactBook, sources: Sources, on: date, where: str = "TRUE") -> str:
    """SELECT person_id, family_id, then every fact of a person in the book.

    A row for each person who has a family and is not dead. where: a further condition, on columns
    of `p`, the persons (which part of the country).
    """
    inner = _rows(book, PERSON_TABLE, sources.persons, sources.person_history, where)
    columns = Columns(book.names, PERSON_TABLE, own="d", family="f")
    for level in _levels(book.of(PERSON_TABLE, given=False)):
        joined = f"({inner}) AS d"
        if any(entity == FAMILY_TABLE for fact in level for entity, _ in fact.needs):
            joined += f" LEFT JOIN ({_before_members(book, sources, on)}) AS f USING (family_id)"
        inner = f"SELECT d.*, {', '.join(_named(level, columns, on))} FROM {joined}"
    return _selected(book, PERSON_TABLE, [PERSON_ID, FAMILY_ID], inner)


def family_facts_sql(
    book: FactBook,
    sources: Sources,
    person_facts: Relation,
    on: date,
    where: str = "TRUE",
    also: Iterable[Condition] = (),
) -> str:
    """SELECT family_id, village, then every fact of a family in the book.

    A row for each family of `sources.families`, those without members too: they count zero.
    person_facts: the rows of `person_facts_sql`. where: a further condition, on columns of `f`, the
    families. also: conditions on a family whose counts and sums over members are wanted too: their
    columns (`to_sql.aggregates`) stand behind the facts, in order of name.
    """
    derived_facts = book.of(FAMILY_TABLE, given=False)
    counted = [fact for fact in derived_facts if counts_members(fact.derivation)]
    conditions = [f.derivation.condition for f in counted if isinstance(f.derivation, When)]
    extra = _member_columns(book, [*conditions, *also], on)
    inner = _rows(book, FAMILY_TABLE, sources.families, sources.family_history, where)
    if counted or extra:
        members = _grouped(book, sources, person_facts, counted, extra, on)
        picked = [fact for fact in counted if isinstance(fact.derivation, OverMembers)]
        of_nobody = [part for fact in picked for part in _of_nobody(fact)]
        listed = ", ".join(["d.*", *of_nobody, *(f'a."{name}"' for name in extra)])
        inner = f"SELECT {listed} FROM ({inner}) AS d LEFT JOIN ({members}) AS a USING (family_id)"
    columns = Columns(book.names, FAMILY_TABLE, own="d", members="d")
    later = [f for f in derived_facts if f not in counted or isinstance(f.derivation, When)]
    for level in _levels(later):
        inner = f"SELECT d.*, {', '.join(_named(level, columns, on))} FROM ({inner}) AS d"
    wanted = _member_columns(book, also, on)
    return _selected(book, FAMILY_TABLE, [FAMILY_ID, VILLAGE], inner, list(wanted))


def _rows(book: FactBook, entity: str, rows: Relation, history: Relation | None, where: str) -> str:
    """What is given of persons or families: keys, columns, and history where there is some."""
    own, key = ("p", PERSON_ID) if entity == PERSON_TABLE else ("f", FAMILY_ID)
    keys = [PERSON_ID, FAMILY_ID] if entity == PERSON_TABLE else [FAMILY_ID, VILLAGE]
    found = {name: f'{own}."{name}"' for name in rows.columns}
    joined = f"{rows.sql} AS {own}"
    if history is not None:
        past = {name: f'h."{name}"' for name in history.columns - {PERSON_ID, FAMILY_ID}}
        found = past | found
        joined += f" LEFT JOIN {history.sql} AS h ON h.{key} = {own}.{key}"
    listed = [found.get(name, "CAST(NULL AS VARCHAR)") + f' AS "{name}"' for name in keys]
    for fact in book.of(entity, given=True):
        if fact.name not in keys:
            none = f"CAST(NULL AS {SQL_TYPES[fact.type.type]})"
            listed.append(f'{found.get(fact.name, none)} AS "{fact.name}"')
    if entity == PERSON_TABLE:
        living = f"p.status IS DISTINCT FROM '{DEAD}'" if "status" in rows.columns else "TRUE"
        where = f"({where}) AND p.family_id IS NOT NULL AND {living}"
    return f"SELECT {', '.join(listed)} FROM {joined} WHERE {where}"


def _before_members(book: FactBook, sources: Sources, on: date) -> str:
    """The facts of families that rest on no member."""
    facts = [fact for fact in book.of(FAMILY_TABLE, given=False) if not fact.of_members]
    inner = _rows(book, FAMILY_TABLE, sources.families, sources.family_history, "TRUE")
    columns = Columns(book.names, FAMILY_TABLE, own="d")
    for level in _levels(facts):
        inner = f"SELECT d.*, {', '.join(_named(level, columns, on))} FROM ({inner}) AS d"
    return inner


def _levels(facts: list[Fact]) -> list[list[Fact]]:
    """Facts by how many others of these they stand upon: each level needs only earlier ones."""
    height: dict[tuple[str, str], int] = {}
    for fact in facts:
        height[fact.key] = 1 + max((height[k] for k in fact.needs if k in height), default=-1)
    levels: list[list[Fact]] = [[] for _ in range(max(height.values(), default=-1) + 1)]
    for fact in facts:
        levels[height[fact.key]].append(fact)
    return levels


def _named(facts: Iterable[Fact], columns: Columns, on: date) -> Iterator[str]:
    """`expression AS name` of each column of facts that are made from others of the same one."""
    for fact in facts:
        for name, part in zip(columns_of(fact), derived(fact.derivation, columns, on), strict=True):
            yield f'{part} AS "{name}"'


def _member_columns(book: FactBook, conditions: Iterable[Condition], on: date) -> dict[str, str]:
    """Column -> aggregate, for the counts and sums within conditions; in order of name."""
    of_member = Columns(book.names, PERSON_TABLE, own="m", family="f")
    found = aggregates(conditions, of_member, on)
    return {name: text(found[name]) for name in sorted(found)}


def _grouped(
    book: FactBook,
    sources: Sources,
    person_facts: Relation,
    counted: list[Fact],
    extra: Mapping[str, str],
    on: date,
) -> str:
    """One row a family that has members: everything that is counted, added up or picked."""
    of_member = Columns(book.names, PERSON_TABLE, own="m", family="f")
    listed = ["m.family_id"]
    for fact in counted:
        if isinstance(fact.derivation, OverMembers):
            parts = of_members(fact.derivation, of_member, on)
            named = zip(columns_of(fact), parts, strict=False)
            listed += [f'{part} AS "{name}"' for name, part in named]
    listed += [f'{part} AS "{name}"' for name, part in extra.items()]
    joined = f"{person_facts.sql} AS m"
    if any('f."' in part for part in listed):
        joined += f" LEFT JOIN ({_before_members(book, sources, on)}) AS f USING (family_id)"
    return f"SELECT {', '.join(listed)} FROM {joined} GROUP BY m.family_id"


def _of_nobody(fact: Fact) -> Iterator[str]:
    """The columns of a fact from its group; a family without members has no group."""
    for name in columns_of(fact):
        column = f'a."{name}"'
        match fact.derivation:
            case CountOf():
                column = f"coalesce({column}, 0)"
            case SumOf():
                column = f"CASE WHEN a.family_id IS NULL THEN 0 ELSE {column} END"
        yield f'{column} AS "{name}"'


def _selected(
    book: FactBook, entity: str, keys: list[str], inner: str, also: Iterable[str] = ()
) -> str:
    """The keys, then the columns of every fact in the order of the book."""
    facts = [*book.of(entity, given=True), *book.of(entity, given=False)]
    names = [name for fact in facts for name in columns_of(fact)]
    listed = [f'd."{name}"' for name in dict.fromkeys([*keys, *names, *also])]
    return f"SELECT {', '.join(listed)} FROM ({inner}) AS d"
