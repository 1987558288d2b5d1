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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tangga.registry import SQL_TYPES
from tangga.rules.conditions import Condition, Count, Sum, facts_used, parts_of
from tangga.rules.facts import DEAD, CountOf, Fact, FactBook, Key, OverMembers, SumOf, When
from tangga.rules.facts_needed import needs_family
from tangga.rules.facts_sql_parts import derived, of_members
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.to_sql import HIGH, LOW, aggregates, literal, text, to_sql

PERSON_ID, FAMILY_ID, VILLAGE = "person_id", "family_id", "village"


@dataclass(frozen=True)
class Relation:
    """What stands after FROM, and the columns that it really has.

    sql: a table, a table function, or a SELECT in brackets. complete: of a history, that everybody
    has a row, so that rows which say nothing (false, zero, null) need not be joined.
    """

    sql: str
    columns: frozenset[str]
    complete: bool = False


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
    """SELECT person_id, family_id, then the facts of a person that are shown or counted.

    A row for each person who has a family and is not dead. where: a further condition, on columns
    of `p`, the persons (which part of the country; a family must be in one part whole).
    """
    inner = _rows(book, PERSON_TABLE, sources.persons, sources.person_history, where)
    columns = Columns(book.names, PERSON_TABLE, own="d", family="f")
    kept, rounds = _kept_of_persons(book), _rounds(book)
    parts: list[str] = []
    wanted: set[Key] = set()
    for number, facts in enumerate(rounds):
        small = book.restricted_to(_of_family(key for fact in facts for key in fact.needs))
        if number > 0:
            later = {fact.key: fact for some in rounds[number:] for fact in some}
            needed = {key for fact in later.values() for key in fact.needs}
            wanted = (kept | needed | _kept_of_persons(small)) - later.keys()
            listed = _listed(book, PERSON_TABLE, wanted)
            # Read twice rather than kept: of most people a few columns only, once.
            parts.append(
                f"before{number} AS NOT MATERIALIZED (SELECT {listed} FROM ({inner}) AS d)"
            )
            inner = f"SELECT * FROM before{number}"
        if small.facts:
            of_them = "TRUE"
            if number > 0:
                parts += _near(number, _asking(facts, columns, on, wanted))
                of_them = f"f.family_id IN (SELECT family_id FROM asking{number})"
            near = Relation(f"near{number}", frozenset())
            families = _families(small, sources, near, on, of_them)
            parts.append(f"family{number} AS MATERIALIZED ({families})")
        inner = _leveled(
            inner, facts, columns, on, f" LEFT JOIN family{number} AS f USING (family_id)"
        )
    listed = _listed(book, PERSON_TABLE, kept)
    return f"{_with(parts)}SELECT {listed} FROM ({inner}) AS d"


def family_facts_sql(
    book: FactBook,
    sources: Sources,
    person_facts: Relation,
    on: date,
    where: str = "TRUE",
    also: Iterable[Condition] = (),
) -> str:
    """SELECT family_id, village, then the facts of a family that are shown.

    A row for each family of `sources.families`, those without members too: they count zero.
    person_facts: the rows of `person_facts_sql`. where: a further condition, on columns of `f`, the
    families. also: conditions on a family whose counts and sums over members are wanted too: their
    columns (`to_sql.aggregates`) stand behind the facts, in order of name.
    """
    return _families(book, sources, person_facts, on, where, list(also))


def _families(
    book: FactBook,
    sources: Sources,
    person_facts: Relation,
    on: date,
    where: str = "TRUE",
    also: Sequence[Condition] = (),
) -> str:
    over, plain = _over_members(book)
    wanted = _member_columns(book, also, on)
    own = [fact.derivation.condition for fact in plain if isinstance(fact.derivation, When)]
    extra = {**_member_columns(book, own, on), **wanted}
    inner = _rows(book, FAMILY_TABLE, sources.families, sources.family_history, where)
    if over or extra:
        members = person_facts.sql + " AS m"
        small = book.restricted_to(_family_needs(over, [*own, *also]))
        if small.facts:
            families = _families(small, sources, person_facts, on)
            members += f" LEFT JOIN ({families}) AS f USING (family_id)"
        listed = [
            *(c for fact in over for c in _of_nobody(fact)),
            *(f'a."{name}"' for name in extra),
        ]
        inner = f"SELECT d.*, {', '.join(listed)} FROM ({inner}) AS d LEFT JOIN "
        inner += f"({_grouped(book, members, over, extra, on)}) AS a USING (family_id)"
    columns = Columns(book.names, FAMILY_TABLE, own="d", members="d")
    inner = _leveled(inner, plain, columns, on)
    return f"SELECT {_listed(book, FAMILY_TABLE, _shown(book), wanted)} FROM ({inner}) AS d"


