"""What was seen at a visit, and how it lies in the database: one sealed text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tangga.registry.model import Column
from tangga.web.pack import pack
from tangga.web.secrets import seal, unseal

VISIT, PERSON, FAMILY = "visit", "person", "family"
YES_NO_UNKNOWN = "yes_no_unknown"
Kept = dict[str, str]


@dataclass(frozen=True)
class Seen:
    """visit: column of the visit's table -> kept value. people: person's id -> column of a person
    -> kept value. told: answers to questions that are no column: (person's id or '', question) as
    one text -> yes, no or not_known."""

    visit: Kept = field(default_factory=dict)
    people: Mapping[str, Kept] = field(default_factory=dict)
    told: Kept = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing was seen."""
        return not (self.visit or self.people or self.told)

    def sealed(self) -> bytes | None:
        """As it is kept; None for nothing."""
        if self.empty:
            return None
        said = {"visit": self.visit, "people": self.people, "told": self.told}
        return seal(json.dumps(said, sort_keys=True, ensure_ascii=False))

    def beside(self, hidden: Seen) -> Seen:
        """With what somebody wrote before and does not see now: it stays."""
        people = {
            person: {**hidden.people.get(person, {}), **self.people.get(person, {})}
            for person in {*hidden.people, *self.people}
        }
        return Seen({**hidden.visit, **self.visit}, people, {**hidden.told, **self.told})


def seen_of(sealed: Any) -> Seen:
    """What was sealed; nothing of nothing. JSON of the database writes bytes as `\\x...`."""
    if sealed is None:
        return Seen()
    if isinstance(sealed, str):
        sealed = bytes.fromhex(sealed.removeprefix("\\x"))
    said = json.loads(unseal(bytes(sealed)))
    return Seen(said["visit"], said["people"], said["told"])


def told_key(person_id: str, fact: str) -> str:
    """One text for a question that is no column."""
    return f"{person_id}/{fact}"


def column_of(entity: str, name: str) -> Column | None:
    """A column of the visit's table, or of a person's; None where the pack has none."""
    table = pack().tables.get(entity)
    return table.columns.get(name) if table is not None else None


def each(seen: Seen) -> Iterator[tuple[str, Column, str]]:
    """(person's id or '', column, kept value) of what the pack still knows, in its order."""
    for name, column in pack().tables[VISIT].columns.items():
        if name in seen.visit:
            yield "", column, seen.visit[name]
    columns = pack().tables[PERSON].columns
    for person, kept in seen.people.items():
        for name, column in columns.items():
            if name in kept:
                yield person, column, kept[name]
