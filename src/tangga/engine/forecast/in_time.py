"""A third reading of a condition: in which months of a forecast it holds.

`holds` reads a condition for one family on one day, `to_sql` for a country on one day; this reads
it for a country on all days of a calendar at once, as two sets of months: those in which it surely
holds, and those in which it may (what is not known is in the second only). It rests on `to_sql`
wherever nothing moves with the day. Tests hold it to the other two, day by day.

What moves: whatever is compared with a day so long ago (an age), what the clock moves, and what is
made from those. What is recorded by acts (visits, shocks, ranks) stands as it stood: nobody knows
what will be recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tangga.engine.forecast.calendar import Calendar
from tangga.rules.conditions import (
    FAMILY,
    Ago,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Comparison,
    Condition,
    Count,
    Is,
    Known,
    LessThan,
    MoreThan,
    Not,
    OneOf,
    facts_used,
    parts_of,
)
from tangga.rules.facts import CountOf, Derivation, FactBook, Key, When
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.to_sql import Ends, alias, fact_ends, text, to_sql

YES, MAYBE = "__yes", "__maybe"
COMPARED = (AtLeast, AtMost, MoreThan, LessThan)


@dataclass(frozen=True)
class Over:
    """Two sets of months in SQL: where it is sure, and where it is not ruled out."""

    yes: str
    maybe: str


def conditions_in(derivation: Derivation) -> Iterator[Condition]:
    """The conditions by which a fact is made."""
    condition = getattr(derivation, "condition", None) or getattr(derivation, "where", None)
    if condition is not None:
        yield condition


def moving_facts(book: FactBook, given: Iterable[Key]) -> frozenset[Key]:
    """The facts that can be otherwise on a later day: those given, and all that rest on a day.

    given: those that the caller moves itself, such as the months of the clock.
    """
    found = set(given)
    for key, fact in book.facts.items():
        moves = any(_has_ago(one) for one in conditions_in(fact.derivation))
        if moves or fact.needs & found:
            found.add(key)
    return frozenset(found)


def _has_ago(condition: Condition) -> bool:
    return any(
        isinstance(one, COMPARED) and isinstance(one.bound, Ago) for one in parts_of(condition)
    )


@dataclass(frozen=True)
class Reader:
    """Reads conditions over a calendar.

    moving: the facts that move. numbers: of the whole numbers that the caller moves, the name of
    each: `NAME_N__yes` is the column of the months in which it is at least N.
    """

    book: FactBook
    calendar: Calendar
    moving: frozenset[Key]
    numbers: frozenset[str] = frozenset()

    def moves(self, condition: Condition, subject: str) -> bool:
        """Whether the answer can be otherwise on a later day."""
        return _has_ago(condition) or bool(facts_used(condition, subject) & self.moving)

    def read(self, condition: Condition, columns: Columns) -> Over:
        """The months of a condition. columns: where its facts stand, as `to_sql` wants them."""
        if not self.moves(condition, columns.subject):
            return self._still(condition, columns)
        match condition:
            case All(of):
                return self._joined(" & ", [self.read(one, columns) for one in of])
            case AnyOf(of):
                return self._joined(" | ", [self.read(one, columns) for one in of])
            case Not(one):
                return self._opposite(self.read(one, columns))
            case Count():
                return self._counted(condition, columns)
            case Is(fact, value):
                return self._is(fact, value, columns)
            case Known(fact):
                return self._known(fact, columns)
            case AtLeast() | AtMost() | MoreThan() | LessThan():
                return self._compared(condition, columns)
        return self.unknown

    @property
    def unknown(self) -> Over:
        """Not known in any month."""
        return Over(self.calendar.none, self.calendar.every)

    def _still(self, condition: Condition, columns: Columns) -> Over:
        said = text(to_sql(condition, columns, self.calendar.day))
        return Over(self.calendar.flags(said), self.calendar.flags(said, maybe=True))

    def _joined(self, sign: str, parts: list[Over]) -> Over:
        yes, maybe = (sign.join(f"({getattr(p, end)})" for p in parts) for end in ("yes", "maybe"))
        return Over(f"({yes})", f"({maybe})")

    def _opposite(self, one: Over) -> Over:
        every = self.calendar.every
        return Over(self.calendar.without(every, one.maybe), self.calendar.without(every, one.yes))

    def _key(self, fact: str, subject: str) -> Key:
        if subject == PERSON_TABLE and fact.startswith(FAMILY):
            return FAMILY_TABLE, fact.removeprefix(FAMILY)
        return subject, fact

    def _columns_of(self, fact: str, columns: Columns) -> Over:
        """The two columns of a fact that moves."""
        entity, name = self._key(fact, columns.subject)
        table = columns.own if entity == columns.subject else columns.family
        return Over(f'{table}."{name}{YES}"', f'{table}."{name}{MAYBE}"')

    def _is(self, fact: str, value: object, columns: Columns) -> Over:
        key = self._key(fact, columns.subject)
        made = self.book.facts[key].derivation
        if isinstance(made, CountOf) and isinstance(value, int):
            return self._counted(Count(made.where, value, value), columns)
        if not isinstance(value, bool):
            return self.unknown
        own = self._columns_of(fact, columns)
        return own if value else self._opposite(own)

    def _known(self, fact: str, columns: Columns) -> Over:
        made = self.book.facts[self._key(fact, columns.subject)].derivation
        if not isinstance(made, When):
            return self.unknown
        own = self._columns_of(fact, columns)
        sure = f"({own.yes} | ({self.calendar.without(self.calendar.every, own.maybe)}))"
        return Over(sure, sure)

    # --- comparisons ------------------------------------------------------------------------------

    def _compared(self, leaf: Comparison, columns: Columns) -> Over:
        key = self._key(leaf.fact, columns.subject)
        if isinstance(leaf.bound, Ago) and key not in self.moving:
            return self._with_day(leaf, leaf.bound, fact_ends(leaf.fact, columns))
        if isinstance(leaf.bound, int) and not isinstance(leaf.bound, bool):
            return self._with_number(leaf, leaf.bound, key, columns)
        return self.unknown

    def _with_day(self, leaf: Comparison, ago: Ago, fact: Ends) -> Over:
        """A day that moves on: at most and less than begin to hold, the others cease to."""
        low, high = text(fact.low), text(fact.high)
        calendar = self.calendar
        or_same = isinstance(leaf, LessThan | AtLeast)
        first, last = (calendar.earlier(end, ago, or_same=or_same) for end in (low, high))
        if isinstance(leaf, AtMost | LessThan):
            yes = f"CASE WHEN {high} IS NULL THEN {calendar.none} ELSE {calendar.since(last)} END"
            return Over(yes, calendar.since(first))
        maybe = f"CASE WHEN {high} IS NULL THEN {calendar.every} ELSE {calendar.before(last)} END"
        return Over(calendar.before(first), maybe)

    def _with_number(self, leaf: Comparison, n: int, key: Key, columns: Columns) -> Over:
        low, high = _span(leaf, n)
        made = self.book.facts[key].derivation
        if isinstance(made, CountOf):
            return self._counted(Count(made.where, low, high), columns)
        if key[1] not in self.numbers:
            return self.unknown
        parts = [] if low is None else [self._number(key, low, columns)]
        if high is not None:
            parts.append(self._opposite(self._number(key, high + 1, columns)))
        return self._joined(" & ", parts)

    def _number(self, key: Key, least: int, columns: Columns) -> Over:
        entity, name = key
        table = columns.own if entity == columns.subject else columns.family
        column = f'{table}."{name}_{least}'
        return Over(f'{column}{YES}"', f'{column}{MAYBE}"')

    def _counted(self, count: Count, columns: Columns) -> Over:
        """None or some of the members; of other numbers it is not known, for sets do not count."""
        if not self.moves(count.where, PERSON_TABLE):
            return self._still(count, columns)
        parts = []
        some = f'{columns.members}."{alias(count)}'
        own = Over(f'coalesce({some}{YES}", 0)', f'coalesce({some}{MAYBE}", 0)')
        if count.low:
            parts.append(own if count.low == 1 else Over(self.calendar.none, own.maybe))
        if count.high is not None:
            none = self._opposite(own)
            parts.append(none if count.high == 0 else Over(none.yes, self.calendar.every))
        return self._joined(" & ", parts) if parts else self._still(All(()), columns)

    def members_counted(self, conditions: Iterable[Condition]) -> Mapping[str, Condition]:
        """Name of the column -> whom to look for among the members, of counts that move.

        Facts of families that count members are read as counts.
        """
        found: dict[str, Condition] = {}
        for condition in conditions:
            for part in parts_of(condition):
                for count in self._counts(part):
                    if self.moves(count.where, PERSON_TABLE):
                        found[alias(count)] = count.where
        return found

    def _counts(self, part: Condition) -> Iterator[Count]:
        if isinstance(part, Count):
            yield part
        elif isinstance(part, (*COMPARED, Is, OneOf)):
            fact = self.book.facts.get((FAMILY_TABLE, part.fact))
            if fact is not None and isinstance(fact.derivation, CountOf):
                yield Count(fact.derivation.where, 1)

    def numbers_asked(self, conditions: Iterable[Condition]) -> dict[str, set[int]]:
        """Of each moved number, from which values on something is asked."""
        found: dict[str, set[int]] = {name: set() for name in self.numbers}
        for part in (part for condition in conditions for part in parts_of(condition)):
            if isinstance(part, COMPARED) and part.fact in found and isinstance(part.bound, int):
                low, high = _span(part, part.bound)
                found[part.fact] |= {n for n in (low, None if high is None else high + 1) if n}
        return found


def _span(leaf: Comparison, n: int) -> tuple[int | None, int | None]:
    """From which whole number to which a comparison with one asks."""
    match leaf:
        case AtLeast():
            return n, None
        case MoreThan():
            return n + 1, None
        case AtMost():
            return None, n
        case _:
            return None, n - 1
