"""What the model of a run says of one family: from which facts of the register, and of whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tangga.engine.explain.meanwhile import Known
from tangga.engine.explain.rank_words import chance, label_of, value_of
from tangga.engine.explain.ranked_data import Origin, Part, RankExplanation
from tangga.engine.explain.register import Register, Row
from tangga.engine.explain.scored import Naming, Standing, explain_row
from tangga.engine.explain.what_if import Value
from tangga.engine.explain.words import Words, joined, words
from tangga.engine.welfare.columns import Numbers, Table
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.places import Places
from tangga.engine.welfare.spec import Feature
from tangga.errors import Conflict
from tangga.rules.answer import YES
from tangga.rules.days import whole_months
from tangga.rules.facts import CountOf, Fact, FactBook, First, FromColumn, Key, OfRelation
from tangga.rules.facts_reading import derive
from tangga.rules.holds import answer_of
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts
from tangga.rules.on_date import OnDate
from tangga.rules.values import Value as FactValue
from tangga.rules.values import ends
from tangga.rules.wording import WordsOf, plain, words_of, years
from tangga.texts import LANGUAGES

STAGE, TABLE, PLACES = "rank", "model_facts", "rank_places"
MONTHS_A_YEAR = 12
EVEN = 0.5
NAMED = 2
"""Of the register's words that are one to the model, so many are named."""


@dataclass(frozen=True)
class Estimated:
    """estimate: None where no model ran. ranked: whether the model gives deciles here."""

    estimate: RankExplanation | None = None
    extra: tuple[Words, ...] = ()
    ranked: bool = False


@dataclass(frozen=True)
class Scorer:
    """The model that a run applied. book: the facts that it looks at, and what they are made from;
    None where the rules of the run are not known any more."""

    model: Model
    today: OnDate | None
    book: FactBook | None

    @property
    def columns(self) -> frozenset[str]:
        """The columns of persons that may be behind a feature."""
        # What no record of families says is that of the head: so the family's own as well.
        return frozenset(name for _, name in self.book.facts) if self.book else frozenset()


def scorer_of(register: Register, today: OnDate | None) -> Scorer | None:
    """The model that the run applied; None where it applied none."""
    from tangga.engine.rank.model import kept_model

    model = kept_model(register.run.folder)
    if model is None or not register.has(STAGE, TABLE):
        return None
    if today is None:
        return Scorer(model, None, None)
    keys = {(FAMILY_TABLE, feature.fact) for feature in model.features}
    return Scorer(model, today, today.facts.restricted_to(keys & today.facts.facts.keys()))


def estimate_of(register: Register, scorer: Scorer | None, known: Known, row: Row) -> Estimated:
    """What the run's model says of a family, from the values that it scored.

    row: of `ranking`. Without the rules of the run features are called as the model calls them.
    Conflict where the score or the chance is not the run's, where contributions do not add up to
    the score, or where the facts of the register give other values.
    """
    from tangga.engine.rank.features import table_of

    if scorer is None:
        return Estimated()
    rows = register.con.execute(
        f"SELECT * FROM {register.run.scan(STAGE, TABLE)} WHERE family_id = ?", [known.family_id]
    ).to_arrow_table()
    if not rows.num_rows:
        return Estimated()
    model, facts = scorer.model, None
    if scorer.today is not None and scorer.book is not None:
        facts = FeatureFacts(register, known, scorer.today, scorer.book)
    standing = _standing(register, model, row, rows.column("_people")[0].as_py())
    naming = Naming() if facts is None else Naming(facts.label, facts.value, facts.level)
    table = table_of(model, rows)
    found = explain_row(model, table, 0, standing=standing, naming=naming)
    _agree(found, row)
    if facts is not None:
        facts.agree(model.features, table)
        found = replace(found, parts=tuple(facts.told(part) for part in found.parts))
    return Estimated(found, tuple(_extra(row)), ranked=standing is not None)


def _standing(register: Register, model: Model, row: Row, people: int) -> Standing | None:
    """Where the family stands, where the model ranks; None where it has no decile."""
    if row["decile"] is None or not register.has(STAGE, PLACES):
        return None
    spans = register.con.execute(
        f"SELECT first, last, below, weight FROM {register.run.scan(STAGE, PLACES)} ORDER BY first"
    ).fetchnumpy()
    places = Places(*(np.asarray(spans[c]) for c in ("first", "last", "below", "weight")))
    by_people = model.about.get("speak_of", "people") == "people"
    weight = people if by_people else 1
    return Standing(places, weight, row["decile"], row["decile_raw"], row["decile_local"])


