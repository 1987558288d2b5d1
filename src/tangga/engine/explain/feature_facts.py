"""What a model's features are called in the register, and from which records their values are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tangga.engine.explain.asked_facts import Asked
from tangga.engine.explain.meanwhile import Known
from tangga.engine.explain.rank_words import label_of, value_of
from tangga.engine.explain.ranked_data import Origin, Part
from tangga.engine.explain.register import Register, Row
from tangga.engine.explain.what_if import Value
from tangga.engine.explain.words import Words, joined, words
from tangga.engine.welfare.columns import Numbers, Table
from tangga.engine.welfare.spec import Feature
from tangga.errors import Conflict
from tangga.rules.answer import YES
from tangga.rules.days import whole_months
from tangga.rules.facts import CountOf, Fact, First, FromColumn, Key, OfRelation
from tangga.rules.holds import answer_of
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts
from tangga.rules.values import Value as FactValue
from tangga.rules.values import ends
from tangga.rules.wording import WordsOf, plain, words_of, years
from tangga.texts import LANGUAGES

MONTHS_A_YEAR = 12
NAMED = 2
"""Of the register's words that are one to the model, so many are named."""


@dataclass
class FeatureFacts:
    """What a model's features are called, and from where those of one family are."""

    register: Register
    known: Known
    asked: Asked

    @cached_property
    def of(self) -> WordsOf:
        """What facts and their codes are called."""
        return words_of(self.asked.today.facts, self.register.pack)

    @cached_property
    def facts(self) -> Facts:
        """The facts of the family in the plain reading."""
        return self.asked.reading.family(self.known.family, self.known.members)

    # --- words --------------------------------------------------------------------------------

    def label(self, feature: Feature) -> Words:
        """As the model calls it, else as the fact is called."""
        fact = self.asked.fact(feature)
        if feature.labels or fact is None:
            return label_of(feature)
        return Words(*(fact.labels[language] for language in LANGUAGES))

    def value(self, feature: Feature, value: Value) -> Words:
        """A feature's value as its fact's values are told."""
        fact = self.asked.fact(feature)
        if fact is None:
            return value_of(feature, value)
        if isinstance(value, str):
            return self._word(feature, fact, [value])
        if fact.type.type == "boolean" and value in (0.0, 1.0):
            return words("rank_yes" if value else "rank_no")
        if fact.type.type == "date":
            return Words(*(years(int(value), language) for language in LANGUAGES))
        said = value_of(feature, value)
        return words("rank_money", amount=said) if fact.type.type == "money" else said

    def level(self, feature: Feature, value: Value) -> Words:
        """What the model knows as one value; of several of the register's the first few."""
        fact = self.asked.fact(feature)
        if fact is None or not isinstance(value, str):
            return self.value(feature, value)
        groups = feature.groups.items()
        own = [value] if feature.groups.get(value, value) == value else []
        codes = [*own, *(code for code, group in groups if group == value and code != value)]
        known = [code for code in codes if fact.type.codes is None or code in fact.type.codes]
        named = self._word(feature, fact, (known or codes)[:NAMED])
        return words("rank_and_alike", values=named) if len(known) > NAMED else named

    def _word(self, feature: Feature, fact: Fact, values: Sequence[str]) -> Words:
        if fact.type.type == "area":
            self.register.labels.learn_areas(values)
            names = self.register.labels.names
            return Words.same(", ".join(names.get(value, value) for value in values))
        if fact.type.codes is None:
            return joined(value_of(feature, value) for value in values)
        of = self.of(FAMILY_TABLE, fact.name)
        # Labels of codes hold commas themselves.
        return Words(*(" / ".join(plain(v, of, lang) for v in values) for lang in LANGUAGES))

    # --- where values are from ----------------------------------------------------------------

    def told(self, part: Part) -> Part:
        """The same with the records that its value is from, and whom it counts."""
        key = (FAMILY_TABLE, part.fact)
        if part.value is None or key not in self.asked.book.facts:
            return part
        origins = dict.fromkeys(self._origins(key, None))
        return replace(part, origins=tuple(origins), counted=tuple(self._counted(key)))

    def _counted(self, key: Key) -> Iterator[str]:
        """The members whom a count counts; nobody for what is no count."""
        derivation = self.asked.book.facts[key].derivation
        if isinstance(derivation, CountOf):
            for row, member in self._members():
                if answer_of(derivation.where, member, self.asked.today.day) is YES:
                    yield self.known.names[row["person_id"]]

    def _members(self) -> Iterator[tuple[Row, Facts]]:
        return zip(self.known.members, self.facts.members, strict=True)

    def _origins(self, key: Key, of: Iterator[str] | None) -> Iterator[Origin]:
        """The records behind a fact. of: of which members; None: as the fact says."""
        fact = self.asked.book.facts[key]
        entity, name = key
        if isinstance(fact.derivation, FromColumn):
            yield from self._records(entity, name, of)
            return
        people = list(self._asked(fact) if entity == FAMILY_TABLE else of or ())
        for needed in sorted(fact.needs):
            yield from self._origins(needed, iter(people))

    def _asked(self, fact: Fact) -> Iterator[str]:
        """The members of whom a fact of the family speaks."""
        match fact.derivation:
            case OfRelation(_, relation):
                rows = (row for row in self.known.members if row.get("relation") == relation)
                yield from (row["person_id"] for row in rows)
            case CountOf(where):
                for row, member in self._members():
                    if answer_of(where, member, self.asked.today.day) is YES:
                        yield row["person_id"]
            case First():
                return
            case _:
                yield from self.known.names

    def _records(self, entity: str, column: str, of: Iterator[str] | None) -> Iterator[Origin]:
        if entity == PERSON_TABLE:
            found = [self.known.origin(person, column) for person in of or ()]
        else:
            # What no source of families says of a family is that of its head.
            head = self.known.family["head_person_id"]
            found = [self.known.origin(None, column) or self.known.origin(head, column)]
        yield from (one for one in found if one is not None)

    # --- the plain reading --------------------------------------------------------------------

    def agree(self, features: Iterable[Feature], table: Table) -> None:
        """The plain reading of the facts gives the values that were scored; Conflict else."""
        for feature in features:
            fact, column = self.asked.fact(feature), table[feature.name]
            if fact is None:
                continue
            read = self.read(feature, fact, self.facts)
            if isinstance(column, Numbers):
                stored = None if column.missing[0] else float(column.values[0])
            else:
                stored = column.as_words()[0]
            if read != stored:
                raise Conflict(
                    f"feature {feature.name}: what the run scored is not what the facts of the "
                    "register say"
                )

    def read(self, feature: Feature, fact: Fact, facts: Facts) -> Value | None:
        """A fact as the feature's value: years of a day, 1 and 0 of yes and no, words of codes."""
        low, high = ends(facts.get(fact.name))
        if feature.numeric and fact.type.type == "date":
            low, high = (self._years(end) for end in (low, high))
        if low is None or low != high:
            return None
        if feature.numeric:
            return float(low)  # type: ignore[arg-type]
        return str(low).lower() if isinstance(low, bool) else str(low)

    def _years(self, day: FactValue) -> int | None:
        months = whole_months(day, self.asked.today.day) if day is not None else None  # type: ignore[arg-type]
        return None if months is None else months // MONTHS_A_YEAR
