"""If one fact of the register were another: every feature that rests on it changes with it.

The school level of the head may be three features of a model, and whether the head works may be one
and a count of workers another. So the fact is changed in the register's own rows, and all that
rests on it is worked out anew. Where a feature rests on what cannot be listed (a birth date, a
count of members), the feature itself is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tangga.engine.explain.feature_facts import NAMED, FeatureFacts
from tangga.engine.explain.scored import Naming, feature_trials
from tangga.engine.explain.what_if import Trial, Value
from tangga.engine.explain.words import Words, words
from tangga.engine.welfare.columns import Column, Numbers, Table
from tangga.engine.welfare.model import Effect, Model
from tangga.engine.welfare.spec import REGION, Feature
from tangga.rules.conditions import Count, Sum, parts_of
from tangga.rules.facts import Fact, FromColumn, Key, OfRelation, When
from tangga.rules.facts_reading import Reading
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.values import Plain
from tangga.rules.wording import plain
from tangga.texts import LANGUAGES

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


def fact_trials(facts: FeatureFacts, model: Model, family: Table, naming: Naming) -> list[Trial]:
    """Every fact behind a model's features as each other value that it could have."""
    bases = {effect.feature.name: _bases(facts, effect.feature) for effect in model.effects}
    tried: dict[Base, None] = {}
    trials: list[Trial] = []
    for effect in model.effects:
        own = bases[effect.feature.name]
        if not own or _alone(facts, effect, own, bases):
            trials += _own_trials(facts, model, effect, family, naming)
        else:
            tried.update(dict.fromkeys(own))
    for base in tried:
        trials += _Tried(facts, model, family, base).trials()
    return trials


def _own_trials(
    facts: FeatureFacts, model: Model, effect: Effect, family: Table, naming: Naming
) -> Iterator[Trial]:
    """One feature as each other value: of yes and no the other one, else what is plausible."""
    feature = effect.feature
    fact = facts.fact(feature.fact)
    if fact is None or fact.type.type != "boolean" or not feature.numeric:
        yield from feature_trials(model, effect, family, naming)
        return
    for value in (1.0, 0.0):
        if value != _now(family[feature.name]):
            said = naming.value(feature, value)
            yield Trial(feature.name, naming.label(feature), said, {feature.name: value})


def _alone(
    facts: FeatureFacts, effect: Effect, own: Sequence[Base], bases: dict[str, list[Base]]
) -> bool:
    """Whether a feature is a column of the family that no other feature rests on."""
    fact = facts.fact(effect.feature.fact)
    others = [one for name, some in bases.items() if name != effect.feature.name for one in some]
    return fact is not None and isinstance(fact.derivation, FromColumn) and own[0] not in others


def _bases(facts: FeatureFacts, feature: Feature) -> list[Base]:
    """The columns that a feature rests on, where each can be listed; none where one cannot."""
    fact = facts.fact(feature.fact)
    if fact is None or feature.name == REGION:
        return []
    found = list(dict.fromkeys(_columns_of(facts, fact, None)))
    listed = all(base is not None and _listed(facts, base) for base in found)
    return [base for base in found if base is not None] if listed else []


def _listed(facts: FeatureFacts, base: Base) -> bool:
    return facts.book.facts[base.key].type.type in LISTED


def _columns_of(facts: FeatureFacts, fact: Fact, relation: str | None) -> Iterator[Base | None]:
    """The columns that a fact rests on; None for what is not only columns of one of a family."""
    match fact.derivation:
        case FromColumn():
            yield Base(relation, fact.name)
        case OfRelation(name, of):
            yield from _columns_of(facts, facts.book.facts[PERSON_TABLE, name], of)
        case When(condition) if not any(isinstance(p, Count | Sum) for p in parts_of(condition)):
            for needed in sorted(fact.needs):
                if needed[0] != fact.entity:
                    yield None
                yield from _columns_of(facts, facts.book.facts[needed], relation)
        case _:
            yield None


@dataclass(frozen=True)
class _Tried:
    """One column as each of its values."""

    facts: FeatureFacts
    model: Model
    family: Table
    base: Base

    def trials(self) -> Iterator[Trial]:
        """One trial for all values with the same answers."""
        by_answers: dict[tuple[tuple[str, Value | None], ...], list[Plain]] = {}
        features = list(self._resting())
        reading = self._reading(features)
        for value in self._values():
            answers = self._answers(reading, features, value)
            if answers:
                by_answers.setdefault(tuple(answers.items()), []).append(value)
        for found, values in by_answers.items():
            named = self._named(values)
            yield Trial(self.base.column, self._label(), named, dict(found))

    def _resting(self) -> Iterator[tuple[Feature, Fact]]:
        """The features that change with the column."""
        for feature in self.model.features:
            fact = self.facts.fact(feature.fact)
            if fact is not None and self.base.key in self._behind(fact):
                yield feature, fact

    def _behind(self, fact: Fact) -> frozenset[Key]:
        return frozenset(self.facts.book.restricted_to([fact.key]).facts)

    def _reading(self, features: Sequence[tuple[Feature, Fact]]) -> Reading:
        book = self.facts.book.restricted_to(fact.key for _, fact in features)
        return Reading(book, self.facts.today.day)

    def _values(self) -> Iterator[Plain]:
        fact = self.facts.book.facts[self.base.key]
        if fact.type.type == "boolean":
            yield from (True, False)
            return
        codes = self.facts.of(*self.base.key).codes
        yield from (code for code in codes if code not in fact.not_known)

    def _answers(
        self, reading: Reading, features: Sequence[tuple[Feature, Fact]], value: Plain
    ) -> dict[str, Value | None]:
        """The features that would be others than they are."""
        known, base = self.facts.known, self.base
        row, members = known.family, known.members
        if base.relation is None:
            row = {**row, base.column: value}
        else:
            members = [
                {**one, base.column: value} if one.get("relation") == base.relation else one
                for one in members
            ]
        facts = reading.family(row, members)
        answers = {one.name: self.facts.read(one, fact, facts) for one, fact in features}
        return {name: v for name, v in answers.items() if v != _now(self.family[name])}

    def _label(self) -> Words:
        labels = self.facts.of(*self.base.key).labels
        label = Words(*(labels[language] for language in LANGUAGES))
        if self.base.relation is None:
            return label
        relation = self.facts.register.labels.code(PERSON_TABLE, "relation", self.base.relation)
        return words("rank_of_relation", label=label, relation=relation)

    def _named(self, values: Sequence[Plain]) -> Words:
        of = self.facts.of(*self.base.key)
        few = values[:NAMED]
        named = Words(*(" / ".join(plain(v, of, lang) for v in few) for lang in LANGUAGES))
        return words("rank_and_alike", values=named) if len(values) > NAMED else named


def _now(column: Column) -> Value | None:
    if isinstance(column, Numbers):
        return None if column.missing[0] else float(column.values[0])
    return column.as_words()[0]
