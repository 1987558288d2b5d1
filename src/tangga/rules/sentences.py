"""Why, in a sentence of Indonesian or English, from the labels of facts and codes.

    "Desil: 6 (syarat: paling banyak 4)"
    "Umur: 58 tahun (syarat: paling sedikit 60 tahun)"

Reasons are data (`Because`); a sentence is made when somebody reads it. What stands under a `not`
is said as what was asked: not "at most 4" but "more than 4".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tangga.rules.answer import NO, YES
from tangga.rules.conditions import (
    PERSON,
    Ago,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Comparison,
    Condition,
    Count,
    Is,
    Known,
    Leaf,
    LessThan,
    MoreThan,
    Not,
    Of,
    OneOf,
    Sum,
)
from tangga.rules.holds import TEST, Because, Finding
from tangga.rules.policy import Requirement
from tangga.rules.values import Plain, Value
from tangga.rules.wording import FactWords, WordsOf, age, exact, plain, shown, words, years
from tangga.texts import Language

OPPOSITE = {AtLeast: LessThan, AtMost: MoreThan, MoreThan: AtMost, LessThan: AtLeast}
NUMBER = FactWords({}, "integer")
"""A count: it has a value in words and no name of its own."""


Named = Callable[[int], str]
"""A member, by the number of their place in the family from 0 on -> what they are called."""


def sentence(
    because: Because, subject: str, of: WordsOf, language: Language, named: Named | None = None
) -> str:
    """One reason: the fact, its value, and what was asked of it.

    subject: whom the rule speaks of, `person` or `family`. named: what members are called (else by
    their numbers). KeyError for a fact without words.
    """
    if because.member is None:
        return _found(because, subject, of, language)
    said = _found(because, PERSON, of, language)
    if named is not None:
        return words("of_named", language, name=named(because.member), said=said)
    return words("of_member", language, number=because.member + 1, said=said)


def requirement_sentence(
    requirement: Requirement,
    finding: Finding,
    subject: str,
    of: WordsOf,
    language: Language,
    named: Named | None = None,
) -> str:
    """A requirement with its answer and the reasons for it."""
    met = {YES: "met", NO: "not_met"}.get(finding.answer, "met_unknown")
    why = "; ".join(sentence(one, subject, of, language, named) for one in finding.because())
    return words(met, language, label=requirement.labels[language], why=why)


def phrase(
    condition: Condition, subject: str, on: date, of: WordsOf, language: Language, no: bool = False
) -> str:
    """What a condition asks, in words; with `no`, the opposite of it."""
    match condition:
        case Not(part):
            return phrase(part, subject, on, of, language, not no)
        case All(parts) | AnyOf(parts):
            every = isinstance(condition, All) is not no
            said = [_grouped(part, subject, on, of, language, no) for part in parts]
            nothing = "everyone" if every else "nobody"
            return _joined(said, "and" if every else "or", language) or words(nothing, language)
        case _:
            known = _named(condition, subject, on, of, language)
            test = _test(condition, subject, on, of, language, no)
            return words("asks", language, fact=known, test=test)


def _grouped(
    part: Condition, subject: str, on: date, of: WordsOf, language: Language, no: bool
) -> str:
    said = phrase(part, subject, on, of, language, no)
    inner = part.of if isinstance(part, Not) else part
    several = isinstance(inner, All | AnyOf) and len(inner.of) > 1
    return words("grouped", language, said=said) if several else said


def _joined(said: list[str], last: str, language: Language) -> str:
    """a, b and c; "" of nothing."""
    if len(said) < 2:
        return "".join(said)
    head = said[0]
    for one in said[1:-1]:
        head = words("comma", language, one=head, other=one)
    return words(last, language, one=head, other=said[-1])


# --- one reason -------------------------------------------------------------------------------


def _found(because: Because, subject: str, of: WordsOf, language: Language) -> str:
    condition, on = because.condition, because.on
    fact = _words(condition, subject, of)
    if _is_of_age(condition, fact):
        value = age(because.value, on, language)
    else:
        value = shown(because.value, fact, language)
    test = _test(condition, subject, on, of, language, because.negated)
    if _is_of_fact(condition):
        reached = shown(_value(because.bound), fact, language)
        test = words("worked_out", language, bound=test, value=reached)
    named = _named(condition, subject, on, of, language)
    return words("found", language, fact=named, value=value, test=test)


def _value(bound: Value | tuple[Plain, ...]) -> Value:
    return None if isinstance(bound, tuple) else bound


def _words(condition: Leaf | Count | Sum, subject: str, of: WordsOf) -> FactWords:
    match condition:
        case Count():
            return NUMBER
        case Sum(fact):
            return of(PERSON, fact)
        case _:
            return of(subject, condition.fact)


def _named(
    condition: Leaf | Count | Sum, subject: str, on: date, of: WordsOf, language: Language
) -> str:
    """What is looked at: a fact, its age, or how many members are how."""
    fact = _words(condition, subject, of)
    match condition:
        case Count(All(())):
            return words("members", language)
        case Sum(_, All(())):
            return words("sum_all", language, fact=fact.labels[language])
        case Count(where):
            return words("count", language, where=phrase(where, PERSON, on, of, language))
        case Sum(_, where):
            said = phrase(where, PERSON, on, of, language)
            return words("sum", language, fact=fact.labels[language], where=said)
        case _:
            return (fact.age if _is_of_age(condition, fact) else fact.labels)[language]


def _is_of_age(condition: Leaf | Count | Sum, fact: FactWords) -> bool:
    """Whether a birth date is compared as an age: at least, or less than, so many whole years."""
    match condition:
        case AtMost(_, Ago(years, 0, 0)) | MoreThan(_, Ago(years, 0, 0)):
            return bool(fact.age) and years >= 0
        case _:
            return False


def _is_of_fact(condition: Leaf | Count | Sum) -> bool:
    match condition:
        case AtLeast(_, Of()) | AtMost(_, Of()) | MoreThan(_, Of()) | LessThan(_, Of()):
            return True
        case _:
            return False


# --- what was asked ---------------------------------------------------------------------------


def _test(
    condition: Leaf | Count | Sum,
    subject: str,
    on: date,
    of: WordsOf,
    language: Language,
    no: bool,
) -> str:
    fact = _words(condition, subject, of)
    match condition:
        case Known():
            return words("unknown" if no else "known", language)
        case Is(_, value):
            return _is((value,), fact, language, no)
        case OneOf(_, values):
            return _is(values, fact, language, no)
        case Count(_, low, high) | Sum(_, _, low, high):
            return _within(low, high, fact, language, no)
        case _:
            return _compared(condition, subject, on, of, language, no)


def _is(values: tuple[Plain, ...], fact: FactWords, language: Language, no: bool) -> str:
    if len(values) == 1 and isinstance(values[0], bool):
        return plain(values[0] is not no, fact, language)
    said = _joined([plain(value, fact, language) for value in values], "or", language)
    return words("is_not", language, bound=said) if no else said


def _within(
    low: int | None, high: int | None, fact: FactWords, language: Language, no: bool
) -> str:
    least, most = (None if n is None else plain(n, fact, language) for n in (low, high))
    if most is None:
        return words("less_than" if no else "at_least", language, bound=least)
    if least is None:
        return words("more_than" if no else "at_most", language, bound=most)
    if low == high:
        return words("is_not", language, bound=least) if no else least
    return words("outside" if no else "between", language, low=least, high=most)


def _compared(
    leaf: Comparison, subject: str, on: date, of: WordsOf, language: Language, no: bool
) -> str:
    fact = of(subject, leaf.fact)
    test = TEST[OPPOSITE[type(leaf)] if no else type(leaf)]
    match leaf.bound:
        case Ago(years=count) if _is_of_age(leaf, fact):
            # Born on or before the day 60 years ago is an age of at least 60.
            age_test = "at_least" if test == "at_most" else "less_than"
            return words(age_test, language, bound=years(count, language))
        case Ago() as ago:
            bound = plain(ago.day(on), fact, language)
        case Of(name, times):
            bound = of(subject, name).labels[language]
            if times != 1:
                bound = words("times", language, times=exact(times, language), fact=bound)
        case value:
            bound = plain(value, fact, language)
    if fact.type == "date":
        return words(f"day_{test}", language, bound=bound)
    return words(test, language, bound=bound)
