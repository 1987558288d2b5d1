"""Whom an id means: a person, a family, an id that was merged, or a source's own record."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tangga.engine.explain.register import Register
from tangga.engine.explain.words import Words, words
from tangga.engine.resolve import ids
from tangga.errors import UserError

SHAPE = re.compile(rf"[{ids.PERSON}{ids.FAMILY}][0-9A-F]{{13}}")
MOST_STEPS = 100


@dataclass(frozen=True)
class Found:
    """An id in force. entity: person or family. notes: how it was found."""

    id: str
    entity: str
    notes: tuple[Words, ...] = ()


def find(register: Register, asked: str) -> Found:
    """UserError where the last complete run knows nobody of this id."""
    text = asked.strip()
    if ":" in text:
        return _record(register, *text.split(":", 1))
    if not SHAPE.fullmatch(text.upper()):
        raise _nobody(asked)
    return _in_force(register, text.upper(), asked)


def _in_force(register: Register, id: str, asked: str, steps: int = 0) -> Found:
    entity = "person" if id.startswith(ids.PERSON) else "family"
    table = "persons" if entity == "person" else "families"
    history = register.rows("resolve", "lineage", "old_id = ? ORDER BY run, new_id", [id])
    if register.rows("resolve", table, f"{entity}_id = ?", [id]):
        parted = [row for row in history if row["kind"] == "split"]
        return Found(id, entity, tuple(_note("split", row) for row in parted))
    merged = next((row for row in reversed(history) if row["kind"] == "merge"), None)
    if merged is not None and steps < MOST_STEPS:
        found = _in_force(register, merged["new_id"], asked, steps + 1)
        return Found(found.id, found.entity, (_note("merge", merged), *found.notes))
    if history:
        raise UserError(
            f"this id was retired in run {history[-1]['run']}: none of its records is left",
            value=asked,
            todo="Ask for one of its source records as SOURCE:ID",
        )
    raise _nobody(asked)


def _note(kind: str, row: dict[str, str]) -> Words:
    return words(f"note_{kind}", old=row["old_id"], new=row["new_id"], run=row["run"])


def _record(register: Register, source: str, source_id: str) -> Found:
    where = "source_id = ? AND source = ?"
    rows = register.rows("resolve", "crosswalk", where, [source_id.strip(), source.strip()])
    if not rows:
        raise UserError(
            "no person's record of this source and id",
            value=f"{source}:{source_id}",
            todo="Look in the tables records and quarantine: tangga show DIR records",
        )
    note = words("note_record", record=f"{source}:{source_id}", person=rows[0]["person_id"])
    return Found(rows[0]["person_id"], "person", (note,))


def _nobody(asked: str) -> UserError:
    return UserError(
        "no person or family of this id",
        value=asked,
        todo="Ids stand in the tables persons and families; a source's own record is SOURCE:ID",
    )
