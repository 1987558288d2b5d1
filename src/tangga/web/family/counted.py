"""Which members a requirement counts, by name, and the requirement itself as a list in words.

A release says how many members are so, not who. Who it is follows from the facts of the members
that the release holds, read by the rules: what a release lacks is not known here, and Kleene's
logic never turns that into a yes or a no. So whoever is surely so belongs to those counted, and
names are told only as far as they agree with the number that was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from tangga.rules.answer import NO, YES
from tangga.rules.components import best_first
from tangga.rules.conditions import (
    PERSON,
    All,
    AnyOf,
    AtMost,
    Condition,
    Count,
    MoreThan,
    parts_of,
)
from tangga.rules.facts import DEAD, CountOf, FactBook
from tangga.rules.facts_reading import reading
from tangga.rules.holds import Because, answer_of, holds
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts
from tangga.rules.policy import Component
from tangga.rules.values import Plain
from tangga.rules.wording import age
from tangga.texts import Language, say
from tangga.web.family.eyes import Row, as_date
from tangga.web.family.people import Names
from tangga.web.policy.book import book
from tangga.web.policy.plain_words import plainly

DATE, DECIMAL = "date", "decimal"


@dataclass(frozen=True)
class Counted:
    """A number of members that decided. said: the sentence where nobody is named; rule: the
    requirement that counts, "" for a fact of the family that does; least, most: how many are so;
    low, high: how many the requirement asks for; partly: `where` holds only the ways of which the
    viewer may know, and how many are so by others is not told."""

    said: str
    rule: str
    where: Condition
    least: int
    most: int
    on: date
    low: int | None = None
    high: int | None = None
    partly: bool = False


@dataclass(frozen=True)
class Told:
    """One fact behind a requirement. rule: the whole requirement, a way to meet it or a part of it
    a line, where the sentence leaves it out; any: whether one of the lines is enough."""

    said: str
    rule: tuple[str, ...] = ()
    any: bool = False


class Household:
    """The members of one family as the rules read them, and what they are called."""

    def __init__(self, family: Row, people: Iterable[Row] | None, names: Names) -> None:
        self.family, self.names = family, names
        self.living = [row for row in people or () if row.get("status") != DEAD]
        self.language = names.eyes.language
        self._facts: dict[date, Facts] = {}

    @cached_property
    def whole(self) -> bool:
        """Whether every member that the release counts is among those seen here."""
        return len(self.living) >= int(self.family.get("member_count") or 0)

    def facts(self, on: date) -> Facts:
        """The facts of the family and of its living members, in the order of `living`."""
        if on not in self._facts:
            rules = _counting(on)
            members = [_typed(rules, PERSON_TABLE, row) for row in self.living]
            own = _typed(rules, FAMILY_TABLE, self.family)
            self._facts[on] = reading(rules, on).family(own, members)
        return self._facts[on]

    def tell(self, one: Counted) -> Told | None:
        """A count with the names of those who are so, as far as they are known; None for `partly`
        where what the viewer may know does not meet the requirement by itself."""
        sure, maybe = self._who(one)
        named = self._named(sure, one)
        if not one.rule:
            return Told(f"{one.said} – {named}" if sure else one.said)
        if one.partly:
            enough = len(sure) >= (one.low or 0)
            return self._told(one, self._say("partly", who=named)) if enough else None
        if one.least == 0 and maybe:
            unsure = self._say("unsure", who=self._named(maybe, one))
            return self._told(one, f"{unsure}{self._asked(one)}.")
        parts = [self._sentence(one, named, len(sure)), self._unsure(one, maybe)]
        return self._told(one, " ".join(filter(None, parts)))

    def _told(self, one: Counted, said: str) -> Told:
        rule = _whole_rule(one.rule, one.where, one.on, self.language)
        return Told(said, rule, isinstance(one.where, AnyOf))

    def _who(self, one: Counted) -> tuple[list[int], list[int]]:
        """Those who surely are so, and those who may be; empty where the number does not tell."""
        read = [answer_of(one.where, member, one.on) for member in self.facts(one.on).members]
        sure = [n for n, answer in enumerate(read) if answer is YES]
        possible = [n for n, answer in enumerate(read) if answer is not NO]
        if one.partly:
            return sure, []
        if len(sure) > one.most or (self.whole and len(possible) < one.least):
            return [], []  # decided from something else than what stands here
        if self.whole and len(possible) == one.least:
            return possible, []
        exact = len(sure) == one.least and self.whole and len(possible) == one.most
        return sure, [n for n in possible if n not in sure] if exact else []

    def _named(self, members: Sequence[int], one: Counted) -> str:
        return "; ".join(self._name(n, one) for n in members)

    def _name(self, number: int, one: Counted) -> str:
        name = self.names(self.living[number]["person_id"])
        way = self._way(self.facts(one.on).members[number], one)
        return f"{name} ({way})" if way else name

    def _way(self, member: Facts, one: Counted) -> str:
        """By what a member is so, where there are several ways: the component, or the branch."""
        if not isinstance(one.where, AnyOf):
            return ""
        ways = [part for part in one.where.of if answer_of(part, member, one.on) is YES]
        for part in best_first(_components(one.rule, one.on)):
            if part.who in ways:
                return part.labels[self.language]
        reasons = (because for part in ways for because in holds(part, member, one.on).because())
        return ", ".join(dict.fromkeys(self._value(because) for because in reasons))

    def _value(self, because: Because) -> str:
        """What a member has: an age in years, else what was asked and is so."""
        leaf = because.condition
        if isinstance(leaf, AtMost | MoreThan) and (words := book().words(PERSON, leaf.fact)).age:
            return f"{words.age[self.language]} {age(because.value, because.on, self.language)}"
        return _plainly(leaf, because.on, self.language)

    def _sentence(self, one: Counted, named: str, sure: int) -> str:
        kind = "limit" if one.low is None else "need"
        asked = self._asked(one)
        if one.most == 0:
            return f"{self._say(f'{kind}_none')}{asked}."
        if one.least == 0:
            return f"{self._say(f'{kind}_unsure')}{asked}."
        key = "some" if sure >= one.least else "among" if sure else "unnamed"
        return f"{self._say(f'{kind}_{key}', n=one.least, who=named)}{asked}."

    def _asked(self, one: Counted) -> str:
        """What was asked, where the number alone does not say it: not of one who is needed."""
        if one.low is None:
            key = "asked_nobody" if one.high == 0 else "asked_most"
            return f" ({self._say(key, n=one.high)})"
        if one.low == 1 and one.high is None and one.least:
            return ""
        key = "asked_least" if one.high is None else "asked_between"
        return f" ({self._say(key, n=one.low, most=one.high)})"

    def _unsure(self, one: Counted, maybe: Sequence[int]) -> str:
        count = one.most - one.least
        if maybe:
            return f"{self._say('unsure', who=self._named(maybe, one))}."
        return f"{self._say('unsure_unnamed', n=count)}." if count and one.least else ""

    def _say(self, key: str, **values: object) -> str:
        return say(f"web_family.count_{key}", self.language, **values)


@lru_cache(maxsize=16)
def _counting(on: date) -> FactBook:
    """The facts by which any rule of a day counts members, and what they are made from."""
    policy = book().policy
    listed = (policy.programmes, policy.moves, policy.signals, policy.choices)
    versions = (one.rule.on(on) for some in listed for one in some.values())
    asked = [one.condition for version in versions if version for one in version.says.requires]
    wheres = [part.where for one in asked for part in parts_of(one) if isinstance(part, Count)]
    of_facts = (fact.derivation for fact in policy.facts.facts.values())
    wheres += [one.where for one in of_facts if isinstance(one, CountOf)]
    used = policy.facts.uses((PERSON_TABLE, where) for where in wheres)
    return policy.facts.restricted_to(used)


def _typed(rules: FactBook, entity: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row of JSON that rules speak of, as the rules hold them."""
    found = {}
    for name, kind in _given(rules, entity):
        value = row.get(name)
        if value is not None:
            found[name] = _plain(value, kind)
    return found


