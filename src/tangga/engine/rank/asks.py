"""What a visit asks where a model could give no decile: the facts that the model lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tangga.engine.welfare.model import Model
from tangga.engine.welfare.model_file import read_model
from tangga.rules.facts import CountOf, Fact, FactBook, Key, SumOf
from tangga.rules.names import FAMILY_TABLE
from tangga.rules.on_date import OnDate

DECILE: Key = (FAMILY_TABLE, "decile")


def asked_by_model(today: OnDate, file: Path) -> OnDate:
    """The same rules, in which a decile rests on what a model asks and must know.

    As it is where there is no model file, or no rule can read a decile.
    """
    if not file.is_file() or DECILE not in today.facts.facts:
        return today
    book = today.facts
    return replace(today, facts=book.resting(DECILE, _must_know(read_model(file), book)))


def _must_know(model: Model, book: FactBook) -> Iterator[Fact]:
    """The facts without which there is no score, each with a question."""
    for effect in model.effects:
        fact = book.facts.get((FAMILY_TABLE, effect.feature.fact))
        if effect.missing is None and fact is not None and fact.key != DECILE:
            yield _with_question(fact, book)


def _with_question(fact: Fact, book: FactBook) -> Fact:
    """A fact with its own question, or those of what it counts; else its name is the question."""
    counts = isinstance(fact.derivation, CountOf | SumOf)
    if fact.ask or (counts and book.to_ask(*fact.key)):
        return fact
    return replace(fact, ask={language: f"{said}?" for language, said in fact.labels.items()})
