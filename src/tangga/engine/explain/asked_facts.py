"""What a run's model asks of the register, prepared once for all families that are explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tangga.engine.welfare.model import Model
from tangga.engine.welfare.spec import REGION, Feature
from tangga.rules.conditions import Count, Sum, parts_of
from tangga.rules.facts import Fact, FactBook, FromColumn, Key, OfRelation, When
from tangga.rules.facts_reading import Reading
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.on_date import OnDate

LISTED = ("code", "boolean")
"""Types of columns of which every value can be listed."""


@dataclass(frozen=True)
class Base:
    """A column that a feature rests on: of the family, or of the members of a relation."""

    relation: str | None
    column: str

    @property
    def key(self) -> Key:
        """The fact that the column is."""
        return (FAMILY_TABLE if self.relation is None else PERSON_TABLE), self.column


@dataclass(frozen=True)
class Tried:
    """A column that can be another: the features that change with it, and how they are read.
    of_members: whether one of them rests on members at all; of_all: on those of any relation."""

    base: Base
    features: tuple[tuple[Feature, Fact], ...]
    reading: Reading
    of_members: bool
    of_all: bool


@dataclass(frozen=True)
class Asked:
    """A model and the rules of the run. book: the facts that it asks for, and what they are made
    from."""

    model: Model
    today: OnDate
    book: FactBook

    @classmethod
    def of(cls, model: Model, today: OnDate) -> Asked:
        """What a model asks, by the rules of a day; facts that these lack are left out."""
        keys = {(FAMILY_TABLE, feature.fact) for feature in model.features}
        return cls(model, today, today.facts.restricted_to(keys & today.facts.facts.keys()))

    @cached_property
    def reading(self) -> Reading:
        """The plain reading of all that it asks."""
        return Reading(self.book, self.today.day)

    @property
    def columns(self) -> frozenset[str]:
        """The columns of persons that may be behind a feature."""
        # What no record of families says is that of the head: so the family's own as well.
        return frozenset(name for _, name in self.book.facts)

    def fact(self, feature: Feature) -> Fact | None:
        """The fact of a feature; None where the policy has it no longer."""
        return self.book.facts.get((FAMILY_TABLE, feature.fact))

    @cached_property
    def tried(self) -> tuple[Tried, ...]:
        """The columns that are corrected in the register's rows: those of the head, and those of
        the family on which several features rest, or one that is made from them."""
        bases = {
            base: None
            for name, own in self._bases.items()
            if name not in self.alone
            for base in own
        }
        return tuple(self._tried(base) for base in bases)

    @cached_property
    def alone(self) -> frozenset[str]:
        """The features that are corrected themselves: a column of the family on which no other
        rests, or what cannot be listed (a birth date, a count of members)."""
        return frozenset(feature.name for feature in self.model.features if self._is_alone(feature))

    def _is_alone(self, feature: Feature) -> bool:
        own, fact = self._bases[feature.name], self.fact(feature)
        if not own or fact is None:
            return True
        others = (some for name, some in self._bases.items() if name != feature.name)
        return isinstance(fact.derivation, FromColumn) and not any(own[0] in s for s in others)

    @cached_property
    def _bases(self) -> dict[str, tuple[Base, ...]]:
        """Feature -> the columns that it rests on, where each can be listed; else none."""
        found = {}
        for feature in self.model.features:
            fact = None if feature.name == REGION else self.fact(feature)
            columns = () if fact is None else tuple(dict.fromkeys(self._columns_of(fact, None)))
            known = tuple(base for base in columns if base is not None and self._listed(base))
            found[feature.name] = known if len(known) == len(columns) else ()
        return found

    def _listed(self, base: Base) -> bool:
        return self.book.facts[base.key].type.type in LISTED

    def _columns_of(self, fact: Fact, relation: str | None) -> Iterator[Base | None]:
        """The columns that a fact rests on; None for what is not a column of the family or one."""
        match fact.derivation:
            case FromColumn():
                yield Base(relation, fact.name)
            case OfRelation(name, of):
                yield from self._columns_of(self.book.facts[PERSON_TABLE, name], of)
            case When(condition) if not any(
                isinstance(part, Count | Sum) for part in parts_of(condition)
            ):
                for needed in sorted(fact.needs):
                    if needed[0] != fact.entity:
                        yield None
                    yield from self._columns_of(self.book.facts[needed], relation)
            case _:
                yield None

    def _tried(self, base: Base) -> Tried:
        facts = ((feature, self.fact(feature)) for feature in self.model.features)
        resting = tuple(
            (feature, fact)
            for feature, fact in facts
            if fact is not None and base.key in self.book.restricted_to([fact.key]).facts
        )
        book = self.book.restricted_to(fact.key for _, fact in resting)
        return Tried(
            base=base,
            features=resting,
            reading=Reading(book, self.today.day),
            of_members=any(fact.of_members for _, fact in resting),
            of_all=any(not _of_relation(fact, base.relation) for _, fact in resting),
        )


def _of_relation(fact: Fact, relation: str | None) -> bool:
    """Whether a fact of the family is that of the member of one relation."""
    return isinstance(fact.derivation, OfRelation) and fact.derivation.relation == relation
