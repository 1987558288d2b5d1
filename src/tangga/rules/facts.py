"""What a rule can speak of: the facts of a person and of a family, and what each is made from.

Every column of the tables `person` and `family` is a fact by its own name. A pack's `facts.toml`
adds derived ones: a birth date that may be a range, whether somebody is disabled, how many are
under six. `facts_reading` works them out for one family, `facts_sql` for a country.

A fact of a family may rest on facts of its members, and a member's on those of the family, so long
as nothing rests on itself in the end: an adult is held back by the care that somebody else needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from tangga.registry import PRIVACY_LABELS
from tangga.rules.conditions import FAMILY, All, Condition, Count, Sum, facts_used, parts_of
from tangga.rules.lines import Lines
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, FactType, Names
from tangga.rules.policy import Labels, Place
from tangga.rules.values import Plain, Value

Key = tuple[str, str]
"""Entity (`person` or `family`) and name of a fact."""

EVERYONE: Condition = All(())
"""What every member is."""

HEAD, SPOUSE = "head", "spouse"
RELATION = "relation"
DEAD = "dead"
"""The state of a person who is no longer anybody's member."""
BIRTH_COLUMNS = ("birth_date", "birth_year", "birth_month")


@dataclass(frozen=True, slots=True)
class FromColumn:
    """What the register holds, as it is."""


@dataclass(frozen=True, slots=True)
class History:
    """Worked out from records of acts and given with the row; not known where it is not given."""


@dataclass(frozen=True, slots=True)
class Birth:
    """The birth date, or the first to the last day that the known year and month leave open."""


@dataclass(frozen=True, slots=True)
class When:
    """Whether a condition holds."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class CountOf:
    """How many members are so: a range where of some it is not known."""

    where: Condition = EVERYONE


@dataclass(frozen=True, slots=True)
class SumOf:
    """A fact that is never negative, of the members who are so, added up (see `Sum`)."""

    fact: str
    where: Condition = EVERYONE


@dataclass(frozen=True, slots=True)
class Earliest:
    """The earliest day of a fact among the members who are so; not known where none surely is."""

    fact: str
    where: Condition = EVERYONE


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest day, as `Earliest`."""

    fact: str
    where: Condition = EVERYONE


@dataclass(frozen=True, slots=True)
class Per:
    """One fact of the family shared among another, rounded down.

    Not known where either is not known or a range, the first negative or the second not positive.
    """

    amount: str
    among: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """The amount that holds on the day in the area that a fact names."""

    by: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class First:
    """The first letters of a text, such as the regency in a village's code; shorter: not known."""

    letters: int
    of: str


@dataclass(frozen=True, slots=True)
class OfRelation:
    """The fact of the member of this relation to the head; not known where there is none.

    Of several (two heads, two wives) what is true of each: the common value or not known; where the
    fact can be a range (`ranged`), the range of them all.
    """

    fact: str
    relation: str
    ranged: bool = False


Derivation = (
    FromColumn
    | History
    | Birth
    | When
    | CountOf
    | SumOf
    | Earliest
    | Latest
    | Per
    | Lookup
    | First
    | OfRelation
)
OverMembers = CountOf | SumOf | Earliest | Latest | OfRelation
GIVEN = (FromColumn, History)
"""What comes with the row, and is not worked out."""


def needs_of(derivation: Derivation, entity: str) -> frozenset[Key]:
    """The facts from which one of this entity is made, directly."""
    match derivation:
        case Birth():
            return frozenset((entity, name) for name in BIRTH_COLUMNS)
        case When(condition):
            return frozenset(facts_used(condition, entity))
        case CountOf(where):
            return frozenset(facts_used(where, PERSON_TABLE))
        case SumOf(fact, where) | Earliest(fact, where) | Latest(fact, where):
            return frozenset({(PERSON_TABLE, fact)} | facts_used(where, PERSON_TABLE))
        case Per(amount, among):
            return frozenset({(entity, amount), (entity, among)})
        case Lookup(name) | First(_, name):
            return frozenset({(entity, name)})
        case OfRelation(fact):
            return frozenset({(PERSON_TABLE, fact), (PERSON_TABLE, RELATION)})
        case _:
            return frozenset()


def counts_members(derivation: Derivation) -> bool:
    """Whether it looks at the members of a family itself."""
    if isinstance(derivation, When):
        return any(isinstance(part, Count | Sum) for part in parts_of(derivation.condition))
    return isinstance(derivation, OverMembers)


@dataclass(frozen=True)
class Fact:
    """One fact of a person or a family.

    labels: language -> its name for a reader. ask: language -> the question for the next visit; {}
    where what it is made from is to be asked. usual: what an example (`[[case]]`) takes where it
    says nothing; never used in a decision. otherwise: of a column that is a record (a card shown, a
    list of names), what holds where nothing is recorded; None: then it is not known. not_known:
    codes of a column that say just that. rests_on: of a history fact that a model makes from
    others, which: to be asked in its place. of_members: rests on facts of the family's members.
    privacy: the narrowest class of all that it is made from. source, question: from where the
    definition is, and what is open about it.
    """

    entity: str
    name: str
    type: FactType
    labels: Labels
    derivation: Derivation = FromColumn()
    ask: Labels = field(default_factory=dict)
    usual: Value = None
    otherwise: Plain | None = None
    not_known: tuple[str, ...] = ()
    rests_on: tuple[Key, ...] = ()
    of_members: bool = False
    privacy: str = "personal"
    source: str = ""
    question: str = ""
    place: Place | None = field(default=None, compare=False)

    @property
    def key(self) -> Key:
        """Entity and name."""
        return self.entity, self.name

    @property
    def needs(self) -> frozenset[Key]:
        """The facts from which it is made, directly."""
        return needs_of(self.derivation, self.entity)

    @property
    def given(self) -> bool:
        """Comes with the row: a column or history."""
        return isinstance(self.derivation, GIVEN)


