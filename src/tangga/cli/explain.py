"""`tangga explain`."""

from __future__ import annotations

from pathlib import Path

from tangga.cli import screen
from tangga.engine import show
from tangga.errors import UserError


def explain(directory: Path, id: str) -> None:
    """Print what the last complete run knows about one person or family, and why."""
    try:
        from tangga.engine.explain import explain
    except ModuleNotFoundError:
        print_records(directory, id)
        return
    print_explanation(explain(directory, id))


def print_records(directory: Path, id: str) -> None:
    """The source records of a person or family: all that this version explains."""
    where = f"person_id = '{_quoted(id)}' OR family_id = '{_quoted(id)}'"
    rows = show.read(directory, "crosswalk", where=where, limit=1000).rows
    if not rows:
        todo = "Ids stand in the tables persons and families"
        raise UserError("no person or family of this id", value=id, todo=todo)
    of = {(row[0], row[1]) for row in rows}
    listed = " OR ".join(f"(source = '{s}' AND source_id = '{_quoted(i)}')" for s, i in sorted(of))
    columns = ("source", "source_id", "as_of", "name", "nik", "kk", "birth_date", "village")
    records = show.read(directory, "records", where=listed, columns=columns, limit=1000)
    screen.print_table(records.columns, records.rows, title=id)


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


def print_explanation(explanation: object) -> None:
    """An explanation is lines of text, Indonesian first."""
    screen.out.print(str(explanation), soft_wrap=True, markup=False)
