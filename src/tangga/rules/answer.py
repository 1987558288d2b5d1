"""Yes, no, or not known: the three answers of a rule, and how they combine (Kleene's logic)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Answer(Enum):
    """What a rule says of one family or person. Never used as a truth value by itself."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"

    def __bool__(self) -> bool:
        raise TypeError("an answer has three values: compare it with `is Answer.YES`")

    @property
    def opposite(self) -> Answer:
        """Not known stays not known."""
        return _OPPOSITE[self]


YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.NOT_KNOWN
_OPPOSITE = {YES: NO, NO: YES, NOT_KNOWN: NOT_KNOWN}


def answered(truth: bool | None) -> Answer:
    """As SQL writes it: TRUE, FALSE, NULL."""
    if truth is None:
        return NOT_KNOWN
    return YES if truth else NO


def all_of(answers: Iterable[Answer]) -> Answer:
    """No if any is no, else not known if any is not known, else yes (also of none at all)."""
    found = set(answers)
    return NO if NO in found else NOT_KNOWN if NOT_KNOWN in found else YES


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes if any is yes, else not known if any is not known, else no (also of none at all)."""
    found = set(answers)
    return YES if YES in found else NOT_KNOWN if NOT_KNOWN in found else NO
