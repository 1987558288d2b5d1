"""What a condition asks, in plain words: of a yes its name alone, of a code its label first."""

from __future__ import annotations

from datetime import date
from functools import reduce

from tangga.rules.conditions import All, AnyOf, Condition, Is, OneOf
from tangga.rules.sentences import phrase
from tangga.rules.wording import WordsOf
from tangga.texts import Language, say


def plainly(
    condition: Condition, subject: str, on: date, words: WordsOf, language: Language
) -> str:
    """As `phrase`, for readers: "Penyandang disabilitas" and not "Penyandang disabilitas ya"."""
    match condition:
        case Is(fact, True):
            return words(subject, fact).labels[language]
        case All(of) | AnyOf(of) if of:
            key = "rules.and" if isinstance(condition, All) else "rules.or"
            said = [_grouped(one, subject, on, words, language) for one in of]
            *before, last = said
            if not before:
                return last
            head = reduce(lambda one, other: _say("comma", language, one, other), before)
            return say(key, language, one=head, other=last)
        case Is(fact) | OneOf(fact):
            label = words(subject, fact).labels[language]
            said_whole = phrase(condition, subject, on, words, language)
            return f"{label}: {said_whole.removeprefix(label).strip()}"
        case _:
            return phrase(condition, subject, on, words, language)


def _grouped(part: Condition, subject: str, on: date, words: WordsOf, language: Language) -> str:
    said = plainly(part, subject, on, words, language)
    several = isinstance(part, All | AnyOf) and len(part.of) > 1
    return say("rules.grouped", language, said=said) if several else said


def _say(key: str, language: Language, one: str, other: str) -> str:
    return say(f"rules.{key}", language, one=one, other=other)
