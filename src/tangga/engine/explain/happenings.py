"""What stands beside a person or family: the civil registry, events, lists, other rows."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tangga.engine.explain.data import Attached, Happening, Registry
from tangga.engine.explain.register import Register, Row, listed
from tangga.engine.explain.words import Words, code_words, day, words
from tangga.engine.resolve import ids
from tangga.engine.resolve.attach import attached_name
from tangga.registry.kinds import KIND_TABLE

EVENTS = "events"
COUNTED = tuple(k for k, table in KIND_TABLE.items() if table != "person" and k != EVENTS)
DETAILS = ("kk", "new_kk", "from_area", "to_area", "other_id", "document", "by")
NO_CHANGE = (
    "shock", "rung_move", "rung_left", "extension", "objection", "objection_decided",
    "payee_changed", "name_changed", "nik_recorded",
)  # fmt: skip
"""Events that change neither persons nor families (see sql/resolve/event_review.sql)."""


def registry(register: Register, person_id: str) -> Registry | None:
    """The civil registry's word on a person; None where no civil registry was received."""
    rows = register.rows("resolve", "civil_matches", "person_id = ?", [person_id])
    if not rows:
        return None
    row = rows[0]
    fields = json.loads(row["differences"] or "[]")
    return Registry(
        state=row["state"],
        words=code_words("civil", row["state"]),
        source=row["source"],
        source_id=row["source_id"],
        differences=tuple(register.labels.column("person", name) for name in fields),
    )


def lists(register: Register, entity: str, id: str) -> tuple[Words, ...]:
    """On which lists of the office a person or family stands."""
    return tuple(_lists(register, entity, id))


def _lists(register: Register, entity: str, id: str) -> Iterator[Words]:
    for table in ("deaths", "death_review"):
        for row in register.rows("resolve", table, f"{entity}_id = ? ORDER BY ALL", [id]):
            record = f"{row['source']}:{row['source_id']}"
            yield words(f"list_{table}", record=record, person=row["person_id"])
    for row in register.rows("resolve", "without_papers", f"{entity}_id = ? ORDER BY ALL", [id]):
        said = code_words("papers", row["reason"])
        yield words("list_without_papers", reason=said, person=row["person_id"])
    where = "person_id = ?" if entity == "person" else "? IN (official_family_id, found_family_id)"
    for row in register.rows("resolve", "base_differences", f"{where} ORDER BY ALL", [id]):
        yield _difference(row)
    if entity == "person":
        for row in register.rows("resolve", "proposals", "person_id = ? ORDER BY ALL", [id]):
            yield _proposal(register, row)


def _difference(row: Row) -> Words:
    ids_ = {name: row[f"{name}_family_id"] or "-" for name in ("official", "found")}
    said = code_words("difference", row["difference"])
    return words("list_base_differences", difference=said, person=row["person_id"], **ids_)


def _proposal(register: Register, row: Row) -> Words:
    return words(
        "list_proposals",
        field=register.labels.column("person", row["field"]),
        base=row["base_value"],
        local=row["local_value"],
        record=f"{row['source']}:{row['source_id']}",
    )


def events(register: Register, entity: str, id: str) -> tuple[Happening, ...]:
    """Events that speak of a person (also as the other of two) or of a family, oldest first."""
    where, values = f"{entity}_id = ?", [id]
    if entity == "person":
        number = int(id.removeprefix(ids.PERSON), 16)
        refs = register.rows("resolve", "person_refs", f"pid = {number} AND of_kind = '{EVENTS}'")
        where += f" OR rid IN ({listed(ref['rid'] for ref in refs)})"
    rows = register.rows("resolve", EVENTS, f"latest AND ({where})", values)
    waiting = register.rows(
        "resolve", "event_review", f"rid IN ({listed(row['rid'] for row in rows)})"
    )
    why = {row["rid"]: row["why"] for row in waiting}
    areas = [row[c] for row in rows for c in ("from_area", "to_area") if row.get(c)]
    register.labels.learn_areas(areas)
    rows.sort(key=lambda row: (day(row.get("on_date")), row["rid"]))
    return tuple(_event(register, row, why.get(row["rid"])) for row in rows)


def _event(register: Register, row: Row, why: str | None) -> Happening:
    event, labels = row.get("event"), register.labels
    details = {c: row[c] for c in DETAILS if row.get(c) is not None}
    said = {c: labels.value("event", c, value) for c, value in details.items()}
    if why is not None:
        outcome = words("event_waits", why=code_words("event_why", why))
    else:
        outcome = words("event_noted" if event in NO_CHANGE else "event_applied")
    return Happening(
        event=event or "",
        label=labels.code("event", "event", event),
        on_date=row.get("on_date"),
        source=row["source"],
        source_id=row["source_id"],
        applied=why is None and event not in NO_CHANGE,
        words=outcome,
        details={c: said[c].id if said[c] else str(value) for c, value in details.items()},
    )


def attached(register: Register, entity: str, id: str) -> tuple[Attached, ...]:
    """How many rows of other kinds speak of a person or family."""
    return tuple(_attached(register, entity, id))


def _attached(register: Register, entity: str, id: str) -> Iterator[Attached]:
    for kind in COUNTED:
        table = attached_name(kind)
        if not register.has("resolve", table):
            continue
        scan = register.run.scan("resolve", table)
        sql = f"SELECT count(*) AS n FROM {scan} WHERE latest AND {entity}_id = ?"
        rows = register.ask(sql, [id])[0]["n"]
        if rows:
            known = register.pack.tables.get(KIND_TABLE[kind])
            label = Words(known.label_id, known.label_en) if known else Words.same(kind)
            yield Attached(kind, label, rows)
