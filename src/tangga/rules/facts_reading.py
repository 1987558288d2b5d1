"""Facts of one family and its members, worked out in plain Python.

    reading = Reading(book, date(2026, 1, 31))
    facts = reading.family(row, members, history, histories)
    facts.get("children_under_six")               # 2, Range(1, 2), 0 or None
    facts.members[0].get("disabled")

`facts_sql` is the other reading; a generative test asserts that the two agree.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache
from itertools import chain, groupby, repeat
from typing import Any

from tangga.rules.answer import NO, YES
from tangga.rules.conditions import Condition
from tangga.rules.facts import (
    DEAD,
    RELATION,
    Birth,
    CountOf,
    Earliest,
    Fact,
    FactBook,
    First,
    Latest,
    Lookup,
    OfRelation,
    Per,
    SumOf,
    When,
)
from tangga.rules.holds import answer_of, counted, summed
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts
from tangga.rules.values import Range, Value, ends, ranged

Row = Mapping[str, Value]
Assumed = Mapping[str, Row]
NOTHING: Row = {}
NOBODY: Assumed = {}
STATUS = "status"
_TRUTH = {YES: True, NO: False}

Step = tuple[str, Callable[[Any, Facts, date], Value], Any]
"""A fact's name, how its kind of derivation is worked out, and its derivation."""


def derive(
    book: FactBook,
    row: Row,
    members: Sequence[Row] = (),
    history: Row = NOTHING,
    histories: Sequence[Row] = (),
    *,
    on: date,
) -> Facts:
    """The facts of one family on a day; see `Reading.family`."""
    return reading(book, on).family(row, members, history, histories)


@lru_cache(maxsize=32)
def reading(book: FactBook, on: date) -> Reading:
    """The reading of a book on a day, kept for the next family."""
    return Reading(book, on)


class Reading:
    """A book of facts as read on one day; made once, used for many families.

    assumed: entity -> what is taken for granted where a row says nothing and nothing follows from
    it. For examples only (`FactBook.usual`); a decision assumes nothing.
    """

    def __init__(self, book: FactBook, on: date, assumed: Assumed = NOBODY) -> None:
        self.book, self.on = book, on
        self._family = _Subject(book, FAMILY_TABLE, assumed)
        self._person = _Subject(book, PERSON_TABLE, assumed)
        derived = (fact for fact in book.facts.values() if not fact.given)
        runs = groupby(derived, key=lambda fact: fact.entity)
        self._runs = [
            (entity == FAMILY_TABLE, [_step(fact) for fact in run]) for entity, run in runs
        ]

    def family(
        self,
        row: Row,
        members: Sequence[Row] = (),
        history: Row = NOTHING,
        histories: Sequence[Row] = (),
    ) -> Facts:
        """Facts of a family with those of its members who are not dead, in the order given.

        row, members: columns of the register by name; history, histories: the history facts, of
        the members in the same order (one that is missing: not known). A derived fact that stands
        in a row is taken as it stands there, None for not known.
        """
        own = self._family.given(row, history)
        pairs = zip(members, chain(histories, repeat(NOTHING)), strict=False)
        people = [self._person.given(one, past) for one, past in pairs if one.get(STATUS) != DEAD]
        facts = Facts(own, members=tuple(Facts(person, own) for person in people))
        for of_family, steps in self._runs:
            if of_family:
                self._add(own, facts, steps, self._family.usual)
            else:
                for person, of_person in zip(people, facts.members, strict=True):
                    self._add(person, of_person, steps, self._person.usual)
        return facts

    def _add(self, own: dict[str, Value], facts: Facts, steps: list[Step], usual: Row) -> None:
        """Work out what does not stand in a row; `own` is what `facts` reads."""
        for name, read, derivation in steps:
            if name not in own:
                value = read(derivation, facts, self.on)
                own[name] = usual.get(name) if value is None else value


def _step(fact: Fact) -> Step:
    return fact.name, _READ[type(fact.derivation)], fact.derivation


