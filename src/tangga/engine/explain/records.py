"""The source records behind a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tangga.engine.explain.data import Record
from tangga.engine.explain.register import Register, Row, listed, marks
from tangga.engine.explain.words import Words, day
from tangga.registry.problems import PROBLEMS

SHOWN = ("name", "nik", "kk", "birth_date", "birth_year", "sex", "birth_place", "mother_name",
         "relation", "village", "address", "status")  # fmt: skip
"""What a record says that tells people apart, in this order."""


def rids_of(register: Register, person_id: str) -> list[int]:
    """The keys of a person's records that are in force."""
    return [
        row["rid"] for row in register.rows("resolve", "crosswalk", "person_id = ?", [person_id])
    ]


def rows_of(register: Register, rids: Iterable[int]) -> dict[int, Row]:
    """Records that were kept, by key."""
    rows = register.ask(f"SELECT * FROM met WHERE rid IN ({listed(rids)})")
    return {row["rid"]: row for row in rows}


def describe(register: Register, rows: Sequence[Row]) -> tuple[Record, ...]:
    """Records with the rows that they superseded and what is odd about them, newest first."""
    every = [*rows, *_superseded(register, rows)]
    odd = _problems(register, every)
    every.sort(key=lambda r: (r["source"], r["source_id"]))
    every.sort(key=lambda r: (r["latest"], day(r["as_of"])), reverse=True)
    return tuple(_record(row, odd) for row in every)


def _superseded(register: Register, rows: Sequence[Row]) -> list[Row]:
    ids = sorted({row["source_id"] for row in rows})
    where = f"NOT latest AND source_id IN ({marks(ids)})"
    own = {(row["source"], row["source_id"]) for row in rows}
    found = register.rows("standardise", "records", where, ids)
    return [row for row in found if (row["source"], row["source_id"]) in own]


def _problems(register: Register, rows: Sequence[Row]) -> dict[tuple[str, str], list[Words]]:
    ids = sorted({row["source_id"] for row in rows})
    found: dict[tuple[str, str], list[Words]] = {}
    where = f"source_id IN ({marks(ids)}) ORDER BY source, source_id, field, problem, value"
    for row in register.rows("standardise", "problems", where, ids):
        found.setdefault((row["source"], row["source_id"]), []).append(_problem(register, row))
    return found


def _problem(register: Register, row: Row) -> Words:
    label = register.labels.column("person", row["field"] or "")
    known = PROBLEMS.get(row["problem"])
    said = Words(known.label_id, known.label_en) if known else Words.same(row["problem"])
    value = f" ({row['value']})" if row["value"] else ""
    return Words(f"{label.id}: {said.id}{value}", f"{label.en}: {said.en}{value}")


def _record(row: Row, odd: dict[tuple[str, str], list[Words]]) -> Record:
    said = {c: str(row[c]) for c in SHOWN if row.get(c) is not None}
    if "birth_date" in said:
        said.pop("birth_year", None)
    return Record(
        source=row["source"],
        source_id=row["source_id"],
        kind=row["kind"],
        role=row["role"],
        as_of=row["as_of"],
        trust=row["trust"],
        latest=row["latest"],
        file=row["file"],
        line=row["line"],
        said=said,
        problems=tuple(odd.get((row["source"], row["source_id"]), ())),
    )
