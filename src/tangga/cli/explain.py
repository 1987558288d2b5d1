"""`tangga explain`."""

from __future__ import annotations

import json
from pathlib import Path

from tangga.cli import screen
from tangga.engine import show
from tangga.errors import UserError
from tangga.texts import both

EVERYTHING = 1000
"""Rows printed of each list; nobody has more."""

RECORD = ("source", "source_id", "as_of", "name", "nik", "kk", "birth_date", "village")
LINK = ("left_source", "left_id", "right_source", "right_id", "step", "weight", "reasons")
VALUE = ("field", "value", "source", "source_id", "as_of", "rule", "won")


def explain(directory: Path, id: str) -> None:
    """Print what the last complete run knows about one person or family, and why."""
    try:
        from tangga.engine.explain import explain
    except ModuleNotFoundError:
        print_evidence(directory, id)
        return
    screen.out.print(str(explain(directory, id)), soft_wrap=True, markup=False)


def print_evidence(directory: Path, id: str) -> None:
    """The records behind a person or family, the links between them, and which values won."""
    records = records_of(directory, id)
    mine = " OR ".join(f"({_is('source', s)} AND {_is('source_id', i)})" for s, i in records)
    between = " OR ".join(f"({_is('left_source', s)} AND {_is('left_id', i)})" for s, i in records)
    linked = f"decision = 'link' AND ({between})"
    valued = f"({_is('person_id', id)} OR {_is('family_id', id)}) AND won"
    screen.out.print(id, style="bold")
    _print(directory, "records", mine, RECORD)
    _print(directory, "links", linked, LINK)
    _print(directory, "provenance", valued, VALUE[:-1])


def records_of(directory: Path, id: str) -> list[tuple[object, object]]:
    """(source, source_id) of every record of a person or family; UserError where there is none."""
    where = f"{_is('person_id', id)} OR {_is('family_id', id)}"
    ids = ("source", "source_id")
    found = show.read(directory, "crosswalk", where=where, columns=ids, limit=EVERYTHING)
    if not found.rows:
        todo = "Ids stand in the tables persons and families"
        raise UserError("no person or family of this id", value=id, todo=todo)
    return [(source, source_id) for source, source_id in sorted(found.rows, key=str)]


def _print(directory: Path, table: str, where: str, columns: tuple[str, ...]) -> None:
    there = show.read(directory, table, where=where, limit=1).columns
    chosen = [column for column in columns if column in there]
    rows = show.read(directory, table, where=where, columns=chosen, limit=EVERYTHING)
    title = both(f"explain.{table}", between=" / ")
    said = [[_said(c, value) for c, value in zip(chosen, r, strict=True)] for r in rows.rows]
    screen.print_table(rows.columns, said, title=title)


def _said(column: str, value: object) -> object:
    """Reasons stand in the table as JSON; here as `name +11.6, sex +1.0`."""
    if column != "reasons" or value is None:
        return value
    return ", ".join(_reason(reason) for reason in json.loads(str(value)))


def _reason(reason: dict[str, object]) -> str:
    words = list(reason.values())
    return " ".join(f"{w:+}" if isinstance(w, float) else str(w) for w in words)


def _is(column: str, value: object) -> str:
    quoted = str(value).replace("'", "''")
    return f"{column} = '{quoted}'"
