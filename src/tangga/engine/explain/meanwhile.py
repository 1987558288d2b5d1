"""What the register believes about a family and its members, from which records, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tangga.engine.explain.rank_words import day_words, number_words
from tangga.engine.explain.ranked_data import Changed, Origin
from tangga.engine.explain.register import Register, Row
from tangga.engine.explain.words import Words, joined, words
from tangga.engine.resolve.provenance import provenance_view
from tangga.registry.model import Column
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE

Key = tuple[str | None, str]
"""(person, or None for the family; column)."""
ALWAYS = frozenset(("person_id", "name", "status", "relation", "head_person_id"))
LEFT_OUT = ("area", "identifier", "text", "date", "timestamp")
"""Types of columns that say where, when or by which number, not how a family lives."""


@dataclass(frozen=True)
class Known:
    """What records say of a family and its present members, read once.

    columns: of members that are asked for. moved: whether what changed is asked for too: then every
    column that says how somebody lives, with what was said of it before.
    """

    register: Register
    family_id: str
    columns: frozenset[str] = frozenset()
    moved: bool = False

    @cached_property
    def members(self) -> list[Row]:
        """Its members as the register holds them, by id; the dead are not among them."""
        where = "family_id = ? AND status IS DISTINCT FROM 'dead' ORDER BY person_id"
        return self._rows("persons", where)

    @cached_property
    def family(self) -> Row:
        """The family as the register holds it."""
        return self._rows("families", "family_id = ?")[0]

    def _rows(self, table: str, where: str) -> list[Row]:
        """Rows of a wide table, only the columns that are looked at."""
        listed = self.register.prepared.get((table, self.columns))
        if listed is None:
            looked_at = self.columns | ALWAYS
            there = self.register.columns("resolve", table)
            listed = ", ".join(f'"{name}"' for name in there if name in looked_at)
            self.register.prepared[table, self.columns] = listed
        scan = self.register.run.scan("resolve", table)
        return self.register.ask(f"SELECT {listed} FROM {scan} WHERE {where}", [self.family_id])

    @cached_property
    def names(self) -> dict[str, str]:
        """Member -> name, or the id where there is none."""
        return {row["person_id"]: row.get("name") or row["person_id"] for row in self.members}

    @cached_property
    def said(self) -> dict[Key, list[Row]]:
        """Everything that a record says of a column, the latest first."""
        found: dict[Key, list[Row]] = defaultdict(list)
        for row in self._said():
            found[row["person_id"], row["field"]].append(row)
        for rows in found.values():
            rows.sort(key=lambda row: (row["source"], row["source_id"] or ""))
            rows.sort(key=lambda row: row["as_of"] or date.min, reverse=True)
        return found

    def _said(self) -> Iterator[Row]:
        yield from self.register.said_of_family(self.family_id)
        fields, run = self.columns, self.register.run
        if self.moved:
            all_ = self.register.pack.tables[PERSON_TABLE].columns.items()
            fields |= {name for name, column in all_ if _tells(column)}
        people = list(self.names)
        view = provenance_view(run, people, fields=fields, superseded=self.moved)
        yield from self.register.ask(view)

    def origin(self, person_id: str | None, column: str) -> Origin | None:
        """The record from which the register has a value; None where no record says it."""
        row = next((row for row in self.said.get((person_id, column), ()) if row["won"]), None)
        return None if row is None else self.told(row)

    def told(self, row: Row) -> Origin:
        """The record that says a value."""
        person = row["person_id"]
        name = None if person is None else self.names.get(person, person)
        return Origin(row["source"], row["source_id"] or "-", row["as_of"], name)


def changed_between(known: Known, start: date | None, end: date | None) -> tuple[Changed, ...]:
    """What the register learnt after one day and up to another: events, and values in force that
    are from a record of that time and that no earlier record had said."""
    if start is None or end is None:
        return ()
    keys = sorted(known.said, key=lambda key: (key[0] or "", key[1]))
    return (
        *_events(known, start, end),
        *(change for key in keys for change in _change(known, key, start, end)),
    )


def _change(known: Known, key: Key, start: date, end: date) -> Iterator[Changed]:
    person, name = key
    column = _column(known, key)
    if column is None:
        return
    rows = known.said[key]
    won = next((row for row in rows if row["won"]), None)
    if won is None or won["as_of"] is None or not start < won["as_of"] <= end:
        return
    earlier = [row for row in rows if (row["as_of"] or date.max) <= start]
    if any(row["value"] == won["value"] for row in earlier):
        return
    table = FAMILY_TABLE if person is None else PERSON_TABLE
    label, origin = known.register.labels.column(table, name), known.told(won)
    if origin.person is not None:
        label = joined([Words.same(origin.person), label])
    now = _value(known, table, column, won["value"])
    before = _value(known, table, column, earlier[0]["value"]) if earlier else None
    said = words("rank_changed", label=label, before=before or words("rank_not_known"), now=now)
    kind = "value" if earlier else "learnt"
    yield Changed(kind=kind, words=said, before=before, now=now, origin=origin)


def _column(known: Known, key: Key) -> Column | None:
    """A column that says how a family lives; None for names, numbers and addresses."""
    table = known.register.pack.tables.get(FAMILY_TABLE if key[0] is None else PERSON_TABLE)
    column = table.columns.get(key[1]) if table else None
    return column if column is not None and _tells(column) else None


def _tells(column: Column) -> bool:
    return column.type not in LEFT_OUT and column.privacy != "identity"


def _value(known: Known, table: str, column: Column, value: str) -> Words:
    if column.type == "boolean":
        return words("rank_yes" if value == "true" else "rank_no")
    if column.type == "money":
        return words("rank_money", amount=number_words(float(value)))
    return known.register.labels.code(table, column.name, value)


def _events(known: Known, start: date, end: date) -> Iterator[Changed]:
    """What happened to the family and its members, and was received."""
    of_person = " OR ".join(["FALSE", *(f"person_id = '{id_}'" for id_ in known.names)])
    where = f"latest AND (family_id = ? OR {of_person}) AND on_date > ? AND on_date <= ?"
    given = [known.family_id, start, end]
    order = "ORDER BY on_date, source, source_id"
    rows = known.register.rows("resolve", "events", f"{where} {order}", given)
    names = _names(known, {row["person_id"] for row in rows if row["person_id"]})
    for row in rows:
        label = known.register.labels.code("event", "event", row["event"])
        name = names.get(row["person_id"])
        who = label if name is None else joined([Words.same(name), label])
        day = day_words(row["on_date"])
        origin = Origin(row["source"], row["source_id"], row["as_of"], name)
        said = words("rank_happened", label=who, day=day)
        yield Changed(kind="event", words=said, before=None, now=day, origin=origin)


def _names(known: Known, people: set[str]) -> dict[str, str]:
    """What people are called who may be members no more."""
    picked = known.register.picked("resolve", "persons", "person_id", people - known.names.keys())
    gone = known.register.ask(f"SELECT * FROM {picked}") if people - known.names.keys() else []
    return known.names | {row["person_id"]: row.get("name") or row["person_id"] for row in gone}
