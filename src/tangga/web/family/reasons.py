"""Reasons of a decision in sentences, as `tangga explain` words them: never a fact that the viewer
may not see.

A release keeps reasons as data: `[{"rule": "pkh/decile", "answer": "no", "facts": [...]}]`. The
words come from the rules: the requirement's label, the fact, its value, what was asked of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tangga.rules.answer import NO, NOT_KNOWN, YES, Answer
from tangga.rules.conditions import (
    FAMILY,
    Ago,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Count,
    Is,
    Known,
    LessThan,
    MoreThan,
    Of,
    OneOf,
    Sum,
    facts_used,
    parts_of,
)
from tangga.rules.facts import EVERYONE, CountOf, FactBook
from tangga.rules.holds import TEST, Because
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.sentences import sentence
from tangga.rules.values import Range, Value, ends, ranged
from tangga.texts import Language, say
from tangga.web.family.classes import Classes
from tangga.web.family.counted import Counted, Household, Told
from tangga.web.policy.book import Asked, Book, book

ANSWERS: dict[str, Answer] = {"yes": YES, "no": NO, "not_known": NOT_KNOWN}
KINDS: dict[str, type] = {name: kind for kind, name in TEST.items()}


@dataclass(frozen=True)
class Reason:
    """One requirement: met, not met, or not known, with the facts behind it in sentences; `Counted`
    where who it is depends on the family."""

    answer: str
    label: str
    facts: tuple[str | Counted | Told, ...]


@dataclass(frozen=True)
class Reasons:
    """What may be told, and how many reasons may not."""

    said: tuple[Reason, ...] = ()
    hidden: int = 0

    @property
    def shared(self) -> bool:
        """Whether no member is named: the same words stand for many families."""
        return all(isinstance(fact, str) for one in self.said for fact in one.facts)

    def of(self, household: Household) -> Reasons:
        """The same with the members of one family named."""
        if self.shared:
            return self
        named = [_named(one, household) for one in self.said]
        told = tuple(one for one in named if one is not None)
        return Reasons(told, self.hidden + len(named) - len(told))


def _named(one: Reason, household: Household) -> Reason | None:
    """None for a reason that cannot be told without what is hidden."""
    facts: list[str | Counted | Told] = []
    for fact in one.facts:
        told = household.tell(fact) if isinstance(fact, Counted) else fact
        if told is None:
            return None
        facts.append(told)
    return replace(one, facts=tuple(facts))


@lru_cache(maxsize=8192)
def reasons(
    text: str | None, on: date, classes: Classes, full: frozenset[str], language: Language
) -> Reasons:
    """The reasons of a decision of a day. full: the classes that the viewer reads whole."""
    if not text or text == "[]":
        return Reasons()
    said: list[Reason] = []
    hidden = 0
    for one in json.loads(text):
        subject = _subject(one["rule"], on)
        if all(_open(fact, subject, classes, full) for fact in one["facts"]):
            said.append(_reason(json.dumps(one, sort_keys=True), on, classes, full, language))
        elif (part := _partly(one, on, classes, full, language)) is not None:
            said.append(part)
        else:
            hidden += 1
    return Reasons(tuple(said), hidden)


def _partly(
    one: Mapping[str, Any], on: date, classes: Classes, full: frozenset[str], language: Language
) -> Reason | None:
    """A requirement that so many are so in one of several ways, with the ways that the viewer may
    know. Where these meet it by themselves, that it is met tells nothing of the others."""
    asked = book().asked(one["rule"], on)
    condition = asked.requirement.condition if asked else None
    if asked is None or ANSWERS[one["answer"]] is not YES or not isinstance(condition, Count):
        return None
    if condition.high is not None or not isinstance(condition.where, AnyOf):
        return None
    ways = tuple(way for way in condition.where.of if _seen(way, classes, full))
    if not ways:
        return None
    rule, low = one["rule"], condition.low
    fact = Counted("", rule, AnyOf(ways), 0, 0, on, low=low, partly=True)
    return Reason(one["answer"], asked.requirement.labels[language], (fact,))


def _seen(condition: Condition, classes: Classes, full: frozenset[str]) -> bool:
    """Whether the viewer may see every fact of a condition on a member."""
    used = facts_used(condition, PERSON_TABLE)
    return all(classes.of_fact(entity, name) in full for entity, name in used)


def _subject(rule: str, on: date) -> str:
    asked = book().asked(rule, on)
    return asked.subject if asked is not None else PERSON_TABLE


def _open(fact: Mapping[str, Any], subject: str, classes: Classes, full: frozenset[str]) -> bool:
    """Whether the viewer may see a fact, or for a count of members each that was looked at."""
    if "of" in fact:
        return all(classes.of_fact(PERSON_TABLE, name) in full for name in fact["of"])
    return classes.of_fact(subject, fact["fact"]) in full


@lru_cache(maxsize=20_000)
def _reason(
    text: str, on: date, classes: Classes, full: frozenset[str], language: Language
) -> Reason:
    """Thousands of families share a reason word for word: each is worded once a process."""
    one = json.loads(text)
    asked = book().asked(one["rule"], on)
    label = asked.requirement.labels[language] if asked else one["rule"]
    told = (_told(fact, one["rule"], asked, on, language) for fact in one["facts"])
    facts = dict.fromkeys(_unnamed(fact, classes, full) for fact in told)
    return Reason(one["answer"], label, tuple(facts))


def _unnamed(fact: str | Counted, classes: Classes, full: frozenset[str]) -> str | Counted:
    """Who is so is told to those alone who see each fact by which it is told."""
    if isinstance(fact, str):
        return fact
    return fact if _seen(fact.where, classes, full) else fact.said


def _told(
    fact: Mapping[str, Any], rule: str, asked: Asked | None, on: date, language: Language
) -> str | Counted:
    rules = book()
    subject = asked.subject if asked else PERSON_TABLE
    leaf = _leaf(fact, asked, on, rules.policy.facts, subject)
    if leaf is None:
        return _plainly(fact, language)
    try:
        because = _because(fact, leaf, on, rules, subject)
        said = sentence(because, subject, rules.words, language)
    except KeyError:  # a fact of rules that this service no longer has
        return _plainly(fact, language)
    return _counted(because, rule, subject, said) or _briefly(because, subject, said, language)


def _counted(because: Because, rule: str, subject: str, said: str) -> Counted | None:
    """A count of members, or a fact of a family that is one; None for anything else."""
    leaf, value = because.condition, because.value
    least, most = ends(value)
    if not isinstance(least, int) or not isinstance(most, int) or isinstance(value, bool):
        return None
    if isinstance(leaf, Count):
        if leaf.where == EVERYONE:
            return None
        return Counted(said, rule, leaf.where, least, most, because.on, leaf.low, leaf.high)
    entity = FAMILY_TABLE if leaf.fact.startswith(FAMILY) else subject
    fact = book().policy.facts.facts.get((entity, leaf.fact.removeprefix(FAMILY)))
    derivation = fact.derivation if fact is not None else None
    if not isinstance(derivation, CountOf) or derivation.where == EVERYONE or not least:
        return None
    return Counted(said, "", derivation.where, least, most, because.on)


def _briefly(because: Because, subject: str, said: str, language: Language) -> str:
    """A yes, or that something is known, needs no second word where it is as it was asked to be. A
    record that is asked for and is not there decides: it is not told as something unknown."""
    leaf, value = because.condition, because.value
    match leaf:
        case Is(value=bool()) if isinstance(value, bool):
            met, text = value is leaf.value, say("rules.yes" if value else "rules.no", language)
        case Known() if value is None:
            met, text = False, say("web_family.not_recorded", language)
            if not because.negated:
                text = say("web_family.not_recorded_asked", language)
                return f"{book().words(subject, leaf.fact).labels[language]}: {text}"
        case _:
            return said
    if met is because.negated:
        return said
    return f"{book().words(subject, leaf.fact).labels[language]}: {text}"


def _plainly(fact: Mapping[str, Any], language: Language) -> str:
    value = fact.get("value")
    told = say("rules.unknown", language) if value is None or isinstance(value, dict) else value
    return f"{fact['fact']}: {told}"


def _leaf(
    fact: Mapping[str, Any], asked: Asked | None, on: date, facts: FactBook, subject: str
) -> Condition | None:
    """The part of the requirement that a fact of a reason stands for; made anew where the rules
    have changed since."""
    kind = KINDS.get(fact["test"])
    if kind is None:
        return None
    parts = list(parts_of(asked.requirement.condition)) if asked else []
    for part in parts:
        if isinstance(part, kind) and _stands_for(part, fact, on):
            found: Condition = part
            return found
    return _made(kind, fact, facts, subject)


def _stands_for(part: Any, fact: Mapping[str, Any], on: date) -> bool:
    threshold = fact.get("threshold")
    match part:
        case Count(where, low, high):
            looked_at = sorted(
                name if entity == PERSON_TABLE else FAMILY + name
                for entity, name in facts_used(where, PERSON_TABLE)
            )
            return looked_at == fact.get("of") and threshold == {"low": low, "high": high}
        case Sum():
            return bool(part.fact == fact["fact"])
        case Known():
            return bool(part.fact == fact["fact"])
        case Is():
            return bool(part.fact == fact["fact"] and str(part.value) == str(threshold))
        case OneOf():
            return bool(part.fact == fact["fact"] and list(part.values) == threshold)
        case _:
            return bool(part.fact == fact["fact"] and _same_bound(part.bound, threshold, on))


def _same_bound(bound: Any, threshold: Any, on: date) -> bool:
    if isinstance(bound, Of):
        return True
    day = bound.day(on) if isinstance(bound, Ago) else bound
    return str(day) == str(threshold)


def _made(kind: Any, fact: Mapping[str, Any], facts: FactBook, subject: str) -> Condition | None:
    name: str = fact["fact"]
    threshold: Any = fact.get("threshold")
    if kind is Count:
        return Count(All(()), **threshold) if threshold else None
    if kind is Known:
        return Known(name)
    if kind is Is:
        return Is(name, threshold)
    if kind is OneOf:
        return OneOf(name, tuple(threshold))
    if kind in (AtLeast, AtMost, MoreThan, LessThan) and not isinstance(threshold, dict):
        made: Condition = kind(name, _value(threshold, _type(name, facts, subject)))
        return made
    return None


def _because(fact: Mapping[str, Any], leaf: Any, on: date, rules: Book, subject: str) -> Because:
    of_type = "" if isinstance(leaf, Count) else _type(leaf.fact, rules.policy.facts, subject)
    threshold = fact.get("threshold")
    bound = tuple(threshold) if isinstance(threshold, list) else _value(threshold, of_type)
    return Because(
        condition=leaf,
        value=_value(fact.get("value"), of_type),
        bound=bound,
        answer=NOT_KNOWN,
        on=on,
        negated=bool(fact.get("not", False)),
    )


def _type(name: str, facts: FactBook, subject: str) -> str:
    own = name.removeprefix(FAMILY)
    entity = FAMILY_TABLE if name.startswith(FAMILY) else subject
    known = facts.facts.get((entity, own))
    return known.type.type if known is not None else ""


def _value(value: Any, of_type: str) -> Value:
    """A value of a reason as the rules hold it: a day, a number, a code, or a range of them."""
    if isinstance(value, dict):
        low, high = (_value(value.get(end), of_type) for end in ("low", "high"))
        if isinstance(low, Range) or isinstance(high, Range):
            return None
        return ranged(low, high)  # type: ignore[arg-type]
    if of_type == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return Decimal(str(value)) if isinstance(value, float) else value
