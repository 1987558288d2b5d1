"""What support is owed in a time: whole rupiah, by the rule of each month, as the engine counts.

    parts = parts_of(pieces, Deaths(...), first, past)    # of one family and programme

A month in which support ran on any day is owed in full. A person's own part ends after the month in
which they died, a family's after that of its last member. What is paused is told apart: it is not
paid for now. Where nobody knows the amount it is None, and never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from tangga.rules.days import Month, month_of
from tangga.rules.money import MONTHS
from tangga.rules.rates import Rate, Window, rates
from tangga.web.policy.book import book
from tangga.web.programmes.timeline import PAUSED, RUNNING, Kind, Piece


@dataclass(frozen=True)
class Deaths:
    """Who died, and when; None: nobody knows when. gone: families of which nobody is left."""

    persons: Mapping[str, date | None] = field(default_factory=dict)
    gone: Mapping[str, date | None] = field(default_factory=dict)

    def last_month(self, kind: Kind) -> tuple[bool, Month | None]:
        """(whether support of this kind is over by death, its last month where that is known)."""
        of, key = (self.persons, kind.person_id) if kind.person_id else (self.gone, kind.family_id)
        if key not in of:
            return False, None
        day = of[key]
        return True, None if day is None else month_of(day)


@dataclass(frozen=True)
class Part:
    """What one kind of support is owed. months: in which it ran; paused: in which it was held back.
    amount: None where it is not known; undated: because nobody knows the day of a death."""

    kind: Kind
    months: tuple[Month, ...]
    paused: tuple[Month, ...]
    amount: int | None
    payee: str = ""
    undated: bool = False
    died: bool = False


def parts_of(
    pieces: Iterable[Piece],
    deaths: Deaths,
    first: Month,
    past: Month,
    yearly: int | None = None,
) -> list[Part]:
    """One part a kind that ran or was paused, from `first` to before `past`.

    pieces: of one family and one programme. yearly: what the programme gives this very family a
    year, where that differs by family and no component is listed.
    """
    by_kind: dict[Kind, list[Piece]] = {}
    for piece in pieces:
        by_kind.setdefault(piece.kind, []).append(piece)
    found = [
        part
        for kind, mine in sorted(by_kind.items())
        if (part := _part(kind, mine, deaths, first, past)).months or part.paused
    ]
    spoken = {month for part in found if part.kind.component for month in _all(part)}
    return [
        replace(part, amount=None if part.undated else rupiah(part, first, past, yearly))
        for part in (_without(part, spoken) for part in found)
        if part.months or part.paused
    ]


def _part(kind: Kind, pieces: Sequence[Piece], deaths: Deaths, first: Month, past: Month) -> Part:
    died, last = deaths.last_month(kind)
    end = past if last is None else min(past, last + 1)
    ran = _months(pieces, RUNNING, first, end)
    held = _months(pieces, PAUSED, first, end) - ran
    payees = [one.payee for one in pieces if one.payee and one.state == RUNNING]
    return Part(
        kind,
        tuple(sorted(ran)),
        tuple(sorted(held)),
        None,
        payees[-1] if payees else "",
        undated=died and last is None and bool(ran),
        died=died,
    )


def _months(pieces: Iterable[Piece], state: str, first: Month, past: Month) -> set[Month]:
    """The months in which a piece of a state had a day."""
    found: set[Month] = set()
    for piece in pieces:
        if piece.state == state:
            last = past if piece.valid_to is None else month_of(piece.valid_to - DAY) + 1
            found.update(range(max(first, month_of(piece.valid_from)), min(past, last)))
    return found


DAY = timedelta(days=1)


def _all(part: Part) -> tuple[Month, ...]:
    return (*part.months, *part.paused)


def _without(part: Part, spoken: set[Month]) -> Part:
    """Support of the family as a whole is left out of months in which its components speak."""
    if part.kind.component:
        return part
    return replace(
        part,
        months=tuple(month for month in part.months if month not in spoken),
        paused=tuple(month for month in part.paused if month not in spoken),
    )


def rupiah(part: Part, first: Month, past: Month, yearly: int | None = None) -> int | None:
    """What is owed for the months in which a part ran; 0 for what is given in kind."""
    due = 0
    for rate in rates_of(part.kind.programme, part.kind.component, first, past):
        mine = [month for month in part.months if rate.months[0] <= month < rate.months[1]]
        if not mine:
            continue
        said = replace(rate, amount_year=yearly) if rate.by_family else rate
        if said.amount_year is None:
            return None
        due += said.amount_year if said.once else sum(said.due(month) or 0 for month in mine)
    return due


@lru_cache(maxsize=512)
def rates_of(programme: str, component: str, first: Month, past: Month) -> tuple[Rate, ...]:
    """What the programme gives in these months, by the rules of this service."""
    window = Window(first // MONTHS * MONTHS, ((past - 1) // MONTHS + 1) * MONTHS, date.max)
    return tuple(rates(book().policy, [(programme, component)], window))


def in_kind(programme: str, on: date) -> bool:
    """Whether what a programme gives on a day is no money."""
    known = book().policy.programmes.get(programme)
    version = known.rule.on(on) if known is not None else None
    if version is None:
        return False
    benefit = version.says.benefit
    return not benefit.amount_year and not benefit.components