@dataclass(frozen=True, eq=False)
class FactBook:
    """All facts, each after those from which it is made.

    shown: the facts for which the book was made (`restricted_to`), None for all; what SQL keeps.
    Two books are the same only if they are one object, so that what is prepared from one (a
    `Reading`) can be kept beside it. ValueError for a fact that stands before what it needs.
    """

    facts: Mapping[Key, Fact]
    shown: frozenset[Key] | None = None

    def __post_init__(self) -> None:
        met: set[Key] = set()
        for key, fact in self.facts.items():
            later = fact.needs - met
            if later:
                raise ValueError(f"fact {key} stands before what it needs: {sorted(later)}")
            met.add(key)

    @cached_property
    def names(self) -> Names:
        """Against what conditions are read and written."""
        person, family = (
            {name: fact.type for (of, name), fact in self.facts.items() if of == entity}
            for entity in (PERSON_TABLE, FAMILY_TABLE)
        )
        return Names(person, family)

    def fact(self, entity: str, name: str) -> Fact:
        """A fact as a rule on this entity names it; KeyError where there is none."""
        if entity == PERSON_TABLE and name.startswith(FAMILY):
            return self.facts[FAMILY_TABLE, name.removeprefix(FAMILY)]
        return self.facts[entity, name]

    def labels(self, entity: str, name: str) -> Labels:
        """Language -> the fact's name for a reader; KeyError for a fact that there is not."""
        return self.fact(entity, name).labels

    def ask(self, entity: str, name: str) -> Labels | None:
        """Language -> the question to ask; None where only what it is made from can be asked."""
        return self.fact(entity, name).ask or None

    def to_ask(self, entity: str, name: str) -> tuple[Fact, ...]:
        """The facts to ask about when this one is not known, each with a question of its own.

        A fact with a question is asked itself; else those from which it is made, and so on down. A
        column or history fact without a question is never asked: nobody met can answer it.
        """
        fact = self.fact(entity, name)
        if fact.ask:
            return (fact,)
        found: dict[Key, Fact] = {}
        for key in self.facts:
            if key in fact.needs or key in fact.rests_on:
                found |= {each.key: each for each in self.to_ask(*key)}
        return tuple(found.values())

    def resting(self, key: Key, facts: Iterable[Fact]) -> FactBook:
        """The same book, one fact of which is made by a model from others: where it is not known,
        those are asked. facts: with their questions, in place of those of the book."""
        given = {fact.key: fact for fact in facts}
        known = {**self.facts, **given}
        return FactBook({**known, key: replace(known[key], rests_on=tuple(given))}, self.shown)

    def otherwise(self, entity: str) -> dict[str, Plain]:
        """What holds of a person or family where a column that is a record says nothing."""
        given = {fact.name: fact.otherwise for fact in self.of(entity, given=True)}
        return {name: value for name, value in given.items() if value is not None}

    def not_known(self, entity: str) -> dict[str, tuple[str, ...]]:
        """Column -> codes that say that it is not known, where there are any."""
        return {f.name: f.not_known for f in self.of(entity, given=True) if f.not_known}

    def usual(self, entity: str) -> dict[str, Value]:
        """What an example takes for granted of a person or family."""
        found = (fact for (of, _), fact in self.facts.items() if of == entity)
        return {fact.name: fact.usual for fact in found if fact.usual is not None}

    def uses(self, conditions: Iterable[tuple[str, Condition]]) -> frozenset[Key]:
        """The facts that conditions name, each given with its subject (`person` or `family`)."""
        named = (facts_used(condition, subject) for subject, condition in conditions)
        return frozenset().union(*named)

    def _behind(self, keys: Iterable[Key]) -> frozenset[Key]:
        met, todo = set[Key](), list(keys)
        while todo:
            key = todo.pop()
            if key not in met:
                met.add(key)
                todo += self.facts[key].needs
        return frozenset(met)

    def restricted_to(self, keys: Iterable[Key]) -> FactBook:
        """The book of these facts, to be shown, and of all that they are made from."""
        shown = frozenset(keys)
        wanted = self._behind(shown)
        kept = {key: fact for key, fact in self.facts.items() if key in wanted}
        return FactBook(kept, shown)

    def of(self, entity: str, *, given: bool) -> list[Fact]:
        """The facts of an entity that come with the row, or that are worked out; in order."""
        found = (fact for (of, _), fact in self.facts.items() if of == entity)
        return [fact for fact in found if fact.given is given]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that facts are looked up in."""
        made = (fact.derivation for fact in self.facts.values())
        return tuple(dict.fromkeys(one.lines.path for one in made if isinstance(one, Lookup)))


def narrowest(classes: Iterable[str]) -> str:
    """The narrowest of some privacy classes; `personal` at least."""
    order = list(PRIVACY_LABELS)
    return max(["personal", *classes], key=order.index)


def shows_the_value(derivation: Derivation) -> bool:
    """Whether it gives on the very value of another fact, such as a birth date."""
    return isinstance(derivation, Birth | Earliest | Latest | OfRelation | First)