def _near(number: int, asking: str) -> list[str]:
    """The families of those who ask for their family's facts, and everybody in them."""
    before = f"before{number}"
    asked = f"SELECT DISTINCT family_id FROM {before} AS d WHERE {asking}"
    near = f"SELECT * FROM {before} SEMI JOIN asking{number} USING (family_id)"
    return [
        f"asking{number} AS MATERIALIZED ({asked})",
        f"near{number} AS NOT MATERIALIZED ({near})",
    ]


def _asking(facts: Iterable[Fact], columns: Columns, on: date, there: set[Key]) -> str:
    """Of whom any of these facts can depend on the family. there: the facts worked out so far."""

    def say(condition: Condition) -> str | None:
        known = facts_used(condition, PERSON_TABLE) <= there
        return text(to_sql(condition, columns, on)) if known else None

    found = [
        needs_family(fact.derivation.condition, say)
        if isinstance(fact.derivation, When)
        else "TRUE"
        for fact in facts
        if _of_family(fact.needs)
    ]
    return " OR ".join(f"({one})" for one in found if one is not None) or "FALSE"


def _leveled(inner: str, facts: list[Fact], columns: Columns, on: date, family: str = "") -> str:
    """Rows with facts made from what is in them, level upon level.

    family: joins the facts that are `family.NAME`.
    """
    for level in _levels(facts):
        joined = family if _of_family(key for fact in level for key in fact.needs) else ""
        named = ", ".join(_named(level, columns, on))
        inner = f"SELECT d.*, {named} FROM ({inner}) AS d{joined}"
    return inner


def _with(parts: list[str]) -> str:
    return f"WITH {', '.join(parts)} " if parts else ""


def _shown(book: FactBook) -> set[Key]:
    return set(book.facts if book.shown is None else book.shown)


def _kept_of_persons(book: FactBook) -> set[Key]:
    """The facts of persons that are shown, or that a fact of the family counts."""
    counted = {key for fact in book.of(FAMILY_TABLE, given=False) for key in fact.needs}
    return {key for key in _shown(book) | counted if key[0] == PERSON_TABLE}


def _of_family(keys: Iterable[Key]) -> set[Key]:
    return {key for key in keys if key[0] == FAMILY_TABLE}


def _rounds(book: FactBook) -> list[list[Fact]]:
    """The derived facts of persons, by how often members must be counted before them."""
    height: dict[Key, int] = {}
    for key, fact in book.facts.items():
        after = [
            height[need] + (key[0] == PERSON_TABLE != need[0] and book.facts[need].of_members)
            for need in fact.needs
        ]
        height[key] = max(after, default=0)
    facts = book.of(PERSON_TABLE, given=False)
    last = max((height[fact.key] for fact in facts), default=-1)
    return [[f for f in facts if height[f.key] == number] for number in range(last + 1)]


def _over_members(book: FactBook) -> tuple[list[Fact], list[Fact]]:
    """The derived facts of families: those read off the members' rows, and the others."""
    facts = book.of(FAMILY_TABLE, given=False)
    over = [fact for fact in facts if isinstance(fact.derivation, OverMembers)]
    return over, [fact for fact in facts if fact not in over]


def _family_needs(over: Iterable[Fact], conditions: Iterable[Condition]) -> set[Key]:
    """The facts of the family that are asked of a member (`family.NAME` in a count or sum)."""
    counts = [p for c in conditions for p in parts_of(c) if isinstance(p, Count | Sum)]
    asked = {key for part in counts for key in facts_used(part.where, PERSON_TABLE)}
    asked |= {key for fact in over for key in fact.needs}
    return _of_family(asked)


