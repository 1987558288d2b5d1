"""What people answered at a visit, as records of theirs: rows of kind people.

A row of people is a record of its own, and the engine has to find whose it is. So it bears the
person's number (or the name, of whom there is none), and a ruling says that it is one person with
a record that the register has. No other value is repeated: an echo of what the register believed
would look like a newer source that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from tangga.web.overlay.references import PEOPLE_SOURCE, References

PEOPLE = "people"
NUMBER, NAME = "nik", "name"
BY, WHY = "tangga", "isian kunjungan tentang orang ini"
Row = tuple[object, ...]


@dataclass(frozen=True)
class Part:
    """All rows of one kind. columns: `id` first."""

    kind: str
    columns: tuple[str, ...]
    rows: list[Row]


def answers(part: Part) -> tuple[Part, list[Row]]:
    """(rows that the engine can take, rulings on them) of rows `id, person_id, family_id, as_of`
    and answers. Of whom there is neither number, name nor record, nothing can be said."""
    people = {str(row[1]) for row in part.rows if row[1]}
    references = References.of(people)
    numbers, names = References.numbers(people), References.names(people)
    rows, rulings = [], []
    for id_, person, _family, as_of, *said in part.rows:
        key = str(person or "")
        source, record = references.record_of(key)
        number, name = numbers.get(key), names.get(key)
        if record is None or not (number or name):
            continue
        rows.append((id_, as_of, number, None if number else name, *said))
        rulings.append((PEOPLE_SOURCE, id_, source, record, "same", BY, str(as_of), WHY))
    return Part(part.kind, ("id", "as_of", NUMBER, NAME, *part.columns[4:]), rows), rulings
