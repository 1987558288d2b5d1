"""If one fact of the register were another: every feature that rests on it changes with it.

The school level of the head may be three features of a model, and whether the head works may be one
and a count of workers another. So the fact is changed in the register's own rows, and all that
rests on it is worked out anew. Where a feature rests on what cannot be listed (a birth date, a
count of members), the feature itself is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tangga.engine.explain.asked_facts import Tried
from tangga.engine.explain.feature_facts import NAMED, FeatureFacts
from tangga.engine.explain.scored import Naming, feature_trials
from tangga.engine.explain.what_if import Trial, Value
from tangga.engine.explain.words import Words, joined, words
from tangga.engine.welfare.columns import Column, Numbers, Table
from tangga.engine.welfare.model import Effect
from tangga.rules.names import PERSON_TABLE
from tangga.rules.values import Plain
from tangga.rules.wording import plain
from tangga.texts import LANGUAGES

SEMICOLON = Words.same("; ")


def fact_trials(facts: FeatureFacts, family: Table, naming: Naming) -> list[Trial]:
    """Every fact behind a model's features as each other value that it could have."""
    asked = facts.asked
    own = (effect for effect in asked.model.effects if effect.feature.name in asked.alone)
    trials = [one for effect in own for one in _own_trials(facts, effect, family, naming)]
    for tried in asked.tried:
        trials += _OfColumn(facts, family, tried).trials()
    return trials


def _own_trials(
    facts: FeatureFacts, effect: Effect, family: Table, naming: Naming
) -> Iterator[Trial]:
    """One feature as each other value: of yes and no the other one, else what is plausible."""
    feature = effect.feature
    fact = facts.asked.fact(feature)
    if fact is None or fact.type.type != "boolean" or not feature.numeric:
        yield from feature_trials(facts.asked.model, effect, family, naming)
        return
    for value in (1.0, 0.0):
        if value != _now(family[feature.name]):
            said = naming.value(feature, value)
            yield Trial(feature.name, naming.label(feature), said, {feature.name: value})


@dataclass(frozen=True)
class _OfColumn:
    """One column as each of its values."""

    facts: FeatureFacts
    family: Table
    tried: Tried

    def trials(self) -> Iterator[Trial]:
        """One trial for all values with the same answers."""
        by_answers: dict[tuple[tuple[str, Value | None], ...], list[Plain]] = {}
        for value in self._values():
            answers = self._answers(value)
            if answers:
                by_answers.setdefault(tuple(answers.items()), []).append(value)
        label = self._label({name for found in by_answers for name, _ in found})
        for found, values in by_answers.items():
            column = self.tried.base.column
            yield Trial(column, label, self._named(values), dict(found))

    def _values(self) -> Iterator[Plain]:
        fact = self.facts.asked.book.facts[self.tried.base.key]
        if fact.type.type == "boolean":
            yield from (True, False)
            return
        codes = self.facts.of(*self.tried.base.key).codes
        yield from (code for code in codes if code not in fact.not_known)

    def _answers(self, value: Plain) -> dict[str, Value | None]:
        """The features that would be others than they are."""
        base, known = self.tried.base, self.facts.known
        row, members = known.family, known.members if self.tried.of_members else []
        if not self.tried.of_all:
            members = [one for one in members if one.get("relation") == base.relation]
        if base.relation is None:
            row = {**row, base.column: value}
        else:
            members = [
                {**one, base.column: value} if one.get("relation") == base.relation else one
                for one in members
            ]
        facts = self.tried.reading.family(row, members)
        answers = {one.name: self.facts.read(one, fact, facts) for one, fact in self.tried.features}
        return {name: v for name, v in answers.items() if v != _now(self.family[name])}

    def _label(self, changed: Collection[str]) -> Words:
        """As the fact that changes is called above; where several do, the column behind them."""
        named = (self.facts.label(one) for one, _ in self.tried.features if one.name in changed)
        features = list(dict.fromkeys(named))
        if len(features) == 1:
            return features[0]
        return words("rank_if_behind", label=self._column(), features=joined(features, SEMICOLON))

    def _column(self) -> Words:
        labels = self.facts.of(*self.tried.base.key).labels
        label = Words(*(labels[language] for language in LANGUAGES))
        if self.tried.base.relation is None:
            return label
        relation = self.facts.register.labels.code(
            PERSON_TABLE, "relation", self.tried.base.relation
        )
        return words("rank_of_relation", label=label, relation=relation)

    def _named(self, values: Sequence[Plain]) -> Words:
        of = self.facts.of(*self.tried.base.key)
        few = values[:NAMED]
        named = Words(*(" / ".join(plain(v, of, lang) for v in few) for lang in LANGUAGES))
        return words("rank_and_alike", values=named) if len(values) > NAMED else named


def _now(column: Column) -> Value | None:
    if isinstance(column, Numbers):
        return None if column.missing[0] else float(column.values[0])
    return column.as_words()[0]