class _Subject:
    """What a person or a family is given before anything is worked out."""

    def __init__(self, book: FactBook, entity: str, assumed: Assumed) -> None:
        self.usual = dict(assumed.get(entity, NOTHING))
        self._otherwise = list(book.otherwise(entity).items())
        self._not_known = list(book.not_known(entity).items())
        names = {fact.name for fact in book.of(entity, given=True)}
        self._usual_given = {name: v for name, v in self.usual.items() if name in names}

    def given(self, row: Row, history: Row) -> dict[str, Value]:
        own: dict[str, Value] = {**self._usual_given, **history, **row}
        for name, codes in self._not_known:
            if own.get(name) in codes:
                own[name] = None
        for name, value in self._otherwise:
            if own.get(name) is None:
                own[name] = value
        return own


def _birth(_: Birth, facts: Facts, on: date) -> Value:
    day, year, month = (facts.get(name) for name in ("birth_date", "birth_year", "birth_month"))
    if day is not None or not isinstance(year, int) or not MINYEAR <= year <= MAXYEAR:
        return day
    if isinstance(month, int) and 1 <= month <= 12:
        return Range(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    return Range(date(year, 1, 1), date(year, 12, 31))


def _when(when: When, facts: Facts, on: date) -> Value:
    return _TRUTH.get(answer_of(when.condition, facts, on))


def _count(count: CountOf, facts: Facts, on: date) -> Value:
    return ranged(*counted(count.where, facts, on))


def _sum(sum_of: SumOf, facts: Facts, on: date) -> Value:
    return ranged(*summed(sum_of.fact, sum_of.where, facts, on))


def _earliest(earliest: Earliest, facts: Facts, on: date) -> Value:
    sure, possible = _ends_of(earliest.fact, earliest.where, facts, on)
    if not sure:
        return None
    lows = [low for low, _ in possible]
    highs = [high for _, high in sure if high is not None]
    return ranged(None if None in lows else min(lows), min(highs, default=None))


def _latest(latest: Latest, facts: Facts, on: date) -> Value:
    sure, possible = _ends_of(latest.fact, latest.where, facts, on)
    if not sure:
        return None
    lows = [low for low, _ in sure if low is not None]
    highs = [high for _, high in possible]
    return ranged(max(lows, default=None), None if None in highs else max(highs))


def _ends_of(
    fact: str, where: Condition, facts: Facts, on: date
) -> tuple[list[tuple[Any, Any]], list[tuple[Any, Any]]]:
    """Low and high of a fact: of the members who surely are so, and of all who may be."""
    read = [(answer_of(where, member, on), ends(member.get(fact))) for member in facts.members]
    return [e for answer, e in read if answer is YES], [e for answer, e in read if answer is not NO]


def _per(per: Per, facts: Facts, on: date) -> Value:
    amount, among = facts.get(per.amount), facts.get(per.among)
    if not isinstance(amount, int) or not isinstance(among, int) or amount < 0 or among < 1:
        return None
    return amount // among


def _lookup(lookup: Lookup, facts: Facts, on: date) -> Value:
    place = facts.get(lookup.by)
    return lookup.lines.at(place, on) if isinstance(place, str) else None


def _first(first: First, facts: Facts, on: date) -> Value:
    whole = facts.get(first.of)
    return (
        whole[: first.letters] if isinstance(whole, str) and len(whole) >= first.letters else None
    )


def _of_relation(of: OfRelation, facts: Facts, on: date) -> Value:
    found = [m.get(of.fact) for m in facts.members if m.get(RELATION) == of.relation]
    if of.ranged:
        lows, highs = zip(*map(ends, found), strict=True) if found else ((None,), (None,))
        return ranged(
            None if None in lows else min(lows),
            None if None in highs else max(highs),
        )
    return found[0] if found and all(value == found[0] for value in found) else None


_READ: dict[type, Callable[[Any, Facts, date], Value]] = {
    Birth: _birth,
    When: _when,
    CountOf: _count,
    SumOf: _sum,
    Earliest: _earliest,
    Latest: _latest,
    Per: _per,
    Lookup: _lookup,
    First: _first,
    OfRelation: _of_relation,
}