def _rows(book: FactBook, entity: str, rows: Relation, history: Relation | None, where: str) -> str:
    """What is given of persons or families: keys, columns, and history where there is some."""
    own, keys = ("f", [FAMILY_ID, VILLAGE])
    if entity == PERSON_TABLE:
        own, keys = ("p", [PERSON_ID, FAMILY_ID])
    found = {name: f'{own}."{name}"' for name in rows.columns}
    joined = f"{rows.sql} AS {own}"
    if history is not None:
        told, past = _told(book, entity, history, keys[0])
        found = past | found
        joined += f" LEFT JOIN {told} AS h ON h.{keys[0]} = {own}.{keys[0]}"
    listed = [found.get(name, "CAST(NULL AS VARCHAR)") + f' AS "{name}"' for name in keys]
    given = [fact for fact in book.of(entity, given=True) if fact.name not in keys]
    listed += [f'{_given(fact, found)} AS "{fact.name}"' for fact in given]
    if entity == PERSON_TABLE:
        living = f"p.status IS DISTINCT FROM '{DEAD}'" if "status" in rows.columns else "TRUE"
        where = f"({where}) AND p.family_id IS NOT NULL AND {living}"
    return f"SELECT {', '.join(listed)} FROM {joined} WHERE {where}"


def _told(book: FactBook, entity: str, history: Relation, key: str) -> tuple[str, dict[str, str]]:
    """What to join of a history, and how each of its columns is read then."""
    kinds = {f.name: f.type.type for f in book.of(entity, given=True) if f.name in history.columns}
    if not history.complete or not kinds:
        return history.sql, {name: f'h."{name}"' for name in history.columns}
    empty = {name: _NOTHING.get(kind, "NULL") for name, kind in kinds.items()}
    some = " OR ".join(f'"{name}" IS DISTINCT FROM {value}' for name, value in empty.items())
    listed = ", ".join(f'"{name}"' for name in (key, *(n for n in kinds if n != key)))
    read = {
        name: f'h."{name}"' if value == "NULL" else _or_empty(name, key, value)
        for name, value in empty.items()
    }
    return f"(SELECT {listed} FROM {history.sql} WHERE {some})", read


_NOTHING = {"boolean": "FALSE", "integer": "0", "money": "0"}
"""What a history says of somebody of whom there is nothing to say; else null."""


def _or_empty(name: str, key: str, value: str) -> str:
    return f'CASE WHEN h."{key}" IS NULL THEN {value} ELSE h."{name}" END'


def _given(fact: Fact, found: Mapping[str, str]) -> str:
    """A column without the codes for not known, and with what holds where nothing is recorded."""
    none = f"CAST(NULL AS {SQL_TYPES[fact.type.type]})"
    column = found.get(fact.name, none)
    if fact.not_known and column != none:
        codes = ", ".join(text(literal(code)) for code in fact.not_known)
        column = f"CASE WHEN {column} NOT IN ({codes}) THEN {column} END"
    if fact.otherwise is None:
        return column
    return f"coalesce({column}, {text(literal(fact.otherwise))})"


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
    book: FactBook, members: str, over: list[Fact], extra: Mapping[str, str], on: date
) -> str:
    """One row a family that has members: everything that is counted, added up or picked."""
    of_member = Columns(book.names, PERSON_TABLE, own="m", family="f")
    listed = ["m.family_id"]
    for fact in over:
        assert isinstance(fact.derivation, OverMembers)
        parts = zip(columns_of(fact), of_members(fact.derivation, of_member, on), strict=False)
        listed += [f'{part} AS "{name}"' for name, part in parts]
    listed += [f'{part} AS "{name}"' for name, part in extra.items()]
    return f"SELECT {', '.join(listed)} FROM {members} GROUP BY m.family_id"


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


def _listed(book: FactBook, entity: str, keys: set[Key], also: Iterable[str] = ()) -> str:
    """The ids, then the columns of these facts in the order of the book, then others."""
    ids = [PERSON_ID, FAMILY_ID] if entity == PERSON_TABLE else [FAMILY_ID, VILLAGE]
    facts = [fact for key, fact in book.facts.items() if key in keys and key[0] == entity]
    names = dict.fromkeys([*ids, *(name for fact in facts for name in columns_of(fact)), *also])
    return ", ".join(f'd."{name}"' for name in names)
