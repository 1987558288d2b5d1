"""What an explanation holds: data only. `rendering` makes text of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from tangga.engine.explain.plain import plain
from tangga.engine.explain.ranked_data import Rank
from tangga.engine.explain.words import Words
from tangga.texts import LANGUAGES, Language


@dataclass(frozen=True)
class Record:
    """One source row behind a person. latest: false for one that a later row superseded.

    said: what the row says of what tells people apart (name, numbers, birth date, place).
    problems: warnings about its values.
    """

    source: str
    source_id: str
    kind: str
    role: str | None
    as_of: date | None
    trust: int
    latest: bool
    file: str
    line: int
    said: Mapping[str, str]
    problems: tuple[Words, ...] = ()


@dataclass(frozen=True)
class End:
    """One of the two records of a link, and whose it is now."""

    source: str
    source_id: str
    person_id: str | None
    name: str | None


@dataclass(frozen=True)
class Evidence:
    """One comparison. bits: null where nothing was weighed. level: as in `link/levels`.

    left, right: what the two records say.
    """

    comparison: str
    level: str
    bits: float | None
    words: Words
    left: str | None = None
    right: str | None = None


@dataclass(frozen=True)
class Link:
    """A link that was made, is possible, or was ruled out. step: number, evidence or ruling.

    weight: bits, everything included; null for a number or a ruling. words: how it was decided.
    """

    left: End
    right: End
    decision: str
    step: str
    weight: float | None
    words: tuple[Words, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Said:
    """One record's value of a field. rule: by which it won, or why it lost. meaning: of a code."""

    value: str
    source: str
    source_id: str
    as_of: date | None
    won: bool
    rule: str
    meaning: Words | None = None


@dataclass(frozen=True)
class Field:
    """Everything that any record says of one column; the winner first."""

    name: str
    label: Words
    rule: Words
    said: tuple[Said, ...]

    @property
    def winner(self) -> Said | None:
        """The value that the register believes."""
        return next((said for said in self.said if said.won), None)


@dataclass(frozen=True)
class Time:
    """One person's time in one family by one reading."""

    person_id: str
    name: str | None
    family_id: str
    kind: str
    kind_words: Words
    relation: Words | None
    kk: str | None
    valid_from: date | None
    valid_to: date | None
    programme: bool


@dataclass(frozen=True)
class Happening:
    """One event, and what became of it."""

    event: str
    label: Words
    on_date: date | None
    source: str
    source_id: str
    applied: bool
    words: Words
    details: Mapping[str, str]


@dataclass(frozen=True)
class Registry:
    """How the civil registry knows a person."""

    state: str
    words: Words
    source: str | None
    source_id: str | None
    differences: tuple[Words, ...]


@dataclass(frozen=True)
class Attached:
    """How many rows of another kind speak of this person or family."""

    kind: str
    label: Words
    rows: int


@dataclass(frozen=True)
class Due:
    """A move that is due. person: null for the family. do: what the officer does.

    support: what of the running support ends at the cap, and what goes on.
    """

    move: str
    person_id: str | None
    label: Words
    because: tuple[Words, ...]
    basis: str
    do: Words | None = None
    notice: Words | None = None
    support: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """Where a family stands. clock: its months in sentences. listed: moves that are announced."""

    rung: str | None
    words: Words
    months: int
    clock: tuple[Words, ...]
    due: tuple[Due, ...]
    listed: tuple[Words, ...]


@dataclass(frozen=True)
class Decision:
    """What a programme says of the family (or of one person), and what was determined.

    person: the name, null for the family. verdict, determination: as in the table `decisions`.
    determined: by which document, since when,
    or which place in the waiting list. amount: whole rupiah a year where it fits. because: the
    requirements that decided, each with its facts.
    """

    programme: str
    person_id: str | None
    label: Words
    person: Words | None
    verdict: str
    words: Words
    determination: str | None
    determined: tuple[Words, ...]
    amount: int | None
    because: tuple[Words, ...]
    basis: str


@dataclass(frozen=True)
class Explanation:
    """A person or a family: what the last complete run holds, and why.

    asked: what was asked for. run: the run that says so. entity: person or family. notes: how the
    id was found, what became of it. lists: on which lists of the office it stands. rank: of the
    family, or of the person's; none where the run ranked nobody. links: within; others: with
    records of other persons. ladder, decisions, to_ask: of the family, or of the person's; none
    where the run decided nothing. gaps: programmes without a rule on the day.
    """

    asked: str
    id: str
    entity: str
    run: str
    title: str
    status: Words
    notes: tuple[Words, ...] = ()
    lists: tuple[Words, ...] = ()
    rank: Rank | None = None
    records: tuple[Record, ...] = ()
    links: tuple[Link, ...] = ()
    others: tuple[Link, ...] = ()
    fields: tuple[Field, ...] = ()
    registry: Registry | None = None
    memberships: tuple[Time, ...] = ()
    members: tuple[Time, ...] = ()
    events: tuple[Happening, ...] = ()
    attached: tuple[Attached, ...] = ()
    ladder: Ladder | None = None
    decisions: tuple[Decision, ...] = ()
    gaps: tuple[Words, ...] = ()
    to_ask: tuple[Words, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON knows it: dates as text, words as `{"id", "en"}`."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}

    def text(self, languages: tuple[Language, ...] = LANGUAGES) -> str:
        """The same as text, in these languages."""
        from tangga.engine.explain.rendering import lines

        return "\n".join(line.text for line in lines(self, languages))

    def __str__(self) -> str:
        return self.text()
