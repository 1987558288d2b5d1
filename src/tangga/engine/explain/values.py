"""Every value that any record says, and which one is believed by which rule."""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.explain.data import Field, Said
from tangga.engine.explain.register import Register, Row
from tangga.engine.explain.words import Words, day, joined, words
from tangga.engine.resolve.provenance import CORRECTION, SUPERSEDED, provenance_view
from tangga.engine.resolve.survivorship import FALLBACK, load_rules

BASE, FROM_HEAD = "base", "from_head"
LEFT_OUT = ("family_id", "status", "valid_from", "valid_to", "head_person_id", "base_source",
            "base_family_id", "member_count")  # fmt: skip
"""Columns of a family that no source says in so many words."""


def person_fields(register: Register, person_id: str) -> tuple[Field, ...]:
    """Each column of a person with all that is said of it, in the schema's order."""
    rows = register.ask(provenance_view(register.run, person_id))
    return _fields(register, "person", rows)


def family_fields(register: Register, family: Row) -> tuple[Field, ...]:
    """Each column of a family; what no source of families says is taken from its head."""
    rows = register.said_of_family(family["family_id"])
    said = {row["field"] for row in rows} | set(LEFT_OUT)
    head = [
        {"field": name, "value": str(value), "source": "", "source_id": family["head_person_id"],
         "as_of": None, "rule": FROM_HEAD, "won": True}
        for name, value in family.items() if value is not None and name not in said
    ]  # fmt: skip
    return _fields(register, "family", [*rows, *head])


def _fields(register: Register, table: str, rows: Sequence[Row]) -> tuple[Field, ...]:
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row["field"], []).append(row)
    known = register.pack.tables.get(table)
    order = list(known.columns) if known else []
    names = sorted(by_name, key=lambda n: (order.index(n) if n in order else len(order), n))
    _learn(register, table, rows)
    return tuple(_field(register, table, name, by_name[name]) for name in names)


def _learn(register: Register, table: str, rows: Sequence[Row]) -> None:
    columns = register.pack.tables[table].columns if table in register.pack.tables else {}
    areas = {name for name, column in columns.items() if column.type == "area"}
    register.labels.learn_areas(row["value"] for row in rows if row["field"] in areas)


def _field(register: Register, table: str, name: str, rows: list[Row]) -> Field:
    rows.sort(key=lambda r: (r["source"], r["source_id"] or ""))
    rows.sort(key=lambda r: (r["won"], r["rule"] != SUPERSEDED, day(r["as_of"])), reverse=True)
    said = tuple(
        Said(
            value=row["value"],
            source=row["source"],
            source_id=row["source_id"],
            as_of=row["as_of"],
            won=row["won"],
            rule=row["rule"],
            meaning=register.labels.value(table, name, row["value"]),
        )
        for row in rows
    )
    label = register.labels.column(table, name)
    return Field(name, label, _rule(register, said), said)


def _rule(register: Register, said: Sequence[Said]) -> Words:
    """By what the first of these won."""
    rule = said[0].rule
    if rule in (BASE, CORRECTION, SUPERSEDED, FROM_HEAD):
        return words(f"rule_{rule}")
    criteria = load_rules(register.pack.dir).rules.get(rule, FALLBACK)
    return joined((words(f"criterion_{c}") for c in criteria), words("then"))