def _agree(found: RankExplanation, row: Row) -> None:
    """The model says again what the run has stored, and its parts add up to it."""
    likely = None if row["probability"] is None else float(row["probability"])
    if found.score != row["score"] or found.poor != likely:
        raise Conflict(
            f"the run stored the score {row['score']} and the chance {likely}, its model and "
            f"facts say {found.score} and {found.poor}"
        )
    added = found.intercept + sum(part.points for part in found.parts)
    if found.score is not None and added != found.score:
        raise Conflict(f"contributions add up to {added}, the score is {found.score}")


def _extra(row: Row) -> Iterator[Words]:
    # Who is likely poor now is not told how likely it is to become so.
    if row.get("falls") is not None and row["poor_now"] < EVEN:
        yield words("rank_falls", chance=chance(float(row["falls"])))


@dataclass
class FeatureFacts:
    """What a model's features are called, and from where they are. book: the facts that the model
    looks at, and what they are made from."""

    register: Register
    known: Known
    today: OnDate
    book: FactBook

    @cached_property
    def of(self) -> WordsOf:
        """What facts and their codes are called."""
        return words_of(self.today.facts, self.register.pack)

    @cached_property
    def facts(self) -> Facts:
        """The facts of the family in the plain reading."""
        return derive(self.book, self.known.family, self.known.members, on=self.today.day)

    def fact(self, name: str) -> Fact | None:
        """The fact of a feature; None where the policy has it no longer."""
        return self.book.facts.get((FAMILY_TABLE, name))

    # --- words --------------------------------------------------------------------------------

    def label(self, feature: Feature) -> Words:
        """As the model calls it, else as the fact is called."""
        fact = self.fact(feature.fact)
        if feature.labels or fact is None:
            return label_of(feature)
        return Words(*(fact.labels[language] for language in LANGUAGES))

    def value(self, feature: Feature, value: Value) -> Words:
        """A feature's value as its fact's values are told."""
        fact = self.fact(feature.fact)
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
        fact = self.fact(feature.fact)
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
        if part.value is None or key not in self.book.facts:
            return part
        origins = dict.fromkeys(self._origins(key, None))
        return replace(part, origins=tuple(origins), counted=tuple(self._counted(key)))

    def _counted(self, key: Key) -> Iterator[str]:
        """The members whom a count counts; nobody for what is no count."""
        derivation = self.book.facts[key].derivation
        if isinstance(derivation, CountOf):
            for row, member in self._members():
                if answer_of(derivation.where, member, self.today.day) is YES:
                    yield self.known.names[row["person_id"]]

    def _members(self) -> Iterator[tuple[Row, Facts]]:
        return zip(self.known.members, self.facts.members, strict=True)

    def _origins(self, key: Key, of: Iterator[str] | None) -> Iterator[Origin]:
        """The records behind a fact. of: of which members; None: as the fact says."""
        fact = self.book.facts[key]
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
                    if answer_of(where, member, self.today.day) is YES:
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
            fact, column = self.fact(feature.fact), table[feature.name]
            if fact is None:
                continue
            read = self._read(feature, fact)
            if isinstance(column, Numbers):
                stored = None if column.missing[0] else float(column.values[0])
            else:
                stored = column.as_words()[0]
            if read != stored:
                raise Conflict(
                    f"feature {feature.name}: what the run scored is not what the facts of the "
                    "register say"
                )

    def _read(self, feature: Feature, fact: Fact) -> Value | None:
        """A fact as the feature's value: years of a day, 1 and 0 of yes and no, words of codes."""
        low, high = ends(self.facts.get(fact.name))
        if feature.numeric and fact.type.type == "date":
            low, high = (self._years(end) for end in (low, high))
        if low is None or low != high:
            return None
        if feature.numeric:
            return float(low)  # type: ignore[arg-type]
        return str(low).lower() if isinstance(low, bool) else str(low)

    def _years(self, day: FactValue) -> int | None:
        months = whole_months(day, self.today.day) if day is not None else None  # type: ignore[arg-type]
        return None if months is None else months // MONTHS_A_YEAR
