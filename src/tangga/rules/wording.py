"""Values of facts in words: 31 Januari 2026, Rp1.234.567, antara 1 dan 3, belum diketahui."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tangga.registry import Pack
from tangga.rules.conditions import PERSON
from tangga.rules.days import whole_months
from tangga.rules.facts import (
    BIRTH_COLUMNS,
    Birth,
    Earliest,
    Fact,
    FactBook,
    Latest,
    OfRelation,
)
from tangga.rules.policy import Labels
from tangga.rules.values import Plain, Range, Value, ends
from tangga.texts import LANGUAGES, Language, long_date, number, say

MONTHS_OF_A_YEAR = 12


def words(key: str, language: Language, **values: object) -> str:
    """One text of the section `rules` of the catalogue."""
    return say(f"rules.{key}", language, **values)


@dataclass(frozen=True)
class FactWords:
    """What a fact is called. type: as of a FactType. codes: code -> labels. age: what it is called
    where a birth date is spoken of as an age; empty for a day that nobody was born on."""

    labels: Labels
    type: str
    codes: Mapping[str, Labels] = field(default_factory=dict)
    age: Labels = field(default_factory=dict)


WordsOf = Callable[[str, str], FactWords]
"""Subject (`person` or `family`) and name, `family.NAME` included, -> what it is called."""

AGE: Labels = {language: words("age", language) for language in LANGUAGES}


def words_of(book: FactBook, pack: Pack) -> WordsOf:
    """What a pack's facts are called; a date that is of births is spoken of as an age."""

    def found(subject: str, name: str) -> FactWords:
        fact = book.fact(subject, name)
        return FactWords(fact.labels, fact.type.type, _codes(fact, pack), _age_words(fact, book))

    return found


def _codes(fact: Fact, pack: Pack) -> dict[str, Labels]:
    """The labels of a fact's codes, from the list of the pack that has just these."""
    lists = (known for known in pack.codes.values() if frozenset(known.codes) == fact.type.codes)
    return next(({code: c.labels for code, c in one.codes.items()} for one in lists), {})


def _age_words(fact: Fact, book: FactBook) -> Labels:
    """A person's own is simply the age; of a family, whose age it is stands in the label."""
    match fact.derivation:
        case Birth():
            return AGE
        case Earliest(name) | Latest(name) | OfRelation(name):
            return fact.labels if _age_words(book.fact(PERSON, name), book) else {}
        case _:
            return AGE if fact.name == BIRTH_COLUMNS[0] else {}


def shown(value: Value, fact: FactWords, language: Language) -> str:
    """A value of a fact in words; what is not known is said to be so."""
    if value is None:
        return words("unknown", language)
    if isinstance(value, Range):
        return _range(value, fact, language)
    return plain(value, fact, language)


def plain(value: Plain, fact: FactWords, language: Language) -> str:
    """A known value in words."""
    match value:
        case bool():
            return words("yes" if value else "no", language)
        case date():
            return long_date(value, language)
        case int() | Decimal():
            said = exact(value, language)
            return words("money", language, number=said) if fact.type == "money" else said
        case _:
            return fact.codes[value][language] if value in fact.codes else value


def exact(value: int | Decimal, language: Language) -> str:
    """A number with separators, and as many decimals as it needs: 1.234,5 in Indonesian."""
    whole = int(value)
    rest = f"{abs(value - whole):f}".partition(".")[2].rstrip("0")
    sign = "-" if value < 0 and whole == 0 else ""
    mark = "," if language == "id" else "."
    return f"{sign}{number(whole, language)}" + (f"{mark}{rest}" if rest else "")


def age(born: Value, on: date, language: Language) -> str:
    """The age on a day, in whole years; of a range of birth dates, the ages that it leaves."""
    first, last = ends(born)
    oldest, youngest = (_years(end, on) for end in (first, last))
    if oldest is None and youngest is None:
        return words("unknown", language)
    if oldest is None:
        return words("at_least", language, bound=years(youngest or 0, language))
    if youngest is None:
        return words("at_most", language, bound=years(oldest, language))
    if oldest == youngest:
        return years(oldest, language)
    return words("between", language, low=youngest, high=years(oldest, language))


def years(count: int, language: Language) -> str:
    """60 tahun."""
    return words("years", language, number=count)


def _years(born: object, on: date) -> int | None:
    return whole_months(born, on) // MONTHS_OF_A_YEAR if isinstance(born, date) else None


def _range(value: Range, fact: FactWords, language: Language) -> str:
    low, high = (None if end is None else plain(end, fact, language) for end in ends(value))
    head = "day_" if fact.type == "date" else ""
    if low is None:
        return words(f"{head}at_most", language, bound=high)
    if high is None:
        return words(f"{head}at_least", language, bound=low)
    return words("between", language, low=low, high=high)
