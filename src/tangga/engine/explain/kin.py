"""Families: who is in them, by which reading, from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.explain.data import Time
from tangga.engine.explain.register import Register, Row

ORDER = "ORDER BY kind, valid_from, person_id, family_id"


def memberships(register: Register, person_id: str) -> tuple[Time, ...]:
    """A person's times in families."""
    where = f"person_id = ? {ORDER}"
    return _times(register, register.rows("resolve", "memberships", where, [person_id]))


def members(register: Register, family_id: str) -> tuple[Time, ...]:
    """Everybody who is or was in a family; those of its present programme first."""
    where = f"family_id = ? {ORDER}"
    times = _times(register, register.rows("resolve", "memberships", where, [family_id]))
    return tuple(sorted(times, key=lambda t: (not t.programme, t.valid_to is not None)))


def _times(register: Register, rows: Sequence[Row]) -> tuple[Time, ...]:
    ids = {row["person_id"] for row in rows}
    people = register.ask(
        f"SELECT * FROM {register.picked('resolve', 'persons', 'person_id', ids)}"
    )
    names = {row["person_id"]: row.get("name") for row in people}
    return tuple(_time(register, row, names) for row in rows)


def _time(register: Register, row: Row, names: dict[str, str | None]) -> Time:
    labels = register.labels
    relation = row["relation"]
    return Time(
        person_id=row["person_id"],
        name=names.get(row["person_id"]),
        family_id=row["family_id"],
        kind=row["kind"],
        kind_words=labels.code("membership", "kind", row["kind"]),
        relation=labels.code("membership", "relation", relation) if relation else None,
        kk=row["kk"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        programme=row["programme"],
    )