@lru_cache(maxsize=32)
def _given(rules: FactBook, entity: str) -> tuple[tuple[str, str], ...]:
    """The facts that come with a row: name and type."""
    return tuple((fact.name, fact.type.type) for fact in rules.of(entity, given=True))


def _plain(value: Any, kind: str) -> Plain | None:
    if kind == DATE:
        return as_date(value)
    return Decimal(str(value)) if kind == DECIMAL or isinstance(value, float) else value


@lru_cache(maxsize=256)
def _components(rule: str, on: date) -> tuple[Component, ...]:
    """The components of the programme whose requirement is that one of them fits; else none."""
    asked = book().asked(rule, on) if rule else None
    programme = book().policy.programmes.get(rule.partition("/")[0])
    version = programme.rule.on(on) if programme and asked else None
    if version is None or asked is None or not isinstance(asked.requirement.condition, Count):
        return ()
    where = asked.requirement.condition.where
    branches = set(where.of) if isinstance(where, AnyOf) else {where}
    parts: tuple[Component, ...] = version.says.benefit.components
    return parts if parts and branches == {one.who for one in parts} else ()


@lru_cache(maxsize=256)
def _whole_rule(rule: str, where: Condition, on: date, language: Language) -> tuple[str, ...]:
    """A condition on a member, a line a way to meet it: by component, or by branch."""
    parts = _components(rule, on)
    if parts:
        asked = ((one.labels[language], _plainly(one.who, on, language)) for one in parts)
        return tuple(label if label == said else f"{label}: {said}" for label, said in asked)
    of = where.of if isinstance(where, AnyOf | All) else (where,)
    return tuple(_plainly(one, on, language) for one in of)


def _plainly(condition: Condition, on: date, language: Language) -> str:
    """What a condition asks of a member."""
    return plainly(condition, PERSON, on, book().words, language)
